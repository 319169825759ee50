r"""Random forests: deep trees that differ by chance, averaged.

    tree b:   draw n of the n samples with replacement; at each node draw k of the d features, and
              ask the best question among these; go on until leaves are pure
    forest:   f(x) = (1/B) sum_b f_b(x)

A deep tree is right on average and far off in each case. Averaging takes away only that part of the
error which trees do not share (see ``bagging``), and on the same data they would all ask about
the same strong feature first. Features drawn anew at each node make them differ: a tree
becomes a little worse, and the forest better.

Extremely randomised trees draw the thresholds, too, one for each feature, and sort nothing.

This is the idea on one page. ``growing`` grows such forests many nodes at a time.

Breiman, Random forests, Machine Learning 45 (2001); Geurts, Ernst & Wehenkel, Extremely
randomized trees, Machine Learning 63 (2006).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.ensembles.bagging import average, bootstrap
from firsthand.scratch.trees.cart import Impurity, Node, Split, best_split, grow, predict

__all__ = [
    "draw_features",
    "forest_predict",
    "grow_forest",
    "random_split",
    "split_among",
]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def draw_features(X: Array, n_drawn: int, rng: np.random.Generator) -> Indices:
    """Return ``n_drawn`` features, each as likely as any other.

    If all samples are equal in each of these, more are drawn until they differ in one: a node
    becomes a leaf when it cannot be divided, not by bad luck.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The samples of a node.
    n_drawn : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_drawn,), or longer

    Examples
    --------
    >>> draw_features(np.array([[1.0, 5.0, 0.0], [2.0, 5.0, 1.0]]), 2, np.random.default_rng(1))
    array([0, 1])
    """
    shuffled = rng.permutation(X.shape[1])
    varies = (X.max(axis=0) > X.min(axis=0))[shuffled]
    return shuffled[: max(n_drawn, int(np.argmax(varies)) + 1)]


def split_among(X: Array, S: Array, impurity: Impurity, features: Indices) -> Split | None:
    """Return the best question that asks about one of ``features``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    S : ndarray of shape (n_samples, n_summands)
    impurity : callable
    features : ndarray of shape (n_drawn,)

    Examples
    --------
    >>> from firsthand.scratch.trees.cart import gini, indicators
    >>> X = np.array([[1.0, 9.0], [2.0, 7.0], [4.0, 8.0], [5.0, 6.0]])
    >>> S = indicators(np.array([0, 0, 1, 1]), 2)
    >>> split_among(X, S, gini, np.array([1])).feature
    1
    """
    split = best_split(X[:, features], S, impurity)
    if split is None:
        return None
    return Split(int(features[split.feature]), split.threshold, split.impurity)


def random_split(
    X: Array, S: Array, impurity: Impurity, features: Indices, rng: np.random.Generator
) -> Split | None:
    """Return the best of one random question for each of ``features``.

    A threshold is drawn between the least and the largest value of its feature. Asking whether a
    sample lies below it makes a feature of two values, and of these the best is asked.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    S : ndarray of shape (n_samples, n_summands)
    impurity : callable
    features : ndarray of shape (n_drawn,)
    rng : numpy.random.Generator

    Examples
    --------
    >>> from firsthand.scratch.trees.cart import gini, indicators
    >>> X = np.array([[1.0], [2.0], [4.0], [5.0]])
    >>> S = indicators(np.array([0, 0, 1, 1]), 2)
    >>> split = random_split(X, S, gini, np.array([0]), np.random.default_rng(0))
    >>> bool(1 <= split.threshold < 5)
    True
    """
    thresholds = rng.uniform(X[:, features].min(axis=0), X[:, features].max(axis=0))
    above = (X[:, features] > thresholds).astype(np.float64)  # (n_samples, n_drawn)
    split = best_split(above, S, impurity)
    if split is None:
        return None
    threshold = float(thresholds[split.feature])
    return Split(int(features[split.feature]), threshold, split.impurity)


def grow_forest(
    X: Array,
    S: Array,
    impurity: Impurity,
    n_trees: int,
    n_drawn: int,
    rng: np.random.Generator,
) -> list[Node]:
    """Return trees, each grown on its own bootstrap sample, with features drawn at each node.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    S : ndarray of shape (n_samples, n_summands)
        ``trees.cart.indicators`` of classes, or ``trees.cart.moments`` of numbers.
    impurity : callable
        From sums of shape (..., n_summands) to impurities of shape (...).
    n_trees : int
    n_drawn : int
        Features drawn at each node; the square root of their number is a good start for classes,
        and a third of them, or all, for numbers.
    rng : numpy.random.Generator

    Examples
    --------
    >>> from firsthand.scratch.trees.cart import gini, indicators
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]] * 5)
    >>> S = indicators(np.array([0, 1, 1, 0] * 5), 2)  # XOR
    >>> forest = grow_forest(X, S, gini, 20, 1, np.random.default_rng(0))
    >>> forest_predict(forest, X)[:4].argmax(axis=1)
    array([0, 1, 1, 0])
    """

    def ask(X: Array, S: Array, impurity: Impurity, min_samples_leaf: int) -> Split | None:
        return split_among(X, S, impurity, draw_features(X, n_drawn, rng))

    forest: list[Node] = []
    for _ in range(n_trees):
        rows = bootstrap(len(X), rng)
        forest.append(grow(X[rows], S[rows], impurity, ask=ask))
    return forest


def forest_predict(forest: Sequence[Node], X: Array) -> Array:
    """Return the mean over trees of what the samples' leaves hold, (n_samples, n_summands)."""
    return average([predict(tree, X) for tree in forest])
