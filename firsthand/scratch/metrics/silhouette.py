r"""The silhouette: is a sample nearer to its own cluster than to the next?

    a = mean distance to the other samples of its cluster
    b = mean distance to the samples of the nearest other cluster
    s = (b - a) / max(a, b),   in [-1, 1];   0 for a cluster of one

Rousseeuw, Silhouettes: a Graphical Aid to the Interpretation and Validation of Cluster Analysis
(1987).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.distances import row_blocks, squared_distances
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.metrics._inputs import Array, labels_of, numbers, same_length

BLOCK = 1 << 21  # distances at once, 16 MB; BLAS threads wait for each other after each product

__all__ = ["distance_sums", "silhouette_samples", "silhouette_score"]


def silhouette_samples(X: ArrayLike, labels: ArrayLike) -> Array:
    """Return the silhouette of every sample, by Euclidean distances.

    All distances are computed, but only a block of them is held at a time.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    labels : array-like of shape (n_samples,)
        The cluster of each sample; at least 2, and fewer than samples.

    Returns
    -------
    ndarray of shape (n_samples,)

    Examples
    --------
    >>> X = [[0.0], [1.0], [10.0], [11.0]]
    >>> silhouette_samples(X, [0, 0, 1, 1]).round(3).tolist()
    [0.905, 0.895, 0.895, 0.905]
    """
    points, clusters = numbers(X, "X"), labels_of(labels, "labels")
    if points.ndim != 2:
        raise DataError(f"X has shape {points.shape}; pass (n_samples, n_features).")
    same_length(points, clusters, ("X", "labels"))
    names, codes = np.unique(clusters, return_inverse=True)
    if not 1 < len(names) < len(points):
        raise DataError(
            f"There are {len(names)} clusters of {len(points)} samples; silhouettes need at "
            "least 2, and fewer than samples."
        )
    sizes = np.bincount(codes)
    sums = distance_sums(points, codes, len(names))  # (n_samples, n_clusters)
    own = np.arange(len(points)), codes
    a = sums[own] / np.maximum(sizes[codes] - 1, 1)  # a sample is no neighbour of its own
    means = sums / sizes
    means[own] = np.inf
    b = means.min(axis=1)
    larger = np.maximum(a, b)
    s = np.divide(b - a, larger, out=np.zeros_like(a), where=larger > 0)
    return np.where(sizes[codes] == 1, 0.0, s)


def silhouette_score(
    X: ArrayLike,
    labels: ArrayLike,
    *,
    sample_size: int | None = None,
    random_state: Any = None,
) -> float:
    """Return the mean silhouette: near 1, clusters are tight and apart; near 0, they touch.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    labels : array-like of shape (n_samples,)
    sample_size : int, optional
        Look at so many samples only, drawn at random: the work grows with their square.
    random_state : int, numpy.random.Generator or None
        Decides which.

    Examples
    --------
    >>> silhouette_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1]).__round__(3)
    0.9
    """
    if sample_size is None:
        return float(silhouette_samples(X, labels).mean())
    if sample_size < 1:
        raise ParameterError(f"sample_size is {sample_size!r}; it has to be at least 1.")
    points, clusters = np.asarray(X), np.asarray(labels)
    drawn = np.random.default_rng(random_state).permutation(len(points))[:sample_size]
    return float(silhouette_samples(points[drawn], clusters[drawn]).mean())


def distance_sums(X: Array, codes: NDArray[np.intp], n_clusters: int) -> Array:
    """Return the sum of the distances from each sample to each cluster's samples.

    A block of distances is held at a time. With the samples in the order of their clusters, a
    cluster is a run of columns.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    codes : ndarray of int of shape (n_samples,)
        The cluster of each sample, from 0; none is empty.
    n_clusters : int

    Returns
    -------
    ndarray of shape (n_samples, n_clusters)

    Examples
    --------
    >>> distance_sums(np.array([[0.0], [1.0], [10.0]]), np.array([0, 0, 1]), 2)
    array([[ 1., 10.],
           [ 1.,  9.],
           [19.,  0.]])
    """
    n_samples = len(X)
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], np.arange(n_clusters))  # of each run
    X = X[order] - X[0]  # far from the origin, |x|^2 would swallow the differences
    sums = np.empty((n_samples, n_clusters))
    for rows in row_blocks(n_samples, n_samples, BLOCK):
        D = squared_distances(X[rows], X)  # (block, n_samples)
        itself = np.arange(n_samples)[rows]
        D[itself - rows.start, itself] = 0.0  # where rounding would leave 1e-8
        np.sqrt(D, out=D)
        sums[order[rows]] = np.add.reduceat(D, first, axis=1)
    return sums
