"""Choosing a model by data it has not seen: splits, scores, searches and curves.

Start with ``folds``, one rule a function, and ``evaluation``, which fits and scores split by
split; ``search`` does that for every candidate, and keeps the best.
"""

from firsthand.scratch.model_selection.candidates import (
    LogUniform,
    ParameterGrid,
    ParameterSampler,
    Uniform,
)
from firsthand.scratch.model_selection.curves import (
    learning_curve,
    train_sizes_of,
    validation_curve,
)
from firsthand.scratch.model_selection.evaluation import (
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from firsthand.scratch.model_selection.folds import (
    even_folds,
    grouped_folds,
    stratified_folds,
    stratified_grouped_folds,
    time_splits,
)
from firsthand.scratch.model_selection.results import cv_results, ranks
from firsthand.scratch.model_selection.scorers import (
    OwnScore,
    Responses,
    Scorer,
    check_scoring,
    get_scorer,
    get_scorer_names,
    make_scorer,
)
from firsthand.scratch.model_selection.search import GridSearchCV, RandomizedSearchCV
from firsthand.scratch.model_selection.shuffled import (
    GroupShuffleSplit,
    ShuffleSplit,
    StratifiedShuffleSplit,
    apportion,
    random_split,
    split_sizes,
    stratified_random_split,
    train_test_split,
)
from firsthand.scratch.model_selection.splitters import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    LeaveOneOut,
    RepeatedKFold,
    RepeatedStratifiedKFold,
    Splitter,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
    check_cv,
)
from firsthand.scratch.model_selection.trials import Evaluation, Trial

__all__ = [
    "Evaluation",
    "GridSearchCV",
    "GroupKFold",
    "GroupShuffleSplit",
    "KFold",
    "LeaveOneGroupOut",
    "LeaveOneOut",
    "LogUniform",
    "OwnScore",
    "ParameterGrid",
    "ParameterSampler",
    "RandomizedSearchCV",
    "RepeatedKFold",
    "RepeatedStratifiedKFold",
    "Responses",
    "Scorer",
    "ShuffleSplit",
    "Splitter",
    "StratifiedGroupKFold",
    "StratifiedKFold",
    "StratifiedShuffleSplit",
    "TimeSeriesSplit",
    "Trial",
    "Uniform",
    "apportion",
    "check_cv",
    "check_scoring",
    "cross_val_predict",
    "cross_val_score",
    "cross_validate",
    "cv_results",
    "even_folds",
    "get_scorer",
    "get_scorer_names",
    "grouped_folds",
    "learning_curve",
    "make_scorer",
    "random_split",
    "ranks",
    "split_sizes",
    "stratified_folds",
    "stratified_grouped_folds",
    "stratified_random_split",
    "time_splits",
    "train_sizes_of",
    "train_test_split",
    "validation_curve",
]
