"""Models made of many models: averages, votes, and weak ones made strong.

Start with ``bagging``, then ``random_forest``, which grows its trees one by one; ``growing``
grows many at once. ``adaboost``, ``voting`` and ``permutation`` each stand by themselves.
"""

from firsthand.scratch.ensembles.adaboost_estimators import AdaBoostClassifier, AdaBoostRegressor
from firsthand.scratch.ensembles.bagging_estimators import BaggingClassifier, BaggingRegressor
from firsthand.scratch.ensembles.extra_trees_estimators import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
)
from firsthand.scratch.ensembles.forest import Forest
from firsthand.scratch.ensembles.growing import Growth
from firsthand.scratch.ensembles.permutation import permutation_importance
from firsthand.scratch.ensembles.random_forest_estimators import (
    RandomForestClassifier,
    RandomForestRegressor,
)
from firsthand.scratch.ensembles.voting_estimators import VotingClassifier, VotingRegressor

__all__ = [
    "AdaBoostClassifier",
    "AdaBoostRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "Forest",
    "Growth",
    "RandomForestClassifier",
    "RandomForestRegressor",
    "VotingClassifier",
    "VotingRegressor",
    "permutation_importance",
]
