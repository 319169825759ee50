r"""Cost-complexity pruning: take back the questions that are not worth their leaf.

    R(t)   = w_t H(t) / w                            what node t costs as a leaf
    R(T_t) = sum of R over the leaves below t
    g(t)   = (R(t) - R(T_t)) / (leaves below t - 1)      what its subtree saves, a leaf
    R_alpha(T) = R(T) + alpha (leaves of T)

The node with the smallest g is the weakest link: it becomes a leaf first, at alpha = g. Cutting
one weakest link after another, down to the root, meets the tree that is best for every alpha.

Breiman, Friedman, Olshen & Stone, Classification and Regression Trees (1984), chapter 3.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees.tree import LEAF, UNDEFINED, Tree

__all__ = ["Link", "collapse", "prune", "pruning_path", "weakest_links"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Link:
    """A node that becomes a leaf, at which alpha, and the impurity of the tree after it."""

    node: int
    alpha: float
    impurity: float


def weakest_links(tree: Tree) -> Iterator[Link]:
    """Yield one weakest link after another, until the root is a leaf.

    Examples
    --------
    >>> from firsthand.scratch.trees import grow_tree
    >>> X, y = np.arange(4.0)[:, None], np.array([0.0, 1.0, 4.0, 7.0])
    >>> tree = grow_tree(X, y, criterion="squared_error")
    >>> [(link.node, link.alpha) for link in weakest_links(tree)]
    [(1, 0.125), (4, 1.125), (0, 6.25)]
    """
    own, below = _costs(tree)
    is_leaf = tree.children_left == LEAF
    leaves_up_to = np.concatenate([[0], np.cumsum(is_leaf)])
    n_leaves = (leaves_up_to[tree.ends] - leaves_up_to[:-1]).tolist()

    # one node at a time from here on: plain lists are several times faster than arrays
    own, below, ends = own.tolist(), below.tolist(), tree.ends.tolist()
    parents = tree.parents.tolist()
    newest = {int(t): (own[t] - below[t]) / (n_leaves[t] - 1) for t in np.flatnonzero(~is_leaf)}
    links = [(g, t) for t, g in newest.items()]
    heapq.heapify(links)
    while links:
        g, cut = heapq.heappop(links)
        if newest.get(cut) != g:
            continue  # cut off, or another by now
        t = cut
        for inside in range(t, ends[t]):
            newest.pop(inside, None)
        added, fewer = own[t] - below[t], n_leaves[t] - 1
        while t != LEAF:
            below[t] += added
            n_leaves[t] -= fewer
            if t in newest:
                newest[t] = (own[t] - below[t]) / (n_leaves[t] - 1)
                heapq.heappush(links, (newest[t], t))
            t = parents[t]
        yield Link(g, cut, below[0])


def pruning_path(tree: Tree) -> tuple[Array, Array]:
    """Return the alphas at which links are cut, and the impurity of the tree that is left.

    Returns
    -------
    ccp_alphas, impurities : ndarray of shape (1 + number of links,)
        The first are 0 and the impurity of the whole tree.
    """
    links = list(weakest_links(tree))
    alphas = [0.0, *(link.alpha for link in links)]
    impurities = [_costs(tree)[1][0], *(link.impurity for link in links)]
    return np.array(alphas), np.array(impurities)


def prune(tree: Tree, alpha: float) -> Tree:
    """Return the smallest subtree with the least R_alpha.

    Parameters
    ----------
    tree : Tree
    alpha : float
        Not negative; at 0 only questions are taken back that lower no impurity.
    """
    links = takewhile(lambda link: link.alpha <= alpha, weakest_links(tree))
    return collapse(tree, np.array([link.node for link in links], np.intp))


def collapse(tree: Tree, nodes: Indices) -> Tree:
    """Return the tree without what is below the given nodes, which become leaves.

    Parameters
    ----------
    tree : Tree
    nodes : ndarray of node numbers
        May hold nodes below others.
    """
    change = np.zeros(tree.node_count + 1, np.intp)
    np.add.at(change, nodes + 1, 1)
    np.add.at(change, tree.ends[nodes], -1)
    kept = np.flatnonzero(np.cumsum(change[:-1]) == 0)
    place = np.cumsum(np.isin(np.arange(tree.node_count), kept)) - 1
    leaf = tree.children_left == LEAF
    leaf[nodes] = True
    leaf = leaf[kept]
    return replace(
        tree,
        feature=np.where(leaf, UNDEFINED, tree.feature[kept]),
        threshold=np.where(leaf, UNDEFINED, tree.threshold[kept]),
        children_left=np.where(leaf, LEAF, place[tree.children_left[kept]]),
        children_right=np.where(leaf, LEAF, place[tree.children_right[kept]]),
        missing_go_to_left=tree.missing_go_to_left[kept] & ~leaf,
        impurity=tree.impurity[kept],
        n_node_samples=tree.n_node_samples[kept],
        weighted_n_node_samples=tree.weighted_n_node_samples[kept],
        value=tree.value[kept],
    )


def _costs(tree: Tree) -> tuple[Array, Array]:
    """Return R(t) and R(T_t) of every node."""
    own = tree.impurity * tree.weighted_n_node_samples / tree.weighted_n_node_samples[0]
    below = own.copy()
    for level in reversed(tree.levels):
        inner = level[tree.children_left[level] != LEAF]
        below[inner] = below[tree.children_left[inner]] + below[tree.children_right[inner]]
    return own, below
