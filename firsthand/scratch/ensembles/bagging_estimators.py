"""Bagging of any model: ``bagging`` behind ``fit`` and ``predict``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator, Regressor
from firsthand.scratch.ensembles._jobs import draw_seeds, number_drawn, seen_by_all
from firsthand.scratch.ensembles._members import (
    SameAlways,
    fresh,
    shares_of,
    tags_with,
    takes_weights,
)
from firsthand.scratch.ensembles.bagging import (
    average,
    average_out_of_bag,
    bootstrap,
    out_of_bag,
)
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.metrics import accuracy_score, r2_score
from firsthand.scratch.threads import in_threads
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor
from firsthand.scratch.validation import (
    check_number,
    check_sample_weight,
    check_X,
    check_X_labels,
    check_X_y,
)

__all__ = ["BaggingClassifier", "BaggingRegressor"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Beside = Estimator if TYPE_CHECKING else object  # it stands beside Estimator, not below it


class _Bagged(Beside):
    """Draws, members and parameters that a bagged classifier and regressor share."""

    allows_nan = True  # a member that does not refuses it itself

    def __init__(
        self,
        estimator: Any = None,
        n_estimators: int = 10,
        *,
        max_samples: int | float = 1.0,
        max_features: int | float = 1.0,
        bootstrap: bool = True,
        bootstrap_features: bool = False,
        oob_score: bool = False,
        n_jobs: int | None = None,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.bootstrap_features = bootstrap_features
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        """Describe the model to scikit-learn: missing values are for the member to allow."""
        tags = super().__sklearn_tags__()
        return tags if self.estimator is None else tags_with(tags, [self.estimator])

    estimator_: Any
    estimators_: list[Any]
    estimators_features_: list[Indices]
    estimators_samples_: list[Indices]
    oob_score_: float

    def _fit_members(
        self, X: Array, y: NDArray[Any], default: Any, sample_weight: ArrayLike | None
    ) -> None:
        """Draw samples and features for each member, and fit it on these."""
        check_number("n_estimators", self.n_estimators, at_least=1, whole=True)
        if self.oob_score and not self.bootstrap:
            raise ParameterError(
                "oob_score is set, but bootstrap is not; set bootstrap=True, so that samples "
                "stay out of the bag."
            )
        self.estimator_ = default if self.estimator is None else self.estimator
        chances = None
        if sample_weight is not None:
            weight = check_sample_weight(sample_weight, len(y))
            chances = weight / weight.sum()
        n_samples = number_drawn("max_samples", self.max_samples, len(y))
        n_features = number_drawn("max_features", self.max_features, X.shape[1])
        self._check_enough(n_samples, n_features, X, chances)

        def member(seed: int) -> tuple[Any, Indices, Indices]:
            rng = np.random.default_rng(seed)
            features = _draw(X.shape[1], n_features, rng, self.bootstrap_features, None)
            rows = _draw(len(X), n_samples, rng, self.bootstrap, chances)
            return _fitted(fresh(self.estimator_, rng), X, y, rows, features), features, rows

        seeds = draw_seeds(self.random_state, self.n_estimators)
        members, features, rows = zip(*in_threads(member, seeds, self.n_jobs), strict=True)
        self.estimators_, self.estimators_features_ = list(members), list(features)
        self.estimators_samples_ = list(rows)
        vars(self).pop("oob_score_", None)  # of an earlier fit

    def _check_enough(self, n_samples: int, n_features: int, X: Array, chances: Any) -> None:
        """Refuse to draw more than there is where nothing is drawn twice."""
        available = len(X) if chances is None else int(np.count_nonzero(chances))
        if not self.bootstrap and n_samples > available:
            raise ParameterError(
                f"max_samples asks for {n_samples} of {available} samples that have a weight; "
                "without bootstrap none is drawn twice."
            )
        if n_features > X.shape[1] and not self.bootstrap_features:
            raise ParameterError(
                f"max_features asks for {n_features} of {X.shape[1]} features; "
                "without bootstrap_features none is drawn twice."
            )

    def _predictions(self, X: Array, predict: Callable[[Any, Array], Array]) -> list[Array]:
        """Return what each member predicts from its features."""
        pairs = zip(self.estimators_, self.estimators_features_, strict=True)
        return in_threads(lambda pair: predict(pair[0], X[:, pair[1]]), pairs, self.n_jobs)

    def _out_of_bag(self, X: Array, predict: Callable[[Any, Array], Array]) -> Array:
        """Return the mean of what members predict for samples that they have not seen."""

        def votes() -> Iterator[tuple[NDArray[np.bool_], Array]]:
            for member, features, rows in zip(
                self.estimators_, self.estimators_features_, self.estimators_samples_, strict=True
            ):
                outside = out_of_bag(rows, len(X))
                if outside.any():
                    yield outside, predict(member, X[outside][:, features])

        return average_out_of_bag(votes())


class BaggingClassifier(Classifier, _Bagged, Estimator):
    """Average the class probabilities of classifiers, each fitted on a bootstrap sample.

    Parameters
    ----------
    estimator : classifier, optional
        What to fit, ours or scikit-learn's; by default ``DecisionTreeClassifier()``. One
        that predicts no probabilities votes.
    n_estimators : int
        How many to fit.
    max_samples, max_features : int or float
        How many samples and features are drawn for each, or the share of them.
    bootstrap, bootstrap_features : bool
        Whether they are drawn with replacement.
    oob_score : bool
        Whether to predict each sample by the members that have not seen it.
    n_jobs : int, optional
        How many threads to use; the result is the same. All processors for -1.
    random_state : int, numpy.random.Generator or None
        Draws samples and features, and seeds the members.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_classes_ : int
    estimator_ : classifier
        The one that was copied.
    estimators_ : list of classifiers
        Fitted on class numbers, from 0.
    estimators_samples_, estimators_features_ : list of ndarray
        The samples and the features drawn for each.
    oob_score_ : float
        The accuracy of the predictions out of the bag.
    oob_decision_function_ : ndarray of shape (n_samples, n_classes)
        The mean probabilities out of the bag; NaN for a sample that every member has seen.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]] * 10
    >>> y = ["off", "on", "on", "off"] * 10  # XOR
    >>> model = BaggingClassifier(random_state=0).fit(X, y)
    >>> model.predict([[1, 0], [1, 1]]).tolist()
    ['on', 'off']
    """

    classes_: NDArray[Any]
    n_classes_: int
    oob_decision_function_: Array

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit each member on samples of its own.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            Samples are drawn with probabilities in proportion.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        UserWarning
            If ``oob_score`` is set, and every member has seen some sample.
        """
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        self.n_classes_ = len(self.classes_)
        self._fit_members(matrix, codes, DecisionTreeClassifier(), sample_weight)
        if self.oob_score:
            shares = self.oob_decision_function_ = self._out_of_bag(matrix, self._shares)
            seen = seen_by_all(shares)
            self.oob_score_ = accuracy_score(codes[~seen], shares[~seen].argmax(axis=1))
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the mean probability of every class, (n_samples, n_classes)."""
        matrix = check_X(self, X)
        return average(self._predictions(matrix, self._shares))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithms of ``predict_proba(X)``; of a class that is absent, -inf."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label that is most probable for each sample; of equals, the first."""
        most = self.predict_proba(X).argmax(axis=1)
        return self.classes_[most]

    def _shares(self, member: Any, X: Array) -> Array:
        return shares_of(member, X, self.n_classes_)


