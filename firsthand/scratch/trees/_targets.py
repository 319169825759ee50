"""What a level of the tree asks of y, for labels and for numbers.

summary    the value and the impurity of nodes
columns    whole numbers, one a sample, whose cumulative sums judge all cuts
gain       how good cuts are, from the sums on both sides; larger is better, within a node
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees._level import ROOM, Array, Indices, Level, Sides, Weights, Whole
from firsthand.scratch.trees.cart import entropy, gini

EPSILON = float(np.finfo(np.float64).eps)


class Target(Protocol):
    """What ``growing`` asks of labels or numbers."""

    centred: ClassVar[bool]  # whether the columns add up to zero in every node

    @property
    def negligible(self) -> float:
        """The impurity up to which a node counts as pure: what rounding leaves."""
        ...

    def summary(self, members: Indices, sizes: Indices, weights: Array) -> tuple[Array, Array]:
        """Return the value (k, n_values) and impurity (k,) of nodes from their samples."""
        ...

    def columns(self, level: Level) -> list[Whole]:
        """Return whole numbers to sum, each of shape (n_samples,)."""
        ...

    def gain(self, left: list[Whole], right: list[Whole], sides: Sides) -> Array:
        """Return how good cuts are that divide the columns' sums so; any shape.

        Of columns that are ``centred``, the sums on the right are not needed, and not given.
        """
        ...


@dataclass(frozen=True)
class Numbers:
    """Targets of a regressor, judged by squared error."""

    y: Array
    weights: Weights
    negligible: float = field(init=False)
    centred: ClassVar[bool] = True

    def __post_init__(self) -> None:
        rounding = 2 * EPSILON * float(np.abs(self.y).max())
        object.__setattr__(self, "negligible", rounding * rounding)

    def summary(self, members: Indices, sizes: Indices, weights: Array) -> tuple[Array, Array]:
        """Return the means (k, 1) and variances (k,)."""
        if not len(sizes):
            return np.empty((0, 1)), np.empty(0)
        starts = np.cumsum(sizes) - sizes
        y = self.y.take(members)
        w = 1.0 if self.weights.exact is None else self.weights.exact.take(members)
        mean = np.add.reduceat(w * y, starts) / weights
        apart = y - np.repeat(mean, sizes)
        slip = np.add.reduceat(w * apart, starts) / weights  # what rounding took off the mean
        apart -= np.repeat(slip, sizes)
        return (mean + slip)[:, None], np.add.reduceat(w * apart**2, starts) / weights

    def columns(self, level: Level) -> list[Whole]:
        """Return w (y - mean), scaled in each node so that its sums fill the whole numbers."""
        apart = self.y.take(level.members) - level.spread(level.value[:, 0])
        if self.weights.exact is not None:
            apart *= self.weights.exact.take(level.members)
        largest = np.maximum.reduceat(np.abs(apart), level.starts)
        bits = np.frexp(largest)[1] + np.frexp(level.sizes)[1]  # no sum reaches 2^bits
        return [_column(np.ldexp(apart, level.spread(ROOM - bits)), level, len(self.y))]

    def gain(self, left: list[Whole], right: list[Whole], sides: Sides) -> Array:
        """Return d^2 / (w_left w_right)."""
        return _squared(left, sides)


@dataclass(frozen=True)
class Labels:
    """Targets of a classifier, as codes from 0, judged by Gini."""

    codes: Indices
    n_classes: int
    weights: Weights
    impurity: ClassVar[Callable[[Array], Array]] = staticmethod(gini)
    negligible: float = EPSILON
    centred: ClassVar[bool] = True

    def summary(self, members: Indices, sizes: Indices, weights: Array) -> tuple[Array, Array]:
        """Return the shares of the classes (k, n_classes) and the impurities (k,)."""
        n_cells = len(sizes) * self.n_classes
        cell = np.repeat(np.arange(0, n_cells, self.n_classes), sizes) + self.codes.take(members)
        w = None if self.weights.exact is None else self.weights.exact.take(members)
        counts = np.bincount(cell, w, n_cells).reshape(-1, self.n_classes)
        return counts / weights[:, None], self.impurity(counts.astype(np.float64, copy=False))

    def columns(self, level: Level) -> list[Whole]:
        """Return n w (1[class] - share) of each class but the first, whose follow from them.

        If weights are whole, n is the node's weight, and these are whole, too; if they are
        fractions, n is what makes the sums fill the whole numbers.
        """
        if self.weights.unit == 1:
            n = level.spread(level.weights)
        else:
            n = np.ldexp(1.0, level.spread(ROOM - np.frexp(level.weights)[1]))
        w = 1.0 if self.weights.exact is None else self.weights.exact.take(level.members)
        columns: list[Whole] = []
        for k in range(1, self.n_classes):
            is_k = self.codes.take(level.members) == k
            apart = (is_k - level.spread(level.value[:, k])) * n * w
            columns.append(_column(apart, level, len(self.codes)))
        return columns

    def gain(self, left: list[Whole], right: list[Whole], sides: Sides) -> Array:
        """Return sum_k d_k^2 / (w_left w_right)."""
        return _squared(left, sides)


@dataclass(frozen=True)
class EntropyLabels(Labels):
    """Targets of a classifier, as codes from 0, judged by entropy."""

    impurity: ClassVar[Callable[[Array], Array]] = staticmethod(entropy)
    centred: ClassVar[bool] = False

    def columns(self, level: Level) -> list[Whole]:
        """Return the weight of the sample in the column of its class."""
        whole = np.ones(len(self.codes), np.int64)
        whole = whole if self.weights.whole is None else self.weights.whole
        return [np.where(self.codes == k, whole, 0) for k in range(self.n_classes)]

    def gain(self, left: list[Whole], right: list[Whole], sides: Sides) -> Array:
        """Return sum_k w_k log(w_k / w) on both sides."""
        gain = -(_x_log_x(sides.left) + _x_log_x(sides.right))
        for on_left, on_right in zip(left, right, strict=True):
            gain = gain + (_x_log_x(on_left) + _x_log_x(on_right))
        return gain


def _column(apart: Array, level: Level, n_samples: int) -> Whole:
    """Return whole numbers that add up to zero in every node, each at its sample's place.

    What rounding leaves of a node's sum goes to its first sample: then a cut and its mirror
    image have the same gain to the last bit, and neither's feature is favoured.
    """
    whole = np.rint(apart).astype(np.int64)
    whole[level.starts] -= np.add.reduceat(whole, level.starts)
    column = np.zeros(n_samples, np.int64)
    column[level.members] = whole
    return column


def _squared(left: list[Whole], sides: Sides) -> Array:
    """Return sum_k d_k^2 / (w_left w_right); with the class left out, which makes sums zero."""
    d = left[0].astype(np.float64)
    if len(left) == 1:
        squares = np.multiply(d, d, out=d)
    else:
        total, squares = d, d * d
        for sums in left[1:]:
            d = sums.astype(np.float64)
            total += d
            squares += np.multiply(d, d, out=d)
        squares += np.multiply(total, total, out=total)
    squares *= sides.balance
    return squares


def _x_log_x(x: NDArray[np.int64] | Array) -> Array:
    return np.multiply(x, np.log(np.maximum(x, 1)), dtype=np.float64)
