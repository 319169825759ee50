"""A decision tree that predicts labels: growing, pruning and validation put together."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.trees._fitted import SingleTree
from firsthand.scratch.trees.growing import Criterion, Splitter, grow_tree
from firsthand.scratch.trees.parameters import MaxFeatures, limits_of
from firsthand.scratch.trees.tree import Tree
from firsthand.scratch.validation import (
    check_choice,
    check_class_weight,
    check_random_state,
    check_sample_weight,
    check_X,
    check_X_labels,
)

__all__ = ["DecisionTreeClassifier"]

Array = NDArray[np.float64]


class DecisionTreeClassifier(Classifier, SingleTree, Estimator):
    """Ask one question at a time; a leaf predicts the class that most of its samples have.

    The same tree as scikit-learn's, but for three things. It compares values in float64, where
    scikit-learn rounds X to float32 and takes values closer than 1e-7 for equal. Of equally good
    questions it asks the one on the first feature, where scikit-learn draws. And its nodes are
    numbered in preorder even if ``max_leaf_nodes`` is set. Missing values need no treatment.

    Parameters
    ----------
    criterion : {"gini", "entropy", "log_loss"}
        Impurity to lower; the last two are the same.
    splitter : {"best", "random"}
        Whether a feature offers all thresholds, or a random one.
    max_depth : int, optional
        The most questions asked of a sample.
    min_samples_split : int or float
        The fewest samples of a node that is split; a float is a share of all.
    min_samples_leaf : int or float
        The fewest samples of a leaf; a float is a share of all.
    min_weight_fraction_leaf : float in [0, 0.5]
        The least share of all weights in a leaf.
    max_features : int, float, "sqrt", "log2" or None
        Features drawn for each question, or the share of them; by default all.
    random_state : int, numpy.random.Generator or None
        Draws features and thresholds.
    max_leaf_nodes : int, optional
        With it, the questions that lower the impurity most are kept.
    min_impurity_decrease : float
        The least that a question must take off the impurity, as a share of all samples.
    class_weight : dict, "balanced" or None
        Weights by label.
    ccp_alpha : float
        What a leaf costs, for pruning; see :meth:`cost_complexity_pruning_path`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_classes_ : int
    tree_ : Tree
        The tree as flat arrays.
    max_features_ : int
        Features looked at for each question.
    feature_importances_ : ndarray of shape (n_features_in_,)
        How much of the impurity each feature's questions removed; they sum to 1.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> model = DecisionTreeClassifier().fit(X, ["off", "on", "on", "off"])  # XOR
    >>> model.predict([[1, 0], [1, 1]]).tolist(), model.get_depth()
    (['on', 'off'], 2)
    """

    allows_nan = True

    def __init__(
        self,
        *,
        criterion: Literal["gini", "entropy", "log_loss"] = "gini",
        splitter: Splitter = "best",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: MaxFeatures = None,
        random_state: int | np.random.Generator | None = None,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        ccp_alpha: float = 0.0,
    ) -> None:
        self.criterion = criterion
        self.splitter: Splitter = splitter
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features: MaxFeatures = max_features
        self.random_state = random_state
        self.max_leaf_nodes = max_leaf_nodes
        self.min_impurity_decrease = min_impurity_decrease
        self.class_weight = class_weight
        self.ccp_alpha = ccp_alpha

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the share of every class in each sample's leaf: (n_samples, n_classes)."""
        matrix = check_X(self, X)
        return self.tree_.predict(matrix)

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithms of ``predict_proba(X)``; of a class that is absent, -inf."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label of each sample; where classes are equally frequent, the first."""
        leaves = self.apply(X)
        most = self.tree_.value.argmax(axis=1)  # (node_count,)
        return self.classes_[most].take(leaves)

    def _grow(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None) -> Tree:
        """Check everything, and return the tree before pruning."""
        check_choice("criterion", self.criterion, ("gini", "entropy", "log_loss"))
        check_choice("splitter", self.splitter, ("best", "random"))
        matrix, classes, codes = check_X_labels(self, X, y)
        weight = by_class = check_class_weight(self.class_weight, classes, codes)
        if sample_weight is not None:
            weight = check_sample_weight(sample_weight, len(codes))
            weight = weight if by_class is None else weight * by_class
        total = float(len(codes)) if weight is None else float(weight.sum())
        limits = limits_of(self, matrix, total)
        self.classes_, self.n_classes_ = classes, len(classes)
        self.max_features_ = limits.max_features or matrix.shape[1]
        criterion: Criterion = "gini" if self.criterion == "gini" else "entropy"
        return grow_tree(
            matrix,
            codes,
            weight,
            criterion=criterion,
            n_classes=len(classes),
            limits=limits,
            splitter=self.splitter,
            rng=check_random_state(self.random_state),
        )
