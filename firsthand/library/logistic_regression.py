"""Logistic regression as scikit-learn has it: C * sum(losses) + 1/2 |w|^2, the intercept free.

``C`` is the inverse of the penalty's strength, and the losses are summed: the same model as
ours with ``C = 1 / (l2 * n_samples)``. Newton's method converges to rounding in a few steps
where there are few features; L-BFGS is the default and stops earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

TOLERANCE = 1e-12  # of the gradient's largest entry: as near as float64 lets Newton come


def logistic_regression(X: ArrayLike, y: ArrayLike, C: float) -> LogisticRegression:
    """Return a fitted model of two classes, or of more by softmax.

    ``coef_`` has shape (1, n_features) for two classes and (n_classes, n_features) for more;
    ``decision_function`` gives log-odds or scores, ``predict_proba`` probabilities.
    """
    from sklearn.linear_model import LogisticRegression

    solver = "newton-cholesky"
    return LogisticRegression(C=C, solver=solver, tol=TOLERANCE, max_iter=200).fit(X, y)


def logistic_with_penalised_intercept(
    X: ArrayLike, y: ArrayLike, C: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return (coef, intercept) where the intercept is one more weight, on a column of ones."""
    from sklearn.linear_model import LogisticRegression

    X1 = np.column_stack([np.asarray(X), np.ones(len(np.asarray(y)))])
    model = LogisticRegression(
        C=C, solver="newton-cholesky", tol=TOLERANCE, max_iter=200, fit_intercept=False
    ).fit(X1, y)
    return np.asarray(model.coef_[:, :-1]), np.asarray(model.coef_[:, -1])
