"""Gradient boosting over histograms, as estimators: validation and early stopping around the parts.

    bins -> histogram_growing.grow_tree -> boosting.boost -> stages.run_stages

What separates them from the exact ones: features are binned once, splits are those of a Newton
step (``histogram_tree``) instead of those of squared residuals, missing values are
welcome, and trees grow best-first to 31 leaves unless told otherwise.
"""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator
from firsthand.scratch.boosting.bins import MOST_BINS, Bins
from firsthand.scratch.boosting.boosting import boost
from firsthand.scratch.boosting.early_stopping import (
    Holdout,
    check_validation_fraction,
    hold_out,
)
from firsthand.scratch.boosting.histogram_growing import Limits, grow_tree
from firsthand.scratch.boosting.histograms import Columns
from firsthand.scratch.boosting.losses import LogisticLoss, Loss, SoftmaxLoss, regression_loss
from firsthand.scratch.boosting.predicting import BoostedClassifier, BoostedRegressor
from firsthand.scratch.boosting.stages import run_stages
from firsthand.scratch.trees.tree import Tree
from firsthand.scratch.validation import (
    check_choice,
    check_number,
    check_random_state,
    check_sample_weight,
    check_X_labels,
    check_X_y,
)

__all__ = ["HistGradientBoostingClassifier", "HistGradientBoostingRegressor"]

Array = NDArray[np.float64]

MANY = 10_000  # samples above which early_stopping="auto" stops early


