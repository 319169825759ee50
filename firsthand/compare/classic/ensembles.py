"""Models made of many models beside scikit-learn's.

Forests and bagging draw, and generators differ, so scores are compared over seeds. Voting draws
nothing: both sides are given the same members, and must say the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import (
    Condition,
    Quantity,
    labels,
    outputs,
    scores_over_seeds,
    value,
)
from firsthand.data import Dataset
from firsthand.scratch.linear import LinearRegression, LogisticRegression
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor


def _enough(data: Dataset) -> bool:
    rarest = np.bincount(data.y.astype(int)).min() if data.task == "classification" else 100
    told_apart = np.ptp(data.X, axis=0).max() > 1e-6 and np.ptp(data.y) > 1e-6
    return bool(data.n_samples >= 100 and rarest > 5 and told_apart)


ENOUGH = Condition(
    _enough,
    "a handful of samples tells nothing of a score; or the library takes values closer than "
    "1e-7 for equal",
)
FOREST = {"n_estimators": 20, "random_state": 0}


def _seen_score(model: Any, data: Dataset) -> float:
    return float(model.score(data.X, data.y))


def _drawn(
    name: str,
    *,
    quantities: tuple[Quantity, ...] = (),
    notes: tuple[str, ...] = (),
    **settings: Any,
) -> Counterpart:
    """Return the pair of a model that draws."""
    task = "classification" if name.endswith("Classifier") else "regression"
    return Counterpart(
        name,
        scratch=f"firsthand.scratch.ensembles.{name}",
        library=f"sklearn.ensemble.{name}",
        task=task,
        settings={**FOREST, **settings},
        quantities=(scores_over_seeds(seeds=3, allowance=0.04, when=ENOUGH), *quantities),
        score="accuracy" if task == "classification" else "R²",
    )


def _voting(title: str, kind: str, members: list[Any], **settings: Any) -> Counterpart:
    classifies = kind == "Classifier"
    return Counterpart(
        title,
        scratch=f"firsthand.scratch.ensembles.Voting{kind}",
        library=f"sklearn.ensemble.Voting{kind}",
        task="classification" if classifies else "regression",
        settings={"estimators": members, **settings},
        prepare=Dataset.standardised,
        quantities=(labels() if classifies else outputs("predict"),),
        score="accuracy" if classifies else "R²",
        notes=("both sides are given the same members, of ours",),
    )


IN_BAG = value(
    "score on the samples fitted",
    _seen_score,
    tolerance=0.08,
    why="some samples are in few bags, and which ones is drawn",
    when=ENOUGH,
)
CLASSIFIERS = [("line", LogisticRegression()), ("tree", DecisionTreeClassifier(max_depth=2))]
REGRESSORS = [("line", LinearRegression(0.1)), ("tree", DecisionTreeRegressor(max_depth=2))]

PAIRS = (
    _drawn("RandomForestClassifier", quantities=(IN_BAG,)),
    _drawn("RandomForestRegressor", quantities=(IN_BAG,)),
    _drawn("ExtraTreesClassifier", quantities=(IN_BAG,)),
    _drawn("ExtraTreesRegressor", quantities=(IN_BAG,)),
    _drawn("BaggingClassifier", n_estimators=10, quantities=(IN_BAG,)),
    _drawn("BaggingRegressor", n_estimators=10, quantities=(IN_BAG,)),
    _drawn("AdaBoostClassifier", n_estimators=10),
    _drawn("AdaBoostRegressor", n_estimators=10),
    _voting("VotingClassifier", "Classifier", CLASSIFIERS, weights=[2, 1]),
    _voting("VotingClassifier, soft", "Classifier", CLASSIFIERS, voting="soft"),
    _voting("VotingRegressor", "Regressor", REGRESSORS, weights=[2, 1]),
)
