r"""CART: grow a tree by asking, at each node, the question that leaves the purest two halves.

    node t holds n samples; class k has the share p_k of them
    H = 1 - sum_k p_k^2                                 Gini: two draws have different classes
    H = - sum_k p_k log2 p_k                            entropy, in bits
    H = mean((y - mean(y))^2)                           squared error, for numbers
    J(j, s) = (n_left H_left + n_right H_right) / n     after asking "x_j <= s ?"

Each of the three is a function of sums over the node: of the samples of each class, or of 1, y
and y^2. So every sample is described by a row of summands S, sorting a feature and adding
up the rows tells all of its thresholds at once, and nothing else differs between a classifier
and a regressor. What a leaf predicts is the mean of its rows.

This is the idea on one page. ``growing`` grows the same tree, all nodes of a depth together.

Breiman, Friedman, Olshen & Stone, Classification and Regression Trees (1984), 2.4 and 8.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Node",
    "Split",
    "best_split",
    "entropy",
    "gini",
    "grow",
    "indicators",
    "midpoint",
    "moments",
    "predict",
    "squared_error",
]

Array = NDArray[np.float64]
Impurity = Callable[[Array], Array]


@dataclass(frozen=True)
class Split:
    """A question, ``x[feature] <= threshold``, and the impurity J of its two answers."""

    feature: int
    threshold: float
    impurity: float


Ask = Callable[[Array, Array, Impurity, int], Split | None]


@dataclass(frozen=True)
class Node:
    """A node with all below it: a leaf has no split and no children."""

    mean: Array  # of the summands, (n_summands,)
    impurity: float
    n_samples: int
    split: Split | None = None
    left: Node | None = None
    right: Node | None = None


def indicators(codes: NDArray[np.intp], n_classes: int) -> Array:
    """Return the summands of a classifier: a 1 in the column of the sample's class.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Classes, from 0 to ``n_classes - 1``.
    n_classes : int

    Returns
    -------
    ndarray of shape (n_samples, n_classes)

    Examples
    --------
    >>> indicators(np.array([0, 2]), 3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    return np.eye(n_classes)[codes]


def moments(y: Array) -> Array:
    """Return the summands of a regressor: 1, y and y^2 of every sample.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)

    Returns
    -------
    ndarray of shape (n_samples, 3)

    Examples
    --------
    >>> moments(np.array([2.0, 3.0]))
    array([[1., 2., 4.],
           [1., 3., 9.]])
    """
    return np.stack([np.ones(len(y)), y, y**2], axis=1)


def gini(counts: Array) -> Array:
    """Return the Gini impurity 1 - sum_k p_k^2: 0 where one class is alone, below 1 always.

    Parameters
    ----------
    counts : ndarray of shape (..., n_classes)
        Number, or weight, of the samples of each class; more than zero in all.

    Returns
    -------
    ndarray of shape (...)

    Examples
    --------
    >>> gini(np.array([[5.0, 5.0], [8.0, 0.0]]))
    array([0.5, 0. ])
    """
    shares = counts / counts.sum(axis=-1, keepdims=True)
    return 1.0 - np.sum(shares**2, axis=-1)


def entropy(counts: Array) -> Array:
    """Return the entropy -sum_k p_k log2 p_k in bits; a class that is absent adds nothing.

    Parameters
    ----------
    counts : ndarray of shape (..., n_classes)
        Number, or weight, of the samples of each class; more than zero in all.

    Returns
    -------
    ndarray of shape (...)

    Examples
    --------
    >>> entropy(np.array([[5.0, 5.0], [8.0, 0.0], [1.0, 3.0]])).round(3)
    array([1.   , 0.   , 0.811])
    """
    shares = counts / counts.sum(axis=-1, keepdims=True)
    bits = np.log2(np.where(shares > 0, shares, 1.0))  # p log p goes to 0 with p
    return np.abs(np.sum(shares * bits, axis=-1))  # abs, not minus: a pure node is 0, not -0


def squared_error(sums: Array) -> Array:
    """Return the variance mean(y^2) - mean(y)^2: the mean squared error of predicting the mean.

    The difference of two large numbers is rounded: centre y first if it is far from zero.

    Parameters
    ----------
    sums : ndarray of shape (..., 3)
        Sums of 1, y and y^2 over the samples.

    Returns
    -------
    ndarray of shape (...)

    Examples
    --------
    >>> squared_error(moments(np.array([1.0, 2.0, 6.0])).sum(axis=0))
    np.float64(4.666666666666666)
    """
    n, first, second = np.moveaxis(sums, -1, 0)
    return np.maximum(second / n - (first / n) ** 2, 0.0)


def midpoint(below: Array, above: Array) -> Array:
    """Return thresholds halfway between neighbouring values, so that below <= threshold < above.

    Halves are added, since a sum of two large values may overflow; where no number lies between
    the neighbours, it is the lower one.

    Parameters
    ----------
    below, above : ndarray of shape (...)
        With ``below < above``.

    Examples
    --------
    >>> midpoint(np.array([1.0, 1e308]), np.array([2.0, 1.5e308]))
    array([1.50e+000, 1.25e+308])
    """
    middle = below / 2 + above / 2
    return np.where((middle >= below) & (middle < above), middle, below)


def best_split(X: Array, S: Array, impurity: Impurity, min_samples_leaf: int = 1) -> Split | None:
    """Return the question whose two answers are purest, or None if no question divides.

    Thresholds lie halfway between neighbouring values. Of equally good questions, the one on
    the first feature and with the lowest threshold is taken.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    S : ndarray of shape (n_samples, n_summands)
    impurity : callable
        From sums of shape (..., n_summands) to impurities of shape (...).
    min_samples_leaf : int
        Neither side may have fewer samples.

    Examples
    --------
    >>> X = np.array([[1.0], [2.0], [4.0], [5.0]])
    >>> best_split(X, indicators(np.array([0, 0, 1, 1]), 2), gini)
    Split(feature=0, threshold=3.0, impurity=0.0)
    """
    n_samples, n_features = X.shape
    n_left = np.arange(1, n_samples)  # a cut after the first, the second, ... sample
    best = None
    for feature in range(n_features):
        order = np.argsort(X[:, feature])
        x = X[order, feature]
        left = np.cumsum(S[order], axis=0)  # (n_samples, n_summands)
        left, right = left[:-1], left[-1] - left[:-1]
        J = (n_left * impurity(left) + (n_samples - n_left) * impurity(right)) / n_samples
        divides = (x[1:] > x[:-1]) & (np.minimum(n_left, n_samples - n_left) >= min_samples_leaf)
        if divides.any():
            cut = int(np.argmin(np.where(divides, J, np.inf)))
            if best is None or J[cut] < best.impurity:
                threshold = midpoint(x[cut], x[cut + 1])
                best = Split(feature, float(threshold), float(J[cut]))
    return best


def grow(
    X: Array,
    S: Array,
    impurity: Impurity,
    max_depth: float = np.inf,
    min_samples_leaf: int = 1,
    ask: Ask | None = None,
) -> Node:
    """Return the tree: ask the best question, then do the same with each half.

    A node becomes a leaf when it is pure, when it is as deep as allowed, or when no question
    divides it. A question may leave J as it was: the next one may need it, as in XOR.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    S : ndarray of shape (n_samples, n_summands)
    impurity : callable
        From sums of shape (..., n_summands) to impurities of shape (...).
    max_depth : int, optional
        The most questions asked of a sample.
    min_samples_leaf : int
        The fewest samples of a leaf.
    ask : callable, optional
        What finds the question of a node, if it is not :func:`best_split`: it takes the same.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> tree = grow(X, indicators(np.array([0, 1, 1, 0]), 2), gini)  # XOR
    >>> tree.split, tree.left.split
    (Split(feature=0, threshold=0.5, impurity=0.5), Split(feature=1, threshold=0.5, impurity=0.0))
    """
    here = float(impurity(S.sum(axis=0)))
    node = Node(S.mean(axis=0), here, len(X))
    split = None
    if here > 0 and max_depth > 0:
        split = (ask or best_split)(X, S, impurity, min_samples_leaf)
    if split is None:
        return node
    yes = X[:, split.feature] <= split.threshold
    left = grow(X[yes], S[yes], impurity, max_depth - 1, min_samples_leaf, ask)
    right = grow(X[~yes], S[~yes], impurity, max_depth - 1, min_samples_leaf, ask)
    return Node(node.mean, here, len(X), split, left, right)


def predict(node: Node, X: Array) -> Array:
    """Return the mean summands of the leaf that every sample falls into.

    They are the shares of the classes, or in the second column the mean of y.

    Parameters
    ----------
    node : Node
    X : ndarray of shape (n_samples, n_features)

    Returns
    -------
    ndarray of shape (n_samples, n_summands)

    Examples
    --------
    >>> X = np.array([[1.0], [2.0], [4.0], [5.0]])
    >>> tree = grow(X, moments(np.array([1.0, 1.0, 7.0, 9.0])), squared_error, max_depth=1)
    >>> predict(tree, np.array([[0.0], [6.0]]))[:, 1]
    array([1., 8.])
    """
    if node.split is None or node.left is None or node.right is None:
        return np.tile(node.mean, (len(X), 1))
    means = np.empty((len(X), len(node.mean)))
    yes = X[:, node.split.feature] <= node.split.threshold
    means[yes] = predict(node.left, X[yes])
    means[~yes] = predict(node.right, X[~yes])
    return means
