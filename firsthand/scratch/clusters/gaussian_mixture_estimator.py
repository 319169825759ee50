"""Gaussian mixtures as a model: starts, restarts and validation around ``gaussian_mixture``."""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Kind
from firsthand.scratch.clusters.gaussian_mixture import (
    TYPES,
    Mixture,
    e_step,
    expectation_maximization,
    m_step,
    n_parameters,
    precision_matrices,
    sample,
)
from firsthand.scratch.clusters.kmeans import kmeans_plus_plus
from firsthand.scratch.clusters.kmeans_estimator import KMeans
from firsthand.scratch.errors import (
    ConvergenceWarning,
    DataError,
    ParameterError,
    in_both_families,
)
from firsthand.scratch.validation import (
    check_choice,
    check_fitted,
    check_number,
    check_numbers,
    check_random_state,
    check_X,
)

__all__ = ["GaussianMixture"]

Array = NDArray[np.float64]

STARTS = ("kmeans", "k-means++", "random", "random_from_data")


class GaussianMixture(Estimator):
    """Density of the data as a weighted sum of normal densities, fitted by EM.

    Parameters
    ----------
    n_components : int
    covariance_type : {"full", "tied", "diag", "spherical"}
        Each component its own covariance, one for all, variances only, or one variance each.
    tol : float
        A start is over when the mean log-likelihood of a sample changes by less.
    reg_covar : float
        Added to every variance, so that no component collapses onto a point.
    max_iter : int
        Most rounds of a start.
    n_init : int
        How many starts, of which the most likely is kept.
    init_params : {"kmeans", "k-means++", "random", "random_from_data"}
        Who is responsible for what at first: the clusters of k-means, single samples far
        apart, anyone at random, or single samples.
    weights_init : array-like of shape (n_components,), optional
    means_init : array-like of shape (n_components, n_features), optional
    precisions_init : array-like, optional
        Inverse covariances, in the shape of ``precisions_``. What is given replaces that part
        of the start.
    random_state : int, numpy.random.Generator or None

    Attributes
    ----------
    weights_ : ndarray of shape (n_components,)
    means_ : ndarray of shape (n_components, n_features)
    covariances_, precisions_, precisions_cholesky_ : ndarray
        Of shape (n_components, n_features, n_features) if "full", (n_features, n_features) if
        "tied", (n_components, n_features) if "diag", (n_components,) if "spherical".
    lower_bound_ : float
        Mean log-likelihood of a sample before the last M step of the start that was kept.
    lower_bounds_ : list of float
        The same of all its rounds.
    converged_ : bool
    n_iter_ : int
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]
    >>> mixture = GaussianMixture(2, random_state=0).fit(X)
    >>> sorted(mixture.means_.ravel().round(3).tolist()), mixture.weights_.round(3).tolist()
    ([1.0, 11.0], [0.5, 0.5])
    """

    kind: Kind | None = "density_estimator"

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: Literal["full", "tied", "diag", "spherical"] = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: Literal["kmeans", "k-means++", "random", "random_from_data"] = "kmeans",
        weights_init: ArrayLike | None = None,
        means_init: ArrayLike | None = None,
        precisions_init: ArrayLike | None = None,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Find the mixture under which the samples are most likely.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used, or if a component collapsed.

        Warns
        -----
        ConvergenceWarning
            If the start that was kept ran out of rounds.
        """
        self._check_parameters()
        matrix = check_X(self, X, fitting=True)
        if len(matrix) < max(2, self.n_components):
            raise DataError(
                f"X has n_samples={len(matrix)}; a mixture of n_components={self.n_components} "
                f"needs {max(2, self.n_components)} at least."
            )
        rng = check_random_state(self.random_state)
        origin = matrix.mean(axis=0)
        matrix = matrix - origin  # squares cancel least near the origin
        given = self._given(origin)
        self.lower_bound_ = -np.inf
        try:
            drawn = any(part is None for part in given)
            for _ in range(self.n_init if drawn else 1):
                start = self._start(matrix, given, rng)
                how = (self.reg_covar, self.covariance_type, self.max_iter, self.tol)
                mixture, bounds, converged = expectation_maximization(matrix, start, *how)
                if bounds[-1] > self.lower_bound_:
                    self.lower_bound_, self.lower_bounds_ = bounds[-1], bounds
                    self.converged_, self.n_iter_ = converged, len(bounds)
                    self._keep(mixture._replace(means=mixture.means + origin))
        except np.linalg.LinAlgError as error:
            raise DataError(
                "A component collapsed: its covariance is not positive definite. Ask for fewer "
                "components, raise reg_covar, or scale the data."
            ) from error
        if not self.converged_:
            warnings.warn(
                f"After {self.n_iter_} rounds the log-likelihood still changes by more than "
                f"tol={self.tol:g}; raise max_iter or tol.",
                in_both_families(ConvergenceWarning),
                stacklevel=2,
            )
        return self

    def fit_predict(self, X: ArrayLike, y: Any = None) -> NDArray[np.intp]:
        """Return the most responsible component of every sample of ``X``, on which it is fitted."""
        return self.fit(X).predict(X)

    def score_samples(self, X: ArrayLike) -> Array:
        """Return the log-likelihood of every sample, shape (n_samples,)."""
        return self._e_step(X)[0]

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Return the mean log-likelihood of the samples."""
        return float(self.score_samples(X).mean())

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return how responsible each component is, shape (n_samples, n_components)."""
        return np.exp(self._e_step(X)[1])

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """Return the most responsible component of every sample, shape (n_samples,)."""
        return self._e_step(X)[1].argmax(axis=1)

    def bic(self, X: ArrayLike) -> float:
        """Return Schwarz's criterion, -2 log L + log(n_samples) n_parameters: lower is better."""
        log_likelihoods = self.score_samples(X)
        free = self._n_parameters() * np.log(len(log_likelihoods))
        return float(-2 * log_likelihoods.sum() + free)

    def aic(self, X: ArrayLike) -> float:
        """Return Akaike's criterion, -2 log L + 2 n_parameters: lower is better."""
        return float(-2 * self.score_samples(X).sum() + 2 * self._n_parameters())

    def sample(self, n_samples: int = 1) -> tuple[Array, NDArray[np.intp]]:
        """Draw from the mixture.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        labels : ndarray of shape (n_samples,)
            The component each sample is from.
        """
        check_fitted(self)
        check_number("n_samples", n_samples, at_least=1, whole=True)
        rng = check_random_state(self.random_state)
        return sample(self._mixture(), self.covariance_type, n_samples, rng)

    def _e_step(self, X: ArrayLike) -> tuple[Array, Array]:
        return e_step(check_X(self, X), self._mixture(), self.covariance_type)

    def _n_parameters(self) -> int:
        return n_parameters(self.n_components, self.n_features_in_, self.covariance_type)

    def _mixture(self) -> Mixture:
        return Mixture(self.weights_, self.means_, self.covariances_, self.precisions_cholesky_)

    def _keep(self, mixture: Mixture) -> None:
        self.weights_, self.means_, self.covariances_, self.precisions_cholesky_ = mixture
        self.precisions_ = precision_matrices(mixture.precisions_cholesky, self.covariance_type)

    def _given(self, origin: Array) -> tuple[Array | None, Array | None, Array | None]:
        """Return weights, means about the origin and P to begin with, where they were given."""
        k, d = self.n_components, len(origin)
        weights = _shaped("weights_init", self.weights_init, (k,))
        if weights is not None and (weights.min() < 0 or abs(weights.sum() - 1) > 1e-8):
            raise ParameterError(
                f"weights_init sums to {weights.sum():.4g}, its least is {weights.min():.4g}; "
                "weights are not negative and sum to 1."
            )
        means = _shaped("means_init", self.means_init, (k, d))
        shapes = {"full": (k, d, d), "tied": (d, d), "diag": (k, d), "spherical": (k,)}
        precisions = _shaped("precisions_init", self.precisions_init, shapes[self.covariance_type])
        P = None if precisions is None else self._upper_root(precisions)
        return weights, None if means is None else means - origin, P

    def _upper_root(self, precisions: Array) -> Array:
        """Return P, upper triangular, with precisions = P P^T."""
        why = "precisions_init holds a matrix that is not symmetric and positive definite."
        if self.covariance_type in ("diag", "spherical"):
            if precisions.min() <= 0:
                raise ParameterError("precisions_init holds a value that is not above zero.")
            return np.sqrt(precisions)
        if not np.allclose(precisions, np.swapaxes(precisions, -1, -2)):
            raise ParameterError(why)
        try:  # Cholesky's root is lower triangular; of the matrix read backwards, it is P read so
            backwards = np.linalg.cholesky(precisions[..., ::-1, ::-1])
            return np.asarray(backwards[..., ::-1, ::-1], np.float64)
        except np.linalg.LinAlgError as error:
            raise ParameterError(why) from error

    def _start(
        self, X: Array, given: tuple[Array | None, ...], rng: np.random.Generator
    ) -> Mixture:
        """Return what EM begins with: what was given, and the rest by ``init_params``."""
        weights, means, P = given
        if weights is not None and means is not None and P is not None:
            return Mixture(weights, means, np.empty(0), P)
        R = self._first_responsibilities(X, rng)
        guess = m_step(X, R, self.reg_covar, self.covariance_type)
        return Mixture(
            guess.weights if weights is None else weights,
            guess.means if means is None else means,
            guess.covariances,
            guess.precisions_cholesky if P is None else P,
        )

    def _first_responsibilities(self, X: Array, rng: np.random.Generator) -> Array:
        n_samples, k = len(X), self.n_components
        if self.init_params == "random":
            R = rng.random((n_samples, k))
            return R / R.sum(axis=1, keepdims=True)
        R = np.zeros((n_samples, k))
        if self.init_params == "kmeans":
            labels = KMeans(k, n_init=1, random_state=rng).fit(X).labels_
            R[np.arange(n_samples), labels] = 1.0
        elif self.init_params == "k-means++":
            R[kmeans_plus_plus(X, k, rng)[1], np.arange(k)] = 1.0
        else:
            R[rng.choice(n_samples, k, replace=False), np.arange(k)] = 1.0
        return R

    def _check_parameters(self) -> None:
        check_number("n_components", self.n_components, at_least=1, whole=True)
        check_number("tol", self.tol, at_least=0)
        check_number("reg_covar", self.reg_covar, at_least=0)
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
        check_number("n_init", self.n_init, at_least=1, whole=True)
        check_choice("init_params", self.init_params, STARTS)
        check_choice("covariance_type", self.covariance_type, TYPES)


def _shaped(name: str, values: ArrayLike | None, shape: tuple[int, ...]) -> Array | None:
    """Return what was given as finite numbers of that shape."""
    if values is None:
        return None
    array = check_numbers(name, values)
    if array.shape != shape:
        raise ParameterError(
            f"{name} has shape {array.shape}; it has to hold finite numbers of shape {shape}."
        )
    return array
