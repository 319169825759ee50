"""The cross-entropy against ``log_loss``, and the gradient at the library's own minimum."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from firsthand.compare.agreement import Agreement, agree
from firsthand.compare.bench import said
from firsthand.compare.comparison import Pair
from firsthand.compare.conventions import search
from firsthand.compare.families import reduction
from firsthand.compare.logistic_regression.binary import L2
from firsthand.data import Dataset
from firsthand.library import logistic_regression


def compare_loss(data: Dataset) -> Pair:
    """Return the pair: values at random weights, the slope where the library stopped."""
    from scipy.special import expit
    from sklearn.metrics import log_loss

    from firsthand.scratch.linear import logistic_regression as scratch

    X, y = data.X, np.asarray(data.y, np.float64)
    n = len(y)
    rng = np.random.default_rng(6)
    w, b = rng.normal(size=data.n_features) / np.sqrt(data.n_features), 0.3
    z = X @ w + b
    model = logistic_regression(X, y, 1 / (L2 * n))
    coef, free = np.asarray(model.coef_)[0], float(np.asarray(model.intercept_)[0])
    dw, db = scratch.gradient(X, y, coef, free, L2)
    ours, theirs = scratch.binary_cross_entropy(z, y), log_loss(y, expit(z))

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        return [agree("cross-entropy", ours, values["reduction"] * theirs, tolerance=1e-9)]

    convention = search([reduction(n, "cross_entropy", "log_loss")], under)
    flat = partial(agree, tolerance=1e-9, why="the library stops when its slope is below 1e-12")
    rows = (
        *convention.best.rows,
        agree("sigmoid", scratch.sigmoid(z), expit(z)),
        flat("gradient in w at the library's minimum", dw, np.zeros_like(dw)),
        flat("gradient in b at the library's minimum", db, 0.0),
    )
    return Pair(
        "Cross-entropy and log_loss",
        "binary_cross_entropy(z, y), gradient(X, y, w, b, l2)",
        "sklearn.metrics.log_loss, scipy.special.expit, and zero where the library stopped",
        said(data, "standardised"),
        rows,
        convention=convention,
        targets=("sigmoid", "binary_cross_entropy", "gradient"),
    )
