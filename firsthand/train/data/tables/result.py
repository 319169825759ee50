"""A table, read and prepared: its inputs as one matrix, and what is known of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from firsthand.train.data.contract import Data, Facts, Finding
from firsthand.train.data.tables.examples import Places, TableRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part

MOST_SLICED = 1_000_000  # rows beyond which no names of slices are made, a word a row


@dataclass(frozen=True)
class Prepared:
    """See the module.

    Attributes
    ----------
    inputs : ndarray of shape (n_rows, inputs), of float32
    targets : ndarray of shape (n_rows,)
        Classes, or quantities in their own unit; NaN in rows of no part.
    parts : dict of part to rows
    places : Places
    facts : Facts
    preparation : dict
    findings : list of Finding
    slices : dict of column to (levels, ndarray of shape (n_rows,))
        The number of each row's level.
    groups : (names, ndarray of shape (n_rows,)), or None
        The number of each row's group.
    """

    inputs: NDArray[np.float32]
    targets: NDArray[np.float64]
    parts: dict[Part, NDArray[np.int64]]
    places: Places
    facts: Facts
    preparation: dict[str, Any]
    findings: list[Finding]
    slices: dict[str, tuple[list[str], NDArray[np.int16]]]
    groups: tuple[list[str], NDArray[np.int64]] | None = None

    def data(self, fingerprint: str, *, in_memory: bool) -> Data:
        """Return the table as the rest of the project knows it."""

        def part(name: Part) -> TableRows:
            rows = self.parts[name]
            return TableRows(self.inputs, rows, self._targets(rows), self.places, in_memory)

        return Data(
            part("train"),
            part("validation"),
            part("test"),
            self.facts,
            self.preparation,
            tuple(self.findings),
            fingerprint,
            self._named_slices(),
            self._named_groups(),
        )

    def _targets(self, rows: NDArray[np.int64]) -> torch.Tensor:
        if self.facts.problem == "classification":
            return torch.from_numpy(self.targets[rows].astype(np.int64))
        scaled = (self.targets[rows] - self.facts.target_mean[0]) / self.facts.target_std[0]
        return torch.from_numpy(scaled.astype(np.float32)[:, None])

    def _named_groups(self) -> dict[Part, list[str]]:
        if self.groups is None:
            return {}
        names, numbers = self.groups
        return {
            part: [names[number] for number in numbers[rows].tolist()]
            for part, rows in self.parts.items()
        }

    def _named_slices(self) -> dict[str, dict[Part, list[str]]]:
        if len(self.targets) > MOST_SLICED:
            return {}
        return {
            column: {
                part: [levels[code] for code in codes[rows].tolist()]
                for part, rows in self.parts.items()
            }
            for column, (levels, codes) in self.slices.items()
        }