class HistGradientBoostingClassifier(BoostedClassifier, Estimator):
    """Boosted trees over binned features that predict probabilities, for two classes or more.

    Parameters
    ----------
    learning_rate : float
        What part of each tree's answer is added.
    max_iter : int
        Most stages; a stage has one tree, or with more than two classes one for each.
    max_leaf_nodes : int, optional
        Most leaves of a tree, which then grows best-first; ``None`` for no limit.
    max_depth : int, optional
        Most questions between the root and a leaf.
    min_samples_leaf : int
        Fewest samples of a leaf.
    l2_regularization : float
        Added to the curvature of every leaf: it pulls small leaves to zero.
    max_features : float
        The share of features, drawn anew, that each node may ask for.
    max_bins : int
        Most bins of a feature, from 2 to 255. scikit-learn's default is 255; here it is 64,
        which costs half the time and, on all data tried, nothing else.
    early_stopping : bool or "auto"
        Whether to hold out samples and stop when they gain no more; "auto" does so
        above 10,000 samples.
    validation_fraction : float
        The share of samples that is held out.
    n_iter_no_change : int
        Stages without gain before stopping.
    tol : float
        The least that counts as a gain.
    random_state : int, numpy.random.Generator or None
        Draws the held-out samples and the features.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_iter_ : int
        Stages taken.
    n_trees_per_iteration_ : int
    do_early_stopping_ : bool
    train_score_, validation_score_ : ndarray of shape (n_iter_ + 1,)
        Minus the mean loss, before the first stage and after each; empty without early stopping.
    feature_importances_ : ndarray of shape (n_features,)
        The share of all gains that is due to each feature.
    boosted_ : BoostedTrees
        The constant and the trees.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0]] * 10
    >>> y = ["no", "no", "yes", "yes"] * 10
    >>> HistGradientBoostingClassifier(max_iter=5).fit(X, y).predict([[0.5], [2.5]]).tolist()
    ['no', 'yes']
    """

    allows_nan = True

    def __init__(
        self,
        *,
        learning_rate: float = 0.1,
        max_iter: int = 100,
        max_leaf_nodes: int | None = 31,
        max_depth: int | None = None,
        min_samples_leaf: int = 20,
        l2_regularization: float = 0.0,
        max_features: float = 1.0,
        max_bins: int = 64,
        early_stopping: bool | Literal["auto"] = "auto",
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-7,
        random_state: Any = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.max_leaf_nodes = max_leaf_nodes
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.max_features = max_features
        self.max_bins = max_bins
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            May hold NaN, a missing value.
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            How much the loss of each sample counts.

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


class HistGradientBoostingRegressor(BoostedRegressor, Estimator):
    """Boosted trees over binned features that predict a number.

    Parameters
    ----------
    loss : {"squared_error", "absolute_error", "quantile"}
    quantile : float, optional
        Which quantile to predict, with that loss; between 0 and 1.
    learning_rate, max_iter, max_leaf_nodes, ..., random_state
        As in :class:`HistGradientBoostingClassifier`, and so are the attributes, but for classes.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0]] * 10
    >>> model = HistGradientBoostingRegressor(learning_rate=1.0, max_iter=2)
    >>> model.fit(X, [0.0, 0.0, 1.0, 1.0] * 10).predict([[0.0], [3.0]]).tolist()
    [0.0, 1.0]
    """

    allows_nan = True

    def __init__(
        self,
        loss: Literal["squared_error", "absolute_error", "quantile"] = "squared_error",
        *,
        quantile: float | None = None,
        learning_rate: float = 0.1,
        max_iter: int = 100,
        max_leaf_nodes: int | None = 31,
        max_depth: int | None = None,
        min_samples_leaf: int = 20,
        l2_regularization: float = 0.0,
        max_features: float = 1.0,
        max_bins: int = 64,
        early_stopping: bool | Literal["auto"] = "auto",
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-7,
        random_state: Any = None,
    ) -> None:
        self.loss = loss
        self.quantile = quantile
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.max_leaf_nodes = max_leaf_nodes
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.max_features = max_features
        self.max_bins = max_bins
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            May hold NaN, a missing value.
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            How much the loss of each sample counts.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        _check(self)
        check_choice("loss", self.loss, ("squared_error", "absolute_error", "quantile"))
        if self.quantile is not None or self.loss == "quantile":
            check_number("quantile", self.quantile, at_least=0, at_most=1)
        loss = regression_loss(self.loss, self.quantile)
        matrix, target = check_X_y(self, X, y)
        _fit(self, matrix, target, sample_weight, loss)
        return self


def _fit(model: Any, X: Array, y: Array, sample_weight: ArrayLike | None, loss: Loss) -> None:
    """Bin, boost, stop, and note it all on the model."""
    weighted = sample_weight is not None
    weight = check_sample_weight(sample_weight, len(y))
    rng = check_random_state(model.random_state)
    held = None
    model.do_early_stopping_ = (
        len(y) > MANY if model.early_stopping == "auto" else model.early_stopping
    )
    if model.do_early_stopping_:
        kept, drawn = hold_out(y, model.validation_fraction, model.kind == "classifier", rng)
        held = Holdout(X[drawn], y[drawn], weight[drawn], model.n_iter_no_change, model.tol)
        X, y, weight = X[kept], y[kept], weight[kept]
    bins = Bins.of(X, model.max_bins, weight if weighted else None)
    columns = Columns(bins.codes(X), bins.sizes)
    n_features = X.shape[1]
    share = max(1, int(np.ceil(model.max_features * n_features)))
    limits = Limits(
        max_depth=model.max_depth or np.inf,
        max_leaf_nodes=model.max_leaf_nodes or np.inf,
        min_samples_leaf=model.min_samples_leaf,
        l2=model.l2_regularization,
        max_features=share if share < n_features else None,
    )
    constant = loss.constant_curvature and not weighted

    def grow(residual: Array, curvature: Array, w: Array) -> tuple[Tree, NDArray[np.intp]]:
        if weighted:
            residual, curvature = residual * w, curvature * w
        return grow_tree(columns, bins, residual, None if constant else curvature, limits, rng)

    initial = loss.initial(y, weight)
    stages = boost(y, loss, grow, model.learning_rate, weight, l2=limits.l2)
    model.boosted_, training, validation = run_stages(
        stages,
        model.max_iter,
        initial,
        loss,
        (lambda stage: loss.mean(y, stage.F, weight)) if held else None,
        held,
    )
    if held is not None:
        training.insert(0, loss.mean(y, np.tile(initial, (len(y), 1)), weight))
    model.train_score_, model.validation_score_ = -np.array(training), -np.array(validation)
    model.n_iter_ = len(model.boosted_.trees)
    model.n_trees_per_iteration_ = loss.n_outputs
    model.feature_importances_ = model.boosted_.importances(n_features)


def _check(model: Any) -> None:
    check_number("learning_rate", model.learning_rate, above=0)
    check_number("max_iter", model.max_iter, at_least=1, whole=True)
    if model.max_leaf_nodes is not None:
        check_number("max_leaf_nodes", model.max_leaf_nodes, at_least=2, whole=True)
    if model.max_depth is not None:
        check_number("max_depth", model.max_depth, at_least=1, whole=True)
    check_number("min_samples_leaf", model.min_samples_leaf, at_least=1, whole=True)
    check_number("l2_regularization", model.l2_regularization, at_least=0)
    check_number("max_features", model.max_features, above=0, at_most=1)
    check_number("max_bins", model.max_bins, at_least=2, at_most=MOST_BINS, whole=True)
    check_number("n_iter_no_change", model.n_iter_no_change, at_least=1, whole=True)
    check_number("tol", model.tol, at_least=0)
    check_validation_fraction(model.validation_fraction)
    if not isinstance(model.early_stopping, bool | np.bool_):
        check_choice("early_stopping", model.early_stopping, (True, False, "auto"))
