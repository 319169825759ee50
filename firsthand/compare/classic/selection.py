"""Metrics, splits and cross-validation beside scikit-learn's, on the same predictions and folds.

Predictions are made of the data alone (the target moved by one row, a feature as a score), so both
sides judge the same, and judge something that is often wrong.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.classic.counterpart import FunctionPair
from firsthand.compare.classic.quantity import exact, value
from firsthand.data import Dataset

Array = NDArray[np.float64]
Call = Callable[[Any, Dataset], Any]


def moved(data: Dataset) -> NDArray[Any]:
    """Return the target of the row before as a prediction."""
    return np.roll(data.y, 1)


def scores(data: Dataset) -> Array:
    """Return the first feature in its own units as a score."""
    return data.X[:, 0] / (np.abs(data.X[:, 0]).max() or 1.0)


def chances(data: Dataset) -> Array:
    """Return a probability for every class, (n_samples, n_classes), that leans to the right one."""
    classes = np.unique(data.y)
    z = scores(data)[:, None] * np.arange(len(classes)) + (data.y[:, None] == classes)
    A = np.exp(z)
    return A / A.sum(axis=1, keepdims=True)


def is_first(data: Dataset) -> NDArray[np.intp]:
    """Return 1 for the samples of the first class and 0 for the others."""
    return (data.y == data.y.min()).astype(np.intp)


def folds(splitter: Any, data: Dataset) -> NDArray[np.intp]:
    """Return the fold that tests each sample; a group is a run of five samples."""
    groups = np.arange(data.n_samples) // 5
    asked = {"groups": groups} if "Group" in splitter.__name__ else {}
    found = np.full(data.n_samples, -1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of classes with fewer samples than folds
        for number, (_, test) in enumerate(splitter().split(data.X, data.y, **asked)):
            found[test] = number
    return found


def _as_it_is(answer: Any, _: Dataset) -> Any:
    return answer


def _pair(
    name: str,
    call: Call,
    *,
    module: str = "metrics",
    task: Literal["classification", "regression"] = "classification",
    theirs: str = "",
    whole: bool = False,
) -> FunctionPair:
    quantity = exact if whole else value
    return FunctionPair(
        name,
        scratch=f"firsthand.scratch.{module}.{name}",
        library=theirs or f"sklearn.{module}.{name}",
        task=task,
        call=call,
        quantities=(quantity(name, _as_it_is),),
    )


def _of_labels(metric: Any, data: Dataset) -> Any:
    return metric(data.y, moved(data))


def _splits(name: str) -> FunctionPair:
    return _pair(name, folds, module="model_selection", whole=True)


PAIRS = (
    _pair("confusion_matrix", _of_labels, whole=True),
    _pair("balanced_accuracy_score", _of_labels),
    _pair(
        "precision_recall_fscore_support",
        lambda metric, data: np.array(metric(data.y, moved(data), zero_division=0.0)),
    ),
    _pair("matthews_corrcoef", _of_labels),
    _pair("roc_auc_score", lambda metric, data: metric(is_first(data), scores(data))),
    _pair("average_precision_score", lambda metric, data: metric(is_first(data), scores(data))),
    _pair("log_loss", lambda metric, data: metric(data.y, chances(data))),
    _pair("brier_score_loss", lambda metric, data: metric(data.y, chances(data))),
    _pair(
        "calibration_curve",
        lambda curve, data: np.array(curve(is_first(data), chances(data)[:, 0])),
        theirs="sklearn.calibration.calibration_curve",
    ),
    _pair("adjusted_rand_score", _of_labels),
    _pair("r2_score", _of_labels, task="regression"),
    _pair(
        "mean_pinball_loss",
        lambda metric, data: metric(data.y, moved(data), alpha=0.9),
        task="regression",
    ),
    _splits("KFold"),
    _splits("StratifiedKFold"),
    _splits("GroupKFold"),
    _splits("StratifiedGroupKFold"),
)
