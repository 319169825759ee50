"""The nodes of one depth, side by side: k nodes, m samples, and what both sides of a cut weigh."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)
Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]
Whole = NDArray[np.int64]

ROOM = 60  # bits that sums of whole numbers may fill
EXACT = 2.0**26  # totals below it have a product that float64 holds exactly


@dataclass(frozen=True)
class Level:
    """The nodes of one depth; their samples stand node after node."""

    members: Indices  # (m,) the samples
    sizes: Indices  # (k,)
    weights: Array  # (k,) total weight
    value: Array  # (k, n_values)
    impurity: Array  # (k,)

    @cached_property
    def starts(self) -> Indices:
        """The place of each node's first sample, (k,)."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def ends(self) -> Indices:
        """The place of each node's last sample, (k,)."""
        return np.cumsum(self.sizes) - 1

    @cached_property
    def counts(self) -> Sides:
        """Number of samples on both sides of a cut after each place, (m,)."""
        left = np.arange(1, len(self.members) + 1) - self.spread(self.starts)
        right = self.spread(self.sizes) - left
        return Sides(left.astype(np.float64), right.astype(np.float64))

    def spread(self, per_node: NDArray[T]) -> NDArray[T]:
        """Return each node's entry for all of its samples, (m,)."""
        return np.repeat(per_node, self.sizes)

    def both_sides(self, sums: Whole) -> tuple[Whole, Whole]:
        """Return sums left and right of a cut, from cumulative sums over all nodes, (b, m)."""
        last = sums[0, self.ends]  # the same in every row
        total = np.diff(last, prepend=0)
        left = sums - self.spread(last - total)
        return left, self.spread(total) - left

    def only(self, kept: Mask) -> Level:
        """Return the level of some of its nodes, (k,)."""
        if kept.all():
            return self
        return Level(
            self.members.take(np.flatnonzero(self.spread(kept))),
            self.sizes[kept],
            self.weights[kept],
            self.value[kept],
            self.impurity[kept],
        )


@dataclass(frozen=True)
class Sides:
    """Weights left and right of a cut: (m,) after each sample, or (k,) one for each node."""

    left: Array
    right: Array

    @cached_property
    def smaller(self) -> Array:
        """The smaller of both sides."""
        return np.minimum(self.left, self.right)

    def lighter_than(self, least: float) -> NDArray[np.bool_]:
        """Return where a side weighs less, beyond what rounding to units takes off a sum."""
        return self.smaller < least * (1 - 1e-12)

    @cached_property
    def balance(self) -> Array:
        """1 / (left right); 1 where a side is empty."""
        product = self.left * self.right
        return 1.0 / np.where(product > 0, product, 1.0)


@dataclass(frozen=True)
class Weights:
    """Sample weights as they are, and as whole numbers of a unit.

    The unit is 1 if they are whole themselves. ``exact`` is None where every sample counts once.
    """

    exact: Array | None
    unit: float = field(init=False)
    whole: Whole | None = field(init=False)

    def __post_init__(self) -> None:
        unit, whole = 1.0, None
        if self.exact is not None:
            total = float(self.exact.sum())
            if total >= EXACT or (self.exact % 1).any():
                unit = float(np.ldexp(1.0, int(np.frexp(total)[1]) - ROOM))
            whole = np.rint(self.exact / unit).astype(np.int64)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "whole", whole)

    def sums(self, members: Indices, sizes: Indices) -> Array:
        """Return the total weight of samples that stand node after node, (k,)."""
        if self.exact is None or not len(sizes):
            return sizes.astype(np.float64)
        starts = np.cumsum(sizes) - sizes
        return np.asarray(np.add.reduceat(self.exact.take(members), starts), np.float64)
