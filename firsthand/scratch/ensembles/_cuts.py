"""The best cut of every node of a level, among the features drawn for it.

A cut is a question ``x_j <= threshold``. ``best_cuts`` tries all thresholds of each feature,
``random_cuts`` one each, drawn between the node's least and largest value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firsthand.scratch.ensembles._criteria import Criterion, in_units
from firsthand.scratch.ensembles._level import Array, Indices, Level
from firsthand.scratch.trees.cart import midpoint

__all__ = ["Cuts", "Least", "Table", "best_cuts", "random_cuts"]


@dataclass(frozen=True)
class Least:
    """What each side of a cut must hold at least: samples, and weight."""

    samples: int = 1
    weight: float = 0.0


@dataclass(frozen=True, eq=False)
class Table:
    """X as forests look things up in it.

    Attributes
    ----------
    X : ndarray of shape (n_samples, n_features)
    values : ndarray of shape (n_features * n_samples,)
        Feature after feature.
    ranks : ndarray of shape (n_features * n_samples,)
        The place of each value among its feature's distinct values; whole numbers sort faster.
    """

    X: Array
    values: Array
    ranks: Indices

    @classmethod
    def of(cls, X: Array, ranked: bool = True) -> Table:
        """Return ``X`` arranged; ranks are left out if nothing will be sorted."""
        columns = [np.unique(x, return_inverse=True)[1] for x in X.T] if ranked else []
        ranks = np.concatenate(columns) if ranked else np.zeros(0, np.intp)
        return cls(np.ascontiguousarray(X), X.T.ravel(), ranks)

    def places(self, level: Level, feature: Indices) -> Indices:
        """Return where in ``values`` or ``ranks`` the samples' values of a feature each stand."""
        places = level.spread(feature * len(self.X))
        places += level.rows
        return places


@dataclass(frozen=True, eq=False)
class Cuts:
    """The question of every node; where nothing divides a node, its feature is -1."""

    feature: Indices
    threshold: Array

    def take(self, better: Indices, feature: Indices, threshold: Array) -> None:
        """Put questions in the place of worse ones."""
        self.feature[better] = feature
        self.threshold[better] = threshold


def _no_cuts(n_nodes: int) -> Cuts:
    return Cuts(np.full(n_nodes, -1), np.zeros(n_nodes))


def best_cuts(
    table: Table, criterion: Criterion, level: Level, features: Indices, least: Least
) -> Cuts:
    """Return the best cut of each node; of equally good ones the first feature's, lowest.

    Parameters
    ----------
    features : ndarray of shape (n_nodes, n_drawn)
        The features to look at, of each node.

    One sort orders a feature within all nodes. Its keys hold, from the highest bit to the lowest,
    the node, the rank of the value, and the place; so the place comes along, and where
    two neighbours have equal values is seen by a comparison. Sorting such keys takes 4 ns a
    value, an ``argsort`` with nodes and values 30 ns.
    """
    n_places, n_nodes = len(level.rows), len(level.counts)
    place_bits = int(n_places).bit_length()
    node_bits_from = place_bits + len(table.X).bit_length()
    base = level.spread(np.arange(n_nodes) << node_bits_from) | np.arange(n_places)
    enough = _enough_on_both_sides(level, least.samples)
    differs = np.ones(n_places, bool)

    weight = in_units(level, level.weight)
    summands = criterion.summands(level, weight)
    whole, weight_before = _sums(level, weight)
    sums_before = [_sums(level, summand) for summand in summands]
    needed = whole * level.spread(least.weight / level.total(level.weight))

    cuts, best = _no_cuts(n_nodes), np.full(n_nodes, -np.inf)
    for feature in features.T:
        keys = table.ranks.take(table.places(level, feature))
        keys <<= place_bits
        keys |= base
        keys.sort()
        order = keys & ((1 << place_bits) - 1)
        keys >>= place_bits
        np.not_equal(keys[1:], keys[:-1], out=differs[:-1])
        left = _left(weight, order, weight_before)
        worth = criterion.separation(
            left,
            (_left(v, order, before) for v, (_, before) in zip(summands, sums_before, strict=True)),
            whole,
            [total for total, _ in sums_before],
        )
        allowed = differs & enough
        if least.weight > 0:
            allowed &= np.minimum(left, whole - left) >= needed
        np.copyto(worth, -np.inf, where=~allowed)
        top = np.maximum.reduceat(worth, level.starts)
        better = np.flatnonzero(top > best)
        hits = np.flatnonzero(worth == level.spread(top))
        cut = hits.take(np.searchsorted(hits, level.starts[better]))
        at = table.values.take(
            feature[better] * len(table.X) + level.rows.take(order.take([cut, cut + 1]))
        )
        cuts.take(better, feature[better], midpoint(at[0], at[1]))
        best[better] = top[better]
    return cuts


def random_cuts(
    table: Table,
    criterion: Criterion,
    level: Level,
    features: Indices,
    shares: Array,
    least: Least,
) -> Cuts:
    """Return for each node the best of one random cut a feature.

    Parameters
    ----------
    features : ndarray of shape (n_nodes, n_drawn)
    shares : ndarray of shape (n_nodes, n_drawn)
        Where between the node's least and largest value the cut is, from 0 to 1.
    """
    weight = in_units(level, level.weight)
    summands = criterion.summands(level, weight)
    whole = level.total(weight).astype(np.float64)
    sums = [level.total(v).astype(np.float64) for v in summands]
    needed = whole * (least.weight / level.total(level.weight))
    cuts, best = _no_cuts(len(level.counts)), np.full(len(level.counts), -np.inf)
    for feature, share in zip(features.T, shares.T, strict=True):
        x = table.values.take(table.places(level, feature))
        low = np.minimum.reduceat(x, level.starts)
        high = np.maximum.reduceat(x, level.starts)
        threshold = (1 - share) * low + share * high
        threshold = np.where((threshold >= low) & (threshold < high), threshold, low)
        below = x <= level.spread(threshold)
        n_left = level.total(below.astype(np.intp))
        left = level.total(weight * below).astype(np.float64)
        worth = criterion.separation(
            left,
            (level.total(v * below).astype(np.float64) for v in summands),
            whole,
            sums,
        )
        divides = np.minimum(n_left, level.counts - n_left) >= least.samples
        divides &= np.minimum(left, whole - left) >= needed
        better = np.flatnonzero(divides & (worth > best))
        cuts.take(better, feature[better], threshold[better])
        best[better] = worth[better]
    return cuts


def _enough_on_both_sides(level: Level, min_samples_leaf: int) -> np.ndarray:
    """Return whether a cut after each place leaves enough samples before and after it."""
    before = np.arange(1, len(level.rows) + 1) - level.spread(level.starts)
    return (before >= min_samples_leaf) & (level.spread(level.counts) - before >= min_samples_leaf)


def _sums(level: Level, summands: Indices) -> tuple[Array, Indices]:
    """Return at every place its node's sum, and the sum of all nodes before."""
    sums = level.total(summands)
    return level.spread(sums.astype(np.float64)), level.spread(np.cumsum(sums) - sums)


def _left(summands: Indices, order: Indices, before: Indices) -> Array:
    """Return the sums on the left of a cut after each place, in an order within the nodes."""
    sums = np.cumsum(summands.take(order))
    sums -= before
    return sums.astype(np.float64)
