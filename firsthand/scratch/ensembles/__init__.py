"""Models made of many models: averages, votes, and sums grown one after another."""

from firsthand.scratch.ensembles.extra_trees import ExtraTreesClassifier, ExtraTreesRegressor
from firsthand.scratch.ensembles.forest import Forest
from firsthand.scratch.ensembles.growing import Growth
from firsthand.scratch.ensembles.random_forest_estimators import (
    RandomForestClassifier,
    RandomForestRegressor,
)

__all__ = [
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "Forest",
    "Growth",
    "RandomForestClassifier",
    "RandomForestRegressor",
]
