"""What forests of classifiers and of regressors do alike: draw, grow, look out of the bag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator
from firsthand.scratch.ensembles._criteria import ClassEntropy, ClassGini, Criterion, SquaredError
from firsthand.scratch.ensembles._jobs import (
    draw_seeds,
    number_drawn,
    seen_by_all,
)
from firsthand.scratch.ensembles.bagging import average_out_of_bag, bootstrap, out_of_bag
from firsthand.scratch.ensembles.forest import Forest
from firsthand.scratch.ensembles.growing import Growth, Least, grow_trees
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.metrics import accuracy_score, r2_score
from firsthand.scratch.threads import number_of_threads
from firsthand.scratch.trees.parameters import MaxFeatures, number_of_features, number_of_samples
from firsthand.scratch.trees.tree import Tree
from firsthand.scratch.validation import (
    check_choice,
    check_class_weight,
    check_fitted,
    check_number,
    check_sample_weight,
    check_X,
    check_X_labels,
    check_X_y,
)

__all__ = ["ForestOfClassifiers", "ForestOfRegressors"]

Array = NDArray[np.float64]
Beside = Estimator if TYPE_CHECKING else object  # they stand beside Estimator, not below it


class _ForestModel(Beside):
    """Parameters and attributes of every forest, and what does not depend on the target."""

    random_thresholds = False  # extra trees draw thresholds, too
    n_estimators: int
    max_depth: int | None
    min_samples_split: int | float
    min_samples_leaf: int | float
    min_weight_fraction_leaf: float
    max_features: MaxFeatures
    bootstrap: bool
    max_samples: int | float | None
    oob_score: bool
    n_jobs: int | None
    random_state: Any
    forest_: Forest
    oob_score_: float

    def apply(self, X: ArrayLike) -> NDArray[np.intp]:
        """Return the leaf of every sample in every tree, (n_samples, n_estimators)."""
        matrix = check_X(self, X)
        return self.forest_.apply(matrix)

    @property
    def trees_(self) -> list[Tree]:
        """The trees, as views of ``forest_``."""
        check_fitted(self)
        return list(self.forest_.trees())

    @property
    def feature_importances_(self) -> Array:
        """The mean of the trees' impurity importances, (n_features_in_,); they sum to 1."""
        check_fitted(self)
        return self.forest_.feature_importances()

    def _grow(self, X: Array, criterion: Criterion, weight: Array) -> Array | None:
        """Grow ``forest_``; return the means out of the bag, (n_samples, n_values), if wanted."""
        growth = self._growth(X, float(weight.sum()))
        n_drawn = self._number_drawn(int(np.count_nonzero(weight)))
        seeds = draw_seeds(self.random_state, self.n_estimators)
        counting = np.flatnonzero(weight)  # a sample of weight 0 is never drawn

        def drawn(rng: np.random.Generator) -> NDArray[np.intp]:
            return counting[bootstrap(len(counting), rng, n_drawn)]

        def weights(rng: np.random.Generator) -> Array:
            return np.bincount(drawn(rng), minlength=len(X)) * weight if self.bootstrap else weight

        rngs = [np.random.default_rng(seed) for seed in seeds]
        n_threads = number_of_threads(self.n_jobs)
        self.forest_ = grow_trees(X, criterion, weights, growth, rngs, n_threads)
        vars(self).pop("oob_score_", None)  # of an earlier fit
        if not self.oob_score:
            return None

        def votes() -> Iterator[tuple[NDArray[np.bool_], Array]]:
            for seed, tree in zip(seeds, self.forest_.trees(), strict=True):
                outside = out_of_bag(drawn(np.random.default_rng(seed)), len(X))  # drawn again
                yield outside, tree.predict(X[outside])

        return average_out_of_bag(votes())

    def _growth(self, X: Array, total_weight: float) -> Growth:
        """Return the parameters as numbers of samples and of features."""
        check_number("n_estimators", self.n_estimators, at_least=1, whole=True)
        if self.max_depth is not None:
            check_number("max_depth", self.max_depth, at_least=1, whole=True)
        share = self.min_weight_fraction_leaf
        check_number("min_weight_fraction_leaf", share, at_least=0, at_most=0.5)
        n_samples, n_features = X.shape
        split = number_of_samples("min_samples_split", self.min_samples_split, 2, n_samples)
        leaf = number_of_samples("min_samples_leaf", self.min_samples_leaf, 1, n_samples)
        return Growth(
            n_drawn=number_of_features(self.max_features, n_features) or n_features,
            max_depth=np.inf if self.max_depth is None else self.max_depth,
            min_samples_split=max(2, split),
            least=Least(leaf, share * total_weight),
            random_thresholds=self.random_thresholds,
        )

    def _number_drawn(self, n_samples: int) -> int:
        """Return how many samples are drawn for a tree."""
        if not self.bootstrap and self.oob_score:
            raise ParameterError(
                "oob_score is set, but bootstrap is not: no sample is out of a bag that holds all. "
                "Set bootstrap=True."
            )
        if not self.bootstrap and self.max_samples is not None:
            raise ParameterError(
                f"max_samples is {self.max_samples!r}, but without bootstrap nothing is drawn; "
                "set bootstrap=True, or leave max_samples at None."
            )
        return number_drawn("max_samples", self.max_samples, n_samples)


