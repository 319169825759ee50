"""A regressor of a transformed target: fit on g(y), predict, and undo g.

    fit      regressor.fit(X, g(y))
    predict  g^-1(regressor.predict(X))

Prices and counts grow by factors; their logarithms grow by sums, which is what linear models know.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Regressor, clone
from firsthand.scratch.compose.parts import within
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.linear import LinearRegression
from firsthand.scratch.validation import check_fitted, check_flags, check_target

__all__ = ["TransformedTargetRegressor"]

Change = Callable[[NDArray[Any]], NDArray[Any]]


class TransformedTargetRegressor(Regressor, Estimator):
    """Fit a regressor to a function of y, and give its predictions in units of y.

    Parameters
    ----------
    regressor : model, optional
        ``LinearRegression()`` by default.
    transformer : model, optional
        Transforms y, as a column; or, instead of it:
    func, inverse_func : callable, optional
        g and its inverse, of arrays of shape (n_samples,).
    check_inverse : bool
        Whether to warn where the inverse does not undo the transformation.

    Attributes
    ----------
    regressor_, transformer_ : fitted models
        ``transformer_`` is None where there are functions.
    n_features_in_ : int

    Examples
    --------
    >>> model = TransformedTargetRegressor(func=np.log, inverse_func=np.exp)
    >>> model.fit([[0.0], [1.0], [2.0]], [1.0, 10.0, 100.0]).predict([[3.0]]).round(6)
    array([1000.])
    """

    def __init__(
        self,
        regressor: Any = None,
        *,
        transformer: Any = None,
        func: Change | None = None,
        inverse_func: Change | None = None,
        check_inverse: bool = True,
    ) -> None:
        self.regressor = regressor
        self.transformer = transformer
        self.func = func
        self.inverse_func = inverse_func
        self.check_inverse = check_inverse

    def fit(self, X: Any, y: ArrayLike, **fit_params: Any) -> Self:
        """Fit a clone of the transformer to y and a clone of the regressor to X and g(y).

        Raises
        ------
        ParameterError
            If there are both a transformer and functions, or one function without the other.
        """
        if self.transformer is not None and (self.func or self.inverse_func):
            raise ParameterError(
                "'transformer' and functions 'func'/'inverse_func' cannot both be set."
            )
        if (self.func is None) != (self.inverse_func is None):
            raise ParameterError(
                "When 'func' is provided, 'inverse_func' must also be provided, and the other way "
                "round."
            )
        check_flags(self)
        target = check_target(self, y)
        self.transformer_ = None if self.transformer is None else clone(self.transformer)
        if self.transformer_ is not None:
            with within("the transformer of y"):
                self.transformer_.fit(target[:, None])
        if self.check_inverse:
            self._warn(target[:: max(1, len(target) // 10)])
        self.regressor_ = LinearRegression() if self.regressor is None else clone(self.regressor)
        self.regressor_.fit(X, self._changed(target), **fit_params)
        return self

    def predict(self, X: Any, **params: Any) -> NDArray[Any]:
        """Return the regressor's predictions in units of y, shape (n_samples,)."""
        check_fitted(self)
        return self._undone(np.asarray(self.regressor_.predict(X, **params)))

    @property
    def n_features_in_(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]  # read from a part
        """The number of columns that the regressor was fitted on."""
        return self.regressor_.n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:  # pyright: ignore[reportIncompatibleVariableOverride]  # read from a part
        """The names of the columns that the regressor was fitted on."""
        return self.regressor_.feature_names_in_

    def _changed(self, y: NDArray[Any]) -> NDArray[Any]:
        """Return g(y)."""
        if self.transformer_ is not None:
            return np.asarray(self.transformer_.transform(y[:, None])).reshape(len(y))
        return y if self.func is None else np.asarray(self.func(y))

    def _undone(self, z: NDArray[Any]) -> NDArray[Any]:
        """Return g^-1(z)."""
        if self.transformer_ is not None:
            return np.asarray(self.transformer_.inverse_transform(z[:, None])).reshape(len(z))
        return z if self.inverse_func is None else np.asarray(self.inverse_func(z))

    def _warn(self, y: NDArray[Any]) -> None:
        if not np.allclose(y, self._undone(self._changed(y))):
            warnings.warn(
                "The provided functions or transformer are not strictly inverse of each other. If "
                "you are sure you want to proceed regardless, set 'check_inverse=False'.",
                UserWarning,
                stacklevel=3,
            )
