"""A decision tree that predicts numbers: growing, pruning and validation put together."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Regressor
from firsthand.scratch.trees._fitted import SingleTree
from firsthand.scratch.trees.growing import Splitter, grow_tree
from firsthand.scratch.trees.parameters import MaxFeatures, limits_of
from firsthand.scratch.trees.tree import Tree
from firsthand.scratch.validation import (
    check_choice,
    check_random_state,
    check_sample_weight,
    check_X_y,
)

__all__ = ["DecisionTreeRegressor"]

Array = NDArray[np.float64]


class DecisionTreeRegressor(Regressor, SingleTree, Estimator):
    """Ask one question at a time; a leaf predicts the mean of its samples.

    What differs from scikit-learn's stands with :class:`DecisionTreeClassifier`; and a node
    counts as pure when its variance is rounding compared with that of all y, however small these
    are.

    Parameters
    ----------
    criterion : {"squared_error"}
        Impurity to lower: the variance of y in a node.
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
        The least that a question must take off the mean squared error of all samples.
    ccp_alpha : float
        What a leaf costs, for pruning; see :meth:`cost_complexity_pruning_path`.

    Attributes
    ----------
    tree_ : Tree
        The tree as flat arrays.
    max_features_ : int
        Features looked at for each question.
    feature_importances_ : ndarray of shape (n_features_in_,)
        How much of the impurity each feature's questions removed; they sum to 1.
    n_features_in_ : int

    Examples
    --------
    >>> model = DecisionTreeRegressor(max_depth=1).fit([[1], [2], [4], [5]], [1.0, 1.0, 7.0, 9.0])
    >>> model.predict([[0], [6]]).tolist()
    [1.0, 8.0]
    """

    allows_nan = True

    def __init__(
        self,
        *,
        criterion: Literal["squared_error"] = "squared_error",
        splitter: Splitter = "best",
        max_depth: int | None = None,
        min_samples_split: int | float = 2,
        min_samples_leaf: int | float = 1,
        min_weight_fraction_leaf: float = 0.0,
        max_features: MaxFeatures = None,
        random_state: int | np.random.Generator | None = None,
        max_leaf_nodes: int | None = None,
        min_impurity_decrease: float = 0.0,
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
        self.ccp_alpha = ccp_alpha

    def predict(self, X: ArrayLike) -> Array:
        """Return the mean of each sample's leaf, of shape (n_samples,)."""
        leaves = self.apply(X)
        return self.tree_.value[:, 0].take(leaves)

    def _grow(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None) -> Tree:
        """Check everything, and return the tree before pruning."""
        check_choice("criterion", self.criterion, ("squared_error",))
        check_choice("splitter", self.splitter, ("best", "random"))
        matrix, target = check_X_y(self, X, y)
        weight = None if sample_weight is None else check_sample_weight(sample_weight, len(target))
        total = float(len(target)) if weight is None else float(weight.sum())
        limits = limits_of(self, matrix, total)
        self.max_features_ = limits.max_features or matrix.shape[1]
        return grow_tree(
            matrix,
            target,
            weight,
            criterion="squared_error",
            limits=limits,
            splitter=self.splitter,
            rng=check_random_state(self.random_state),
        )
