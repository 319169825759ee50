"""What a level of the tree needs to know of y: for labels, and for numbers.

summary    value and impurity of nodes
columns    whole numbers, one a sample, whose cumulative sums judge all cuts
gain       how good cuts are, from those sums; the larger, the better, within one node
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees.cart import entropy, gini

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Whole = NDArray[np.int64]

T = TypeVar("T", bound=np.generic)

EPSILON = float(np.finfo(np.float64).eps)
ROOM = 60  # bits that sums of whole numbers may fill


@dataclass(frozen=True)
class Level:
    """The nodes of one depth that may be split, k of them, with m samples in all."""

    members: Indices  # (m,) the samples, node after node
    starts: Indices  # (k,) where each node begins among them
    sizes: Indices  # (k,)
    weights: Array  # (k,) total weight
    value: Array  # (k, n_values)
    impurity: Array  # (k,)

    def spread(self, per_node: NDArray[T]) -> NDArray[T]:
        """Return each node's entry for all of its samples, (m,)."""
        return np.repeat(per_node, self.sizes)

    @cached_property
    def ends(self) -> Indices:
        """The place of each node's last sample, (k,)."""
        return self.starts + self.sizes - 1

    @cached_property
    def counts(self) -> Sides:
        """Number of samples on both sides of a cut after each place, (m,)."""
        left = np.arange(1, len(self.members) + 1) - self.spread(self.starts)
        right = self.spread(self.sizes) - left
        return Sides(left.astype(np.float64), right.astype(np.float64))

    def forbidden(self, min_samples_leaf: int) -> Array:
        """Return -inf after each place where a side would be too small, else 0, (m,)."""
        smaller = np.minimum(self.counts.left, self.counts.right)
        return np.where(smaller < min_samples_leaf, -np.inf, 0.0)

    def since_start(self, sums: Whole) -> tuple[Whole, Whole]:
        """Return cumulative sums counted from each node's start, (b, m), and its total, (k,)."""
        last = sums[0, self.ends]  # the same on every feature
        total = np.diff(last, prepend=0)
        return sums - self.spread(last - total), total


@dataclass(frozen=True)
class Sides:
    """Weights left and right of a cut after each place, of shape (m,) or (b, m)."""

    left: Array
    right: Array

    @classmethod
    def of_weights(cls, sums: Whole, level: Level) -> Sides:
        """Return the weights of both sides from cumulative sums over sorted rows, (b, m)."""
        left, total = level.since_start(sums)
        return cls(left.astype(np.float64), (level.spread(total) - left).astype(np.float64))

    @cached_property
    def balance(self) -> Array:
        """1 / (left right), or 1 where a side is empty."""
        return 1.0 / np.maximum(self.left * self.right, 1.0)


@dataclass(frozen=True)
class Weights:
    """Sample weights as whole numbers: themselves if they are, else in tiny units.

    ``whole`` is None where every sample counts once.
    """

    exact: Array | None
    whole: Whole | None = field(init=False)
    unit: float = field(init=False)

    def __post_init__(self) -> None:
        whole, unit = None, 1.0
        if self.exact is not None:
            total = float(self.exact.sum())
            if total >= 2**26 or (self.exact % 1).any():
                unit = float(2.0 ** np.floor(np.log2(total) - ROOM))
            whole = np.maximum(np.rint(self.exact / unit), 1).astype(np.int64)
        object.__setattr__(self, "whole", whole)
        object.__setattr__(self, "unit", unit)

    def sums(self, members: Indices, starts: Indices, sizes: Indices) -> Array:
        """Return the total weight of each segment of samples."""
        if self.exact is None:
            return sizes.astype(np.float64)
        return np.add.reduceat(self.exact.take(members), starts)


class Target(Protocol):
    """What ``growing`` asks of labels or numbers."""

    @property
    def negligible(self) -> float:
        """The impurity up to which a node counts as pure: what rounding leaves."""
        ...

    def summary(
        self, members: Indices, starts: Indices, sizes: Indices, weights: Array
    ) -> tuple[Array, Array]:
        """Return value (k, n_values) and impurity (k,) of segments of samples."""
        ...

    def columns(self, level: Level) -> list[Whole]:
        """Return whole numbers to sum, each of shape (n_samples,)."""
        ...

    def gain(self, sums: list[Whole], sides: Sides, level: Level) -> Array:
        """Return how good it is to cut after each place, from sums up to and with it.

        ``sums`` have the shape (b, m) for b features, as the gains do.
        """
        ...


