r"""Cost-complexity pruning: take back the questions that are not worth their leaves.

    R(t)       = w_t H(t) / w                        what node t costs as a leaf
    R(T_t)     = sum of R over the leaves below t    what its subtree costs
    g(t)       = (R(t) - R(T_t)) / (n_leaves - 1)    what the subtree saves, for each leaf more
    R_alpha(T) = R(T) + alpha n_leaves               what a tree costs if leaves do, too

The node with the smallest g is the weakest link: from alpha = g on it is better as a leaf.
Cutting one weakest link after another, down to the root, meets every tree that is best for
some alpha.

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

__all__ = ["Link", "Path", "best_first", "collapse", "prune", "pruning_path", "weakest_links"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Link:
    """A node that becomes a leaf: from which alpha on, and the impurity R(T) of what is left."""

    node: int
    alpha: float
    impurity: float


@dataclass(frozen=True, eq=False)
class Path:
    """At which alphas a tree shrinks, and its impurity from there on; both (n_steps,)."""

    ccp_alphas: Array
    impurities: Array


def costs(tree: Tree) -> tuple[Array, Array]:
    """Return R(t) and R(T_t) of every node, both of shape (node_count,).

    Examples
    --------
    >>> from firsthand.scratch.trees import grow_tree
    >>> X, y = np.arange(4.0)[:, None], np.array([0.0, 1.0, 4.0, 7.0])
    >>> costs(grow_tree(X, y, criterion="squared_error"))[0]
    array([7.5  , 0.125, 0.   , 0.   , 1.125, 0.   , 0.   ])
    """
    own = tree.impurity * tree.weighted_n_node_samples / tree.weighted_n_node_samples[0]
    below = own.copy()
    for level in reversed(tree.levels):
        inner = level[tree.children_left[level] != LEAF]
        below[inner] = below[tree.children_left[inner]] + below[tree.children_right[inner]]
    return own, below


def weakest_links(tree: Tree) -> Iterator[Link]:
    """Yield one weakest link after another, until the root is a leaf.

    Examples
    --------
    >>> from firsthand.scratch.trees import grow_tree
    >>> X, y = np.arange(4.0)[:, None], np.array([0.0, 1.0, 4.0, 7.0])
    >>> tree = grow_tree(X, y, criterion="squared_error")
    >>> [(link.node, link.alpha, link.impurity) for link in weakest_links(tree)]
    [(1, 0.125, 0.125), (4, 1.125, 1.25), (0, 6.25, 7.5)]
    """
    is_leaf = tree.children_left == LEAF
    leaves_before = np.concatenate([[0], np.cumsum(is_leaf)])
    # one node at a time from here on: plain lists are several times faster than arrays
    n_leaves = (leaves_before[tree.ends] - leaves_before[:-1]).tolist()
    R, below = (cost.tolist() for cost in costs(tree))
    ends, parents = tree.ends.tolist(), tree.parents.tolist()

    g = {t: (R[t] - below[t]) / (n_leaves[t] - 1) for t in np.flatnonzero(~is_leaf).tolist()}
    heap = [(alpha, t) for t, alpha in g.items()]
    heapq.heapify(heap)
    while heap:
        alpha, node = heapq.heappop(heap)
        if g.get(node) != alpha:
            continue  # cut off meanwhile, or its g has changed
        for t in range(node, ends[node]):
            g.pop(t, None)
        added, fewer = R[node] - below[node], n_leaves[node] - 1
        t = node
        while t != LEAF:  # the node, and all above it
            below[t] += added
            n_leaves[t] -= fewer
            if t in g:
                g[t] = (R[t] - below[t]) / (n_leaves[t] - 1)
                heapq.heappush(heap, (g[t], t))
            t = parents[t]
        yield Link(node, alpha, below[0])


def pruning_path(tree: Tree) -> Path:
    """Return the trees that are best for some alpha, from the whole one to the root alone."""
    links = list(weakest_links(tree))
    return Path(
        np.array([0.0, *(link.alpha for link in links)]),
        np.array([costs(tree)[1][0], *(link.impurity for link in links)]),
    )


def prune(tree: Tree, alpha: float) -> Tree:
    """Return the smallest of the subtrees for which R_alpha is least.

    Parameters
    ----------
    tree : Tree
    alpha : float
        Not negative; at 0 only questions are taken back that lower no impurity.
    """
    links = takewhile(lambda link: link.alpha <= alpha, weakest_links(tree))
    return collapse(tree, np.array([link.node for link in links], np.intp))


def best_first(tree: Tree, max_leaf_nodes: int) -> Tree:
    """Return the tree with the questions that take most off the impurity, one after another.

    Among the questions that can be asked next, the best is; until there are enough leaves.

    Parameters
    ----------
    tree : Tree
    max_leaf_nodes : int
        At least 1.
    """
    removed = tree.impurity_decrease.tolist()
    askable = [(-removed[0], 0)]  # a heap; leaves, which remove nothing, are in it, too
    for _ in range(max_leaf_nodes - 1):
        amount, node = heapq.heappop(askable)
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == LEAF:
            heapq.heappush(askable, (amount, node))
            break
        heapq.heappush(askable, (-removed[left], left))
        heapq.heappush(askable, (-removed[right], right))
    return collapse(tree, np.array([node for _, node in askable], np.intp))


def collapse(tree: Tree, nodes: Indices) -> Tree:
    """Return the tree without what is below the given nodes, which become leaves.

    Parameters
    ----------
    tree : Tree
    nodes : ndarray of node numbers
        May hold nodes below others.
    """
    leaf = tree.children_left == LEAF
    leaf[nodes] = True
    opened = np.zeros(tree.node_count + 1, np.intp)  # ranges of nodes that go, as +1 and -1
    np.add.at(opened, nodes + 1, 1)
    np.add.at(opened, tree.ends[nodes], -1)
    stays = np.cumsum(opened[:-1]) == 0
    kept, place = np.flatnonzero(stays), np.cumsum(stays) - 1
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
