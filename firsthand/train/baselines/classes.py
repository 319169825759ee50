"""Baselines of a classification: each gives probabilities of shape (n, n_classes)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.baselines.boosting import boost
from firsthand.train.baselines.contract import Baseline
from firsthand.train.baselines.forest import grow
from firsthand.train.baselines.scaling import scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.baselines.contract import Budget, Predict


def baselines(n_classes: int) -> tuple[Baseline, ...]:
    """Return them, the simplest first."""

    def majority(X: Any, y: NDArray[np.int64], budget: Budget) -> Predict:
        counts = np.bincount(y, minlength=n_classes) + 1.0
        return lambda new: np.tile(counts / counts.sum(), (new.shape[0], 1))

    def logistic(X: Any, y: NDArray[np.int64], budget: Budget) -> Predict:
        from sklearn.linear_model import LogisticRegression

        if len(np.unique(y)) < 2:
            return majority(X, y, budget)
        scale = scaled(X)
        model = LogisticRegression(max_iter=200, tol=1e-3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # 200 steps are enough for a measure
            model.fit(scale(X), y)
        return lambda new: _spread(model, scale(new), n_classes)

    def forest(X: Any, y: NDArray[np.int64], budget: Budget) -> Predict:
        from sklearn.ensemble import RandomForestClassifier

        model = RandomForestClassifier(warm_start=True, n_jobs=1, random_state=budget.seed)
        grow(model, X, y, budget)
        return lambda new: _spread(model, new, n_classes)

    def boosted(X: Any, y: NDArray[np.int64], budget: Budget) -> Predict:
        if n_classes == 2:
            two = boost(X, y, budget, {"objective": "binary"})
            return lambda new: np.stack([1 - (p := two(new)), p], 1)
        return boost(X, y, budget, {"objective": "multiclass", "num_class": n_classes})

    return (
        Baseline("majority", "always the most frequent class, with its frequency", majority),
        Baseline("logistic regression", "one weight a feature and class", logistic, most=4_000_000),
        Baseline("random forest", "the mean of up to 100 trees", forest),
        Baseline("LightGBM", "trees that mend each other's errors", boosted, "lightgbm"),
    )


def _spread(model: Any, X: Any, n_classes: int) -> NDArray[np.float64]:
    """Return probabilities of all classes from those of the classes that a model has met."""
    whole = np.zeros((X.shape[0], n_classes))
    whole[:, model.classes_] = model.predict_proba(X)
    return whole
