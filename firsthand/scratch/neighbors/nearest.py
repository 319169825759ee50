r"""Nearest neighbours: a sample is like those that lie closest to it.

    neighbours   the k training samples with the smallest distance to x
    class        sum of the weights of the neighbours of each class; the largest wins
    number       sum w_i y_i / sum w_i

Weights are 1, or 1 / distance: then a training sample at distance 0 outvotes all others.

    minkowski_p  (sum_j |x_j - z_j|^p)^(1/p)      p = 1 manhattan, 2 euclidean, inf chebyshev
    cosine       1 - x.z / (|x| |z|)              the direction alone counts

Cover & Hart, Nearest neighbor pattern classification, IEEE Transactions on Information
Theory 13 (1967); Dudani, The distance-weighted k-nearest-neighbor rule (1976).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.distances import distances

__all__ = [
    "average",
    "cosine_distances",
    "inverse_weights",
    "minkowski_distances",
    "nearest",
    "vote",
]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def minkowski_distances(X: Array, Z: Array, p: float = 2.0) -> Array:
    """Return (sum_j |x_j - z_j|^p)^(1/p) for all pairs of rows, shape (n_rows of X, of Z).

    Examples
    --------
    >>> minkowski_distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]), p=1.0).tolist()
    [[7.0]]
    """
    named = {1.0: "manhattan", 2.0: "euclidean", np.inf: "chebyshev"}
    if p in named:
        return distances(X, Z, named[p])
    D = np.zeros((len(X), len(Z)))
    for x, z in zip(X.T, Z.T, strict=True):  # never n_rows x n_others x n_features at once
        D += np.abs(x[:, None] - z) ** p
    return D ** (1.0 / p)


def cosine_distances(X: Array, Z: Array) -> Array:
    """Return 1 - cos(angle) for all pairs of rows, in [0, 2]; 1 where a row is zero.

    Examples
    --------
    >>> cosine_distances(np.array([[1.0, 0.0]]), np.array([[5.0, 0.0], [0.0, 2.0]])).tolist()
    [[0.0, 1.0]]
    """
    D = 1.0 - _directions(X) @ _directions(Z).T
    return np.clip(D, 0.0, 2.0, out=D)


def nearest(D: Array, k: int) -> tuple[Array, Indices]:
    """Return the k smallest distances of every row and where they stand, nearest first.

    Parameters
    ----------
    D : ndarray of shape (n_queries, n_samples)
    k : int
        At most n_samples.

    Returns
    -------
    distances, indices : ndarray of shape (n_queries, k)
        Of equally distant samples the one that stands first in ``D``.

    Examples
    --------
    >>> nearest(np.array([[3.0, 1.0, 2.0, 1.0]]), k=3)
    (array([[1., 1., 2.]]), array([[1, 3, 2]]))
    """
    order = np.argsort(D, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(D, order, axis=1), order


def inverse_weights(distances: Array) -> Array:
    """Return 1 / distance; where a neighbour is at distance 0, such neighbours alone count, by 1.

    Examples
    --------
    >>> inverse_weights(np.array([[0.5, 2.0], [0.0, 1.0]])).tolist()
    [[2.0, 0.5], [1.0, 0.0]]
    """
    with np.errstate(divide="ignore", over="ignore"):
        weights = 1.0 / distances
    here = np.isinf(weights)
    return np.where(np.any(here, axis=1, keepdims=True), here, weights)


def vote(codes: Indices, weights: Array, n_classes: int) -> Array:
    """Return every class's share of the weight of the neighbours, (n_queries, n_classes).

    Parameters
    ----------
    codes : ndarray of int of shape (n_queries, k)
        The class of each neighbour, in 0 .. n_classes - 1.
    weights : ndarray of shape (n_queries, k)
        Some weight in every row must be above 0.

    Examples
    --------
    >>> vote(np.array([[0, 2, 2]]), np.array([[1.0, 0.5, 0.5]]), n_classes=3).tolist()
    [[0.5, 0.0, 0.5]]
    """
    n_queries = len(codes)
    cells = codes + n_classes * np.arange(n_queries)[:, None]  # one cell a query and class
    sums = np.bincount(cells.ravel(), weights.ravel(), minlength=n_queries * n_classes)
    shares = sums.reshape(n_queries, n_classes)
    return shares / np.sum(shares, axis=1, keepdims=True)


def average(targets: Array, weights: Array) -> Array:
    """Return the weighted mean of the neighbours' targets, shape (n_queries,).

    Parameters
    ----------
    targets, weights : ndarray of shape (n_queries, k)
    """
    return np.sum(targets * weights, axis=1) / np.sum(weights, axis=1)


def _directions(X: Array) -> Array:
    """Return the rows at length one; zero stays zero."""
    largest = np.max(np.abs(X), axis=1, keepdims=True)  # first, so that no square overflows
    X = X / np.where(largest > 0, largest, 1.0)
    lengths = np.linalg.norm(X, axis=1, keepdims=True)
    return X / np.where(lengths > 0, lengths, 1.0)
