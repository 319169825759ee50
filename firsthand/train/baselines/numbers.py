"""Baselines of predicted numbers: each gives an array of shape (n, n_targets)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.baselines.boosting import boost
from firsthand.train.baselines.contract import Baseline, Budget
from firsthand.train.baselines.forest import grow
from firsthand.train.baselines.scaling import scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.baselines.contract import Predict


def mean(X: Any, y: NDArray[np.float64], budget: Budget) -> Predict:
    """Predict the mean."""
    value = y.mean(0)
    return lambda new: np.tile(value, (new.shape[0], 1))


def linear(X: Any, y: NDArray[np.float64], budget: Budget) -> Predict:
    """Fit one weight a feature, lightly held back; how much, left-out rows decide."""
    from sklearn.linear_model import RidgeCV

    scale = scaled(X)
    model: Any = RidgeCV(alphas=(0.01, 0.1, 1.0, 10.0, 100.0)).fit(scale(X), y)
    return lambda new: np.asarray(model.predict(scale(new))).reshape(new.shape[0], -1)


def forest(X: Any, y: NDArray[np.float64], budget: Budget) -> Predict:
    """Fit a random forest."""
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(
        warm_start=True, n_jobs=1, random_state=budget.seed, max_features=1 / 3
    )
    grow(model, X, y if y.shape[1] > 1 else y[:, 0], budget)
    return lambda new: np.asarray(model.predict(new)).reshape(new.shape[0], -1)


def boosted(X: Any, y: NDArray[np.float64], budget: Budget) -> Predict:
    """Fit LightGBM, once a target."""
    each = Budget(budget.seconds / y.shape[1], budget.seed, budget.clock)
    models = [boost(X, y[:, k], each, {"objective": "regression"}) for k in range(y.shape[1])]
    return lambda new: np.stack([model(new) for model in models], 1)


def baselines() -> tuple[Baseline, ...]:
    """Return them, the simplest first."""
    return (
        Baseline("mean", "always the mean of the training part", mean),
        Baseline("linear regression", "one weight a feature", linear),
        Baseline("random forest", "the mean of up to 100 trees", forest, most=4_000_000),
        Baseline("LightGBM", "trees that mend each other's errors", boosted, "lightgbm"),
    )
