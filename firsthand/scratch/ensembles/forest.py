"""The trees of a forest in one set of flat arrays, and a walk of many samples through many trees.

Trees stand one after another; ``first_node`` says where each begins. The numbers of children count
from the tree's own root, so that the slice of one tree is a ``Tree``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.threads import in_threads
from firsthand.scratch.trees._walking import sign_bits
from firsthand.scratch.trees.tree import LEAF, Tree

__all__ = ["Forest"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
# That walk together, at most: more leave the cache, fewer are not worth a call.
ROWS, TREES = 8192, 8
FIRST_STEPS, STEPS = 8, 4  # before one looks which pairs have arrived: looking costs as much as two


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees under scikit-learn's names, see ``Tree``, one after another.

    Attributes
    ----------
    n_features : int
    first_node : ndarray of shape (n_trees + 1,)
        Where each tree begins, and where the last ends.
    feature, threshold, children_left, children_right : ndarray of shape (n_nodes,)
    impurity, n_node_samples, weighted_n_node_samples : ndarray of shape (n_nodes,)
    value : ndarray of shape (n_nodes, n_values)
    """

    n_features: int
    first_node: Indices
    feature: Indices
    threshold: Array
    children_left: Indices
    children_right: Indices
    impurity: Array
    n_node_samples: Indices
    weighted_n_node_samples: Array
    value: Array

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return len(self.first_node) - 1

    @classmethod
    def join(cls, forests: Sequence[Forest]) -> Forest:
        """Return one forest of the trees of all."""
        if len(forests) == 1:
            return forests[0]
        arrays = {
            field.name: np.concatenate([getattr(forest, field.name) for forest in forests])
            for field in fields(cls)[2:]
        }
        sizes = np.concatenate([np.diff(forest.first_node) for forest in forests])
        return cls(forests[0].n_features, np.append(0, np.cumsum(sizes)), **arrays)

    def trees(self) -> Iterator[Tree]:
        """Yield every tree, as views of the forest's arrays."""
        goes_left = np.zeros(len(self.feature), bool)
        for start, stop in zip(self.first_node[:-1], self.first_node[1:], strict=True):
            nodes = slice(start, stop)
            yield Tree(
                n_features=self.n_features,
                feature=self.feature[nodes],
                threshold=self.threshold[nodes],
                children_left=self.children_left[nodes],
                children_right=self.children_right[nodes],
                missing_go_to_left=goes_left[nodes],
                impurity=self.impurity[nodes],
                n_node_samples=self.n_node_samples[nodes],
                weighted_n_node_samples=self.weighted_n_node_samples[nodes],
                value=self.value[nodes],
            )

    def predict(self, X: Array, n_threads: int = 1) -> Array:
        """Return the mean over trees of the value of every sample's leaf.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
        n_threads : int

        Returns
        -------
        ndarray of shape (n_samples, n_values)
        """

        columns = self._values

        def mean(X: Array) -> Array:
            total = np.zeros((self.value.shape[1], len(X)))
            for trees in self._groups(len(X)):
                leaves = self._walk(X, trees)
                for sums, column in zip(total, columns, strict=True):
                    for values in column.take(leaves).reshape(len(trees), -1):
                        sums += values  # in the order of the trees, whatever walks together
            return total.T / self.n_trees

        return np.concatenate(self._by_rows(mean, X, n_threads))

    def apply(self, X: Array, n_threads: int = 1) -> Indices:
        """Return the leaf of every sample in every tree, (n_samples, n_trees)."""

        def leaves(X: Array) -> Indices:
            places = [self._walk(X, t).reshape(len(t), -1) for t in self._groups(len(X))]
            return self._places.node_of.take(np.concatenate(places)).T - self.first_node[:-1]

        return np.concatenate(self._by_rows(leaves, X, n_threads))

    def feature_importances(self) -> Array:
        """Return the mean over trees of their importances, scaled to sum to 1 again."""
        each = [tree.feature_importances() for tree in self.trees()]
        mean = np.mean(each, axis=0)
        whole = mean.sum()
        return mean / whole if whole > 0 else mean

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the arrays, not what is made of them when needed."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _by_rows(
        self, find: Callable[[Array], NDArray[Any]], X: Array, n_threads: int
    ) -> list[NDArray[Any]]:
        """Return what ``find`` returns for one part of the rows after another."""
        _ = self._places  # made once, before threads ask for it
        n_threads = min(n_threads, 1 + len(X) // 512)  # a thread is not worth fewer rows
        n_parts = n_threads * -(-len(X) // (ROWS * n_threads))
        parts = np.array_split(X, n_parts)
        return in_threads(find, parts, n_threads)

    def _groups(self, n_rows: int) -> list[Indices]:
        """Return the trees, in groups that walk together."""
        n_together = max(TREES, ROWS // n_rows)
        return np.split(np.arange(self.n_trees), range(n_together, self.n_trees, n_together))

    def _walk(self, X: Array, trees: Indices) -> Indices:
        """Return the place of each sample's leaf, tree after tree: all take a step at a time.

        One look-up finds the feature and the left child at once, and the answer adds 1 for the
        right one, which stands beside it. Pairs that have arrived leave every few steps.
        """
        places = self._places
        n_samples, n_features = X.shape
        bits = n_features.bit_length()
        flat = X.ravel()
        base = np.tile(np.arange(n_samples) * n_features, len(trees))
        place = np.repeat(trees, n_samples)  # the roots'
        leaves = np.empty(len(base), np.intp)
        pairs = np.arange(len(base))
        n_steps = min(FIRST_STEPS, places.depth)
        while pairs.size:
            at, x, t = np.empty_like(base), np.empty(len(base)), np.empty(len(base))
            for _ in range(n_steps):
                # no place is out of range; "wrap" does not look for one first: a quarter less
                places.threshold.take(place, mode="wrap", out=t)
                place = places.ask.take(place, mode="wrap")
                np.bitwise_and(place, (1 << bits) - 1, out=at)
                at += base
                flat.take(at, mode="wrap", out=x)
                t -= x
                place >>= bits
                place -= sign_bits(t)
            leaves[pairs] = place
            on = np.flatnonzero(places.asks.take(place, mode="wrap"))
            pairs, base, place = pairs.take(on), base.take(on), place.take(on)
            n_steps = STEPS
        return leaves

    @cached_property
    def _places(self) -> _Places:
        inner = np.flatnonzero(self.children_left != LEAF)
        root = np.repeat(self.first_node[:-1], np.diff(self.first_node))[inner]
        pair = self.n_trees + 2 * np.arange(len(inner))
        node_of = np.empty(len(self.feature), np.intp)
        node_of[: self.n_trees] = self.first_node[:-1]
        node_of[pair] = root + self.children_left[inner]
        node_of[pair + 1] = root + self.children_right[inner]
        child = np.empty(len(node_of), np.intp)
        child[node_of] = np.arange(len(node_of))
        child[inner] = pair
        asks = (self.children_left != LEAF)[node_of]
        feature = np.where(asks, self.feature[node_of], 0)
        threshold = np.where(asks, self.threshold[node_of], np.inf)
        ask = (child[node_of] << self.n_features.bit_length()) | feature
        return _Places(ask, threshold, asks, node_of, self.max_depth)

    @cached_property
    def _values(self) -> list[Array]:
        """The values by place, one array for each class."""
        return [np.ascontiguousarray(column[self._places.node_of]) for column in self.value.T]

    @property
    def max_depth(self) -> int:
        """Most questions between a root and a leaf."""
        root = np.repeat(self.first_node[:-1], np.diff(self.first_node))
        depth, level = -1, self.first_node[:-1]
        while level.size:
            inner = level[self.children_left[level] != LEAF]
            children = (self.children_left[inner], self.children_right[inner])
            level = np.concatenate([root[inner] + child for child in children])
            depth += 1
        return depth


@dataclass(frozen=True, eq=False)
class _Places:
    """Nodes rearranged for a walk: the roots first, then siblings in pairs.

    Attributes
    ----------
    ask : ndarray of shape (n_nodes,)
        The place of the left child, and in its lowest bits the feature. A leaf leads to itself:
        no value is above infinity.
    threshold : ndarray of shape (n_nodes,)
    asks : ndarray of shape (n_nodes,)
        Whether it is no leaf.
    node_of : ndarray of shape (n_nodes,)
        The node at each place.
    depth : int
        Most questions between a root and a leaf.
    """

    ask: Indices
    threshold: Array
    asks: NDArray[np.bool_]
    node_of: Indices
    depth: int
