"""Examples that fit in memory, as two tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class InMemory:
    """Examples as tensors. See `contract.Examples`.

    Attributes
    ----------
    inputs : Tensor of shape (n_examples, ...)
    targets : Tensor of shape (n_examples,) or (n_examples, n_targets)
    sources : sequence of str
        Where each came from.
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    sources: Sequence[str]
    in_memory: bool = True

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs, targets) of the examples at ``index``."""
        chosen = torch.from_numpy(index)
        return self.inputs[chosen], self.targets[chosen]

    def source(self, i: int) -> str:
        """Return where example ``i`` came from."""
        return self.sources[i]

    def features(self, index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inputs as rows, for a classical baseline."""
        return self.inputs[torch.from_numpy(index)].flatten(1).numpy()
