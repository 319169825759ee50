"""Some examples of a part, or all of them changed, as `contract.Examples`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Examples


@dataclass(frozen=True)
class Subset:
    """The examples of a part at ``index``. See `contract.Examples`.

    Attributes
    ----------
    whole : Examples
    index : ndarray of int64, shape (n,)
    change : function of (inputs, numbers of the examples), optional
        What is done to inputs before a network sees them.
    """

    whole: Examples
    index: NDArray[np.int64]
    change: Callable[[torch.Tensor, NDArray[np.int64]], torch.Tensor] | None = None

    @property
    def in_memory(self) -> bool:
        """Whether `batch` takes no reading of files."""
        return self.whole.in_memory

    def __len__(self) -> int:
        return len(self.index)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs, targets) of the examples at ``index``."""
        x, y = self.whole.batch(self.index[index])
        return (x if self.change is None else self.change(x, self.index[index])), y

    def source(self, i: int) -> str:
        """Return where example ``i`` came from."""
        return self.whole.source(int(self.index[i]))

    def features(self, index: NDArray[np.int64]) -> Any:
        """Return what a classical baseline learns from."""
        return self.whole.features(self.index[index])


def spread_out(n: int, most: int) -> NDArray[np.int64]:
    """Return ``most`` numbers below ``n``, evenly apart; all where there are no more."""
    return np.linspace(0, n - 1, min(n, most)).round().astype(np.int64)
