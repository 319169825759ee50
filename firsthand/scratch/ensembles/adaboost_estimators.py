"""AdaBoost of any model that can be weighted: ``adaboost`` behind ``fit`` and ``predict``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator, Regressor
from firsthand.scratch.ensembles import adaboost
from firsthand.scratch.ensembles._members import fresh, tags_with, takes_weights
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.linear.logistic_regression import softmax
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor
from firsthand.scratch.validation import (
    check_choice,
    check_fitted,
    check_number,
    check_random_state,
    check_sample_weight,
    check_X,
    check_X_labels,
    check_X_y,
)

__all__ = ["AdaBoostClassifier", "AdaBoostRegressor"]

Array = NDArray[np.float64]


class AdaBoostClassifier(Classifier, Estimator):
    """Fit weak classifiers in turn, each on weights that stress what the last ones got wrong.

    Parameters
    ----------
    estimator : classifier, optional
        What to fit, ours or scikit-learn's, one that takes sample weights; by default
        ``DecisionTreeClassifier(max_depth=1)``.
    n_estimators : int
        How many to fit at most: fitting ends with one that is perfect, or no better than chance.
    learning_rate : float
        How much of its say each gets.
    random_state : int, numpy.random.Generator or None
        Seeds the members.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_classes_ : int
    estimator_ : classifier
        The one that was copied.
    estimators_ : list of classifiers
        Fitted on class numbers, from 0.
    estimator_weights_, estimator_errors_ : ndarray of shape (n_members,)
        What each has to say, and its weighted error.
    feature_importances_ : ndarray of shape (n_features_in_,)
        The mean of the members', weighted by their say, where they have importances.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[1], [2], [3], [4], [5], [6]]
    >>> y = ["out", "out", "in", "in", "out", "out"]  # no single question tells them apart
    >>> model = AdaBoostClassifier(n_estimators=3).fit(X, y)
    >>> model.predict(X).tolist() == y
    True
    """

    allows_nan = True  # a member that does not refuses it itself
    classes_: NDArray[Any]
    n_classes_: int
    estimator_: Any
    estimators_: list[Any]
    estimator_weights_: Array
    estimator_errors_: Array

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 50,
        learning_rate: float = 1.0,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit one member after the other.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            The weights to start with.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used, or if the first member is no better than
            chance; the message says why.
        """
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        self.n_classes_ = len(self.classes_)
        w, rng = _start(self, DecisionTreeClassifier(max_depth=1), len(codes), sample_weight)
        if not takes_weights(self.estimator_):
            raise ParameterError(
                f"{self.estimator_!r} does not support sample weights; AdaBoost needs a model "
                "whose fit takes sample_weight."
            )
        grown = _Grown([], [], [])
        for _ in range(self.n_estimators):
            member = fresh(self.estimator_, rng).fit(matrix, codes, sample_weight=w)
            missed = member.predict(matrix) != codes
            error = adaboost.error_of(missed, w)
            if error <= 0:  # nobody else needs to be asked
                grown.add(member, 1.0, 0.0)
                break
            if error >= 1 - 1 / self.n_classes_:
                break
            amount = adaboost.say(error, self.n_classes_, self.learning_rate)
            grown.add(member, amount, error)
            w = adaboost.reweigh(w, missed, amount)
        if not grown.members:
            raise DataError(
                f"The first {type(self.estimator_).__name__} is no better than chance on this "
                "data, so there is nothing to boost; use a stronger estimator."
            )
        grown.keep_on(self)
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return F of each class, (n_samples, n_classes); of two, twice that of the second."""
        F = self._decision(X)
        return 2 * F[:, 1] if self.n_classes_ == 2 else F

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the softmax of F / (K - 1), (n_samples, n_classes)."""
        F = self._decision(X)
        return softmax(F / (self.n_classes_ - 1))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithms of ``predict_proba(X)``."""
        return np.log(self.predict_proba(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label with the largest F for each sample."""
        most = self._decision(X).argmax(axis=1)
        return self.classes_[most]

    def staged_predict(self, X: ArrayLike) -> Iterator[NDArray[Any]]:
        """Yield the labels that the first member, the first two, ... predict together."""
        predicted, amounts = _told(self, X), self.estimator_weights_
        for n in range(1, len(amounts) + 1):
            F = adaboost.decision(predicted[:n], amounts[:n], self.n_classes_)
            yield self.classes_[F.argmax(axis=1)]

    def __sklearn_tags__(self) -> Any:
        """Describe the model to scikit-learn: missing values are for the member to allow."""
        tags = super().__sklearn_tags__()
        return tags if self.estimator is None else tags_with(tags, [self.estimator])

    @property
    def feature_importances_(self) -> Array:
        """The members' importances, weighted by their say, (n_features_in_,)."""
        return _importances(self)

    def _decision(self, X: ArrayLike) -> Array:
        predicted = _told(self, X)
        return adaboost.decision(predicted, self.estimator_weights_, self.n_classes_)


