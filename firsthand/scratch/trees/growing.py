r"""CART at speed: all nodes of one depth grow together, over features sorted once.

The tree is that of ``cart.grow``, found with a few passes over arrays for each depth instead of
a search for each node.

    order[j]        the samples, node after node, within a node by increasing x_j
    c = n (v - mean(v))       what a sample adds, v being y, or 1 if it is of class k; else 0
    d = c summed from the node's start up to a cut
    H - J  =  (sum_k d_k^2) / (n_left n_right n^2)       by how much the cut lowers the impurity

for Gini and for squared error alike. Cuts of equal n_left n_right differ in d alone, and d
returns to zero at the end of every node, so that one cumulative sum serves all nodes.

What makes it fast, each measured on 5e4 samples:

- sorting once (10 ns a value), then keeping each node's samples sorted by moving those that go
  left to the front, in order (2 ns a value and depth);
- sums of integers: a cumulative sum of int64 takes 0.4 ns a value, of float64 3.1, since each
  addition waits for the one before it. Counts are integers anyhow; numbers are scaled to
  some 2^60 at the most, so that nothing is lost;
- all nodes' best cuts by one ``maximum.reduceat``;
- ``take`` with ``flatnonzero`` (0.8 ns a value) in place of a boolean mask (4.5 ns).

Breiman, Friedman, Olshen & Stone, Classification and Regression Trees (1984); growing by
depth: Shafer, Agrawal & Mehta, SPRINT, VLDB (1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees._search import Cuts, Presorted, Rules, presort
from firsthand.scratch.trees._targets import (
    EPSILON,
    Entropic,
    Labels,
    Level,
    Numbers,
    Target,
    Weights,
)
from firsthand.scratch.trees.tree import LEAF, UNDEFINED, Tree

__all__ = ["Limits", "grow_tree", "presort"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Criterion = Literal["gini", "entropy", "squared_error"]


@dataclass(frozen=True)
class Limits:
    """When a node becomes a leaf, as numbers of samples and weights, not shares of them."""

    max_depth: float = np.inf
    min_samples_split: int = 2
    min_samples_leaf: int = 1
    min_weight_leaf: float = 0.0
    min_impurity_decrease: float = 0.0
    max_leaf_nodes: int | None = None
    max_features: int | None = None


def grow_tree(
    X: Array,
    y: NDArray[Any],
    sample_weight: Array | None = None,
    *,
    criterion: Criterion,
    n_classes: int = 0,
    limits: Limits = Limits(),
    order: Indices | None = None,
    rng: np.random.Generator | None = None,
) -> Tree:
    """Return the tree grown on ``X`` and ``y``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        NaN is a missing value, and goes to the side on which it does the most good.
    y : ndarray of shape (n_samples,)
        Codes from 0 to ``n_classes - 1``, or for ``"squared_error"`` numbers.
    sample_weight : ndarray of shape (n_samples,), optional
        Samples that weigh nothing are left out.
    criterion : {"gini", "entropy", "squared_error"}
    n_classes : int
    limits : Limits
    order : ndarray of shape (n_features, n_samples), optional
        :func:`presort` of ``X``, if it is known.
    rng : numpy.random.Generator, optional
        Draws the features, where ``limits.max_features`` asks for it.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> tree = grow_tree(X, np.array([0, 1, 1, 0]), criterion="gini", n_classes=2)  # XOR
    >>> tree.feature.tolist(), tree.threshold.tolist()
    ([0, 1, -2, -2, 1, -2, -2], [0.5, 0.5, -2.0, -2.0, 0.5, -2.0, -2.0])
    """
    order = presort(X) if order is None else order
    if sample_weight is not None:
        counts = sample_weight > 0
        if not counts.all():
            order = order.ravel().take(np.flatnonzero(counts.take(order)))
            order = order.reshape(X.shape[1], -1)
        if (sample_weight[counts] == 1).all():
            sample_weight = None
    weights = Weights(sample_weight)
    target: Target
    if criterion == "squared_error":
        target = Numbers(y, weights)
    else:
        target = (Labels if criterion == "gini" else Entropic)(y, n_classes, weights)
    rules = Rules(limits.min_samples_leaf, limits.min_weight_leaf, limits.max_features)
    search = Presorted(X, order, target, weights, rules, rng or np.random.default_rng())
    return _grow(search, target, weights, limits, len(X))


def _grow(search: Presorted, target: Target, weights: Weights, limits: Limits, n: int) -> Tree:
    nodes = _Nodes()
    members = search.order[0].copy()
    level = _level(target, weights, members, np.array([len(members)]))
    ids = nodes.add(level)
    ids, level = _narrow(level, ids, _may_split(level, target, limits, 0))
    depth = 0
    side = np.zeros(n, np.int8)
    while len(ids):
        cuts = search.best(level)
        depth += 1
        kept = np.flatnonzero(level.spread(cuts.found))
        members = cuts.members.take(kept) if len(kept) < len(cuts.members) else cuts.members
        found = np.flatnonzero(cuts.found)
        if not len(found):
            break
        n_left = cuts.n_left[found]
        sizes = np.stack([n_left, level.sizes[found] - n_left], axis=1).ravel()
        children = _level(target, weights, members, sizes)
        total = nodes.weights[0][0]
        removed = level.weights[found] * level.impurity[found] - (
            (children.weights * children.impurity).reshape(-1, 2).sum(axis=1)
        )
        good = removed / total + EPSILON >= limits.min_impurity_decrease
        if not good.all():
            children = _narrow(children, np.arange(2 * len(good)), np.repeat(good, 2))[1]
            found = found[good]
            if not len(found):
                break
        child_ids = nodes.add(children)
        nodes.split(ids[found], cuts, found, child_ids)
        grows = _may_split(children, target, limits, depth)
        left_first = np.arange(len(grows)).reshape(-1, 2).T.ravel()
        chosen = left_first[grows[left_first]]
        if not len(chosen):
            break
        code = np.where(grows, np.tile([1, 2], len(grows) // 2), 0).astype(np.int8)
        side[:] = 0
        side[children.members] = children.spread(code)
        left = int(children.sizes[0::2][grows[0::2]].sum())
        right = int(children.sizes[1::2][grows[1::2]].sum())
        search.keep(side, left, right)
        ids = child_ids[chosen]
        sizes = children.sizes[chosen]
        level = Level(
            search.order[0].copy(),
            np.cumsum(sizes) - sizes,
            sizes,
            children.weights[chosen],
            children.value[chosen],
            children.impurity[chosen],
        )
    return nodes.tree(search.n_features)


def _level(target: Target, weights: Weights, members: Indices, sizes: Indices) -> Level:
    starts = np.cumsum(sizes) - sizes
    total = weights.sums(members, starts, sizes)
    value, impurity = target.summary(members, starts, sizes, total)
    return Level(members, starts, sizes, total, value, impurity)


def _narrow(level: Level, ids: Indices, kept: NDArray[np.bool_]) -> tuple[Indices, Level]:
    """Return the ids and the level of the nodes that are kept."""
    if kept.all():
        return ids, level
    sizes = level.sizes[kept]
    return ids[kept], Level(
        level.members[level.spread(kept)],
        np.cumsum(sizes) - sizes,
        sizes,
        level.weights[kept],
        level.value[kept],
        level.impurity[kept],
    )


def _may_split(level: Level, target: Target, limits: Limits, depth: int) -> NDArray[np.bool_]:
    if depth >= limits.max_depth:
        return np.zeros(len(level.sizes), bool)
    return (
        (level.sizes >= max(limits.min_samples_split, 2 * limits.min_samples_leaf))
        & (level.weights >= 2 * limits.min_weight_leaf)
        & (level.impurity > target.negligible)
    )


class _Nodes:
    """Nodes in the order in which they are found, level by level."""

    def __init__(self) -> None:
        self.count = 0
        self.sizes: list[Indices] = []
        self.weights: list[Array] = []
        self.value: list[Array] = []
        self.impurity: list[Array] = []
        self.splits: list[tuple[Indices, Indices, Array, NDArray[np.bool_], Indices]] = []

    def add(self, level: Level) -> Indices:
        """Take the nodes of a level, and return their numbers."""
        self.sizes.append(level.sizes)
        self.weights.append(level.weights)
        self.value.append(level.value)
        self.impurity.append(level.impurity)
        first = self.count
        self.count += len(level.sizes)
        return np.arange(first, self.count)

    def split(self, ids: Indices, cuts: Cuts, which: Indices, children: Indices) -> None:
        """Note the questions of nodes, and their children, left and right in turn."""
        feature, threshold = cuts.feature[which], cuts.threshold[which]
        self.splits.append((ids, feature, threshold, cuts.missing_left[which], children[0::2]))

    def tree(self, n_features: int) -> Tree:
        """Return the tree, with its nodes in preorder."""
        below = np.ones(self.count, np.intp)  # nodes in each node's subtree
        for ids, _, _, _, left in reversed(self.splits):
            below[ids] += below[left] + below[left + 1]
        place = np.zeros(self.count, np.intp)
        for ids, _, _, _, left in self.splits:
            place[left] = place[ids] + 1
            place[left + 1] = place[ids] + 1 + below[left]

        feature = np.full(self.count, UNDEFINED)
        threshold = np.full(self.count, float(UNDEFINED))
        children_left = np.full(self.count, LEAF)
        children_right = np.full(self.count, LEAF)
        missing_left = np.zeros(self.count, bool)
        for ids, asked, value, missing, left in self.splits:
            here = place[ids]
            feature[here], threshold[here], missing_left[here] = asked, value, missing
            children_left[here], children_right[here] = place[left], place[left + 1]
        found = np.empty(self.count, np.intp)
        found[place] = np.arange(self.count)
        return Tree(
            n_features=n_features,
            feature=feature,
            threshold=threshold,
            children_left=children_left,
            children_right=children_right,
            missing_go_to_left=missing_left,
            impurity=np.concatenate(self.impurity)[found],
            n_node_samples=np.concatenate(self.sizes)[found],
            weighted_n_node_samples=np.concatenate(self.weights)[found],
            value=np.concatenate(self.value)[found],
        )
