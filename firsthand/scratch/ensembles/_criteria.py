r"""What a forest's nodes predict, how impure they are, and how well a cut separates them.

Of all cuts of a node, the purest halves are those with the largest

    sum_k d_k^2 / (w_left w_right),   d_k = w s_left,k - w_left s_k        Gini, squared error
    sum_k x_k log x_k  over both sides, less w log w of both sides         entropy

where w is the weight of the node and s_k its sum of weight times v_k: v_k is 1 for samples of
class k and 0 for others, or there is one v, the target itself.

Sums are of integers: a running sum of int64 takes 0.3 ns a value, of float64 3 ns, since each
addition waits for the one before. Each node has its own unit, a power of two, at which its
weights sum to 2^60: whole weights stay exact, and nothing overflows within a node (across nodes
int64 wraps around, and differences are right again).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.ensembles._level import Array, Indices, Level

__all__ = ["ClassEntropy", "ClassGini", "Criterion", "SquaredError", "in_units"]


class Criterion(Protocol):
    """What differs between a forest of classifiers and one of regressors."""

    y: NDArray[Any]
    n_values: int

    def describe(self, level: Level) -> tuple[Array, Array, Array]:
        """Return weight (n_nodes,), value (n_nodes, n_values) and impurity (n_nodes,)."""
        ...

    def summands(self, level: Level, weight: Indices) -> list[Indices]:
        """Return weight times v_k at every place, for every k, as integers."""
        ...

    def separation(
        self, left: Array, lefts: Iterable[Array], whole: Array, sums: Sequence[Array]
    ) -> Array:
        """Return how well cuts separate, from weights and sums on the left and in all."""
        ...


def in_units(level: Level, values: Array) -> Indices:
    """Return values as integers in units of each node's, so that their sizes sum to 2^60."""
    _, exponent = np.frexp(level.total(np.abs(values)))
    unit = np.ldexp(1.0, np.minimum(60 - exponent, 1000))  # of sums below 2^-940 no matter
    return np.rint(values * level.spread(unit)).astype(np.intp)


class ClassGini:
    """Class shares, and the Gini impurity 1 - sum_k p_k^2."""

    def __init__(self, y: Indices, n_classes: int) -> None:
        self.y, self.n_values = y, n_classes

    def describe(self, level: Level) -> tuple[Array, Array, Array]:
        """Return weight, class shares and impurity of every node."""
        counts = _class_weights(self, level)
        weight = counts.sum(axis=1)
        shares = counts / weight[:, None]
        return weight, shares, 1.0 - np.sum(shares**2, axis=1)

    def summands(self, level: Level, weight: Indices) -> list[Indices]:
        """Return the weights of each class; of two, d_0 = -d_1, and one is enough."""
        first = 1 if self.n_values == 2 else 0
        return _by_class(self, level, weight, first)

    def separation(
        self, left: Array, lefts: Iterable[Array], whole: Array, sums: Sequence[Array]
    ) -> Array:
        """Return sum_k d_k^2 / (w_left w_right)."""
        return _distance(left, lefts, whole, sums)


class ClassEntropy:
    """Class shares, and the entropy -sum_k p_k log2 p_k."""

    def __init__(self, y: Indices, n_classes: int) -> None:
        self.y, self.n_values = y, n_classes

    def describe(self, level: Level) -> tuple[Array, Array, Array]:
        """Return weight, class shares and impurity of every node."""
        counts = _class_weights(self, level)
        weight = counts.sum(axis=1)
        shares = counts / weight[:, None]
        return weight, shares, np.abs(np.sum(_x_log_x(shares), axis=1)) / np.log(2)

    def summands(self, level: Level, weight: Indices) -> list[Indices]:
        """Return the weights of each class."""
        return _by_class(self, level, weight, 0)

    def separation(
        self, left: Array, lefts: Iterable[Array], whole: Array, sums: Sequence[Array]
    ) -> Array:
        """Return minus the entropy of both sides, each times its weight."""
        worth = -_x_log_x(left) - _x_log_x(whole - left)
        for part, total in zip(lefts, sums, strict=True):
            worth += _x_log_x(part)
            worth += _x_log_x(total - part)
        return worth


class SquaredError:
    """The mean of y, and its variance."""

    n_values = 1

    def __init__(self, y: Array) -> None:
        self.y = y

    def describe(self, level: Level) -> tuple[Array, Array, Array]:
        """Return weight, mean and variance of every node."""
        weight, mean, apart = self._centred(level)
        variance = level.total(level.weight * apart**2) / weight
        return weight, mean[:, None], variance

    def summands(self, level: Level, weight: Indices) -> list[Indices]:
        """Return weight times y, centred at each node: no digits go to what all share."""
        return [in_units(level, level.weight * self._centred(level)[2])]

    def separation(
        self, left: Array, lefts: Iterable[Array], whole: Array, sums: Sequence[Array]
    ) -> Array:
        """Return d^2 / (w_left w_right)."""
        return _distance(left, lefts, whole, sums)

    def _centred(self, level: Level) -> tuple[Array, Array, Array]:
        y = self.y.take(level.rows)
        weight = level.total(level.weight)
        some = y.take(level.starts)  # a mean of equal numbers is that number, not one beside it
        mean = some + level.total(level.weight * (y - level.spread(some))) / weight
        return weight, mean, y - level.spread(mean)


def _class_weights(criterion: ClassGini | ClassEntropy, level: Level) -> Array:
    """Return the weight of each class in each node, (n_nodes, n_classes)."""
    n_nodes, n_classes = len(level.counts), criterion.n_values
    cell = level.spread(np.arange(n_nodes) * n_classes) + criterion.y.take(level.rows)
    by_cell = np.bincount(cell, level.weight, n_nodes * n_classes)
    return by_cell.astype(np.float64, copy=False).reshape(n_nodes, n_classes)


def _by_class(
    criterion: ClassGini | ClassEntropy, level: Level, weight: Indices, first: int
) -> list[Indices]:
    y = criterion.y.take(level.rows)
    return [weight * (y == k) for k in range(first, criterion.n_values)]


def _distance(left: Array, lefts: Iterable[Array], whole: Array, sums: Sequence[Array]) -> Array:
    """Return sum_k d_k^2 / (w_left w_right), and 0 where a side has no weight."""
    worth = np.zeros(1)
    for part, total in zip(lefts, sums, strict=True):
        d = part * whole
        d -= total * left
        d *= d
        worth = worth + d
    return worth / np.maximum(left * (whole - left), 1.0)


def _x_log_x(x: Array) -> Array:
    return x * np.log(np.maximum(x, np.finfo(float).tiny))
