r"""k-means: k centres, each the mean of the samples that are nearest to it.

    inertia J = sum_i w_i |x_i - c(l_i)|^2

    assign:   l_i = argmin_j |x_i - c_j|^2                    J cannot rise
    update:   c_j = sum_{l_i = j} w_i x_i / sum_{l_i = j} w_i     nor here

Lloyd's algorithm does one after the other until nothing moves. There are finitely many
assignments, so it ends, at a minimum that depends on where it began: k-means++ begins well.

Lloyd, Least squares quantization in PCM (1982); Arthur & Vassilvitskii, k-means++: the
advantages of careful seeding (2007).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.distances import row_blocks, squared_distances

__all__ = [
    "assign",
    "cluster_sums",
    "fill_empty_clusters",
    "inertia",
    "kmeans_plus_plus",
    "lloyd",
    "means",
    "update_centers",
]

Array = NDArray[np.float64]
Labels = NDArray[np.intp]


def assign(X: Array, centers: Array) -> Labels:
    """Return the nearest centre of every sample, the first of equally near ones.

    Of |x|^2 - 2 x.c + |c|^2, the first term is the same for every centre and is left out.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    centers : ndarray of shape (n_clusters, n_features)

    Returns
    -------
    labels : ndarray of shape (n_samples,)

    Examples
    --------
    >>> assign(np.array([[0.0], [4.0], [9.0]]), np.array([[1.0], [8.0]])).tolist()
    [0, 0, 1]
    """
    squares = np.einsum("ij,ij->i", centers, centers)
    labels = np.empty(len(X), np.intp)
    for rows in row_blocks(len(X), len(centers)):
        D = X[rows] @ (-2.0 * centers.T)  # (block, n_clusters)
        D += squares
        np.argmin(D, axis=1, out=labels[rows])
    return labels


def inertia(X: Array, labels: Labels, centers: Array, sample_weight: Array | None = None) -> float:
    """Return J, the weighted sum of squared distances to the centres.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    labels : ndarray of shape (n_samples,)
        The row of ``centers`` for each sample.
    centers : ndarray of shape (n_clusters, n_features)
    sample_weight : ndarray of shape (n_samples,), optional

    Examples
    --------
    >>> inertia(np.array([[0.0], [4.0], [9.0]]), np.array([0, 0, 1]), np.array([[2.0], [8.0]]))
    9.0
    """
    total = 0.0
    for rows in row_blocks(len(X), X.shape[1], 1 << 15):  # small blocks: no fresh pages of memory
        away = X[rows] - centers[labels[rows]]
        squares = np.einsum("ij,ij->i", away, away)
        total += float(squares.sum() if sample_weight is None else squares @ sample_weight[rows])
    return total


def cluster_sums(
    X: Array, labels: Labels, n_clusters: int, sample_weight: Array | None = None
) -> tuple[Array, Array]:
    """Return the weighted sum of the samples of each cluster, and the sum of their weights.

    With H the one-hot matrix of the labels, each row times its weight, these are H.T X and
    the column sums of H.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    labels : ndarray of shape (n_samples,)
    n_clusters : int
    sample_weight : ndarray of shape (n_samples,), optional

    Returns
    -------
    sums : ndarray of shape (n_clusters, n_features)
    weights : ndarray of shape (n_clusters,)

    Examples
    --------
    >>> sums, weights = cluster_sums(np.array([[0.0], [4.0], [9.0]]), np.array([0, 0, 1]), 2)
    >>> sums.tolist(), weights.tolist()
    ([[4.0], [9.0]], [2.0, 1.0])
    """
    sums, clusters = np.zeros((n_clusters, X.shape[1])), np.arange(n_clusters)[:, None]
    for rows in row_blocks(len(X), n_clusters):
        H = (labels[rows] == clusters).astype(np.float64)  # (n_clusters, block)
        if sample_weight is not None:
            H *= sample_weight[rows]
        sums += H @ X[rows]
    return sums, np.bincount(labels, sample_weight, n_clusters).astype(np.float64)


def fill_empty_clusters(
    X: Array,
    labels: Labels,
    centers: Array,
    sums: Array,
    weights: Array,
    sample_weight: Array | None = None,
) -> tuple[Array, Array]:
    """Give each cluster that weighs nothing the sample that is farthest from its own centre.

    The sample's part is taken out of the sums of the cluster it leaves. Where every sample
    lies on its centre there is nothing to gain, and the clusters stay empty.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    labels : ndarray of shape (n_samples,)
    centers : ndarray of shape (n_clusters, n_features)
        Those by which the labels were found.
    sums, weights : ndarray of shape (n_clusters, n_features) and (n_clusters,)
        As :func:`cluster_sums` gives them; left as they are.
    sample_weight : ndarray of shape (n_samples,), optional

    Returns
    -------
    sums, weights : ndarray of shape (n_clusters, n_features) and (n_clusters,)
    """
    empty = np.flatnonzero(weights == 0)
    if len(empty) == 0:
        return sums, weights
    away = ((X - centers[labels]) ** 2).sum(axis=1)
    if away.max() == 0:
        return sums, weights
    sums, weights = sums.copy(), weights.copy()
    farthest = np.argpartition(away, -len(empty))[: -len(empty) - 1 : -1]
    for cluster, i in zip(empty, farthest, strict=True):
        weight = 1.0 if sample_weight is None else sample_weight[i]
        sums[labels[i]] -= weight * X[i]
        weights[labels[i]] -= weight
        sums[cluster] = weight * X[i]
        weights[cluster] = weight
    return sums, weights


def means(sums: Array, weights: Array) -> Array:
    """Return sums / weights, the centres; a cluster without weight joins the heaviest one.

    Examples
    --------
    >>> means(np.array([[4.0], [9.0], [0.0]]), np.array([2.0, 1.0, 0.0])).tolist()
    [[2.0], [9.0], [2.0]]
    """
    filled = np.where(weights > 0, np.arange(len(weights)), np.argmax(weights))
    return sums[filled] / weights[filled, None]


def update_centers(
    X: Array, labels: Labels, centers: Array, sample_weight: Array | None = None
) -> Array:
    """Return the mean of each cluster's samples, where its centre is best placed.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    labels : ndarray of shape (n_samples,)
        From :func:`assign`.
    centers : ndarray of shape (n_clusters, n_features)
        The centres before; they tell which sample is farthest where a cluster is empty.
    sample_weight : ndarray of shape (n_samples,), optional

    Examples
    --------
    >>> X, labels = np.array([[0.0], [4.0], [9.0]]), np.array([0, 0, 1])
    >>> update_centers(X, labels, np.array([[1.0], [8.0]])).tolist()
    [[2.0], [9.0]]
    """
    sums, weights = cluster_sums(X, labels, len(centers), sample_weight)
    return means(*fill_empty_clusters(X, labels, centers, sums, weights, sample_weight))


def lloyd(
    X: Array,
    centers: Array,
    sample_weight: Array | None = None,
    max_iter: int = 300,
    tol: float = 0.0,
) -> tuple[Labels, Array, int]:
    """Assign and update until no label changes or the centres hardly move.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    centers : ndarray of shape (n_clusters, n_features)
        Where to begin.
    sample_weight : ndarray of shape (n_samples,), optional
    max_iter : int
    tol : float
        Enough is when the squared moves of all centres sum to no more than this.

    Returns
    -------
    labels : ndarray of shape (n_samples,)
        The nearest of the centres returned.
    centers : ndarray of shape (n_clusters, n_features)
    n_iter : int

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [8.0], [9.0]])
    >>> labels, centers, n_iter = lloyd(X, X[:2])
    >>> labels.tolist(), centers.tolist(), n_iter
    ([0, 0, 1, 1], [[0.5], [8.5]], 3)
    """
    labels, n_iter = np.full(len(X), -1), 0
    for n_iter in range(1, max_iter + 1):
        before, labels = labels, assign(X, centers)
        start, centers = centers, update_centers(X, labels, centers, sample_weight)
        if np.array_equal(labels, before):
            return labels, centers, n_iter
        if np.sum((centers - start) ** 2) <= tol:
            break
    return assign(X, centers), centers, n_iter


def kmeans_plus_plus(
    X: Array,
    n_clusters: int,
    rng: np.random.Generator,
    sample_weight: Array | None = None,
    n_trials: int | None = None,
) -> tuple[Array, Labels]:
    """Choose samples far from each other to begin with.

    Each next centre is drawn with a probability in proportion to w D^2, D being the distance
    to the nearest centre so far. Of ``n_trials`` draws, the one that lowers the inertia most
    is taken (the greedy variant).

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    n_clusters : int
        At most n_samples.
    rng : numpy.random.Generator
    sample_weight : ndarray of shape (n_samples,), optional
    n_trials : int, optional
        2 + log(n_clusters) by default.

    Returns
    -------
    centers : ndarray of shape (n_clusters, n_features)
    indices : ndarray of shape (n_clusters,)
        ``centers`` is ``X[indices]``.

    Examples
    --------
    >>> X = np.array([[0.0], [0.1], [9.0], [9.1]])
    >>> centers, indices = kmeans_plus_plus(X, 2, np.random.default_rng(0))
    >>> sorted((indices // 2).tolist())
    [0, 1]
    """
    weight = np.ones(len(X)) if sample_weight is None else sample_weight
    trials = n_trials or 2 + int(np.log(n_clusters))
    indices = np.empty(n_clusters, np.intp)
    indices[0] = _draw(weight, rng, 1)[0]
    nearest = squared_distances(X[indices[:1]], X)[0]  # D^2 of every sample
    for j in range(1, n_clusters):
        drawn = _draw(weight * nearest, rng, trials)
        closer = np.minimum(squared_distances(X[drawn], X), nearest)  # (trials, n_samples)
        best = np.argmin(closer @ weight)
        indices[j], nearest = drawn[best], closer[best]
    return X[indices], indices


def _draw(weights: Array, rng: np.random.Generator, size: int) -> Labels:
    """Return indices drawn in proportion to their weights."""
    sums = np.cumsum(weights)
    places = np.searchsorted(sums, rng.random(size) * sums[-1], side="right")
    return np.minimum(places, len(weights) - 1)  # where all weights are 0
