"""DBSCAN as a model: validation around the functions of ``dbscan``."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Clusterer, Estimator
from firsthand.scratch.clusters._boxes import fast_neighborhoods
from firsthand.scratch.clusters.dbscan import core_samples, grow_clusters
from firsthand.scratch.distances import METRICS
from firsthand.scratch.validation import check_choice, check_number, check_sample_weight, check_X

__all__ = ["DBSCAN"]

Array = NDArray[np.float64]


class DBSCAN(Clusterer, Estimator):
    """Clusters of any shape where samples lie dense; what lies alone is noise.

    Parameters
    ----------
    eps : float
        How near neighbours are.
    min_samples : int
        How many neighbours, itself included, make a sample a core of a cluster.
    metric : {"euclidean", "manhattan", "chebyshev"}

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,)
        Clusters numbered by their first core sample; -1 is noise.
    core_sample_indices_ : ndarray of shape (n_core_samples,)
    components_ : ndarray of shape (n_core_samples, n_features)
        The core samples themselves.
    n_features_in_ : int

    Examples
    --------
    >>> model = DBSCAN(eps=1.0, min_samples=2).fit([[0.0], [1.0], [5.0], [9.0], [9.5]])
    >>> model.labels_.tolist(), model.core_sample_indices_.tolist()
    ([0, 0, -1, 1, 1], [0, 1, 3, 4])
    """

    def __init__(
        self,
        eps: float = 0.5,
        *,
        min_samples: int = 5,
        metric: Literal["euclidean", "manhattan", "chebyshev"] = "euclidean",
    ) -> None:
        self.eps = eps
        self.min_samples = min_samples
        self.metric = metric

    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find the clusters.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        sample_weight : array-like of shape (n_samples,), optional
            A sample of weight 2 counts as two neighbours; one of weight ``min_samples`` is a
            core sample by itself.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        check_number("eps", self.eps, above=0)
        check_number("min_samples", self.min_samples, at_least=1, whole=True)
        check_choice("metric", self.metric, METRICS)
        matrix = check_X(self, X, fitting=True)
        weight = None if sample_weight is None else check_sample_weight(sample_weight, len(matrix))
        neighbors = fast_neighborhoods(matrix, self.eps, self.metric)
        core = core_samples(neighbors, self.min_samples, weight)
        self.labels_ = grow_clusters(neighbors, core)
        self.core_sample_indices_ = np.flatnonzero(core)
        self.components_ = matrix[core]
        return self
