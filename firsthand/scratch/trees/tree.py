"""A grown tree as flat arrays, one entry a node, under scikit-learn's names.

    node i asks   X[:, feature[i]] <= threshold[i] ?   yes: children_left[i], no: children_right[i]
    a leaf has    children_left[i] = children_right[i] = -1,  feature[i] = threshold[i] = -2

Nodes are numbered in preorder: the root is 0, a left child follows its parent, and a node comes
before all below it. scikit-learn numbers so, too, unless it has grown best-first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees._walking import Walk

__all__ = ["LEAF", "UNDEFINED", "Tree"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

LEAF, UNDEFINED = -1, -2


@dataclass(frozen=True, eq=False)
class Tree:
    """What a tree asks at every node, and what it knows there.

    Attributes
    ----------
    n_features : int
    feature, threshold : ndarray of shape (node_count,)
        The question; -2 at a leaf.
    children_left, children_right : ndarray of shape (node_count,)
        Where yes and no lead; -1 at a leaf.
    missing_go_to_left : ndarray of shape (node_count,), bool
        Where a missing value leads.
    impurity : ndarray of shape (node_count,)
    n_node_samples, weighted_n_node_samples : ndarray of shape (node_count,)
        Samples of the training data in the node, and their total weight.
    value : ndarray of shape (node_count, n_values)
        Shares of the classes, or the mean of y in one column.
    """

    n_features: int
    feature: Indices
    threshold: Array
    children_left: Indices
    children_right: Indices
    missing_go_to_left: NDArray[np.bool_]
    impurity: Array
    n_node_samples: Indices
    weighted_n_node_samples: Array
    value: Array

    @property
    def node_count(self) -> int:
        """Number of nodes, leaves included."""
        return len(self.feature)

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return int(np.count_nonzero(self.children_left == LEAF))

    @property
    def max_depth(self) -> int:
        """Most questions between the root and a leaf."""
        return len(self.levels) - 1

    @cached_property
    def levels(self) -> list[Indices]:
        """The nodes of each depth, from the root on."""
        levels = [np.zeros(1, np.intp)]
        while True:
            inner = levels[-1][self.children_left[levels[-1]] != LEAF]
            if not inner.size:
                return levels
            pairs = np.stack([self.children_left[inner], self.children_right[inner]], axis=1)
            levels.append(pairs.ravel())

    @cached_property
    def ends(self) -> Indices:
        """One past the last node of each node's subtree, which is ``range(i, ends[i])``."""
        ends = np.arange(1, self.node_count + 1)
        for level in reversed(self.levels):
            inner = level[self.children_left[level] != LEAF]
            ends[inner] = ends[self.children_right[inner]]
        return ends

    def apply(self, X: Array) -> Indices:
        """Return the leaf of every sample, as the number of its node.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            May hold NaN.
        """
        return self._walk_down.leaves(np.ascontiguousarray(X))

    def predict(self, X: Array) -> Array:
        """Return the value of every sample's leaf, of shape (n_samples, n_values)."""
        return self.value.take(self.apply(X), axis=0)

    def decision_path(self, X: Array) -> NDArray[np.bool_]:
        """Return which nodes every sample passes, leaf included: (n_samples, node_count)."""
        passed = np.zeros((len(X), self.node_count), bool)
        here = self.apply(X)
        above = self.parents
        while here.size:
            rows = np.flatnonzero(here != LEAF)
            if not rows.size:
                break
            passed[rows, here[rows]] = True
            here = np.where(here == LEAF, LEAF, above[here])
        return passed

    @cached_property
    def parents(self) -> Indices:
        """The node above each node, -1 above the root, of shape (node_count,)."""
        parents = np.full(self.node_count, LEAF)
        inner = np.flatnonzero(self.children_left != LEAF)
        parents[self.children_left[inner]] = inner
        parents[self.children_right[inner]] = inner
        return parents

    def feature_importances(self) -> Array:
        """Return how much of the impurity each feature's questions removed, summing to 1.

            importance_j = sum over nodes asking j of  w H - w_left H_left - w_right H_right

        All are zero where nothing was removed.
        """
        inner = np.flatnonzero(self.children_left != LEAF)
        removed = self.impurity_decrease[inner]
        importances = np.bincount(self.feature[inner], removed, self.n_features).astype(np.float64)
        whole = importances.sum()
        return importances / whole if whole > 0 else importances

    @cached_property
    def impurity_decrease(self) -> Array:
        """What each question takes off the tree's impurity; at a leaf -inf, of (node_count,)."""
        inner = np.flatnonzero(self.children_left != LEAF)
        total = self.weighted_n_node_samples / self.weighted_n_node_samples[0] * self.impurity
        removed = np.full(self.node_count, -np.inf)
        removed[inner] = total[inner] - total[self.children_left[inner]]
        removed[inner] -= total[self.children_right[inner]]
        return removed

    def with_value(self, value: Array) -> Tree:
        """Return the tree with other predictions at its nodes, (node_count, n_values)."""
        return replace(self, value=value)

    @cached_property
    def _walk_down(self) -> Walk:
        inner = self.children_left != LEAF
        return Walk(self.levels, self.feature, self.threshold, self.missing_go_to_left, inner)
