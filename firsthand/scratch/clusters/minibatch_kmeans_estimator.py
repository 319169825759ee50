"""Mini-batch k-means as a model: batches, when to stop, and validation."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Clusterer, Estimator, Transformer, numbered_names
from firsthand.scratch.clusters.kmeans import assign, inertia
from firsthand.scratch.clusters.kmeans_estimator import (
    Start,
    check_start,
    minus_inertia,
    n_starts,
    start_centers,
)
from firsthand.scratch.clusters.minibatch_kmeans import batch_update, restart_rare_centers
from firsthand.scratch.distances import squared_distances
from firsthand.scratch.validation import (
    check_number,
    check_random_state,
    check_sample_weight,
    check_X,
)

__all__ = ["MiniBatchKMeans"]

Array = NDArray[np.float64]


class MiniBatchKMeans(Clusterer, Transformer, Estimator):
    """k-means on one small batch of samples after the other.

    Parameters
    ----------
    n_clusters : int
    init : {"k-means++", "random"}, array-like of shape (n_clusters, n_features) or callable
        As in ``KMeans``, on ``init_size`` samples.
    max_iter : int
        Most times that as many samples are drawn as there are.
    batch_size : int
    compute_labels : bool
        Whether ``fit`` ends with a look at all samples, for ``labels_`` and ``inertia_``.
    tol : float
        Stop when the squared moves of the centres sum to no more than ``tol`` times the mean
        variance of the features; 0 never stops for that.
    max_no_improvement : int or None
        Stop when the smoothed inertia has not fallen for as many batches.
    init_size : int or None
        Samples to choose the start from; by default three batches.
    n_init : "auto" or int
        How many starts are tried on ``init_size`` samples; "auto" is 1 for k-means++, else 3.
    reassignment_ratio : float
        A centre that has seen less than this part of what the largest has, starts afresh.
    random_state : int, numpy.random.Generator or None

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
    labels_ : ndarray of shape (n_samples,)
    inertia_ : float
    counts_ : ndarray of shape (n_clusters,)
        Weight that each centre has seen.
    n_steps_, n_iter_ : int
        Batches seen, and how often that is as many samples as there are.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0.0], [1.0], [8.0], [9.0]]
    >>> model = MiniBatchKMeans(2, random_state=0).fit(X)
    >>> model.predict([[2.0], [7.0]]).tolist() == model.predict([[1.0], [9.0]]).tolist()
    True
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Start = "k-means++",
        max_iter: int = 100,
        batch_size: int = 1024,
        compute_labels: bool = True,
        tol: float = 0.0,
        max_no_improvement: int | None = 10,
        init_size: int | None = None,
        n_init: int | str = "auto",
        reassignment_ratio: float = 0.01,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.compute_labels = compute_labels
        self.tol = tol
        self.max_no_improvement = max_no_improvement
        self.init_size = init_size
        self.n_init = n_init
        self.reassignment_ratio = reassignment_ratio
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Draw batches until nothing improves; a sample is drawn in proportion to its weight.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        sample_weight : array-like of shape (n_samples,), optional

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        self._check_parameters()
        matrix = check_X(self, X, fitting=True)
        weight = check_sample_weight(sample_weight, len(matrix))
        self._rng = rng = check_random_state(self.random_state)
        tol = self.tol * float(np.var(matrix, axis=0).mean())
        self._begin(matrix, weight)

        size = min(self.batch_size, len(matrix))
        share = None if sample_weight is None else weight / weight.sum()
        progress = _Progress(self.max_no_improvement, min(1.0, 2 * size / (len(matrix) + 1)))
        for _ in range(max(1, self.max_iter * len(matrix) // size)):
            batch = matrix[rng.choice(len(matrix), size, p=share)]
            before = self.cluster_centers_
            found = self._step(batch, None) / size
            moved = float(np.sum((self.cluster_centers_ - before) ** 2))
            # the first batch tells how good the start was, not how good the steps are
            if self.n_steps_ > 1 and (progress.stalls(found) or 0 < tol >= moved):
                break
        self.n_iter_ = int(np.ceil(self.n_steps_ * size / len(matrix)))
        self._look_at_all(matrix, weight)
        return self

    def partial_fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Take one step, with ``X`` as the batch; the first one also chooses the start."""
        self._check_parameters()
        first = not hasattr(self, "cluster_centers_")
        matrix = check_X(self, X, fitting=first)
        weight = check_sample_weight(sample_weight, len(matrix))
        if first:
            self._rng = check_random_state(self.random_state)
            self._begin(matrix, weight)
        self._step(matrix, weight)
        self._look_at_all(matrix, weight)
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """Return the nearest centre of every sample, shape (n_samples,)."""
        return assign(check_X(self, X), self.cluster_centers_)

    def transform(self, X: ArrayLike) -> Array:
        """Return the distance to every centre, shape (n_samples, n_clusters)."""
        return np.sqrt(squared_distances(check_X(self, X), self.cluster_centers_))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out: minibatchkmeans0, ... ."""
        return numbered_names(self, self.n_clusters)

    def score(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return minus the inertia of ``X``: larger is better."""
        return minus_inertia(self, X, sample_weight)

    def _begin(self, X: Array, weight: Array) -> None:
        """Choose the best of several starts, on a few samples."""
        init, rng = check_start(self.init, self.n_clusters, X), self._rng
        size = self.init_size or max(3 * min(self.batch_size, len(X)), 3 * self.n_clusters)
        rows = rng.permutation(len(X))[: max(size, self.n_clusters)]
        part, part_weight = X[rows], weight[rows]
        if not part_weight.any():  # drawn from samples that do not count
            part, part_weight = X, weight
        starts = n_starts(self.n_init, init, several=3)
        tried = [
            start_centers(init, part, self.n_clusters, rng, part_weight) for _ in range(starts)
        ]
        found = [inertia(part, assign(part, C), C, part_weight) for C in tried]
        self.cluster_centers_ = tried[int(np.argmin(found))]
        self.counts_ = np.zeros(self.n_clusters)
        self.n_steps_ = self._seen_since_restart = 0

    def _step(self, batch: Array, weight: Array | None) -> float:
        """Move the centres by one batch, and return its inertia before."""
        labels = assign(batch, self.cluster_centers_)
        found = inertia(batch, labels, self.cluster_centers_, weight)
        due = self._seen_since_restart + len(batch) >= 10 * self.n_clusters
        due = due or bool((self.counts_ == 0).any())
        self._seen_since_restart = 0 if due else self._seen_since_restart + len(batch)
        moved = batch_update(batch, labels, self.cluster_centers_, self.counts_, weight)
        if due and self.reassignment_ratio > 0:
            moved = restart_rare_centers(batch, *moved, self.reassignment_ratio, self._rng)
        self.cluster_centers_, self.counts_ = moved
        self.n_steps_ += 1
        return found

    def _look_at_all(self, X: Array, weight: Array) -> None:
        if self.compute_labels:
            self.labels_ = assign(X, self.cluster_centers_)
            self.inertia_ = inertia(X, self.labels_, self.cluster_centers_, weight)

    def _check_parameters(self) -> None:
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
        check_number("batch_size", self.batch_size, at_least=1, whole=True)
        check_number("tol", self.tol, at_least=0)
        check_number("reassignment_ratio", self.reassignment_ratio, at_least=0, at_most=1)
        if self.max_no_improvement is not None:
            check_number("max_no_improvement", self.max_no_improvement, at_least=0, whole=True)
        if self.init_size is not None:
            check_number("init_size", self.init_size, at_least=1, whole=True)


class _Progress:
    """Whether the inertia still falls, seen through a moving average of the batches."""

    def __init__(self, patience: int | None, newest: float) -> None:
        self.patience, self.newest = patience, newest  # the newest batch's part in the average
        self.average, self.best, self.since = np.nan, np.inf, 0

    def stalls(self, found: float) -> bool:
        old = found if np.isnan(self.average) else self.average
        self.average = old + self.newest * (found - old)
        self.since = 0 if self.average < self.best else self.since + 1
        self.best = min(self.best, self.average)
        return self.patience is not None and self.since >= self.patience
