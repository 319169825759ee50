"""Gradient boosting beside scikit-learn's, and beside XGBoost's and LightGBM's where installed.

Boosting must predict what scikit-learn's does, stage by stage, while no two splits are equally
good. Labels make such ties at once: the first residuals of two classes have two values only.
There the loss reached must be as good, and the scores must be equal over seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.classic.counterpart import LEFT, Counterpart
from firsthand.compare.classic.quantity import (
    DISTINCT,
    ENOUGH,
    Condition,
    attribute,
    is_wide,
    no_worse,
    scores_over_seeds,
    value,
)
from firsthand.data import Dataset
from firsthand.library import installed

Array = NDArray[np.float64]

EXACT = {"n_estimators": 10, "learning_rate": 0.3, "random_state": 0}
BINNED = {
    "max_iter": 10,
    "learning_rate": 0.3,
    "max_bins": 255,
    "min_samples_leaf": 5,
    "early_stopping": False,
    "random_state": 0,
}
WHY_FLOAT32 = "the library keeps gradients in float32"
WHY_TIES = "of equally good splits either is right, and what follows differs"


UNIQUE = Condition(
    lambda data: DISTINCT.holds(data) and is_wide(data),
    f"{DISTINCT.otherwise}; or the library takes values closer than 1e-7 for equal",
)


def fitted_values(model: Any, data: Dataset) -> Array:
    """Return what the model says of the samples it has seen: numbers, or probabilities."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(data.X)
    return model.predict(data.X)


def loss_reached(model: Any, data: Dataset) -> float:
    """Return the mean loss on the samples that the model has seen, whatever library it is from."""
    said = fitted_values(model, data)
    if said.ndim == 1:
        return float(np.mean((said - data.y) ** 2) / np.var(data.y))
    seen = np.searchsorted(model.classes_, data.y)
    return float(-np.mean(np.log(np.maximum(said[np.arange(len(seen)), seen], 1e-300))))


def _as_good(slack: float) -> Any:
    return no_worse("loss on the samples fitted", loss_reached, slack=slack, why=WHY_TIES)


def _sklearn(name: str, task: Any, settings: dict[str, Any], quantities: Any, notes: Any) -> Any:
    return Counterpart(
        name,
        scratch=f"firsthand.scratch.boosting.{name}",
        library=f"sklearn.ensemble.{name}",
        task=task,
        settings=settings,
        quantities=quantities,
        score="accuracy" if task == "classification" else "R²",
        notes=notes,
    )


def _other(library: str, task: Any, theirs: dict[str, Any]) -> Counterpart:
    ours = f"HistGradientBoosting{'Classifier' if task == 'classification' else 'Regressor'}"
    return Counterpart(
        f"{ours}, {library.partition('.')[0]}",
        scratch=f"firsthand.scratch.boosting.{ours}",
        library=library,
        task=task,
        settings={
            "max_iter": 10,
            "learning_rate": 0.3,
            "max_depth": 6,
            "max_leaf_nodes": None,
            "min_samples_leaf": 5,
            "l2_regularization": 1.0,
            "early_stopping": False,
            "random_state": 0,
        },
        theirs={
            "max_iter": LEFT,
            "max_leaf_nodes": LEFT,
            "min_samples_leaf": LEFT,
            "l2_regularization": LEFT,
            "early_stopping": LEFT,
            "n_estimators": 10,
            "reg_lambda": 1.0,
            "n_jobs": 1,
            **theirs,
        },
        quantities=(scores_over_seeds(seeds=3, allowance=0.05, when=ENOUGH),),
        score="accuracy" if task == "classification" else "R²",
        notes=("64 bins here, 255 there, and other rules for the least leaf",),
    )


_ALL = (
    _sklearn(
        "GradientBoostingClassifier",
        "classification",
        EXACT,
        (_as_good(0.1), scores_over_seeds(seeds=3, when=ENOUGH)),
        (),
    ),
    _sklearn(
        "GradientBoostingRegressor",
        "regression",
        EXACT,
        (
            value("predict on the samples fitted", fitted_values, tolerance=1e-6, when=UNIQUE),
            attribute("train_score_", tolerance=1e-6, when=UNIQUE),
            _as_good(0.1),
            scores_over_seeds(seeds=3, when=ENOUGH),
        ),
        ("the library keeps X in float32",),
    ),
    _sklearn(
        "HistGradientBoostingClassifier",
        "classification",
        BINNED,
        (_as_good(0.1), scores_over_seeds(seeds=3, when=ENOUGH)),
        ("our default is 64 bins, the library's 255; here both have 255",),
    ),
    _sklearn(
        "HistGradientBoostingRegressor",
        "regression",
        BINNED,
        (
            value(
                "predict on the samples fitted",
                fitted_values,
                tolerance=1e-6,
                why=WHY_FLOAT32,
                when=UNIQUE,
            ),
            _as_good(0.1),
            scores_over_seeds(seeds=3, when=ENOUGH),
        ),
        ("our default is 64 bins, the library's 255; here both have 255",),
    ),
    _other("xgboost.XGBClassifier", "classification", {"tree_method": "hist"}),
    _other("xgboost.XGBRegressor", "regression", {"tree_method": "hist"}),
    _other(
        "lightgbm.LGBMClassifier",
        "classification",
        {"num_leaves": 63, "min_child_samples": 5, "verbosity": -1},
    ),
    _other(
        "lightgbm.LGBMRegressor",
        "regression",
        {"num_leaves": 63, "min_child_samples": 5, "verbosity": -1},
    ),
)
PAIRS = tuple(pair for pair in _ALL if installed(pair.library.partition(".")[0]))
