r"""Permutation importance: how much worse a fitted model scores when a column is shuffled.

    importance_j = s(X, y) - mean over shuffles of s(X with column j shuffled, y)

The column keeps its values, but they no longer tell anything about y or the other columns. Measured
on data that the model has not seen, it says what predictions rest on; impurity importances
are computed on the training data, and flatter features with many values. Of two columns that
tell the same, each looks unimportant, since the other one is left.

Breiman, Random forests, Machine Learning 45 (2001), 10; Fisher, Rudin & Dominici, JMLR 20 (2019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.validation import check_number, check_random_state

__all__ = ["permutation_importance", "shuffled_scores"]

Array = NDArray[np.float64]
Scorer = Callable[[Array], float]


def shuffled_scores(
    score: Scorer, X: Array, feature: int, n_repeats: int, rng: np.random.Generator
) -> Array:
    """Return what a score becomes each time that one column is shuffled.

    Parameters
    ----------
    score : callable
        From X to a score, such as ``lambda X: model.score(X, y)``.
    X : ndarray of shape (n_samples, n_features)
        It is not changed.
    feature : int
    n_repeats : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_repeats,)

    Examples
    --------
    >>> X = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]])
    >>> shuffled_scores(lambda X: X[0, 0], X, 1, 2, np.random.default_rng(0))
    array([1., 1.])
    """
    shuffled = X.copy()
    scores = np.empty(n_repeats)
    for repeat in range(n_repeats):
        shuffled[:, feature] = rng.permutation(X[:, feature])
        scores[repeat] = score(shuffled)
    return scores


def permutation_importance(
    model: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    n_repeats: int = 5,
    random_state: Any = None,
    score: Callable[[Any, Array, NDArray[Any]], float] | None = None,
) -> Array:
    """Return by how much each column's shuffling lowers the score of a fitted model.

    Parameters
    ----------
    model : estimator
        Fitted, of ours or scikit-learn's.
    X : array-like of shape (n_samples, n_features)
        Best data that ``fit`` has not seen.
    y : array-like of shape (n_samples,)
    n_repeats : int
        How often each column is shuffled.
    random_state : int, numpy.random.Generator or None
    score : callable, optional
        From (model, X, y) to a number, larger is better; by default ``model.score``.

    Returns
    -------
    ndarray of shape (n_features, n_repeats)
        Their mean over ``axis=1`` is the importance, their spread says how sure it is.

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> model = LinearRegression().fit(X, 3 * X[:, 0])
    >>> permutation_importance(model, X, 3 * X[:, 0], random_state=0).mean(axis=1).round(1)
    array([2., 0.])
    """
    check_number("n_repeats", n_repeats, at_least=1, whole=True)
    rng = check_random_state(random_state)
    matrix, target = np.asarray(X, np.float64), np.asarray(y)
    if matrix.ndim != 2 or target.shape != matrix.shape[:1]:
        raise DataError(
            f"X has shape {matrix.shape} and y {target.shape}; pass (n_samples, n_features) and "
            "(n_samples,)."
        )

    def rate(X: Array) -> float:
        return float(model.score(X, target) if score is None else score(model, X, target))

    whole = rate(matrix)
    features = range(matrix.shape[1])
    return np.array([whole - shuffled_scores(rate, matrix, j, n_repeats, rng) for j in features])
