r"""Mini-batch k-means: every batch pulls the centres a little towards its samples.

    n_j <- n_j + sum of the batch's weights in cluster j
    c_j <- c_j + sum_{l_i = j} w_i (x_i - c_j) / n_j

With n_j all that cluster j has seen so far, each centre is the mean of every sample that was ever
assigned to it; its steps shrink as 1 / n_j. A centre that sees next to nothing starts afresh
from a sample of the batch.

Sculley, Web-scale k-means clustering (2010).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.clusters.kmeans import cluster_sums

__all__ = ["batch_update", "restart_rare_centers"]

Array = NDArray[np.float64]


def batch_update(
    X: Array,
    labels: NDArray[np.intp],
    centers: Array,
    counts: Array,
    sample_weight: Array | None = None,
) -> tuple[Array, Array]:
    """Return the centres after one batch, and what each has seen by then.

    Parameters
    ----------
    X : ndarray of shape (batch_size, n_features)
    labels : ndarray of shape (batch_size,)
    centers : ndarray of shape (n_clusters, n_features)
    counts : ndarray of shape (n_clusters,)
        Weight seen so far.
    sample_weight : ndarray of shape (batch_size,), optional

    Examples
    --------
    >>> X, labels = np.array([[4.0], [8.0]]), np.array([0, 0])
    >>> centers, counts = batch_update(X, labels, np.array([[0.0], [9.0]]), np.array([2.0, 1.0]))
    >>> centers.tolist(), counts.tolist()
    ([[3.0], [9.0]], [4.0, 1.0])
    """
    sums, weights = cluster_sums(X, labels, len(centers), sample_weight)
    counts = counts + weights
    seen = weights > 0  # the others stay where they are
    step = np.zeros_like(centers)
    step[seen] = (sums[seen] - weights[seen, None] * centers[seen]) / counts[seen, None]
    return centers + step, counts


def restart_rare_centers(
    X: Array, centers: Array, counts: Array, ratio: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return the centres with the rare ones moved to samples of the batch.

    Rare is who has seen less than ``ratio`` of what the largest has; at most half a batch of
    them move, the rarest first. Their counts become the smallest of the others', so that they
    are not rare again at once.

    Parameters
    ----------
    X : ndarray of shape (batch_size, n_features)
    centers : ndarray of shape (n_clusters, n_features)
    counts : ndarray of shape (n_clusters,)
    ratio : float
    rng : numpy.random.Generator

    Examples
    --------
    >>> X, rng = np.array([[4.0], [4.0]]), np.random.default_rng(0)
    >>> centers, counts = np.array([[0.0], [9.0]]), np.array([100.0, 0.0])
    >>> [a.tolist() for a in restart_rare_centers(X, centers, counts, 0.01, rng)]
    [[[0.0], [4.0]], [100.0, 100.0]]
    """
    rarest_first = np.argsort(counts)[: len(X) // 2]
    rare = rarest_first[counts[rarest_first] < ratio * counts.max()]
    if len(rare) == 0:
        return centers, counts
    centers, counts = centers.copy(), counts.copy()
    centers[rare] = X[rng.choice(len(X), len(rare), replace=False)]
    counts[rare] = np.delete(counts, rare).min()
    return centers, counts
