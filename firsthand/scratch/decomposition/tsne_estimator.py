"""t-SNE as a model: how the map begins, the two phases of the descent, and checks."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer, numbered_names
from firsthand.scratch.decomposition.pca_estimator import PCA
from firsthand.scratch.decomposition.tsne import (
    Descent,
    descent_step,
    joint_probabilities,
    kl_divergence,
    kl_gradient,
)
from firsthand.scratch.distances import squared_distances
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.validation import check_number, check_numbers, check_random_state, check_X

__all__ = ["TSNE"]

Array = NDArray[np.float64]

EXPLORATION = 250  # steps with exaggerated probabilities, in which clusters find their places
CHECK = 50  # steps between two looks at the divergence


class TSNE(Transformer, Estimator):
    """A map of the samples on which neighbours stay neighbours, by exact t-SNE.

    Time and memory grow with the square of the number of samples: it is for thousands. New
    samples cannot be placed on the map, so there is no ``transform``.

    Parameters
    ----------
    n_components : int
    perplexity : float
        About how many neighbours count for each sample; below the number of samples.
    early_exaggeration : float
        Factor of the probabilities in the first 250 steps.
    learning_rate : "auto" or float
        "auto" is n_samples / early_exaggeration / 4, at least 50.
    max_iter : int
        Steps, at least 250.
    n_iter_without_progress : int
        After the first 250 steps: how many may pass without a better divergence.
    min_grad_norm : float
        Stop when the gradient is no longer than this.
    init : {"pca", "random"} or array-like of shape (n_samples, n_components)
        Where the map begins.
    random_state : int, numpy.random.Generator or None

    Attributes
    ----------
    embedding_ : ndarray of shape (n_samples, n_components)
    kl_divergence_ : float
    learning_rate_ : float
    n_iter_ : int
        Steps taken.
    n_features_in_ : int

    Examples
    --------
    >>> X = np.eye(10)
    >>> TSNE(perplexity=3, init="random", random_state=0).fit_transform(X).shape
    (10, 2)
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        perplexity: float = 30.0,
        early_exaggeration: float = 12.0,
        learning_rate: float | Literal["auto"] = "auto",
        max_iter: int = 1000,
        n_iter_without_progress: int = 300,
        min_grad_norm: float = 1e-7,
        init: Literal["pca", "random"] | ArrayLike = "pca",
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_components = n_components
        self.perplexity = perplexity
        self.early_exaggeration = early_exaggeration
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.n_iter_without_progress = n_iter_without_progress
        self.min_grad_norm = min_grad_norm
        self.init = init
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Draw the map.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        self._check_parameters()
        matrix = check_X(self, X, fitting=True)
        if self.perplexity >= len(matrix):
            raise DataError(
                f"perplexity is {self.perplexity:g}, and X has n_samples={len(matrix)}; it has "
                "to be below the number of samples."
            )
        matrix = matrix - matrix.mean(axis=0)  # squared distances cancel least near the origin
        Y = self._begin(matrix)
        P = joint_probabilities(squared_distances(matrix, matrix), self.perplexity)
        self.learning_rate_ = (
            max(len(matrix) / self.early_exaggeration / 4, 50.0)
            if isinstance(self.learning_rate, str)
            else float(self.learning_rate)
        )
        Y, done = self._descend(Y, P * self.early_exaggeration, 0, EXPLORATION, 0.5, EXPLORATION)
        patience = self.n_iter_without_progress
        Y, done = self._descend(Y, P, done, self.max_iter, 0.8, patience)
        self.embedding_, self.n_iter_ = Y, done
        self.kl_divergence_ = kl_divergence(P, kl_gradient(Y, P, self._nu())[1])
        return self

    def fit_transform(self, X: ArrayLike, y: Any = None, **fit_params: Any) -> Array:
        """Draw the map and return it, of shape (n_samples, n_components)."""
        return self.fit(X, **fit_params).embedding_

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out: tsne0, tsne1, ... ."""
        return numbered_names(self, self.n_components)

    def _nu(self) -> float:
        """Return the degrees of freedom of the map's kernel."""
        return float(max(self.n_components - 1, 1))

    def _begin(self, X: Array) -> Array:
        rng = check_random_state(self.random_state)
        shape = (len(X), self.n_components)
        if not isinstance(self.init, str):
            Y = check_numbers("init", self.init)
            if Y.shape != shape:
                raise ParameterError(
                    f"init has shape {Y.shape}; it has to hold finite numbers of shape {shape}."
                )
            return Y
        if self.init == "random":
            return 1e-4 * rng.normal(size=shape)
        Y = PCA(self.n_components, random_state=rng).fit_transform(X)
        return Y / (np.std(Y[:, 0]) or 1.0) * 1e-4

    def _descend(
        self, Y: Array, P: Array, done: int, until: int, momentum: float, patience: int
    ) -> tuple[Array, int]:
        """Step until ``until`` steps are done in all, or it is no longer worth it."""
        state = Descent(Y, np.zeros_like(Y), np.ones_like(Y))
        best, best_at = np.inf, done
        while done < until:
            dY, Q = kl_gradient(state.Y, P, self._nu())
            state = descent_step(state, dY, self.learning_rate_, momentum)
            done += 1
            if done % CHECK == 0:
                error = kl_divergence(P, Q)
                if error < best:
                    best, best_at = error, done
                elif done - best_at > patience:
                    break
                if np.linalg.norm(state.gains * dY) <= self.min_grad_norm:
                    break
        return state.Y, done

    def _check_parameters(self) -> None:
        check_number("n_components", self.n_components, at_least=1, whole=True)
        check_number("perplexity", self.perplexity, above=0)
        check_number("early_exaggeration", self.early_exaggeration, at_least=1)
        check_number("max_iter", self.max_iter, at_least=EXPLORATION, whole=True)
        check_number(
            "n_iter_without_progress", self.n_iter_without_progress, at_least=0, whole=True
        )
        check_number("min_grad_norm", self.min_grad_norm, at_least=0)
        if isinstance(self.init, str) and self.init not in ("pca", "random"):
            raise ParameterError(f"init is {self.init!r}; use 'pca', 'random' or an array.")
        if isinstance(self.learning_rate, str):
            if self.learning_rate != "auto":
                raise ParameterError(
                    f"learning_rate is {self.learning_rate!r}; use 'auto' or a number."
                )
        else:
            check_number("learning_rate", self.learning_rate, above=0)
