"""The linear machine as an estimator: validation and one class against the rest.

The equations stand in ``hinge.py``; ``finite_newton.py`` and ``interior_point.py`` solve them.
"""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.errors import ConvergenceWarning, in_both_families
from firsthand.scratch.linear.scores import class_scores, top_labels
from firsthand.scratch.svm.finite_newton import newton, thin
from firsthand.scratch.svm.interior_point import interior_point
from firsthand.scratch.validation import (
    check_choice,
    check_class_weight,
    check_number,
    check_sample_weight,
    check_X,
    check_X_labels,
)

__all__ = ["LinearSVC"]

Array = NDArray[np.float64]


class LinearSVC(Classifier, Estimator):
    """Linear support vector classifier; of more than two classes, each against the rest.

    Parameters
    ----------
    C : float
        Price of a sample in 1/2 |w|^2 + C sum(loss); the intercept is one of the w.
    loss : {"squared_hinge", "hinge"}
    fit_intercept : bool
    intercept_scaling : float
        Value of the column whose weight is the intercept. Being penalised, that weight is
        kept small; with a larger value here it need not be large.
    class_weight : dict, "balanced" or None
        Multiplies C by class; of one class against the rest, the one is weighted only.
    tol : float
        Stop when the objective is known to be within this share of its least.
    max_iter : int
        Most Newton steps for each class.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (1, n_features), or (n_classes, n_features)
        Weights: of the second class where there are two, else a row for each class.
    intercept_ : ndarray of shape (1,) or (n_classes,)
    n_iter_ : int
        The most steps taken for a class.
    n_features_in_ : int

    Notes
    -----
    Both losses are solved by Newton's method, whose steps see all samples at once, to more
    digits than LIBLINEAR's coordinate descent; nothing is drawn.

    Examples
    --------
    >>> model = LinearSVC().fit([[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"])
    >>> model.predict([[0.5], [2.5]]).tolist()
    ['no', 'yes']
    """

    def __init__(
        self,
        C: float = 1.0,
        *,
        loss: Literal["squared_hinge", "hinge"] = "squared_hinge",
        fit_intercept: bool = True,
        intercept_scaling: float = 1.0,
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        tol: float = 1e-10,
        max_iter: int = 1000,
    ) -> None:
        self.C = C
        self.loss = loss
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
        self.class_weight = class_weight
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Find the plane, or one for each class, at which the objective is least.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            Multiplies C by sample.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        ConvergenceWarning
            If ``max_iter`` steps did not reach ``tol``.
        """
        self._check_parameters()
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        C = self.C * check_sample_weight(sample_weight, len(codes))
        by_class = check_class_weight(self.class_weight, self.classes_, codes)
        if self.fit_intercept:
            column = np.full(len(matrix), float(self.intercept_scaling))
            matrix = np.column_stack([matrix, column])
        samples, basis = thin(matrix)
        solve = newton if self.loss == "squared_hinge" else interior_point

        binary = len(self.classes_) == 2
        W, steps, left = np.zeros((0, samples.shape[1])), list[int](), list[float]()
        for c in [1] if binary else range(len(self.classes_)):
            one = codes == c
            price = C if by_class is None else C * np.where(one | binary, by_class, 1.0)
            w, n_iter, gap = solve(samples, 2.0 * one - 1.0, price, self.tol, self.max_iter)
            W, steps, left = np.vstack([W, w]), [*steps, n_iter], [*left, gap]
        if basis is not None:
            W = W @ basis.T
        n_features = self.n_features_in_
        self.coef_ = W[:, :n_features]
        self.intercept_ = np.zeros(len(W))
        if self.fit_intercept:
            self.intercept_ = self.intercept_scaling * W[:, n_features]
        self.n_iter_ = max(steps)
        if self.n_iter_ >= self.max_iter and max(left) > self.tol:
            warnings.warn(
                f"After {self.max_iter} steps the objective may still be {max(left):.1e} of itself "
                f"too large, and tol is {self.tol:g}. Standardise the features, or raise max_iter.",
                in_both_families(ConvergenceWarning),
                stacklevel=2,
            )
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return x.w + b: (n_samples,), above 0 for the second class, or one for each class."""
        return class_scores(check_X(self, X), self.coef_, self.intercept_)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label with the largest score for every sample, shape (n_samples,)."""
        scores = self.decision_function(X)
        return top_labels(self.classes_, scores)

    def _check_parameters(self) -> None:
        check_number("C", self.C, above=0)
        check_choice("loss", self.loss, ["squared_hinge", "hinge"])
        check_choice("fit_intercept", self.fit_intercept, [True, False])
        check_number("intercept_scaling", self.intercept_scaling, above=0)
        check_number("tol", self.tol, above=0)
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
