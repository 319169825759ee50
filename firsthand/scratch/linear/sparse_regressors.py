"""Lasso and elastic net as models: the functions of ``coordinate_descent`` behind ``fit``."""

from __future__ import annotations

import warnings
from typing import Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Regressor
from firsthand.scratch.centring import off_origin
from firsthand.scratch.errors import ConvergenceWarning, in_both_families
from firsthand.scratch.linear.coordinate_descent import descend_on_products, sparse_fit
from firsthand.scratch.linear.linear_regression import predict
from firsthand.scratch.linear.products import centred_products
from firsthand.scratch.linear.regressors import centred_rows, shortest_fit
from firsthand.scratch.validation import (
    check_number,
    check_sample_weight,
    check_X,
    check_X_y,
)

__all__ = ["ElasticNet", "Lasso"]

Array = NDArray[np.float64]

FEW = 100  # columns of which all products are made at once


class Lasso(Regressor, Estimator):
    """Least squares with a penalty on the size of the weights, which makes many of them 0.

    It goes to the minimum of 1/(2n) |X w + b - y|^2 + alpha |w|_1. With weights, n is their sum.

    Parameters
    ----------
    alpha : float, not negative
        Strength of the penalty. With 0 it is least squares.
    fit_intercept : bool
        Without it, the fit goes through the origin. The intercept is not penalised.
    max_iter : int
        Most sweeps over the weights.
    tol : float
        Stop when the objective is certainly within ``tol`` times that of w = 0 of its least
        value (times two). Where the weights at the least value are unique, they are exact long
        before: the last step solves for them.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    dual_gap_ : float
        The objective is at most so much above its least value.
    n_iter_ : int
        Sweeps made.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0.0, 1.0], [1.0, 0.0], [2.0, 0.0], [3.0, 1.0]]
    >>> Lasso(alpha=0.25).fit(X, [0.0, 2.0, 4.0, 6.0]).coef_.round(6)
    array([1.8, 0. ])
    """

    coef_: Array
    intercept_: float
    dual_gap_: float
    n_iter_: int

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        tol: float = 1e-4,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Go to the minimum.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            A weight of 2 counts as if the sample were there twice.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        ConvergenceWarning
            If the sweeps ran out before ``tol`` was reached.
        """
        check_number("alpha", self.alpha, at_least=0)
        return _fit(self, X, y, sample_weight, self.alpha, 0.0)

    def predict(self, X: ArrayLike) -> Array:
        """Return X coef_ + intercept_, of shape (n_samples,)."""
        return predict(check_X(self, X), self.coef_, self.intercept_)


class ElasticNet(Regressor, Estimator):
    """Least squares with both penalties: as sparse as the lasso, and steady as ridge.

    It goes to the minimum of
    1/(2n) |X w + b - y|^2 + alpha l1_ratio |w|_1 + alpha (1 - l1_ratio) / 2 |w|^2. Where columns
    say the same, the lasso may choose any of them; this shares the weight out.

    Parameters
    ----------
    alpha : float, not negative
        Strength of the penalty. With 0 it is least squares.
    l1_ratio : float in [0, 1]
        Share of the penalty that is the lasso's; with 0 it is ridge regression.
    fit_intercept, max_iter, tol
        As in ``Lasso``.

    Attributes
    ----------
    coef_, intercept_, dual_gap_, n_iter_, n_features_in_
        As in ``Lasso``.

    Examples
    --------
    >>> X = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
    >>> ElasticNet(alpha=0.1).fit(X, [0.0, 2.0, 4.0]).coef_.round(6)
    array([0.927711, 0.927711])
    """

    coef_: Array
    intercept_: float
    dual_gap_: float
    n_iter_: int

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        l1_ratio: float = 0.5,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        tol: float = 1e-4,
    ) -> None:
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Go to the minimum; parameters, errors and warnings are those of ``Lasso.fit``."""
        check_number("alpha", self.alpha, at_least=0)
        check_number("l1_ratio", self.l1_ratio, at_least=0, at_most=1)
        l1, l2 = self.alpha * self.l1_ratio, self.alpha * (1 - self.l1_ratio)
        return _fit(self, X, y, sample_weight, l1, l2)

    def predict(self, X: ArrayLike) -> Array:
        """Return X coef_ + intercept_, of shape (n_samples,)."""
        return predict(check_X(self, X), self.coef_, self.intercept_)


M = TypeVar("M", Lasso, ElasticNet)


def _fit(
    model: M, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, l1: float, l2: float
) -> M:
    """Fit on 1/2 of a sum of squares, with the penalties that a mean of them has, times n."""
    check_number("max_iter", model.max_iter, at_least=1, whole=True)
    check_number("tol", model.tol, at_least=0)
    X, y = check_X_y(model, X, y)
    weight = None if sample_weight is None else check_sample_weight(sample_weight, len(y))
    n = float(len(y)) if weight is None else float(weight.sum())
    l1, l2 = n * l1, n * l2
    if l1 == 0.0:  # without a kink there is a closed form
        model.coef_, model.intercept_ = shortest_fit(X, y, l2, weight, model.fit_intercept)
        model.dual_gap_, model.n_iter_ = 0.0, 1
        return model
    if X.shape[1] > FEW:
        if weight is None and model.fit_intercept and not off_origin(X).any():
            rows, values, x_mean, y_mean = X, y - y.mean(), X.mean(axis=0), float(y.mean())
            shift = x_mean  # no centred copy, which takes longer than the rest
        else:
            rows, values, x_mean, y_mean = centred_rows(X, y, weight, model.fit_intercept)
            shift = None
        yy = float(values @ values)
        w, gap, n_iter = sparse_fit(rows, values, l1, l2, model.tol, model.max_iter, shift)
    else:
        sums = centred_products(X, y, weight, about_mean=model.fit_intercept)
        x_mean, y_mean, yy = sums.x_mean, sums.y_mean, sums.yy
        w, gap, n_iter = descend_on_products(
            sums.G, sums.c, yy, l1, l2, np.zeros(X.shape[1]), model.tol, model.max_iter
        )
    model.coef_, model.intercept_ = w, float(y_mean - x_mean @ w)
    model.dual_gap_, model.n_iter_ = gap / n, n_iter
    if gap > model.tol * yy:
        warnings.warn(
            f"After {n_iter} sweeps the objective may still be {gap / n:.1e} above its least "
            f"value, more than tol={model.tol:g} allows. Raise max_iter, alpha or tol.",
            in_both_families(ConvergenceWarning),
            stacklevel=3,
        )
    return model