class BaggingRegressor(Regressor, _Bagged, Estimator):
    """Average regressors, each fitted on a bootstrap sample.

    Parameters
    ----------
    estimator : regressor, optional
        What to fit, ours or scikit-learn's; by default ``DecisionTreeRegressor()``.
    n_estimators : int
        How many to fit.
    max_samples, max_features : int or float
        How many samples and features are drawn for each, or the share of them.
    bootstrap, bootstrap_features : bool
        Whether they are drawn with replacement.
    oob_score : bool
        Whether to predict each sample by the members that have not seen it.
    n_jobs : int, optional
        How many threads to use; the result is the same. All processors for -1.
    random_state : int, numpy.random.Generator or None
        Draws samples and features, and seeds the members.

    Attributes
    ----------
    estimator_ : regressor
        The one that was copied.
    estimators_ : list of regressors
    estimators_samples_, estimators_features_ : list of ndarray
        The samples and the features drawn for each.
    oob_score_ : float
        R^2 of the predictions out of the bag.
    oob_prediction_ : ndarray of shape (n_samples,)
        The mean prediction out of the bag; NaN for a sample that every member has seen.
    n_features_in_ : int

    Examples
    --------
    >>> X = np.arange(100.0)[:, None]
    >>> model = BaggingRegressor(random_state=0).fit(X, X[:, 0] ** 2)
    >>> model.predict([[50.0]]).round(-2)
    array([2500.])
    """

    oob_prediction_: Array

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit each member on samples of its own.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            Samples are drawn with probabilities in proportion.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        UserWarning
            If ``oob_score`` is set, and every member has seen some sample.
        """
        matrix, target = check_X_y(self, X, y)
        self._fit_members(matrix, target, DecisionTreeRegressor(), sample_weight)
        if self.oob_score:
            means = self.oob_prediction_ = self._out_of_bag(matrix, _predict)
            seen = seen_by_all(means)
            self.oob_score_ = r2_score(target[~seen], means[~seen])
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the mean of the members' predictions, (n_samples,)."""
        matrix = check_X(self, X)
        return average(self._predictions(matrix, _predict))


def _predict(member: Any, X: Array) -> Array:
    return member.predict(X)


def _draw(
    n: int, n_drawn: int, rng: np.random.Generator, replace: bool, chances: Array | None
) -> Indices:
    """Return ``n_drawn`` of ``n``; all in their order where none can be left out."""
    if not replace and n_drawn == n:
        return np.arange(n)
    if replace and chances is None:
        return bootstrap(n, rng, n_drawn)
    return rng.choice(n, n_drawn, replace=replace, p=chances)


def _fitted(model: Any, X: Array, y: NDArray[Any], rows: Indices, features: Indices) -> Any:
    """Return the model fitted on rows and features, a row drawn twice counting twice.

    A model that takes weights is told how often each row was drawn: nothing is copied.
    """
    if not np.array_equal(features, np.arange(X.shape[1])):
        X = X[:, features]
    if takes_weights(model):
        return model.fit(X, y, sample_weight=np.bincount(rows, minlength=len(X)).astype(float))
    if y.dtype.kind == "i" and np.all(y[rows] == y[rows[0]]):
        return SameAlways(int(y[rows[0]]))
    return model.fit(X[rows], y[rows])
