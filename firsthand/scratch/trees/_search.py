"""The best cut of every node of a level, over features that stay sorted.

Row j of ``order`` holds the samples node after node, and within a node by increasing x_j. It is
sorted once; after each level the samples that go left move to the front, all nodes' at once,
and keep their order: the next level's nodes are all left children and then all right ones.

Missing values stand last in a row: a cut sends them right. A feature that misses values has a
second row in which they stand first, whose cuts send them left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees._targets import Level, Sides, Target, Weights, Whole
from firsthand.scratch.trees.cart import midpoint

__all__ = ["Cuts", "Presorted", "Rules", "presort"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

BLOCK = 1 << 15  # samples times features that are worked on at once: 256 KB an array


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


def presort(X: Array) -> Indices:
    """Return the samples in the order of each feature, of shape (n_features, n_samples).

    Missing values come last. Whoever grows many trees on the same ``X`` sorts once.

    Examples
    --------
    >>> presort(np.array([[3.0, 1.0], [1.0, np.nan], [2.0, 0.0]]))
    array([[1, 2, 0],
           [2, 0, 1]])
    """
    return np.argsort(np.ascontiguousarray(X.T), axis=1)


class Presorted:
    """All features of all nodes of a level, searched together."""

    def __init__(
        self,
        X: Array,
        order: Indices,
        target: Target,
        weights: Weights,
        rules: Rules,
        rng: np.random.Generator,
    ) -> None:
        self.target, self.weights, self.rules, self.rng = target, weights, rules, rng
        self.X, self.n_features = X, X.shape[1]
        columns = np.ascontiguousarray(X.T)
        ordered = np.take_along_axis(columns, order, axis=1)
        n_missing = np.count_nonzero(np.isnan(ordered), axis=1)
        missing = np.flatnonzero(n_missing)
        ties = bool((ordered[:, 1:] <= ordered[:, :-1]).any())
        self._columns = columns if ties or missing.size else None
        again = [np.roll(order[j], n_missing[j]) for j in missing]  # the missing ones first
        self.order = np.concatenate([order, np.reshape(again, (-1, order.shape[1]))]).astype(
            np.intp
        )
        self._feature = np.append(np.arange(self.n_features), missing)  # of each row
        self._spare = np.empty(0, np.intp)

    def best(self, level: Level) -> Cuts:
        """Return the best cut of every node."""
        m = len(level.members)
        columns = self.target.columns(level)
        gains = np.empty((len(self.order), len(level.sizes)))  # (n_rows, k)
        height = max(1, BLOCK // m)
        for start in range(0, len(gains), height):
            rows = slice(start, start + height)
            found = self._gains(self.order[rows], self._feature[rows, None], level, columns)
            gains[rows] = np.maximum.reduceat(found, level.starts, axis=1)
        if self.rules.max_features is not None:
            gains = np.where(self._drawn(gains), gains, -np.inf)
        row = np.argmax(gains, axis=0)
        top = gains[row, np.arange(len(row))]
        feature = self._feature[row]

        members = self.order.ravel().take(level.spread(row * m) + np.arange(m))
        found = self._gains(members[None], level.spread(feature)[None], level, columns)[0]
        hits = np.flatnonzero(found == level.spread(top))
        cut = hits[np.searchsorted(hits, level.starts)]  # of several, the first
        n_left = cut - level.starts + 1
        x = self.X[members[cut], feature]
        above = self.X[members[np.minimum(cut + 1, m - 1)], feature]
        last = self.X[members[level.starts + level.sizes - 1], feature]
        missing_left = np.where(np.isnan(last), False, 2 * n_left > level.sizes)
        return Cuts(
            found=top > -np.inf,
            feature=feature,
            threshold=np.where(np.isnan(above), np.inf, midpoint(x, above)),
            missing_left=missing_left | (row >= self.n_features),
            members=members,
            n_left=n_left,
        )

    def keep(self, side: NDArray[np.int8], n_left: int, n_right: int) -> None:
        """Go to the next level: samples of side 1 first, then those of side 2, in order."""
        n_rows, m = len(self.order), n_left + n_right
        if self._spare.size < n_rows * m:
            self._spare = np.empty(n_rows * m, np.intp)
        moved = self._spare[: n_rows * m].reshape(n_rows, m)
        height = max(1, BLOCK // self.order.shape[1])
        for start in range(0, n_rows, height):
            flat = self.order[start : start + height].ravel()
            sides = side.take(flat)
            block = moved[start : start + height]
            b = len(block)
            block[:, :n_left] = flat.take(np.flatnonzero(sides == 1)).reshape(b, n_left)
            block[:, n_left:] = flat.take(np.flatnonzero(sides == 2)).reshape(b, n_right)
        self._spare, self.order = self.order.ravel(), moved

    def _gains(self, rows: Indices, feature: Indices, level: Level, columns: list[Whole]) -> Array:
        """Return how good it is to cut after each sample of sorted rows, -inf where forbidden.

        ``rows`` and the result are of shape (b, m); ``feature`` is that of each row, or sample.
        """
        sums = [column.take(rows) for column in columns]
        for summed in sums:
            np.cumsum(summed, axis=1, out=summed)
        sides = level.counts
        if self.weights.whole is not None:
            sides = Sides.of_weights(np.cumsum(self.weights.whole.take(rows), axis=1), level)
        gains = self.target.gain(sums, sides, level)
        gains += level.forbidden(self.rules.min_samples_leaf)
        if self.rules.min_weight_leaf > 0:
            lightest = self.rules.min_weight_leaf / self.weights.unit
            gains[np.minimum(sides.left, sides.right) < lightest * (1 - 1e-12)] = -np.inf
        if self._columns is not None:
            x = self._columns.ravel().take(rows + feature * self._columns.shape[1])
            divides = np.zeros(x.shape, bool)
            divides[:, :-1] = x[:, 1:] != x[:, :-1]
            divides &= x == x  # not among, nor right after, missing values
            gains = np.where(divides, gains, -np.inf)
        return gains

    def _drawn(self, gains: Array) -> Mask:
        """Return which rows each node may use: of ``max_features`` random features.

        Where none of those can be cut, the next feature that can.
        """
        k = gains.shape[1]
        usable = np.zeros((self.n_features, k), bool)
        np.logical_or.at(usable, self._feature, gains > -np.inf)
        draw = np.argsort(self.rng.random((self.n_features, k)), axis=0)
        first = np.argmax(np.take_along_axis(usable, draw, axis=0), axis=0)
        allowed = np.arange(self.n_features)[:, None] <= np.maximum(
            first, (self.rules.max_features or self.n_features) - 1
        )
        drawn = np.empty((self.n_features, k), bool)
        np.put_along_axis(drawn, draw, allowed, axis=0)
        return drawn[self._feature]