class AdaBoostRegressor(Regressor, Estimator):
    """Fit regressors in turn, each on samples drawn where the last ones were far off.

    Parameters
    ----------
    estimator : regressor, optional
        What to fit, ours or scikit-learn's; by default ``DecisionTreeRegressor(max_depth=3)``.
    n_estimators : int
        How many to fit at most: fitting ends with one that is perfect, or whose mean loss is at
        least one half.
    learning_rate : float
        How much of its say each gets.
    loss : {"linear", "square", "exponential"}
        How a distance, as a share of the largest, becomes a loss.
    random_state : int, numpy.random.Generator or None
        Draws samples, and seeds the members.

    Attributes
    ----------
    estimator_ : regressor
        The one that was copied.
    estimators_ : list of regressors
    estimator_weights_, estimator_errors_ : ndarray of shape (n_members,)
        What each has to say, and its mean loss.
    feature_importances_ : ndarray of shape (n_features_in_,)
        The mean of the members', weighted by their say, where they have importances.
    n_features_in_ : int

    Examples
    --------
    >>> X = np.arange(100.0)[:, None]
    >>> model = AdaBoostRegressor(random_state=0).fit(X, X[:, 0] ** 2)
    >>> model.score(X, X[:, 0] ** 2) > 0.98
    True
    """

    allows_nan = True  # a member that does not refuses it itself
    estimator_: Any
    estimators_: list[Any]
    estimator_weights_: Array
    estimator_errors_: Array

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 50,
        learning_rate: float = 1.0,
        loss: Literal["linear", "square", "exponential"] = "linear",
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.loss: Literal["linear", "square", "exponential"] = loss
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit one member after the other.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            The weights to start with.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        check_choice("loss", self.loss, ("linear", "square", "exponential"))
        matrix, target = check_X_y(self, X, y)
        w, rng = _start(self, DecisionTreeRegressor(max_depth=3), len(target), sample_weight)
        grown = _Grown([], [], [])
        for _ in range(self.n_estimators):
            rows = rng.choice(len(w), len(w), p=w)
            member = fresh(self.estimator_, rng).fit(matrix[rows], target[rows])
            distance = np.where(w > 0, np.abs(member.predict(matrix) - target), 0.0)
            if not distance.any():
                grown.add(member, 1.0, 0.0)
                break
            loss = adaboost.losses(distance, self.loss)
            error = float(w @ loss)
            if error >= 0.5:
                if not grown.members:  # something has to predict
                    grown.add(member, 1.0, error)
                break
            amount = adaboost.say_by_loss(error, self.learning_rate)
            grown.add(member, amount, error)
            w = adaboost.reweigh_by_loss(w, loss, amount)
        grown.keep_on(self)
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the median of the members' predictions, weighted by their say, (n_samples,)."""
        predicted = _told(self, X)
        return adaboost.weighted_median(predicted, self.estimator_weights_)

    def staged_predict(self, X: ArrayLike) -> Iterator[Array]:
        """Yield what the first member, the first two, ... predict together."""
        predicted, amounts = _told(self, X), self.estimator_weights_
        for n in range(1, len(amounts) + 1):
            yield adaboost.weighted_median(predicted[:n], amounts[:n])

    def __sklearn_tags__(self) -> Any:
        """Describe the model to scikit-learn: missing values are for the member to allow."""
        tags = super().__sklearn_tags__()
        return tags if self.estimator is None else tags_with(tags, [self.estimator])

    @property
    def feature_importances_(self) -> Array:
        """The members' importances, weighted by their say, (n_features_in_,)."""
        return _importances(self)


@dataclass
class _Grown:
    """The members so far, with what each has to say and its error."""

    members: list[Any]
    amounts: list[float]
    errors: list[float]

    def add(self, member: Any, amount: float, error: float) -> None:
        """Take one more member."""
        self.members.append(member)
        self.amounts.append(amount)
        self.errors.append(error)

    def keep_on(self, model: Any) -> None:
        """Set the fitted attributes."""
        model.estimators_ = self.members
        model.estimator_weights_ = np.array(self.amounts)
        model.estimator_errors_ = np.array(self.errors)


def _start(
    model: Any, default: Any, n_samples: int, sample_weight: ArrayLike | None
) -> tuple[Array, np.random.Generator]:
    """Check the parameters, set ``estimator_``, and return weights that sum to 1."""
    check_number("n_estimators", model.n_estimators, at_least=1, whole=True)
    check_number("learning_rate", model.learning_rate, above=0)
    w = check_sample_weight(sample_weight, n_samples)
    model.estimator_ = default if model.estimator is None else model.estimator
    return w / w.sum(), check_random_state(model.random_state)


def _told(model: Any, X: ArrayLike) -> NDArray[Any]:
    """Return what every member predicts, (n_members, n_samples)."""
    matrix = check_X(model, X)
    return np.array([member.predict(matrix) for member in model.estimators_])


def _importances(model: Any) -> Array:
    check_fitted(model)
    each = np.array([member.feature_importances_ for member in model.estimators_])
    return model.estimator_weights_ @ each / model.estimator_weights_.sum()
