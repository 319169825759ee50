"""Linear regression as scikit-learn has it: least squares in one step.

``LinearRegression`` centres the data and solves with LAPACK's ``gelsd``, a singular value
decomposition: exact for any data, the shortest solution where many are best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from sklearn.linear_model import LinearRegression


def linear_regression(X: ArrayLike, y: ArrayLike) -> LinearRegression:
    """Return a fitted model: ``coef_`` (n_features,), ``intercept_``, ``predict``, ``score``."""
    from sklearn.linear_model import LinearRegression

    return LinearRegression().fit(X, y)
