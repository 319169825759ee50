"""How boosted models predict: labels and probabilities from the sums F of their trees.

two classes     F is the log-odds of the second     p = sigmoid(F)
K classes       a column of F for each              P = softmax(F)
a number        F itself
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Regressor
from firsthand.scratch.boosting.stages import BoostedTrees
from firsthand.scratch.linear.scores import probabilities, top_labels
from firsthand.scratch.validation import check_X

__all__ = ["BoostedClassifier", "BoostedRegressor"]

Array = NDArray[np.float64]


class BoostedClassifier(Classifier):
    """What a classifier made of boosted trees predicts; stands before ``Estimator``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    boosted_ : BoostedTrees
    """

    boosted_: BoostedTrees

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the log-odds of the second class, (n_samples,), or a score for each class."""
        matrix = _checked(self, X)
        return _scores(self.boosted_.predict(matrix))

    def staged_decision_function(self, X: ArrayLike) -> Iterator[Array]:
        """Yield :meth:`decision_function` after each stage."""
        matrix = _checked(self, X)
        return map(_scores, self.boosted_.staged(matrix))

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of every class, shape (n_samples, n_classes)."""
        return probabilities(self.decision_function(X))

    def staged_predict_proba(self, X: ArrayLike) -> Iterator[Array]:
        """Yield :meth:`predict_proba` after each stage."""
        return map(probabilities, self.staged_decision_function(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable label of every sample, shape (n_samples,)."""
        scores = self.decision_function(X)
        return top_labels(self.classes_, scores)

    def staged_predict(self, X: ArrayLike) -> Iterator[NDArray[Any]]:
        """Yield :meth:`predict` after each stage."""
        scores = self.staged_decision_function(X)
        return (top_labels(self.classes_, each) for each in scores)


class BoostedRegressor(Regressor):
    """What a regressor made of boosted trees predicts; stands before ``Estimator``.

    Attributes
    ----------
    boosted_ : BoostedTrees
    """

    boosted_: BoostedTrees

    def predict(self, X: ArrayLike) -> Array:
        """Return the prediction for every sample, shape (n_samples,)."""
        matrix = _checked(self, X)
        return self.boosted_.predict(matrix)[:, 0]

    def staged_predict(self, X: ArrayLike) -> Iterator[Array]:
        """Yield :meth:`predict` after each stage."""
        matrix = _checked(self, X)
        return (F[:, 0] for F in self.boosted_.staged(matrix))


def _checked(model: Any, X: ArrayLike) -> Array:
    return check_X(model, X)  # a mixin is no Estimator, but what it stands in is one


def _scores(F: Array) -> Array:
    return F[:, 0] if F.shape[1] == 1 else F
