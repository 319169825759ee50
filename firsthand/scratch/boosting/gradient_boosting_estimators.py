"""Exact gradient boosting as estimators: validation and early stopping around the parts.

    trees.grow_tree on the residuals -> boosting.boost -> stages.run_stages

Each tree is the regression tree of ``trees``, which considers every threshold; the features are
sorted once, for all trees. With more than two classes Friedman's factor (K - 1) / K multiplies the
learning rate, as in scikit-learn.
"""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator
from firsthand.scratch.boosting.boosting import Stage, boost
from firsthand.scratch.boosting.early_stopping import (
    Holdout,
    check_validation_fraction,
    hold_out,
)
from firsthand.scratch.boosting.losses import LogisticLoss, Loss, SoftmaxLoss, regression_loss
from firsthand.scratch.boosting.predicting import BoostedClassifier, BoostedRegressor
from firsthand.scratch.boosting.stages import run_stages
from firsthand.scratch.trees.growing import Limits, grow_tree, presort
from firsthand.scratch.trees.parameters import number_of_features
from firsthand.scratch.trees.tree import Tree
from firsthand.scratch.validation import (
    check_number,
    check_random_state,
    check_sample_weight,
    check_X_labels,
    check_X_y,
)

__all__ = ["GradientBoostingClassifier", "GradientBoostingRegressor"]

Array = NDArray[np.float64]