class ForestOfClassifiers(_ForestModel):
    """A forest that predicts class shares; stands before ``Estimator`` among the bases."""

    criterion: Literal["gini", "entropy", "log_loss"]
    class_weight: dict[Any, float] | Literal["balanced"] | None
    classes_: NDArray[Any]
    n_classes_: int
    oob_decision_function_: Array

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            How much a sample counts where it is drawn; with weight 0 it never is.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        UserWarning
            If ``oob_score`` is set, and every tree has seen some sample.
        """
        check_choice("criterion", self.criterion, ("gini", "entropy", "log_loss"))
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        self.n_classes_ = len(self.classes_)
        weight = check_sample_weight(sample_weight, len(codes))
        by_class = check_class_weight(self.class_weight, self.classes_, codes)
        weight = weight if by_class is None else weight * by_class
        kind = ClassGini if self.criterion == "gini" else ClassEntropy
        shares = self._grow(matrix, kind(codes, self.n_classes_), weight)
        if shares is not None:
            self.oob_decision_function_ = shares
            seen = seen_by_all(shares)
            self.oob_score_ = accuracy_score(codes[~seen], shares[~seen].argmax(axis=1))
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the mean over trees of the class shares of leaves, (n_samples, n_classes)."""
        matrix = check_X(self, X)
        return self.forest_.predict(matrix, number_of_threads(self.n_jobs))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithms of ``predict_proba(X)``; of a class that is absent, -inf."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label with the largest share for each sample; of equals, the first."""
        most = self.predict_proba(X).argmax(axis=1)
        return self.classes_[most]


class ForestOfRegressors(_ForestModel):
    """A forest that predicts numbers; stands before ``Estimator`` among the bases."""

    criterion: Literal["squared_error"]
    oob_prediction_: Array

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            How much a sample counts where it is drawn; with weight 0 it never is.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        UserWarning
            If ``oob_score`` is set, and every tree has seen some sample.
        """
        check_choice("criterion", self.criterion, ("squared_error",))
        matrix, target = check_X_y(self, X, y)
        weight = check_sample_weight(sample_weight, len(target))
        means = self._grow(matrix, SquaredError(target), weight)
        if means is not None:
            self.oob_prediction_ = means[:, 0]
            seen = seen_by_all(means)
            self.oob_score_ = r2_score(target[~seen], means[~seen, 0])
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the mean over trees of the leaves' means, (n_samples,)."""
        matrix = check_X(self, X)
        return self.forest_.predict(matrix, number_of_threads(self.n_jobs))[:, 0]
