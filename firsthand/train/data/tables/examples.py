"""Rows of a prepared table as examples, in memory or in a file that is mapped into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Places:
    """Where the rows of all parts came from.

    Attributes
    ----------
    names : sequence of str
        A format for each file, such as "table.csv, line {}".
    file, line : ndarray of shape (n_rows,)
    """

    names: Sequence[str]
    file: NDArray[np.uint8]
    line: NDArray[np.int64]

    def of(self, row: int) -> str:
        """Return where a row is, for a person."""
        return self.names[int(self.file[row])].format(self.line[row])


@dataclass(frozen=True)
class TableRows:
    """A part of a table. See `contract.Examples`.

    Attributes
    ----------
    inputs : ndarray of shape (n_rows, inputs), of float32
        Of all parts; perhaps a mapped file.
    rows : ndarray of shape (n,)
        Which of them are in this part.
    targets : Tensor of shape (n,) or (n, 1)
        Of this part.
    places : Places
    in_memory : bool
    """

    inputs: NDArray[np.float32]
    rows: NDArray[np.int64]
    targets: torch.Tensor
    places: Places
    in_memory: bool = True

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs, targets) of the rows at ``index``."""
        return torch.from_numpy(self.features(index)), self.targets[torch.from_numpy(index)]

    def source(self, i: int) -> str:
        """Return the file and line of row ``i``."""
        return self.places.of(int(self.rows[i]))

    def features(self, index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inputs as a baseline learns from them."""
        return np.ascontiguousarray(self.inputs[self.rows[index]])
