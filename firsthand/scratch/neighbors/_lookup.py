"""What the classifier and the regressor by neighbours share: samples kept, neighbours found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.neighbors._search import EuclideanSearch, search
from firsthand.scratch.neighbors.nearest import (
    cosine_distances,
    inverse_weights,
    minkowski_distances,
)
from firsthand.scratch.validation import check_choice, check_fitted, check_number, check_X

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

POWERS = {"euclidean": 2.0, "manhattan": 1.0, "chebyshev": np.inf}
METRICS = (*POWERS, "minkowski", "cosine")


class Lookup:
    """The part of a model that finds neighbours; stands before ``Estimator`` among the bases.

    Attributes
    ----------
    n_samples_fit_ : int
        How many samples are kept.
    """

    n_neighbors: int
    weights: Any
    metric: str
    p: float
    n_samples_fit_: int

    def kneighbors(
        self: Any,
        X: ArrayLike | None = None,
        n_neighbors: int | None = None,
        return_distance: bool = True,
    ) -> Any:
        """Return the nearest training samples, nearest first.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_features), optional
            Without it, the neighbours of the training samples, themselves left out.
        n_neighbors : int, optional
            By default the model's.
        return_distance : bool

        Returns
        -------
        distances : ndarray of shape (n_queries, n_neighbors)
            Only with ``return_distance``.
        indices : ndarray of int of shape (n_queries, n_neighbors)
            Rows of the X that was fitted. Of equally distant samples, the first ones.

        Raises
        ------
        DataError
            If there are not so many samples.
        """
        check_fitted(self)
        k = self.n_neighbors if n_neighbors is None else n_neighbors
        check_number("n_neighbors", k, at_least=1, whole=True)
        left = self.n_samples_fit_ - (X is None)
        if k > left:
            raise DataError(
                f"n_neighbors is {k}, but there are {left} samples to choose from "
                f"(n_samples_fit_ is {self.n_samples_fit_}); lower it, or fit on more."
            )
        found = self._find(self._fit_X, k + 1) if X is None else self._find(check_X(self, X), k)
        distances, indices = without_self(*found) if X is None else found
        return (distances, indices) if return_distance else indices

    def _keep(self: Any, X: Array) -> None:
        """Check the parameters and keep the samples, ready to be searched."""
        check_number("n_neighbors", self.n_neighbors, at_least=1, whole=True)
        check_choice("metric", self.metric, METRICS)
        check_number("p", self.p, above=0)
        if not callable(self.weights):
            check_choice("weights", self.weights, ["uniform", "distance", None])
        self._fit_X, self.n_samples_fit_ = X, len(X)
        power = POWERS.get(self.metric, float(self.p))
        distance: Callable[[Array, Array], Array]
        distance = partial(minkowski_distances, p=power)
        if self.metric == "cosine":
            distance = cosine_distances
        euclidean = self.metric != "cosine" and power == 2.0
        self._find = EuclideanSearch(X).nearest if euclidean else partial(search, distance, X)

    def _weighted(self: Any, X: ArrayLike) -> tuple[Indices, Array]:
        """Return the neighbours of each row of X and their weights, two (n_queries, k)."""
        distances, indices = self.kneighbors(X)
        if callable(self.weights):
            weights = np.asarray(self.weights(distances), dtype=np.float64)
        elif self.weights == "distance":
            weights = inverse_weights(distances)
        else:
            weights = np.ones_like(distances)
        if np.any(np.all(weights == 0, axis=1)):
            raise DataError(
                "All neighbours of a sample have weight 0; change what weights returns."
            )
        return indices, weights


def without_self(distances: Array, indices: Indices) -> tuple[Array, Indices]:
    """Return the neighbours of the training samples with every sample's own entry taken out.

    Where so many twins come first that a sample is not among its own neighbours, the first
    of them goes in its stead.
    """
    n_samples, n_found = indices.shape
    own = indices == np.arange(n_samples)[:, None]
    own[~np.any(own, axis=1), 0] = True
    return (
        distances[~own].reshape(n_samples, n_found - 1),
        indices[~own].reshape(n_samples, n_found - 1),
    )
