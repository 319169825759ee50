"""Principal component analysis as a model: which solver, how many components, and checks."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer, numbered_names
from firsthand.scratch.decomposition.pca import (
    axes_by_covariance,
    axes_by_svd,
    fix_signs,
    log_likelihood,
    minka_dimension,
    n_for_share,
    project,
    reconstruct,
)
from firsthand.scratch.decomposition.randomized_svd import randomized_svd
from firsthand.scratch.errors import DataError
from firsthand.scratch.validation import (
    check_choice,
    check_fitted,
    check_number,
    check_random_state,
    check_X,
)

__all__ = ["PCA"]

Array = NDArray[np.float64]

SOLVERS = ("auto", "full", "covariance_eigh", "randomized")
# Variances from the covariance matrix are wrong by about 1e-15 of the largest one: down to this
# part of it they have seven digits or more.
WELL_CONDITIONED = 1e-8


class PCA(Transformer, Estimator):
    """Coordinates of the samples along the directions in which they vary most.

    Parameters
    ----------
    n_components : int, float in (0, 1), "mle" or None
        How many; so many that they explain more than this share of the variance; as many as
        are most probable (Minka); all.
    whiten : bool
        Whether to scale every coordinate to variance 1.
    svd_solver : {"auto", "full", "covariance_eigh", "randomized"}
        Singular values of the data, eigenvalues of its covariance, or a randomised SVD. "auto"
        takes the covariance where samples are many (10 for each of at most 1000 features) and
        the smallest variance kept is above 1e-8 of the largest, a randomised SVD for less than
        80% of the components of large data, else the full SVD.
    iterated_power, n_oversamples : int or "auto", int
        Power iterations and reserve vectors of the randomised SVD.
    random_state : int, numpy.random.Generator or None
        Draws the vectors that the randomised SVD begins with.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features)
        Directions of length 1; the entry of largest size in each is positive.
    explained_variance_, explained_variance_ratio_ : ndarray of shape (n_components_,)
        Variance of the samples along each, and its share of the whole variance.
    singular_values_ : ndarray of shape (n_components_,)
    mean_ : ndarray of shape (n_features,)
    noise_variance_ : float
        Mean variance in the directions left out.
    n_components_, n_samples_, n_features_in_ : int

    Examples
    --------
    >>> pca = PCA(1).fit([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]])
    >>> pca.components_.round(4).tolist(), pca.explained_variance_ratio_.round(4).tolist()
    ([[0.4472, 0.8944]], [1.0])
    """

    def __init__(
        self,
        n_components: float | Literal["mle"] | None = None,
        *,
        whiten: bool = False,
        svd_solver: Literal["auto", "full", "covariance_eigh", "randomized"] = "auto",
        iterated_power: int | Literal["auto"] = "auto",
        n_oversamples: int = 10,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_components = n_components
        self.whiten = whiten
        self.svd_solver = svd_solver
        self.iterated_power = iterated_power
        self.n_oversamples = n_oversamples
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Find the components.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Of two samples or more.
        y : ignored

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        matrix = check_X(self, X, fitting=True)
        self._check_parameters(matrix)
        self.n_samples_, most = len(matrix), min(matrix.shape)
        self.mean_ = matrix.mean(axis=0)
        solver = self._solver(matrix)
        if solver == "randomized":
            variances, components, total = self._randomized(matrix)
        else:
            find = axes_by_svd if solver == "full" else axes_by_covariance
            variances, components = find(matrix, self.mean_)
            total = variances.sum()
        k = self._n_components(variances, most)
        by_choice = self.svd_solver != "auto" or solver != "covariance_eigh"
        if not by_choice and variances[k - 1] < WELL_CONDITIONED * variances[0]:
            variances, components = axes_by_svd(matrix, self.mean_)
            k = self._n_components(variances, most)

        self.n_components_ = k
        self.components_ = components[:k].copy()
        self.explained_variance_ = variances[:k].copy()
        self.explained_variance_ratio_ = self.explained_variance_ / (total or 1.0)
        self.singular_values_ = np.sqrt(self.explained_variance_ * (len(matrix) - 1))
        left = max(0.0, float(total - self.explained_variance_.sum()))
        self.noise_variance_ = left / (most - k) if k < most else 0.0
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return the coordinates along the components, shape (n_samples, n_components_)."""
        Z = project(check_X(self, X), self.mean_, self.components_)
        return Z / self._scale() if self.whiten else Z

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Return the samples that have these coordinates, shape (n_samples, n_features).

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components_)
            As :meth:`transform` gives them.
        """
        check_fitted(self)
        Z = np.asarray(X, np.float64)
        if Z.ndim != 2 or Z.shape[1] != self.n_components_:
            raise DataError(
                f"X has shape {Z.shape}, but there are {self.n_components_} components; "
                "pass what transform returned."
            )
        return reconstruct(Z * self._scale() if self.whiten else Z, self.mean_, self.components_)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out: pca0, pca1, ... ."""
        check_fitted(self)
        return numbered_names(self, self.n_components_)

    def get_covariance(self) -> Array:
        """Return the covariance of the model, V (Lambda - sigma^2) V^T + sigma^2 I."""
        check_fitted(self)
        excess = self.explained_variance_ - self.noise_variance_
        C = (self.components_.T * excess) @ self.components_
        return C + self.noise_variance_ * np.eye(len(self.mean_))

    def score_samples(self, X: ArrayLike) -> Array:
        """Return the log-density of every sample under the probabilistic model.

        Raises
        ------
        DataError
            If the samples seen by ``fit`` do not vary in some direction: the density is then
            infinite on them and zero elsewhere.
        """
        matrix = check_X(self, X)
        square = self.n_components_ == len(self.mean_)
        if self.explained_variance_.min() == 0 or (self.noise_variance_ == 0 and not square):
            raise DataError(
                "The data that was fitted does not vary in some direction, so it has no density; "
                "drop constant and dependent columns, or fit more samples."
            )
        model = (self.mean_, self.components_, self.explained_variance_, self.noise_variance_)
        return log_likelihood(matrix, *model)

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Return the mean log-density of the samples."""
        return float(self.score_samples(X).mean())

    def _scale(self) -> Array:
        """Return the standard deviation along each component, never quite zero."""
        return np.maximum(np.sqrt(self.explained_variance_), np.finfo(np.float64).eps)

    def _solver(self, X: Array) -> str:
        """Return how to find the components."""
        if self.svd_solver != "auto":
            return self.svd_solver
        n_samples, n_features = X.shape
        if n_features <= 1000 and n_samples >= 10 * n_features:
            return "covariance_eigh"
        wanted = self.n_components
        few = not (wanted is None or isinstance(wanted, str)) and 1 <= wanted < 0.8 * min(X.shape)
        return "randomized" if few and max(X.shape) > 500 else "full"

    def _randomized(self, X: Array) -> tuple[Array, Array, float]:
        """Return variances and components by a randomised SVD, and the whole variance."""
        centred = X - self.mean_
        rng = check_random_state(self.random_state)
        _, S, Vt = randomized_svd(
            centred,
            min(X.shape) if self.n_components is None else int(self.n_components),
            rng,
            n_oversamples=self.n_oversamples,
            n_iter=None if isinstance(self.iterated_power, str) else self.iterated_power,
        )
        total = float(np.einsum("ij,ij->", centred, centred)) / (len(X) - 1)
        return S**2 / (len(X) - 1), fix_signs(Vt), total

    def _n_components(self, variances: Array, most: int) -> int:
        """Return how many components to keep."""
        wanted = self.n_components
        if wanted is None:
            return most
        if isinstance(wanted, str):
            return minka_dimension(variances, self.n_samples_)
        if wanted < 1:
            return n_for_share(variances, wanted) if variances.any() else 1
        return int(wanted)

    def _check_parameters(self, X: Array) -> None:
        n_samples, n_features = X.shape
        check_choice("svd_solver", self.svd_solver, SOLVERS)
        if n_samples < 2:
            raise DataError("One sample does not vary (n_samples=1); PCA needs at least two.")
        if not (isinstance(self.iterated_power, str) and self.iterated_power == "auto"):
            check_number("iterated_power", self.iterated_power, at_least=0, whole=True)
        check_number("n_oversamples", self.n_oversamples, at_least=1, whole=True)
        wanted = self.n_components
        if wanted is None:
            return
        randomized = self.svd_solver == "randomized"
        if isinstance(wanted, float | np.floating) and 0 < wanted < 1 and not randomized:
            return
        if isinstance(wanted, str) and wanted == "mle" and not randomized:
            if n_samples < n_features:
                raise DataError(
                    f"n_components='mle' needs a sample for each feature at least, and X has "
                    f"n_samples={n_samples} and n_features={n_features}; pass a number."
                )
            return
        check_number("n_components", wanted, at_least=1, at_most=min(X.shape), whole=True)
