r"""DBSCAN: clusters are where samples lie dense, and what lies alone belongs to none.

    neighbours of x   all samples within eps of it, itself among them
    core sample       one whose neighbours weigh min_samples or more
    cluster           core samples that reach each other through neighbours, and whatever else
                      they reach: the border
    noise             what no core sample reaches

Which samples are core and which of those are together does not depend on their order; a border
sample between two clusters goes to the first that reaches it.

Ester, Kriegel, Sander & Xu, A density-based algorithm for discovering clusters (1996).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.distances import distances, row_blocks

__all__ = ["Neighbors", "core_samples", "grow_clusters", "neighborhoods"]

Array = NDArray[np.float64]
Indices = NDArray[np.integer]


class Neighbors(NamedTuple):
    """Who is near whom: sample i has ``indices[starts[i] : starts[i] + counts[i]]``.

    Attributes
    ----------
    starts, counts : ndarray of shape (n_samples,)
    indices : ndarray of shape (n_pairs,)
    """

    starts: Indices
    counts: Indices
    indices: Indices

    def of(self, samples: Indices) -> Indices:
        """Return the neighbours of several samples, one after the other."""
        counts = self.counts[samples]
        ends = np.cumsum(counts)
        shift = self.starts[samples] - (ends - counts)  # from a place in the answer to its index
        return self.indices[np.repeat(shift, counts) + np.arange(ends[-1])]


def neighborhoods(X: Array, eps: float, metric: str = "euclidean") -> Neighbors:
    """Return the samples within ``eps`` of each, by comparing all with all.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    eps : float
    metric : {"euclidean", "manhattan", "chebyshev"}

    Examples
    --------
    >>> near = neighborhoods(np.array([[0.0], [1.0], [5.0]]), 1.0)
    >>> near.counts.tolist(), near.indices.tolist()
    ([2, 2, 1], [0, 1, 0, 1, 2])
    """
    counts, found = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for rows in row_blocks(len(X), len(X)):
        near = distances(X[rows], X, metric) <= eps
        counts.append(np.count_nonzero(near, axis=1))
        found.append(np.nonzero(near)[1])
    lengths = np.concatenate(counts)
    return Neighbors(np.cumsum(lengths) - lengths, lengths, np.concatenate(found))


def core_samples(
    neighbors: Neighbors, min_samples: int, sample_weight: Array | None = None
) -> NDArray[np.bool_]:
    """Return which samples have neighbours that weigh ``min_samples`` or more.

    Parameters
    ----------
    neighbors : Neighbors
    min_samples : int
    sample_weight : ndarray of shape (n_samples,), optional
        1 for each by default.

    Returns
    -------
    core : ndarray of bool, of shape (n_samples,)

    Examples
    --------
    >>> core_samples(neighborhoods(np.array([[0.0], [1.0], [5.0]]), 1.0), 2).tolist()
    [True, True, False]
    """
    if sample_weight is None:
        return neighbors.counts >= min_samples
    stored = np.argsort(neighbors.starts)  # everyone has a neighbour: no two starts are equal
    weights = np.empty(len(stored))
    weights[stored] = np.add.reduceat(
        sample_weight[neighbors.indices], neighbors.starts[stored].astype(np.intp)
    )
    return weights >= min_samples


def grow_clusters(neighbors: Neighbors, core: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the cluster of every sample, numbered by its first core sample; -1 is noise.

    From a core sample that has no cluster yet, walk to its neighbours, from the core samples
    among them to theirs, and so on, until nobody new is reached.

    Parameters
    ----------
    neighbors : Neighbors
    core : ndarray of bool, of shape (n_samples,)

    Examples
    --------
    >>> near = neighborhoods(np.array([[0.0], [1.0], [5.0], [9.0], [9.5]]), 1.0)
    >>> grow_clusters(near, core_samples(near, 2)).tolist()
    [0, 0, -1, 1, 1]
    """
    labels = np.full(len(core), -1, np.intp)
    cluster = 0
    for seed in np.flatnonzero(core):
        if labels[seed] >= 0:
            continue
        labels[seed] = cluster
        frontier = np.array([seed])
        while len(frontier):
            reached = neighbors.of(frontier)
            reached = np.unique(reached[labels[reached] < 0])
            labels[reached] = cluster
            frontier = reached[core[reached]]
        cluster += 1
    return labels
