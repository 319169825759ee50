r"""Do two partitions of the same samples agree? Names of clusters do not matter.

n_ij counts the samples in cluster i of the one and j of the other, a_i and b_j their sums.
Of all pairs of samples, S are together in both, A in the one, B in the other, N there are:

    S = sum_ij C(n_ij, 2)     A = sum_i C(a_i, 2)     B = sum_j C(b_j, 2)     N = C(n, 2)
    ARI = (S - A B / N) / ((A + B) / 2 - A B / N)        1 the same, 0 as by chance
    MI  = sum_ij n_ij / n log(n n_ij / (a_i b_j))        what one tells about the other
    NMI = MI / mean(H(a), H(b)),  H(a) = - sum_i a_i / n log(a_i / n)

Hubert & Arabie, Comparing Partitions (1985); Strehl & Ghosh, Cluster Ensembles (2002).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.metrics._inputs import labels_of, same_length

__all__ = [
    "adjusted_rand_score",
    "mutual_info_score",
    "normalized_mutual_info_score",
    "overlaps",
]

Counts = NDArray[np.intp]


def overlaps(labels_true: ArrayLike, labels_pred: ArrayLike) -> tuple[Counts, Counts, Counts]:
    """Return (i, j, n_ij) of every pair of clusters that share a sample.

    Pairs that share none are not listed: two partitions into n clusters each have n^2 of them.

    Parameters
    ----------
    labels_true, labels_pred : array-like of shape (n_samples,)
        Labels: whole numbers or text.

    Returns
    -------
    i, j : ndarray of shape (n_overlaps,)
        Clusters of the one and of the other, numbered in sorted order.
    counts : ndarray of shape (n_overlaps,)
        How many samples are in both.

    Examples
    --------
    >>> overlaps(["a", "a", "b", "b"], [7, 7, 7, 8])
    (array([0, 1, 1]), array([0, 0, 1]), array([2, 1, 1]))
    """
    truth, guess = labels_of(labels_true, "labels_true"), labels_of(labels_pred, "labels_pred")
    same_length(truth, guess, ("labels_true", "labels_pred"))
    _, rows = np.unique(truth, return_inverse=True)
    columns_named, columns = np.unique(guess, return_inverse=True)
    width = len(columns_named)
    cells, counts = np.unique(rows * width + columns, return_counts=True)
    return cells // width, cells % width, counts


def adjusted_rand_score(labels_true: ArrayLike, labels_pred: ArrayLike) -> float:
    """Return the adjusted Rand index: 1 for equal partitions, about 0 for random ones.

    Parameters
    ----------
    labels_true, labels_pred : array-like of shape (n_samples,)
        They may be swapped.

    Examples
    --------
    >>> adjusted_rand_score([0, 0, 1, 1], [5, 5, 3, 4]).__round__(4)
    0.5714
    """
    i, j, counts = overlaps(labels_true, labels_pred)
    S, A, B = pairs(counts), pairs(np.bincount(i, counts)), pairs(np.bincount(j, counts))
    N = pairs(counts.sum()[None])
    if S == A == B:  # the same pairs are together
        return 1.0
    # both sides times 2 N: whole numbers of any length, so nothing is lost before the division
    return 2 * (N * S - A * B) / (N * (A + B) - 2 * A * B)


def mutual_info_score(labels_true: ArrayLike, labels_pred: ArrayLike) -> float:
    """Return the mutual information of two partitions, in nats; 0 if they are independent.

    Examples
    --------
    >>> mutual_info_score([0, 0, 1, 1], [0, 0, 1, 1]).__round__(4)
    0.6931
    """
    i, j, counts = overlaps(labels_true, labels_pred)
    a, b, n = np.bincount(i, counts), np.bincount(j, counts), counts.sum()
    if len(a) == 1 or len(b) == 1:
        return 0.0
    logs = np.log(counts) + np.log(n) - np.log(a[i]) - np.log(b[j])
    terms = counts / n * logs
    told = np.abs(terms) > np.finfo(np.float64).eps  # rounding is no information
    return float(max(terms[told].sum(), 0.0))


def normalized_mutual_info_score(labels_true: ArrayLike, labels_pred: ArrayLike) -> float:
    """Return the mutual information over the mean entropy of the two: from 0 to 1.

    Examples
    --------
    >>> normalized_mutual_info_score([0, 0, 1, 1], [0, 0, 0, 1]).__round__(4)
    0.3437
    """
    i, j, counts = overlaps(labels_true, labels_pred)
    a, b = np.bincount(i, counts), np.bincount(j, counts)
    if len(a) == len(b) == 1:
        return 1.0
    information = mutual_info_score(labels_true, labels_pred)
    return 2 * information / (_entropy(a) + _entropy(b)) if information else 0.0


def pairs(counts: NDArray[Any]) -> int:
    """Return sum C(count, 2): how many pairs can be drawn inside the clusters."""
    sizes = counts.astype(np.int64)
    return int(np.sum(sizes * (sizes - 1) // 2))


def _entropy(counts: NDArray[Any]) -> float:
    share = counts / counts.sum()
    return float(-np.sum(share * np.log(share)))