class GradientBoostingClassifier(BoostedClassifier, Estimator):
    """Boosted regression trees that predict probabilities, for two classes or more.

    Parameters
    ----------
    learning_rate : float
        What part of each tree's answer is added.
    n_estimators : int
        Most stages; a stage has one tree, or with more than two classes one for each.
    subsample : float
        The share of samples drawn for each stage; below 1 boosting is stochastic.
    min_samples_split, min_samples_leaf : int
        Fewest samples of a node that is split, and of a leaf.
    max_depth : int, optional
        Most questions between the root and a leaf.
    min_impurity_decrease : float
        The least that a question must take off the squared error of the tree.
    max_features : int, float, "sqrt", "log2" or None
        How many features, or what share of them, each node may ask for; all by default.
    max_leaf_nodes : int, optional
        Most leaves of a tree, which then keeps the questions that gain most.
    validation_fraction : float
        The share of samples that is held out, if ``n_iter_no_change`` is set.
    n_iter_no_change : int, optional
        Stages without gain before stopping early; never by default.
    tol : float
        The least that counts as a gain.
    random_state : int, numpy.random.Generator or None
        Draws samples and features.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_estimators_ : int
        Stages taken.
    n_trees_per_iteration_ : int
    train_score_ : ndarray of shape (n_estimators_,)
        The mean loss on the samples drawn, after each stage; for two classes twice that, the
        deviance.
    validation_score_ : ndarray of shape (n_estimators_ + 1,)
        Minus the mean loss on the samples held out, the constant's first; empty if there are none.
    oob_scores_ : ndarray of shape (n_estimators_,)
        As ``train_score_``, on the samples not drawn; only with ``subsample`` below 1.
    feature_importances_ : ndarray of shape (n_features,)
        The share of all that was taken off the squared error that is due to each feature.
    boosted_ : BoostedTrees
        The constant and the trees.
    n_features_in_ : int

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> GradientBoostingClassifier(n_estimators=5).fit(X, y).predict([[0.5], [2.5]]).tolist()
    ['no', 'yes']
    """

    def __init__(
        self,
        *,
        learning_rate: float = 0.1,
        n_estimators: int = 100,
        subsample: float = 1.0,
        min_samples_split: int = 2,
        min_samples_leaf: int = 1,
        max_depth: int | None = 3,
        min_impurity_decrease: float = 0.0,
        max_features: int | float | Literal["sqrt", "log2"] | None = None,
        max_leaf_nodes: int | None = None,
        validation_fraction: float = 0.1,
        n_iter_no_change: int | None = None,
        tol: float = 1e-4,
        random_state: Any = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.n_estimators = n_estimators
        self.subsample = subsample
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_depth = max_depth
        self.min_impurity_decrease = min_impurity_decrease
        self.max_features = max_features
        self.max_leaf_nodes = max_leaf_nodes
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            How much each sample counts; one of weight 0 is left out.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        _check(self)
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        n_classes = len(self.classes_)
        loss = LogisticLoss() if n_classes == 2 else SoftmaxLoss(n_classes)
        _fit(self, matrix, codes.astype(np.float64), sample_weight, loss)
        return self


class GradientBoostingRegressor(BoostedRegressor, Estimator):
    """Boosted regression trees that predict a number.

    Parameters
    ----------
    loss : {"squared_error", "absolute_error", "quantile"}
    alpha : float
        Which quantile to predict, with that loss; between 0 and 1.
    learning_rate, n_estimators, subsample, ..., random_state
        As in :class:`GradientBoostingClassifier`, and so are the attributes, but for classes.

    Attributes
    ----------
    train_score_ : ndarray of shape (n_estimators_,)
        The loss after each stage; of the squared error twice the loss, the mean squared error.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 0.0, 1.0, 1.0]
    >>> model = GradientBoostingRegressor(learning_rate=0.5, n_estimators=2).fit(X, y)
    >>> [float(F[3]) for F in model.staged_predict(X)]
    [0.75, 0.875]
    """

    def __init__(
        self,
        *,
        loss: Literal["squared_error", "absolute_error", "quantile"] = "squared_error",
        learning_rate: float = 0.1,
        n_estimators: int = 100,
        subsample: float = 1.0,
        min_samples_split: int = 2,
        min_samples_leaf: int = 1,
        max_depth: int | None = 3,
        min_impurity_decrease: float = 0.0,
        max_features: int | float | Literal["sqrt", "log2"] | None = None,
        alpha: float = 0.9,
        max_leaf_nodes: int | None = None,
        validation_fraction: float = 0.1,
        n_iter_no_change: int | None = None,
        tol: float = 1e-4,
        random_state: Any = None,
    ) -> None:
        self.loss = loss
        self.learning_rate = learning_rate
        self.n_estimators = n_estimators
        self.subsample = subsample
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_depth = max_depth
        self.min_impurity_decrease = min_impurity_decrease
        self.max_features = max_features
        self.alpha = alpha
        self.max_leaf_nodes = max_leaf_nodes
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            How much each sample counts; one of weight 0 is left out.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        _check(self)
        check_number("alpha", self.alpha, at_least=0, at_most=1)
        loss = regression_loss(self.loss, self.alpha)
        matrix, target = check_X_y(self, X, y)
        _fit(self, matrix, target, sample_weight, loss)
        return self


def _fit(model: Any, X: Array, y: Array, sample_weight: ArrayLike | None, loss: Loss) -> None:
    """Sort, boost, stop, and note it all on the model."""
    weight = check_sample_weight(sample_weight, len(y))
    rng = check_random_state(model.random_state)
    held = None
    if model.n_iter_no_change is not None:
        kept, drawn = hold_out(y, model.validation_fraction, model.kind == "classifier", rng)
        held = Holdout(X[drawn], y[drawn], weight[drawn], model.n_iter_no_change, model.tol)
        X, y, weight = X[kept], y[kept], weight[kept]
    n_features = X.shape[1]
    limits = Limits(
        max_depth=model.max_depth or np.inf,
        min_samples_split=model.min_samples_split,
        min_samples_leaf=model.min_samples_leaf,
        min_impurity_decrease=model.min_impurity_decrease,
        max_leaf_nodes=model.max_leaf_nodes,
        max_features=number_of_features(model.max_features, n_features),
    )
    ordered = presort(X)

    def grow(residual: Array, curvature: Array, w: Array) -> tuple[Tree, NDArray[np.intp]]:
        tree = grow_tree(
            X, residual, w, criterion="squared_error", limits=limits, ordered=ordered, rng=rng
        )
        return tree, tree.apply(X)

    n_outputs = loss.n_outputs
    rate = model.learning_rate * ((n_outputs - 1) / n_outputs if n_outputs > 1 else 1.0)
    out_of_bag: list[float] = []

    def judged(stage: Stage) -> float:
        if model.subsample < 1.0:
            out_of_bag.append(loss.mean(y, stage.F, weight * ~stage.drawn))
        return loss.mean(y, stage.F, weight * stage.drawn)

    stages = boost(y, loss, grow, rate, weight, model.subsample, rng=rng)
    model.boosted_, training, validation = run_stages(
        stages, model.n_estimators, loss.initial(y, weight), loss, judged, held
    )
    model.train_score_ = loss.deviance * np.array(training)
    model.validation_score_ = -np.array(validation)
    vars(model).pop("oob_scores_", None)  # of an earlier fit
    if model.subsample < 1.0:
        model.oob_scores_ = loss.deviance * np.array(out_of_bag)
    model.n_estimators_ = len(model.boosted_.trees)
    model.n_trees_per_iteration_ = n_outputs
    model.feature_importances_ = model.boosted_.importances(n_features)


def _check(model: Any) -> None:
    check_number("learning_rate", model.learning_rate, above=0)
    check_number("n_estimators", model.n_estimators, at_least=1, whole=True)
    check_number("subsample", model.subsample, above=0, at_most=1)
    check_number("min_samples_split", model.min_samples_split, at_least=2, whole=True)
    check_number("min_samples_leaf", model.min_samples_leaf, at_least=1, whole=True)
    check_number("min_impurity_decrease", model.min_impurity_decrease, at_least=0)
    if model.max_depth is not None:
        check_number("max_depth", model.max_depth, at_least=1, whole=True)
    if model.max_leaf_nodes is not None:
        check_number("max_leaf_nodes", model.max_leaf_nodes, at_least=2, whole=True)
    if model.n_iter_no_change is not None:
        check_number("n_iter_no_change", model.n_iter_no_change, at_least=1, whole=True)
    check_number("tol", model.tol, at_least=0)
    check_validation_fraction(model.validation_fraction)
