"""Stochastic gradient descent as scikit-learn has it: one sample a step.

    w <- w - eta0 ((x w + b - y) x + alpha w),    b <- b - eta0 (x w + b - y)

``partial_fit`` makes one pass in the order of its rows when ``shuffle`` is off, so an epoch
in a known order can be replayed.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sgd_epochs(
    X: Array, y: Array, orders: Iterable[NDArray[np.integer]], *, learning_rate: float, l2: float
) -> tuple[Array, float]:
    """Return (w, b) after one pass over the samples for each order, starting from zero."""
    from sklearn.linear_model import SGDRegressor

    model = SGDRegressor(
        learning_rate="constant", eta0=learning_rate, alpha=l2, penalty="l2", shuffle=False
    )
    for order in orders:
        model.partial_fit(X[order], y[order])
    return np.asarray(model.coef_), float(np.asarray(model.intercept_)[0])
