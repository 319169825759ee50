"""Machines with a margin beside scikit-learn's, which are LIBSVM and LIBLINEAR."""

from __future__ import annotations

from typing import Any

import numpy as np

from firsthand.compare.agreement import Agreement, agree_exactly
from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import Fitted, Quantity, attribute, no_worse, outputs, rows
from firsthand.data import Dataset

SINGLE = 1e-4
WHY_SINGLE = "LIBSVM keeps its kernel in float32, whose rounding nearly dependent samples magnify"
FIVE_DIGITS = 1e-5
WHY_LESS = "ours goes on to the last digits, the library stops near the optimum"
ON_THE_FENCE = 1e-3  # decisions closer to zero than this may fall to either side


def _labels(fitted: Fitted) -> Agreement:
    """Compare the labels of the rows that the library is sure of."""
    R = rows(fitted.data)
    decisions = np.abs(fitted.theirs.decision_function(R)).reshape(len(R), -1)
    sure = R[np.min(decisions, axis=1) > ON_THE_FENCE]
    if not len(sure):
        return agree_exactly("predict", [], [])
    return agree_exactly("predict", fitted.ours.predict(sure), fitted.theirs.predict(sure))


def _objective(model: Any, data: Dataset) -> float:
    """Return 1/2 |w|^2 + C sum(loss), of all classes against the rest together."""
    n_planes = len(model.coef_)
    targets = model.classes_[-1:] if n_planes == 1 else model.classes_
    y = np.where(data.y[:, None] == targets, 1.0, -1.0)  # (n_samples, n_planes)
    inside = np.maximum(0.0, 1.0 - y * (data.X @ model.coef_.T + model.intercept_))
    price = inside if model.loss == "hinge" else inside**2
    penalty = np.sum(model.coef_**2) + np.sum(np.square(model.intercept_))
    return float(0.5 * penalty + model.C * price.sum())


LABELS = Quantity("predict, where the library is sure", _labels)


def _kernel(title: str, **settings: Any) -> Counterpart:
    return Counterpart(
        title,
        scratch="firsthand.scratch.svm.SVC",
        library="sklearn.svm.SVC",
        task="classification",
        settings={"decision_function_shape": "ovo", "tol": 1e-7, **settings},
        prepare=Dataset.standardised,
        quantities=(outputs("decision_function", tolerance=SINGLE, why=WHY_SINGLE), LABELS),
        score="accuracy",
    )


def _linear(loss: str, *quantities: Quantity, **theirs: Any) -> Counterpart:
    return Counterpart(
        f"LinearSVC, {loss.replace('_', ' ')}",
        scratch="firsthand.scratch.svm.LinearSVC",
        library="sklearn.svm.LinearSVC",
        task="classification",
        settings={"loss": loss, "C": 0.1},
        theirs={"random_state": 0, **theirs},
        prepare=Dataset.standardised,
        quantities=(no_worse("objective", _objective, slack=1e-9, why=WHY_LESS), *quantities),
        score="accuracy",
        notes=("both penalise the intercept, as LIBLINEAR does",),
    )


PAIRS = (
    _kernel("SVC, RBF"),
    _kernel("SVC, linear", kernel="linear", C=0.1),
    _kernel("SVC, polynomial", kernel="poly", coef0=1.0, degree=2, C=0.1),
    _linear(
        "squared_hinge",
        attribute("coef_", tolerance=FIVE_DIGITS, why=WHY_LESS),
        LABELS,
        dual=False,
        tol=1e-10,
        max_iter=10_000,
    ),
    _linear("hinge", tol=1e-6, max_iter=10_000),
)
