"""Classification by the labels of the nearest training samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.neighbors._lookup import Lookup
from firsthand.scratch.neighbors.nearest import vote
from firsthand.scratch.validation import check_X_labels

__all__ = ["KNeighborsClassifier"]

Array = NDArray[np.float64]


class KNeighborsClassifier(Lookup, Classifier, Estimator):
    """Classifier that lets the nearest training samples vote.

    Parameters
    ----------
    n_neighbors : int
        How many vote.
    weights : {"uniform", "distance"} or callable
        What a vote counts: 1, 1 / distance, or what a function makes of the distances, both
        of shape (n_queries, n_neighbors).
    p : float
        Power of the metric "minkowski".
    metric : {"minkowski", "euclidean", "manhattan", "chebyshev", "cosine"}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_samples_fit_ : int
    n_features_in_ : int

    Notes
    -----
    All training samples are compared with, a block of queries at a time. Of equally distant
    samples the first ones are taken, and of classes with as many votes the first.

    Examples
    --------
    >>> model = KNeighborsClassifier(n_neighbors=3).fit([[0], [1], [2], [8], [9]], list("aaabb"))
    >>> model.predict([[1.5], [7.0]]).tolist()
    ['a', 'b']
    >>> model.predict_proba([[7.0]]).round(2).tolist()
    [[0.33, 0.67]]
    """

    def __init__(
        self,
        n_neighbors: int = 5,
        *,
        weights: Literal["uniform", "distance"] | Callable[[Array], Array] = "uniform",
        p: float = 2,
        metric: str = "minkowski",
    ) -> None:
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.p = p
        self.metric = metric

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Keep the samples and their labels; there is nothing else to learn.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        matrix, self.classes_, self._codes = check_X_labels(self, X, y)
        self._keep(matrix)
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return every class's share of the votes, shape (n_queries, n_classes)."""
        indices, weights = self._weighted(X)
        return vote(self._codes[indices], weights, len(self.classes_))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label with the most votes for every sample, shape (n_queries,)."""
        shares = self.predict_proba(X)
        return self.classes_[np.argmax(shares, axis=1)]
