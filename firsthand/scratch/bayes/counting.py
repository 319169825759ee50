r"""Counts and occurrences: how likely a class makes them, and how their probabilities are learned.

    counts   N_kj = sum of x_j over class k
    multinomial   theta_kj = (N_kj + alpha) / sum_j (N_kj + alpha)
                  log p(x | k) = sum_j x_j log theta_kj                  up to a constant of x
    Bernoulli     p_kj = (N_kj + alpha) / (n_k + 2 alpha)
                  log p(x | k) = sum_j x_j log p_kj + (1 - x_j) log(1 - p_kj)

alpha is how often everything counts as seen before any data (Laplace). Without it a feature
never seen in a class rules that class out for ever.

McCallum & Nigam, A comparison of event models for naive Bayes text classification (1998).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "bernoulli_log_likelihood",
    "bernoulli_log_probabilities",
    "binarize",
    "class_indicator",
    "class_sums",
    "multinomial_log_likelihood",
    "multinomial_log_probabilities",
]

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

ROWS = 8192  # rows at a time, so that the indicator of many classes stays small


def class_sums(
    X: Array, codes: Codes, n_classes: int, sample_weight: Array | None = None
) -> tuple[Array, Array]:
    """Return (N, n): the sum of every feature over every class, and the weight of each class.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    codes : ndarray of int of shape (n_samples,)
        The class of each sample, from 0.
    n_classes : int
    sample_weight : ndarray of shape (n_samples,), optional
        A weight of 2 counts as if the sample were there twice.

    Returns
    -------
    N : ndarray of shape (n_classes, n_features)
    n : ndarray of shape (n_classes,)

    Examples
    --------
    >>> N, n = class_sums(np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 5.0]]), np.array([0, 0, 1]), 2)
    >>> N.tolist(), n.tolist()
    ([[3.0, 1.0], [0.0, 5.0]], [2.0, 1.0])
    """
    sums = np.zeros((n_classes, X.shape[1]))
    for start in range(0, len(X), ROWS):
        rows = slice(start, start + ROWS)
        sums += class_indicator(codes, n_classes, sample_weight, rows) @ X[rows]
    return sums, np.bincount(codes, sample_weight, n_classes).astype(np.float64)


def class_indicator(
    codes: Codes, n_classes: int, sample_weight: Array | None, rows: slice
) -> Array:
    """Return a row for each class that holds the weight of its samples, and 0 for the others."""
    inside = codes[rows]
    indicator = np.zeros((n_classes, len(inside)))
    weight = 1.0 if sample_weight is None else sample_weight[rows]
    indicator[inside, np.arange(len(inside))] = weight
    return indicator


def binarize(X: Array, threshold: float) -> Array:
    """Return 1.0 where X is above the threshold, and 0.0 elsewhere.

    Examples
    --------
    >>> binarize(np.array([[0.0, 0.5, 2.0]]), 0.5)
    array([[0., 0., 1.]])
    """
    return (threshold < X).astype(np.float64)


def multinomial_log_probabilities(N: Array, alpha: Array | float) -> Array:
    """Return log theta: how likely each next thing to count is feature j, in each class.

    Parameters
    ----------
    N : ndarray of shape (n_classes, n_features)
    alpha : float, or ndarray of shape (n_features,)

    Examples
    --------
    >>> np.exp(multinomial_log_probabilities(np.array([[2.0, 0.0]]), 1.0))
    array([[0.75, 0.25]])
    """
    smoothed = N + alpha
    with np.errstate(divide="ignore", invalid="ignore"):  # without alpha, never seen is -inf
        return np.log(smoothed) - np.log(smoothed.sum(axis=1, keepdims=True))


def multinomial_log_likelihood(X: Array, log_theta: Array) -> Array:
    """Return log p(x | class) up to a constant of x, of shape (n_samples, n_classes).

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Counts, not negative.
    log_theta : ndarray of shape (n_classes, n_features)
    """
    return _sums_of_logs(X, log_theta)


def bernoulli_log_probabilities(N: Array, n: Array, alpha: Array | float) -> Array:
    """Return log p: how likely feature j occurs in a sample of each class.

    Parameters
    ----------
    N : ndarray of shape (n_classes, n_features)
        In how many samples of each class each feature occurs.
    n : ndarray of shape (n_classes,)
        Samples of each class.
    alpha : float, or ndarray of shape (n_features,)

    Examples
    --------
    >>> np.exp(bernoulli_log_probabilities(np.array([[2.0, 0.0]]), np.array([2.0]), 1.0))
    array([[0.75, 0.25]])
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # without alpha, never seen is -inf
        return np.log(N + alpha) - np.log(n[:, None] + 2.0 * alpha)


def bernoulli_log_likelihood(X: Array, log_p: Array) -> Array:
    """Return log p(x | class) of occurrences, of shape (n_samples, n_classes).

    As sum_j log(1 - p_j) + sum_j x_j (log p_j - log(1 - p_j)) it is one product of matrices.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        1.0 where a feature occurs, 0.0 elsewhere.
    log_p : ndarray of shape (n_classes, n_features)
    """
    with np.errstate(divide="ignore"):  # always seen: absent is -inf
        log_absent = np.log(1.0 - np.exp(log_p))
    if np.isfinite(log_p).all() and np.isfinite(log_absent).all():
        return X @ (log_p - log_absent).T + log_absent.sum(axis=1)
    return _sums_of_logs(X, log_p) + _sums_of_logs(1.0 - X, log_absent)


def _sums_of_logs(X: Array, logs: Array) -> Array:
    """Return X @ logs.T, in which 0 times -inf is 0: what does not occur rules nothing out."""
    impossible = np.isneginf(logs)
    if not impossible.any():
        return X @ logs.T
    sums = X @ np.where(impossible, 0.0, logs).T
    return np.where(X @ impossible.T > 0.0, -np.inf, sums)
