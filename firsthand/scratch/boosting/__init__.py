"""Models grown in stages, each tree on what the trees before it have left.

Start with ``boosting``: its ``boost`` is the whole idea, and ``losses`` says what each tree is
asked to correct. ``histogram_tree`` grows a tree from sums in bins, ``histogram_growing`` the
same at speed.
"""

from firsthand.scratch.boosting.bins import Bins
from firsthand.scratch.boosting.boosting import Stage
from firsthand.scratch.boosting.early_stopping import Holdout
from firsthand.scratch.boosting.gradient_boosting_estimators import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
)
from firsthand.scratch.boosting.histogram_boosting_estimators import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from firsthand.scratch.boosting.histogram_growing import Limits
from firsthand.scratch.boosting.histogram_tree import Node, Splits
from firsthand.scratch.boosting.histograms import Columns, Summands
from firsthand.scratch.boosting.losses import (
    AbsoluteError,
    LogisticLoss,
    Loss,
    QuantileLoss,
    SoftmaxLoss,
    SquaredError,
)
from firsthand.scratch.boosting.predicting import BoostedClassifier, BoostedRegressor
from firsthand.scratch.boosting.stages import BoostedTrees

__all__ = [
    "AbsoluteError",
    "Bins",
    "BoostedClassifier",
    "BoostedRegressor",
    "BoostedTrees",
    "Columns",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "HistGradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "Holdout",
    "Limits",
    "LogisticLoss",
    "Loss",
    "Node",
    "QuantileLoss",
    "SoftmaxLoss",
    "Splits",
    "SquaredError",
    "Stage",
    "Summands",
]
