"""Models made of many models beside scikit-learn's.

Forests and bagging draw, and generators differ, so scores are compared over seeds. Voting draws
nothing: both sides are given the same members, and must say the same.
"""

from __future__ import annotations

from typing import Any

from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import (
    ENOUGH,
    Quantity,
    labels,
    outputs,
    scores_over_seeds,
    value,
)
from firsthand.data import Dataset
from firsthand.scratch.linear import LinearRegression, LogisticRegression
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor

FOREST = {"n_estimators": 20, "random_state": 0}


def _seen_score(model: Any, data: Dataset) -> float:
    return float(model.score(data.X, data.y))


def _drawn(name: str, *quantities: Quantity, **settings: Any) -> Counterpart:
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
        notes=("each side draws from a generator of its own",),
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
    _drawn("RandomForestClassifier", IN_BAG),
    _drawn("RandomForestRegressor", IN_BAG),
    _drawn("ExtraTreesClassifier", IN_BAG),
    _drawn("ExtraTreesRegressor", IN_BAG),
    _drawn("BaggingClassifier", IN_BAG, n_estimators=10),
    _drawn("BaggingRegressor", IN_BAG, n_estimators=10),
    _drawn("AdaBoostClassifier", n_estimators=10),
    _drawn("AdaBoostRegressor", n_estimators=10),
    _voting("VotingClassifier", "Classifier", CLASSIFIERS, weights=[2, 1]),
    _voting("VotingClassifier, soft", "Classifier", CLASSIFIERS, voting="soft"),
    _voting("VotingRegressor", "Regressor", REGRESSORS, weights=[2, 1]),
)
