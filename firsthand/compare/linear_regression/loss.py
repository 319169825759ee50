"""The loss against ``mean_squared_error``, and the gradient against the library's residuals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from firsthand.compare.agreement import Agreement, agree
from firsthand.compare.bench import said
from firsthand.compare.comparison import Pair
from firsthand.compare.conventions import search
from firsthand.compare.families import documented, reduction
from firsthand.data import Dataset


def compare_loss(data: Dataset) -> Pair:
    """Return the pair, at a point where neither the loss nor its slope is zero."""
    from sklearn.metrics import mean_squared_error

    from firsthand.scratch.linear import linear_regression as scratch

    X, y = data.X, np.asarray(data.y, np.float64)
    rng = np.random.default_rng(5)
    w, b = y.std() * rng.normal(size=data.n_features), float(y.mean() + y.std())
    predicted = X @ w + b
    J, theirs = scratch.loss(X, y, w, b, 0.0), mean_squared_error(y, predicted)
    dw, db = scratch.gradient(X, y, w, b, 0.0)
    slope = 2 * X.T @ (predicted - y) / len(y)  # of mean_squared_error, in w
    slope_b = 2 * float(np.mean(predicted - y))

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        factor = values["reduction"]
        return [
            agree("loss", J, factor * theirs),
            agree("gradient in w", dw, factor * slope),
            agree("gradient in b", db, factor * slope_b),
        ]

    halved = documented(reduction(len(y), "J", "mean_squared_error"), lambda f: f == 0.5)
    convention = search([halved], under)
    return Pair(
        "Loss and mean_squared_error",
        "loss(X, y, w, b, l2=0)",
        "sklearn.metrics.mean_squared_error(y, X @ w + b)",
        said(data, "standardised, at random weights"),
        convention.best.rows,
        convention=convention,
        targets=("loss", "gradient", "predict"),
    )
