r"""Linear regression as models: the functions of ``linear_regression`` behind ``fit``.

    J = 1/2 weighted mean (X w + b - y)^2 + l2/2 |w|^2

``LinearRegression`` goes to the minimum in one step, ``GradientDescentRegressor`` walks.
``Ridge`` is the same step under the name and the scale that practitioners use.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Regressor
from firsthand.scratch.centring import near
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.linear.linear_regression import (
    by_svd,
    gradient_descent,
    largest_learning_rate,
    minibatch_gradient_descent,
    predict,
    well_conditioned,
)
from firsthand.scratch.linear.logistic_regression import shares
from firsthand.scratch.linear.products import centred_products
from firsthand.scratch.validation import (
    check_number,
    check_random_state,
    check_sample_weight,
    check_X,
    check_X_y,
)

__all__ = ["GradientDescentRegressor", "LinearRegression", "Ridge", "centred_rows", "shortest_fit"]

Array = NDArray[np.float64]


def shortest_fit(
    X: Array,
    y: Array,
    penalty: float,
    sample_weight: Array | None = None,
    fit_intercept: bool = True,
) -> tuple[Array, float]:
    """Return the (w, b) at which sum(s (X w + b - y)^2) + penalty |w|^2 is least.

    It is ``linear_regression.closed_form``, with weights, and with squares summed. Where several
    are least, w is the shortest of them. The sums of products come from one pass over the
    data; where solving with them could cost more than six digits (columns that nearly depend
    on one another, more columns than rows), the singular value decomposition answers.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    penalty : float, not negative
    sample_weight : ndarray of shape (n_samples,), optional
    fit_intercept : bool
        Otherwise b is 0.

    Returns
    -------
    w : ndarray of shape (n_features,)
    b : float
    """
    if len(X) >= X.shape[1]:
        sums = centred_products(X, y, sample_weight, about_mean=fit_intercept)
        G = sums.G + penalty * np.eye(X.shape[1])
        if well_conditioned(G):
            w = np.asarray(np.linalg.solve(G, sums.c), np.float64)
            return w, float(sums.y_mean - sums.x_mean @ w)
    rows, values, x_mean, y_mean = centred_rows(X, y, sample_weight, fit_intercept)
    w = by_svd(rows, values, penalty)
    return w, float(y_mean - x_mean @ w)


def centred_rows(
    X: Array, y: Array, sample_weight: Array | None = None, fit_intercept: bool = True
) -> tuple[Array, Array, Array, float]:
    """Return (rows, values, x_mean, y_mean): X and y less their means, times sqrt(weight).

    The fit of ``values`` on ``rows`` through the origin is the weighted fit with an intercept.
    Without an intercept the means are 0.
    """
    if not fit_intercept:
        rows, values, x_mean, y_mean = X, y, np.zeros(X.shape[1]), 0.0
    else:
        share = shares(len(y), sample_weight)
        x_mean, y_mean = near(X), float(share @ y)  # leaves constant columns exactly 0
        rows, values = X - x_mean, y - y_mean
        offset = share @ rows
        rows -= offset
        x_mean = x_mean + offset
    if sample_weight is not None:
        root = np.sqrt(sample_weight)
        rows, values = rows * root[:, None], values * root
    return rows, values, x_mean, y_mean


class LinearRegression(Regressor, Estimator):
    """Ordinary least squares, or ridge regression where ``l2`` is positive; one target.

    Parameters
    ----------
    l2 : float, not negative
        Strength of the penalty l2/2 |w|^2 on half a mean of squares. scikit-learn's
        ``Ridge`` sums the squares: its alpha is l2 * n_samples, or l2 * sum(sample_weight).
    fit_intercept : bool
        Without it, the fit goes through the origin.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    n_features_in_ : int

    Examples
    --------
    >>> model = LinearRegression().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> model.coef_, model.intercept_
    (array([2.]), 1.0)
    """

    def __init__(self, l2: float = 0.0, *, fit_intercept: bool = True) -> None:
        self.l2 = l2
        self.fit_intercept = fit_intercept

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Go to the minimum of J; of several, to the one with the shortest ``coef_``.

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
        """
        check_number("l2", self.l2, at_least=0)
        matrix, target = check_X_y(self, X, y)
        weight = _weight(sample_weight, target)
        total = len(target) if weight is None else float(weight.sum())
        self.coef_, self.intercept_ = shortest_fit(
            matrix, target, total * self.l2, weight, self.fit_intercept
        )
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return X coef_ + intercept_, of shape (n_samples,)."""
        return predict(check_X(self, X), self.coef_, self.intercept_)


class Ridge(Regressor, Estimator):
    """Least squares with a penalty on the squared length of the weights; one target.

    It goes to the minimum of |X w + b - y|^2 + alpha |w|^2, in which the squares are summed:
    ``LinearRegression(l2=alpha / n_samples)`` is the same model.

    Parameters
    ----------
    alpha : float, not negative
        Strength of the penalty. With 0 it is least squares.
    fit_intercept : bool
        Without it, the fit goes through the origin. The intercept is not penalised.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    n_features_in_ : int

    Examples
    --------
    >>> model = Ridge(alpha=2.0).fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> model.coef_, model.intercept_
    (array([1.]), 2.0)
    """

    def __init__(self, alpha: float = 1.0, *, fit_intercept: bool = True) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Go to the minimum; the parameters and errors are those of ``LinearRegression.fit``."""
        check_number("alpha", self.alpha, at_least=0)
        matrix, target = check_X_y(self, X, y)
        weight = _weight(sample_weight, target)
        self.coef_, self.intercept_ = shortest_fit(
            matrix, target, self.alpha, weight, self.fit_intercept
        )
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return X coef_ + intercept_, of shape (n_samples,)."""
        return predict(check_X(self, X), self.coef_, self.intercept_)


def _weight(sample_weight: ArrayLike | None, y: Array) -> Array | None:
    return None if sample_weight is None else check_sample_weight(sample_weight, len(y))


class GradientDescentRegressor(Regressor, Estimator):
    """Linear regression found by walking downhill, on all samples or on batches of them.

    Standardise the features first: the number of epochs needed grows with the ratio of the
    largest to the smallest curvature.

    Parameters
    ----------
    l2 : float, not negative
        Strength of the penalty l2/2 |w|^2 on half a mean of squares.
    learning_rate : float, optional
        By default one that cannot diverge: half of ``largest_learning_rate`` on all samples,
        for batches one over the largest curvature that any single sample has.
    n_epochs : int
        How often every sample is looked at.
    batch_size : int, optional
        Samples a step; by default all of them.
    random_state : int, numpy.random.Generator or None
        Draws the batches.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    losses_ : ndarray of shape (n_epochs + 1,)
        J at the start and after every epoch.
    n_features_in_ : int

    Examples
    --------
    >>> model = GradientDescentRegressor().fit([[-1.0], [0.0], [1.0]], [1.0, 3.0, 5.0])
    >>> model.predict([[2.0]]).round(6)
    array([7.])
    """

    def __init__(
        self,
        l2: float = 0.0,
        *,
        learning_rate: float | None = None,
        n_epochs: int = 1000,
        batch_size: int | None = None,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.l2 = l2
        self.learning_rate = learning_rate
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Walk downhill on J from zero.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used, or if the walk diverged.
        """
        self._check_parameters()
        matrix, target = check_X_y(self, X, y)
        rng = check_random_state(self.random_state)
        rate = self.learning_rate or self._safe_learning_rate(matrix)
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is told below
            if self.batch_size is None:
                found = gradient_descent(matrix, target, rate, self.n_epochs, self.l2)
            else:
                found = minibatch_gradient_descent(
                    matrix, target, rate, self.n_epochs, self.batch_size, self.l2, rng
                )
        self.coef_, self.intercept_, self.losses_ = found
        if not np.isfinite(self.losses_[-1]):
            raise ParameterError(
                f"learning_rate is {rate:g}, at which the loss grows beyond all bounds; "
                f"try {self._safe_learning_rate(matrix):.3g}, or standardise the features."
            )
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return X coef_ + intercept_, of shape (n_samples,)."""
        return predict(check_X(self, X), self.coef_, self.intercept_)

    def _safe_learning_rate(self, X: Array) -> float:
        """Return a rate at which no step, on any batch, can overshoot."""
        if self.batch_size is None:
            return largest_learning_rate(X, self.l2) / 2
        steepest = float(np.max(np.sum(X**2, axis=1))) + 1  # of J on one sample, in (w, b)
        return 1 / (steepest + self.l2)

    def _check_parameters(self) -> None:
        check_number("l2", self.l2, at_least=0)
        check_number("n_epochs", self.n_epochs, at_least=1, whole=True)
        if self.learning_rate is not None:
            check_number("learning_rate", self.learning_rate, above=0)
        if self.batch_size is not None:
            check_number("batch_size", self.batch_size, at_least=1, whole=True)
