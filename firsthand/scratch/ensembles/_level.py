"""The nodes of one depth, of several trees, with their samples one node after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Indices", "Level"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
AT_ONCE = 1 << 15  # samples whose arrays fit the cache together, see ``Level.parts``


@dataclass(frozen=True, eq=False)
class Level:
    """Nodes side by side.

    Attributes
    ----------
    rows : ndarray of shape (n_places,)
        The samples of the first node, then those of the second, ...: rows of X.
    weight : ndarray of shape (n_places,)
    counts : ndarray of shape (n_nodes,)
        How many places each node has; at least one.
    tree : ndarray of shape (n_nodes,)
        The tree that each node belongs to.
    """

    rows: Indices
    weight: Array
    counts: Indices
    tree: Indices

    @cached_property
    def starts(self) -> Indices:
        """The first place of every node."""
        return np.cumsum(self.counts) - self.counts

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return every node's value at each of its places."""
        return np.repeat(values, self.counts)

    def total(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sum over the places of every node."""
        return np.add.reduceat(values, self.starts)

    def only(self, nodes: NDArray[np.bool_]) -> Level:
        """Return the chosen nodes."""
        if nodes.all():
            return self
        places = np.flatnonzero(self.spread(nodes))
        return Level(
            self.rows.take(places), self.weight.take(places), self.counts[nodes], self.tree[nodes]
        )

    def children(self, left: NDArray[np.bool_]) -> Level:
        """Return the nodes below: all left ones, then all right ones, in the parents' order."""
        places = np.concatenate([np.flatnonzero(left), np.flatnonzero(~left)])
        n_left = self.total(left.astype(np.intp))
        return Level(
            self.rows.take(places),
            self.weight.take(places),
            np.concatenate([n_left, self.counts - n_left]),
            np.concatenate([self.tree, self.tree]),
        )

    def parts(self) -> Iterator[tuple[slice, Level]]:
        """Yield neighbouring nodes in parts of some 32,000 places, or of a single larger node.

        With parts of this size a forest on 20,000 samples grew 1.3 times as fast as without.
        """
        ends = np.cumsum(self.counts)
        node = place = 0
        while node < len(ends):
            after = max(node + 1, int(np.searchsorted(ends, place + AT_ONCE, side="right")))
            end = int(ends[after - 1])
            nodes, places = slice(node, after), slice(place, end)
            part = Level(
                self.rows[places], self.weight[places], self.counts[nodes], self.tree[nodes]
            )
            yield nodes, part
            node, place = after, end
