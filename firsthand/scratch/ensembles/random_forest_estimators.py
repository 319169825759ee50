"""Random forests as estimators: ``random_forest`` at the speed of ``growing``."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from firsthand.scratch.base import Classifier, Estimator, Regressor
from firsthand.scratch.ensembles._forests import ForestOfClassifiers, ForestOfRegressors
from firsthand.scratch.trees.parameters import MaxFeatures

__all__ = ["RandomForestClassifier", "RandomForestRegressor"]


class RandomForestClassifier(Classifier, ForestOfClassifiers, Estimator):
    """Average deep trees, each grown on a bootstrap sample, with features drawn at each node.

    scikit-learn's forest, but for what ``DecisionTreeClassifier`` does otherwise. A node counts
    each of its samples once, however often it was drawn, as scikit-learn's does.

    Parameters
    ----------
    n_estimators : int
        Number of trees.
    criterion : {"gini", "entropy", "log_loss"}
        Impurity to lower; the last two are the same.
    max_depth : int, optional
        The most questions asked of a sample; by default trees grow until leaves are pure.
    min_samples_split : int or float
        The fewest samples of a node that is split; a float is a share of all.
    min_samples_leaf : int or float
        The fewest samples of a leaf; a float is a share of all.
    min_weight_fraction_leaf : float in [0, 0.5]
        The least share of all weights in a leaf.
    max_features : int, float, "sqrt", "log2" or None
        Features drawn for each question, or the share of them; None is all.
    bootstrap : bool
        Whether each tree sees samples drawn with replacement, or all.
    max_samples : int or float, optional
        How many samples are drawn for each tree, or the share of them; by default all.
    oob_score : bool
        Whether to predict each sample by the trees that have not seen it.
    n_jobs : int, optional
        How many threads to use; the result is the same. All processors for -1.
    random_state : int, numpy.random.Generator or None
        Draws samples and features.
    class_weight : dict, "balanced" or None
        Weights by label.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_classes_ : int
    forest_ : Forest
        All trees as flat arrays.
    trees_ : list of Tree
    feature_importances_ : ndarray of shape (n_features_in_,)
        The mean of the trees' impurity importances; they sum to 1. See ``permutation_importance``
        for one that is not misled by features with many values.
    oob_score_ : float
        The accuracy of the predictions out of the bag.
    oob_decision_function_ : ndarray of shape (n_samples, n_classes)
        The mean class shares out of the bag; NaN for a sample that every tree has seen.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]] * 10
    >>> y = ["off", "on", "on", "off"] * 10  # XOR
    >>> model = RandomForestClassifier(n_estimators=20, random_state=0).fit(X, y)
    >>> model.predict([[1, 0], [1, 1]]).tolist()
    ['on', 'off']
    """

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        criterion: Literal["gini", "entropy", "log_loss"] = "gini",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: MaxFeatures = "sqrt",
        bootstrap: bool = True,
        max_samples: int | float | None = None,
        oob_score: bool = False,
        n_jobs: int | None = None,
        random_state: int | np.random.Generator | None = None,
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features: MaxFeatures = max_features
        self.bootstrap = bootstrap
        self.max_samples = max_samples
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.class_weight = class_weight


class RandomForestRegressor(Regressor, ForestOfRegressors, Estimator):
    """Average deep trees of numbers, each grown on a bootstrap sample.

    scikit-learn's forest, but for what ``DecisionTreeRegressor`` does otherwise. A node counts
    each of its samples once, however often it was drawn, as scikit-learn's does.

    Parameters
    ----------
    n_estimators : int
        Number of trees.
    criterion : {"squared_error"}
        Impurity to lower.
    max_depth : int, optional
        The most questions asked of a sample; by default trees grow until leaves are pure.
    min_samples_split : int or float
        The fewest samples of a node that is split; a float is a share of all.
    min_samples_leaf : int or float
        The fewest samples of a leaf; a float is a share of all.
    min_weight_fraction_leaf : float in [0, 0.5]
        The least share of all weights in a leaf.
    max_features : int, float, "sqrt", "log2" or None
        Features drawn for each question, or the share of them; None is all.
    bootstrap : bool
        Whether each tree sees samples drawn with replacement, or all.
    max_samples : int or float, optional
        How many samples are drawn for each tree, or the share of them; by default all.
    oob_score : bool
        Whether to predict each sample by the trees that have not seen it.
    n_jobs : int, optional
        How many threads to use; the result is the same. All processors for -1.
    random_state : int, numpy.random.Generator or None
        Draws samples and features.

    Attributes
    ----------
    forest_ : Forest
        All trees as flat arrays.
    trees_ : list of Tree
    feature_importances_ : ndarray of shape (n_features_in_,)
        The mean of the trees' impurity importances; they sum to 1. See ``permutation_importance``
        for one that is not misled by features with many values.
    oob_score_ : float
        The R^2 of the predictions out of the bag.
    oob_prediction_ : ndarray of shape (n_samples,)
        The mean prediction out of the bag; NaN for a sample that every tree has seen.
    n_features_in_ : int

    Examples
    --------
    >>> X = np.arange(100.0)[:, None]
    >>> model = RandomForestRegressor(n_estimators=20, random_state=0).fit(X, X[:, 0] ** 2)
    >>> model.predict([[50.0]]).round(-2)
    array([2500.])
    """

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        criterion: Literal["squared_error"] = "squared_error",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: MaxFeatures = 1.0,
        bootstrap: bool = True,
        max_samples: int | float | None = None,
        oob_score: bool = False,
        n_jobs: int | None = None,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features: MaxFeatures = max_features
        self.bootstrap = bootstrap
        self.max_samples = max_samples
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
