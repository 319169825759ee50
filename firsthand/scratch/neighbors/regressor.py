"""Regression by the targets of the nearest training samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Regressor
from firsthand.scratch.neighbors._lookup import Lookup
from firsthand.scratch.neighbors.nearest import average
from firsthand.scratch.validation import check_X_y

__all__ = ["KNeighborsRegressor"]

Array = NDArray[np.float64]


class KNeighborsRegressor(Lookup, Regressor, Estimator):
    """Regressor that takes the mean of the nearest training samples.

    Parameters
    ----------
    n_neighbors : int
        Over how many samples the mean is taken.
    weights : {"uniform", "distance"} or callable
        What each counts: 1, 1 / distance, or what a function makes of the distances, both
        of shape (n_queries, n_neighbors).
    p : float
        Power of the metric "minkowski".
    metric : {"minkowski", "euclidean", "manhattan", "chebyshev", "cosine"}

    Attributes
    ----------
    n_samples_fit_ : int
    n_features_in_ : int

    Notes
    -----
    All training samples are compared with, a block of queries at a time. Of equally distant
    samples the first ones are taken.

    Examples
    --------
    >>> model = KNeighborsRegressor(n_neighbors=2).fit([[0], [1], [2], [3]], [0.0, 1.0, 4.0, 9.0])
    >>> model.predict([[1.4], [2.9]]).tolist()
    [2.5, 6.5]
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
        """Keep the samples and their targets; there is nothing else to learn.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        matrix, self._y = check_X_y(self, X, y)
        self._keep(matrix)
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the weighted mean of the neighbours' targets, shape (n_queries,)."""
        indices, weights = self._weighted(X)
        return average(self._y[indices], weights)
