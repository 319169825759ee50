"""Cuts at random places: of each feature one threshold is drawn, and the best feature is taken.

    threshold = x_min + u (x_max - x_min),   u uniform in [0, 1), within each node

Nothing has to be sorted, and a feature costs one pass. Missing values go to a side that is
drawn, too.

Geurts, Ernst & Wehenkel, Extremely randomized trees, Machine Learning 63 (2006).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees._level import Array, Indices, Level, Mask, Sides, Weights, Whole
from firsthand.scratch.trees._searching import Cuts, Rules
from firsthand.scratch.trees._targets import Target

__all__ = ["RandomSearch"]


class RandomSearch:
    """One random cut of each drawn feature, for all nodes of a level together."""

    def __init__(
        self, X: Array, target: Target, weights: Weights, rules: Rules, rng: np.random.Generator
    ) -> None:
        self.X, self.target, self.weights, self.rules, self.rng = X, target, weights, rules, rng
        self._flat = np.ascontiguousarray(X).ravel()

    def best(self, level: Level) -> Cuts:
        """Return the best cut of every node among those that were drawn.

        Nodes in which none of the first ``max_features`` can be cut go on to the next one.
        """
        k, n_features = len(level.sizes), self.X.shape[1]
        columns = [column.take(level.members) for column in self.target.columns(level)]
        draw = np.argsort(self.rng.random((n_features, k)), axis=0)
        gain, feature = np.full(k, -np.inf), np.zeros(k, np.intp)
        threshold, missing_left = np.zeros(k), np.zeros(k, bool)
        for turn in range(n_features):
            looking = gain == -np.inf
            if turn < (self.rules.max_features or n_features):
                looking[:] = True
            elif not looking.any():
                break
            at, to_left = self._draw(draw[turn], level)
            goes = self._goes_left(draw[turn], at, to_left, level)
            found = np.where(looking, self._gain(goes, level, columns), -np.inf)
            better = found > gain
            gain = np.where(better, found, gain)
            feature = np.where(better, draw[turn], feature)
            threshold = np.where(better, at, threshold)
            missing_left = np.where(better, to_left, missing_left)

        goes = self._goes_left(feature, threshold, missing_left, level)
        n_left = np.add.reduceat(goes, level.starts, dtype=np.intp)
        misses = np.logical_or.reduceat(np.isnan(self._values(feature, level)), level.starts)
        return Cuts(
            found=gain > -np.inf,
            feature=feature,
            threshold=threshold,
            missing_left=np.where(misses, missing_left, 2 * n_left > level.sizes),
            members=_left_first(goes, n_left, level),
            n_left=n_left,
        )

    def keep(self, side: NDArray[np.int8], n_left: int, n_right: int) -> None:
        """Go to the next level; nothing is kept for it."""

    def _values(self, feature: Indices, level: Level) -> Array:
        """Return every sample's value of its node's feature, (m,)."""
        return self._flat.take(level.members * self.X.shape[1] + level.spread(feature))

    def _draw(self, feature: Indices, level: Level) -> tuple[Array, Mask]:
        """Return a threshold for each node, below its largest value, and a side, (k,)."""
        x = self._values(feature, level)
        low = np.fmin.reduceat(x, level.starts)  # NaN only where all values are missing
        high = np.fmax.reduceat(x, level.starts)
        u = self.rng.random(len(low))
        threshold = low * (1 - u) + high * u  # not low + u (high - low), which may overflow
        threshold = np.where((threshold >= low) & (threshold < high), threshold, low)
        return threshold, self.rng.random(len(low)) < 0.5

    def _goes_left(
        self, feature: Indices, threshold: Array, missing_left: Mask, level: Level
    ) -> Mask:
        x = self._values(feature, level)
        return (x <= level.spread(threshold)) | (np.isnan(x) & level.spread(missing_left))

    def _gain(self, goes_left: Mask, level: Level, columns: list[Whole]) -> Array:
        """Return how good each node's cut is, -inf where it is forbidden, (k,)."""
        left = [np.add.reduceat(column * goes_left, level.starts) for column in columns]
        right: list[Whole] = []
        if not self.target.centred:
            right = [
                np.add.reduceat(column, level.starts) - on_left
                for column, on_left in zip(columns, left, strict=True)
            ]
        n_left = np.add.reduceat(goes_left, level.starts, dtype=np.intp).astype(np.float64)
        counts = sides = Sides(n_left, level.sizes - n_left)
        if self.weights.whole is not None:
            weight = self.weights.whole.take(level.members)
            total = np.add.reduceat(weight, level.starts)
            on_left = np.add.reduceat(weight * goes_left, level.starts)
            sides = Sides(on_left.astype(np.float64), (total - on_left).astype(np.float64))
        light = sides.lighter_than(self.rules.min_weight_leaf / self.weights.unit)
        few = counts.smaller < self.rules.min_samples_leaf
        return np.where(light | few, -np.inf, self.target.gain(left, right, sides))


def _left_first(goes_left: Mask, n_left: Indices, level: Level) -> Indices:
    """Return the samples, node after node, those that go left first, in order."""
    summed = np.cumsum(goes_left)
    rank = summed - level.spread(summed[level.ends] - n_left)  # among its node's left ones, from 1
    on_left = level.spread(level.starts) + rank - 1
    on_right = np.arange(len(rank)) + level.spread(n_left) - rank
    members = np.empty_like(level.members)
    members[np.where(goes_left, on_left, on_right)] = level.members
    return members
