"""Models by nearest neighbours beside scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np

from firsthand.compare.classic.counterpart import Counterpart, Task
from firsthand.compare.classic.quantity import Condition, labels, outputs, rows, value
from firsthand.data import Dataset
from firsthand.scratch.distances import distances

K = 5
SQUARE = 1e-7
WHY_SQUARE = "the library's |x|^2 - 2 x.z + |z|^2 loses half the digits of a small distance"


def _settings(**settings: Any) -> Any:
    """Return settings for any data: five neighbours, or as many as there are."""

    def of(data: Dataset) -> dict[str, Any]:
        return {"n_neighbors": min(K, data.n_samples), **settings}

    return of


def _told_apart(data: Dataset) -> bool:
    """Whether the fifth and the sixth neighbour of every row differ, by any of the metrics."""
    if data.n_samples <= K:
        return True
    for metric in ("euclidean", "manhattan"):
        D = np.sort(distances(rows(data), data.X, metric), axis=1)
        if np.any(D[:, K] - D[:, K - 1] <= 1e-6 * D[:, K]):
            return False
    return True


TOLD_APART = Condition(
    _told_apart, "the fifth and the sixth neighbour are as far, and either is right"
)
DISTANCES = value(
    "distances",
    lambda model, data: model.kneighbors(rows(data))[0],
    tolerance=SQUARE,
    why=WHY_SQUARE,
)


def _pair(title: str, kind: str, **settings: Any) -> Counterpart:
    task: Task = "classification" if kind == "Classifier" else "regression"
    predicted = labels(when=TOLD_APART) if kind == "Classifier" else None
    numbers = outputs(
        "predict_proba" if kind == "Classifier" else "predict",
        tolerance=1e-6,
        why=WHY_SQUARE,
        when=TOLD_APART,
    )
    return Counterpart(
        title,
        scratch=f"firsthand.scratch.neighbors.KNeighbors{kind}",
        library=f"sklearn.neighbors.KNeighbors{kind}",
        task=task,
        settings=_settings(**settings),
        quantities=(DISTANCES, numbers) if predicted is None else (DISTANCES, numbers, predicted),
        score="accuracy" if kind == "Classifier" else "R²",
        notes=("of equally distant samples ours takes the first, the library any",),
    )


PAIRS = (
    _pair("KNeighborsClassifier", "Classifier"),
    _pair("KNeighborsClassifier, manhattan", "Classifier", metric="manhattan"),
    _pair("KNeighborsRegressor", "Regressor"),
    _pair("KNeighborsRegressor, by distance", "Regressor", weights="distance"),
)
