"""What a search for cuts is told, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees._level import Array, Indices, Level, Mask


@dataclass(frozen=True)
class Rules:
    """Which cuts are allowed, and among how many features they are looked for."""

    min_samples_leaf: int = 1
    min_weight_leaf: float = 0.0
    max_features: int | None = None


@dataclass(frozen=True)
class Cuts:
    """Where every node of a level is cut best; k nodes, m samples."""

    found: Mask  # (k,) whether there is a cut at all
    feature: Indices  # (k,)
    threshold: Array  # (k,)
    missing_left: Mask  # (k,) where missing values go
    members: Indices  # (m,) the samples, node after node, those that go left first
    n_left: Indices  # (k,)


class Search(Protocol):
    """A way to find the cuts of a level, and to go on to the next one."""

    def best(self, level: Level) -> Cuts:
        """Return the best cut of every node."""
        ...

    def keep(self, side: NDArray[np.int8], n_left: int, n_right: int) -> None:
        """Go to the next level: samples of side 1 first, then those of side 2, in order."""
        ...
