"""Ridge regression as scikit-learn has it: |X w + b - y|^2 + alpha |w|^2, the intercept free.

The squares are summed, so the same ``alpha`` weighs less the more samples there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from sklearn.linear_model import Ridge


def ridge(X: ArrayLike, y: ArrayLike, alpha: float) -> Ridge:
    """Return a fitted model: ``coef_`` (n_features,), ``intercept_``, ``predict``, ``score``."""
    from sklearn.linear_model import Ridge

    return Ridge(alpha=alpha, solver="svd").fit(X, y)


def ridge_with_penalised_intercept(
    X: ArrayLike, y: ArrayLike, alpha: float
) -> tuple[np.ndarray, float]:
    """Return (w, b) where the intercept is one more weight, on a column of ones."""
    from sklearn.linear_model import Ridge

    X1 = np.column_stack([np.asarray(X), np.ones(len(np.asarray(y)))])
    model = Ridge(alpha=alpha, solver="svd", fit_intercept=False).fit(X1, y)
    return np.asarray(model.coef_[:-1]), float(model.coef_[-1])
