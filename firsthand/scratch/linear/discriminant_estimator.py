"""Linear discriminant analysis as a model: the functions of ``discriminant`` behind ``fit``."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator, Transformer, numbered_names
from firsthand.scratch.bayes.gaussian import class_moments
from firsthand.scratch.bayes.posterior import class_log_prior
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.linear.discriminant import (
    covariance,
    discriminant_directions,
    linear_scores,
    whitening,
    within_covariance,
)
from firsthand.scratch.linear.scores import (
    class_scores,
    log_probabilities,
    probabilities,
    top_labels,
)
from firsthand.scratch.validation import check_choice, check_number, check_X, check_X_labels

__all__ = ["LinearDiscriminantAnalysis"]

Array = NDArray[np.float64]


class LinearDiscriminantAnalysis(Classifier, Transformer, Estimator):
    """Classifier by normal distributions of one shape; also the view that parts classes best.

    Parameters
    ----------
    solver : {"svd", "eigen"}
        "svd" factorises the data and needs no covariance to be invertible; "eigen" factorises
        the covariances, and can shrink them.
    shrinkage : float in [0, 1] or "auto", optional
        How far the covariances are drawn towards a ball; "auto" estimates it (Ledoit and Wolf).
    priors : array-like of shape (n_classes,), optional
        Probabilities of the classes; by default their shares of the samples.
    n_components : int, optional
        Columns that ``transform`` returns, at most min(n_classes - 1, n_features).
    tol : float
        Directions of which the classes spread less are left out; of solver "svd".

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (1, n_features), or (n_classes, n_features)
    intercept_ : ndarray of shape (1,) or (n_classes,)
    means_ : ndarray of shape (n_classes, n_features)
    priors_ : ndarray of shape (n_classes,)
    xbar_ : ndarray of shape (n_features,)
        Mean of the means, weighted with the priors.
    scalings_ : ndarray of shape (n_features, n_directions)
        The projection; along it the classes have unit spread.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        The part of the spread of the means along each direction.
    covariance_ : ndarray of shape (n_features, n_features)
        Within the classes; of solver "eigen".
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0.0, 0.0], [1.0, 2.0], [2.0, 1.0], [4.0, 0.0], [5.0, 2.0], [6.0, 1.0]]
    >>> model = LinearDiscriminantAnalysis().fit(X, ["left"] * 3 + ["right"] * 3)
    >>> model.predict([[2.0, 2.0], [4.0, 1.0]]).tolist()
    ['left', 'right']
    >>> model.transform(X).shape
    (6, 1)
    """

    def __init__(
        self,
        solver: Literal["svd", "eigen"] = "svd",
        *,
        shrinkage: float | Literal["auto"] | None = None,
        priors: ArrayLike | None = None,
        n_components: int | None = None,
        tol: float = 1e-4,
    ) -> None:
        self.solver = solver
        self.shrinkage = shrinkage
        self.priors = priors
        self.n_components = n_components
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the means of the classes and their common shape.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes; one class needs more than one sample.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        matrix, classes, codes = check_X_labels(self, X, y)
        most = self._check_parameters(matrix, len(classes))
        count, means, _ = class_moments(matrix, codes, len(classes))
        priors = np.exp(class_log_prior("priors", self.priors, count))
        if self.solver == "svd":
            W = whitening(matrix - means[codes], self.tol)
            directions, shares = discriminant_directions(means, priors, W, self.tol)
        else:
            within = within_covariance(matrix, codes, priors, self.shrinkage)
            between = covariance(matrix, self.shrinkage) - within
            directions, shares = _generalised_eigen(between, within)
            self.covariance_ = within
        coef, intercept = linear_scores(means, priors, directions)
        if len(classes) == 2:  # one score, the log-odds of the second class
            coef, intercept = coef[1:] - coef[:1], intercept[1:] - intercept[:1]
        self.classes_, self.coef_, self.intercept_ = classes, coef, intercept
        self.means_, self.priors_, self.xbar_ = means, priors, priors @ means
        self.scalings_ = directions
        self.explained_variance_ratio_ = shares[:most]
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the log-odds of the second class, (n_samples,), or a score for each class."""
        return class_scores(check_X(self, X), self.coef_, self.intercept_)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable label of every sample, shape (n_samples,)."""
        Z = self.decision_function(X)
        return top_labels(self.classes_, Z)

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of every class, shape (n_samples, n_classes)."""
        return probabilities(self.decision_function(X))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the log-probability of every class, shape (n_samples, n_classes)."""
        return log_probabilities(self.decision_function(X))

    def transform(self, X: ArrayLike) -> Array:
        """Return the samples on the directions that part the classes best, strongest first."""
        matrix = check_X(self, X)
        origin = self.xbar_ if self.solver == "svd" else np.zeros(matrix.shape[1])
        n_components = len(self.explained_variance_ratio_)
        return (matrix - origin) @ self.scalings_[:, :n_components]

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return a name for each column of ``transform``."""
        return numbered_names(self, len(getattr(self, "explained_variance_ratio_", ())))

    def _check_parameters(self, X: Array, n_classes: int) -> int:
        """Return the number of components."""
        check_choice("solver", self.solver, ("svd", "eigen"))
        check_number("tol", self.tol, at_least=0)
        automatic = isinstance(self.shrinkage, str) and self.shrinkage == "auto"
        if self.shrinkage is not None and not automatic:
            check_number("shrinkage", self.shrinkage, at_least=0, at_most=1)
        if self.shrinkage is not None and self.solver == "svd":
            raise ParameterError("solver='svd' cannot shrink; use solver='eigen' with shrinkage.")
        if len(X) <= n_classes:
            raise DataError(
                f"X has {len(X)} samples of {n_classes} classes; the number of samples must be "
                "more than the number of classes, or nothing says how far they spread."
            )
        most = min(n_classes - 1, X.shape[1])
        if self.n_components is None:
            return most
        check_number("n_components", self.n_components, at_least=1, at_most=most, whole=True)
        return self.n_components


def _generalised_eigen(between: Array, within: Array) -> tuple[Array, Array]:
    """Return V with V' within V = I and V' between V diagonal, and its shares, largest first."""
    scale = np.sqrt(np.diag(within))  # units of the features must not matter
    scale = np.where(scale > 0.0, scale, 1.0)
    try:
        L = np.linalg.cholesky(within / np.outer(scale, scale))
    except np.linalg.LinAlgError as error:
        raise DataError(
            "The covariance within the classes is singular (constant or dependent columns, or "
            "fewer samples than features); set shrinkage, or use solver='svd'."
        ) from error
    half = np.linalg.solve(L, between / np.outer(scale, scale))
    values, Q = np.linalg.eigh(np.linalg.solve(L, half.T))
    vectors = np.linalg.solve(L.T, Q)[:, ::-1] / scale[:, None]
    return vectors, values[::-1] / np.sum(values)
