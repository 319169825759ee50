"""k-means as a model: starts, restarts and validation around the functions of ``kmeans``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Clusterer, Estimator, Transformer, numbered_names
from firsthand.scratch.clusters._lloyd import fast_lloyd
from firsthand.scratch.clusters.kmeans import assign, inertia, kmeans_plus_plus
from firsthand.scratch.distances import squared_distances
from firsthand.scratch.errors import (
    ConvergenceWarning,
    DataError,
    ParameterError,
    in_both_families,
)
from firsthand.scratch.validation import (
    check_number,
    check_numbers,
    check_random_state,
    check_sample_weight,
    check_X,
)

__all__ = ["KMeans", "check_start", "minus_inertia", "n_starts", "start_centers"]

Array = NDArray[np.float64]
Start = Literal["k-means++", "random"] | ArrayLike | Callable[..., Any]


class KMeans(Clusterer, Transformer, Estimator):
    """Clusters around k means, found by Lloyd's algorithm.

    Parameters
    ----------
    n_clusters : int
    init : {"k-means++", "random"}, array-like of shape (n_clusters, n_features) or callable
        Where to begin: samples far apart, any samples, these centres, or what
        ``init(X, n_clusters, random_state)`` returns.
    n_init : "auto" or int
        How many starts, of which the one with the lowest inertia is kept. "auto" is 1 for
        k-means++ and for centres that were given, else 10.
    max_iter : int
        Most rounds of a start.
    tol : float
        A start is over when the squared moves of its centres in a round sum to no more than
        ``tol`` times the mean variance of the features, or when no label changes.
    random_state : int, numpy.random.Generator or None

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
    labels_ : ndarray of shape (n_samples,)
    inertia_ : float
        Weighted sum of squared distances of the samples to their centres.
    n_iter_ : int
        Rounds of the start that was kept.
    n_features_in_ : int

    Examples
    --------
    >>> model = KMeans(2, random_state=0).fit([[0.0], [1.0], [8.0], [9.0]])
    >>> sorted(model.cluster_centers_.ravel().tolist()), model.inertia_
    ([0.5, 8.5], 1.0)
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Start = "k-means++",
        n_init: int | str = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find centres at which the inertia is low.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        sample_weight : array-like of shape (n_samples,), optional

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        ConvergenceWarning
            If there are fewer distinct samples than clusters.
        """
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
        check_number("tol", self.tol, at_least=0)
        matrix = check_X(self, X, fitting=True)
        weight = None if sample_weight is None else check_sample_weight(sample_weight, len(matrix))
        init = check_start(self.init, self.n_clusters, matrix)
        rng = check_random_state(self.random_state)
        origin = matrix.mean(axis=0)
        matrix = matrix - origin  # squared distances cancel least near the origin
        tol = self.tol * float(np.einsum("ij,ij->", matrix, matrix)) / matrix.size
        if isinstance(init, np.ndarray):
            init = init - origin

        best = np.inf
        for _ in range(n_starts(self.n_init, init)):
            centers = start_centers(init, matrix, self.n_clusters, rng, weight)
            labels, centers, n_iter = fast_lloyd(matrix, centers, weight, self.max_iter, tol)
            found = inertia(matrix, labels, centers, weight)
            if found < best:
                best = self.inertia_ = found
                self.labels_, self.n_iter_ = labels, n_iter
                self.cluster_centers_ = centers + origin
        self._warn()
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """Return the nearest centre of every sample, shape (n_samples,)."""
        return assign(check_X(self, X), self.cluster_centers_)

    def transform(self, X: ArrayLike) -> Array:
        """Return the distance to every centre, shape (n_samples, n_clusters)."""
        return np.sqrt(squared_distances(check_X(self, X), self.cluster_centers_))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out: kmeans0, kmeans1, ... ."""
        return numbered_names(self, self.n_clusters)

    def score(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return minus the inertia of ``X``: larger is better."""
        return minus_inertia(self, X, sample_weight)

    def _warn(self) -> None:
        found = int(np.count_nonzero(np.bincount(self.labels_)))
        if found < self.n_clusters:
            warnings.warn(
                f"Only {found} of n_clusters={self.n_clusters} clusters hold samples; there may "
                "be fewer distinct samples than that. Ask for fewer clusters.",
                in_both_families(ConvergenceWarning),
                stacklevel=3,
            )


def minus_inertia(model: Any, X: ArrayLike, sample_weight: ArrayLike | None) -> float:
    """Return minus the inertia of ``X`` about the centres of a fitted model."""
    matrix, centers = check_X(model, X), model.cluster_centers_
    weight = None if sample_weight is None else check_sample_weight(sample_weight, len(matrix))
    return -inertia(matrix, assign(matrix, centers), centers, weight)


def check_start(init: Start, n_clusters: int, X: Array) -> Any:
    """Return ``init``, centres as a matrix of shape (n_clusters, n_features).

    Raises
    ------
    DataError, ParameterError
        If there are fewer samples than clusters, or if ``init`` is not a way to begin.
    """
    check_number("n_clusters", n_clusters, at_least=1, whole=True)
    if len(X) < n_clusters:
        raise DataError(
            f"X has {len(X)} samples (n_samples={len(X)}), fewer than n_clusters={n_clusters}; "
            "ask for fewer clusters."
        )
    if callable(init) or (isinstance(init, str) and init in ("k-means++", "random")):
        return init
    if isinstance(init, str):
        raise ParameterError(
            f"init is {init!r}; use 'k-means++', 'random', an array of centres or a function."
        )
    return _centers(init, n_clusters, X)


def n_starts(n_init: int | str, init: Any, several: int = 10) -> int:
    """Return how often to begin: once where the beginning would be the same.

    ``several`` is how often "auto" begins at random.
    """
    if isinstance(init, np.ndarray):
        return 1
    if isinstance(n_init, str) and n_init == "auto":
        return 1 if isinstance(init, str) and init == "k-means++" else several
    check_number("n_init", n_init, at_least=1, whole=True)
    return int(n_init)


def start_centers(
    init: Any, X: Array, n_clusters: int, rng: np.random.Generator, sample_weight: Array | None
) -> Array:
    """Return the centres to begin with, of shape (n_clusters, n_features)."""
    if isinstance(init, np.ndarray):
        return init
    if callable(init):
        return _centers(init(X, n_clusters, random_state=rng), n_clusters, X)
    if init == "k-means++":
        return kmeans_plus_plus(X, n_clusters, rng, sample_weight)[0]
    share = None if sample_weight is None else sample_weight / sample_weight.sum()
    # with weights, fewer samples than clusters may count at all
    twice = share is not None and int(np.count_nonzero(share)) < n_clusters
    return X[rng.choice(len(X), n_clusters, replace=twice, p=share)]


def _centers(init: Any, n_clusters: int, X: Array) -> Array:
    centers = check_numbers("init", init)
    expected = (n_clusters, X.shape[1])
    if centers.shape != expected:
        raise ParameterError(
            f"init holds centres of shape {centers.shape}; (n_clusters, n_features) is {expected}."
        )
    return centers
