"""The bootstrap: the same test set as it might have been, as counts of its examples.

A replicate draws n examples with replacement; example i is in it w_i times. Every figure of the
report is a function of such weights, and of the weights 1 itself, so that one piece of code gives
the figure and its interval. Two models under the same weights give a paired difference.

    stratified   the draws are made within each class, which keeps its size
    groups       whole groups are drawn: rows of one person, pixels of one picture
    blocks       runs of neighbouring windows of a series, which depend on each other

Efron & Tibshirani, An Introduction to the Bootstrap (1993); Künsch, The jackknife and the bootstrap
for general stationary observations (1989).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Weights = NDArray[np.float64]
    Figures = Callable[[Weights], dict[str, NDArray[np.float64]]]

REPLICATES = 1000
FEWEST_BLOCKS = 3
NUMBERS_AT_ONCE = 2_000_000  # weights held in memory: 16 MB
NUMBERS_IN_ALL = 40_000_000  # a large test set gets fewer replicates: its intervals are narrow


@dataclass(frozen=True)
class Resampling:
    """How replicates of a test set are drawn.

    Attributes
    ----------
    n : int
        Examples.
    strata, groups : ndarray of shape (n,), optional
        The number of the class, or of the group, of each example.
    block : int
        Neighbours that are drawn together; 1 draws each alone.
    replicates : int
    seed : int
    """

    n: int
    strata: NDArray[np.int64] | None = None
    groups: NDArray[np.int64] | None = None
    block: int = 1
    replicates: int = REPLICATES
    seed: int = 0

    @property
    def too_few(self) -> bool:
        """Whether there are too few blocks that do not overlap for an interval to mean anything."""
        return self.block > 1 and self.n < FEWEST_BLOCKS * self.block

    @property
    def units(self) -> int | None:
        """How many groups, or examples, are drawn from; None of blocks, see `too_few`."""
        if self.groups is not None:
            return len(np.unique(self.groups))
        return self.n if self.block == 1 else None

    @property
    def how(self) -> str:
        """Say what is drawn, for a person."""
        if self.groups is not None:
            return f"bootstrap over {int(self.groups.max()) + 1} groups"
        if self.too_few:
            return f"none; {self.n} windows over {self.block} steps each overlap too much"
        if self.block > 1:
            return f"bootstrap over blocks of {self.block} neighbouring windows"
        if self.strata is not None:
            return "bootstrap within each class"
        return "bootstrap"

    def weights(self) -> Iterator[Weights]:
        """Yield all replicates as float64 arrays of shape (some, n)."""
        rng = np.random.default_rng(self.seed)
        wanted = min(self.replicates, max(200, NUMBERS_IN_ALL // max(self.n, 1)))
        at_once = max(1, NUMBERS_AT_ONCE // max(self.n, 1))
        for start in range(0, wanted, at_once):
            yield self._draw(rng, min(at_once, wanted - start))

    def _draw(self, rng: np.random.Generator, some: int) -> Weights:
        if self.groups is not None:
            n_groups = int(self.groups.max()) + 1
            return _counts(rng.integers(0, n_groups, (some, n_groups)), n_groups)[:, self.groups]
        if self.block > 1:
            return self._blocks(rng, some)
        if self.strata is None:
            return _counts(rng.integers(0, self.n, (some, self.n)), self.n)
        weights = np.zeros((some, self.n))
        for stratum in np.unique(self.strata):
            (members,) = np.nonzero(self.strata == stratum)
            size = len(members)
            weights[:, members] = _counts(rng.integers(0, size, (some, size)), size)
        return weights

    def _blocks(self, rng: np.random.Generator, some: int) -> Weights:
        """Draw blocks that go round: the last neighbours the first, so all are as likely."""
        length = min(self.block, self.n)
        n_blocks = -(-self.n // length)
        starts = rng.integers(0, self.n, (some, n_blocks))
        drawn = (starts[:, :, None] + np.arange(length)) % self.n
        return _counts(drawn.reshape(some, -1)[:, : self.n], self.n)


def bootstrap(figures: Figures, resampling: Resampling) -> dict[str, NDArray[np.float64]]:
    """Return every figure in every replicate, arrays of shape (replicates,); NaN if `too_few`."""
    if resampling.too_few:
        return {name: np.full(2, np.nan) for name in figures(np.ones((1, resampling.n)))}
    parts = [figures(weights) for weights in resampling.weights()]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def measure(figures: Figures, n: int) -> dict[str, float]:
    """Return every figure of the test set itself."""
    return {name: float(value[0]) for name, value in figures(np.ones((1, n))).items()}


def numbered(names: list[str]) -> NDArray[np.int64]:
    """Return names as numbers from 0, equal ones alike."""
    return np.unique(np.array(names, dtype=object), return_inverse=True)[1].astype(np.int64)


def _counts(drawn: NDArray[np.int64], n: int) -> Weights:
    """Return how often each of n was drawn in every row of (some, draws)."""
    some = len(drawn)
    flat = drawn + np.arange(some)[:, None] * n
    return np.bincount(flat.ravel(), minlength=some * n).reshape(some, n).astype(np.float64)