@dataclass(frozen=True)
class Numbers:
    """Targets of a regressor, judged by squared error."""

    y: Array
    weights: Weights
    negligible: float = field(init=False)

    def __post_init__(self) -> None:
        rounding = EPSILON * float(np.abs(self.y).max())
        spread = float(np.var(self.y))
        object.__setattr__(self, "negligible", EPSILON * spread + rounding**2)

    def summary(
        self, members: Indices, starts: Indices, sizes: Indices, weights: Array
    ) -> tuple[Array, Array]:
        """Return the means (k, 1) and variances (k,)."""
        y = self.y.take(members)
        w = 1.0 if self.weights.exact is None else self.weights.exact.take(members)
        mean = np.add.reduceat(w * y, starts) / weights
        apart = y - np.repeat(mean, sizes)
        return mean[:, None], np.add.reduceat(w * apart**2, starts) / weights

    def columns(self, level: Level) -> list[Whole]:
        """Return w (y - mean), each node scaled so that its sums fill the whole numbers."""
        apart = self.y.take(level.members) - level.spread(level.value[:, 0])
        if self.weights.exact is not None:
            apart *= self.weights.exact.take(level.members)
        largest = np.maximum.reduceat(np.abs(apart), level.starts)
        _, bits = np.frexp(largest * level.sizes)  # largest * size < 2^bits
        column = np.zeros(len(self.y), np.int64)
        column[level.members] = np.rint(np.ldexp(apart, level.spread(ROOM - bits)))
        return [column]

    def gain(self, sums: list[Whole], sides: Sides, level: Level) -> Array:
        """Return d^2 / (w_left w_right)."""
        return _squared(sums, sides.balance)


@dataclass(frozen=True)
class Labels:
    """Targets of a classifier, as codes from 0, judged by Gini."""

    codes: Indices
    n_classes: int
    weights: Weights
    impurity: Callable[[Array], Array] = gini
    negligible: float = EPSILON

    def counts(self, members: Indices, sizes: Indices) -> Array:
        """Return the weight of each class in segments of samples, (k, n_classes)."""
        k = len(sizes)
        cell = np.repeat(np.arange(0, k * self.n_classes, self.n_classes), sizes)
        w = None if self.weights.exact is None else self.weights.exact.take(members)
        counts = np.bincount(cell + self.codes.take(members), w, k * self.n_classes)
        return counts.reshape(k, self.n_classes).astype(np.float64, copy=False)

    def summary(
        self, members: Indices, starts: Indices, sizes: Indices, weights: Array
    ) -> tuple[Array, Array]:
        """Return the shares of the classes (k, n_classes) and impurities (k,)."""
        counts = self.counts(members, sizes)
        return counts / weights[:, None], self.impurity(counts)

    def columns(self, level: Level) -> list[Whole]:
        """Return w (n 1[class] - n_class) for each class but the first, exactly.

        The deviations of all classes add up to zero, so the first one's follow. Weights that
        are fractions are scaled as numbers are.
        """
        return [self._column(k, level) for k in range(1, self.n_classes)]

    def gain(self, sums: list[Whole], sides: Sides, level: Level) -> Array:
        """Return sum_k d_k^2 / (w_left w_right)."""
        return _squared(sums, sides.balance)

    def _column(self, k: int, level: Level) -> Whole:
        share = level.value[:, k]
        is_k = self.codes.take(level.members) == k
        column = np.zeros(len(self.codes), np.int64)
        if self.weights.unit == 1:
            n = np.rint(level.weights).astype(np.int64)
            n_k = np.rint(share * level.weights).astype(np.int64)
            found = is_k * level.spread(n) - level.spread(n_k)
            whole = self.weights.whole
            column[level.members] = found if whole is None else found * whole.take(level.members)
            return column
        assert self.weights.exact is not None
        apart = (is_k - level.spread(share)) * self.weights.exact.take(level.members)
        _, bits = np.frexp(level.weights)
        column[level.members] = np.rint(np.ldexp(apart, level.spread(ROOM - bits)))
        return column


@dataclass(frozen=True)
class Entropic(Labels):
    """Targets of a classifier, as codes from 0, judged by entropy."""

    impurity: Callable[[Array], Array] = entropy

    def columns(self, level: Level) -> list[Whole]:
        """Return the weight of the sample in the column of its class."""
        whole = 1 if self.weights.whole is None else self.weights.whole
        return [(self.codes == k) * whole for k in range(self.n_classes)]

    def gain(self, sums: list[Whole], sides: Sides, level: Level) -> Array:
        """Return sum_k (l_k log l_k + r_k log r_k) - l log l - r log r, of both sides."""
        gain = -(_x_log_x(sides.left) + _x_log_x(sides.right))
        for summed in sums:
            left, total = level.since_start(summed)
            right = level.spread(total) - left
            gain = gain + (_x_log_x(left) + _x_log_x(right))
        return gain


def _squared(sums: list[Whole], balance: Array) -> Array:
    """Return sum_k d_k^2 / (w_left w_right); what makes the sum of several zero counts, too."""
    d = sums[0].astype(np.float64)
    if len(sums) == 1:
        squares = np.multiply(d, d, out=d)
    else:
        total, squares = d, d * d
        for summed in sums[1:]:
            d = summed.astype(np.float64)
            total += d
            squares += np.multiply(d, d, out=d)
        squares += np.multiply(total, total, out=total)
    squares *= balance
    return squares


def _x_log_x(x: NDArray[T]) -> Array:
    return x * np.log(np.maximum(x, 1))
