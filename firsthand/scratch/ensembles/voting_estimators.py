"""Voting as estimators: ``voting`` behind ``fit`` and ``predict``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.availability import available_if
from firsthand.scratch.base import Classifier, Estimator, Regressor, clone
from firsthand.scratch.compose.parts import Named, check_names, is_dropped, within
from firsthand.scratch.ensembles._members import tags_with, takes_weights
from firsthand.scratch.ensembles.voting import majority, weighted_average
from firsthand.scratch.errors import DataTypeError, ParameterError
from firsthand.scratch.threads import in_threads
from firsthand.scratch.validation import (
    check_choice,
    check_numbers,
    check_sample_weight,
    check_X,
    check_X_labels,
    check_X_y,
)

__all__ = ["VotingClassifier", "VotingRegressor"]

Array = NDArray[np.float64]
Beside = Estimator if TYPE_CHECKING else object  # it stands beside Estimator, not below it


class _Voting(Beside):
    """The members, which vote by their names."""

    parts: ClassVar[str | None] = "estimators"
    allows_nan = True  # a member that does not refuses it itself
    estimators: Any
    weights: ArrayLike | None
    n_jobs: int | None
    estimators_: list[Any]
    named_estimators_: Named

    def __sklearn_tags__(self) -> Any:
        """Describe the model to scikit-learn: missing values are for the members to allow."""
        members = [model for _, model in self.estimators if not is_dropped(model)]
        return tags_with(super().__sklearn_tags__(), members)

    def _fit_members(self, X: Array, y: NDArray[Any], sample_weight: ArrayLike | None) -> None:
        """Fit a copy of each member that is not "drop"."""
        check_names(self, self.estimators, 2)
        members = [(name, model) for name, model in self.estimators if not is_dropped(model)]
        if not members:
            raise ParameterError("All estimators are dropped; at least one has to be an estimator.")
        if self.weights is not None and np.shape(self.weights) != (len(self.estimators),):
            raise ParameterError(
                f"weights has shape {np.shape(self.weights)}, but there are "
                f"{len(self.estimators)} estimators; pass one weight for each."
            )
        how: dict[str, Any] = {}
        if sample_weight is not None:
            how["sample_weight"] = check_sample_weight(sample_weight, len(y))

        def fitted(member: tuple[str, Any]) -> Any:
            name, model = member
            if how and not takes_weights(model):
                raise DataTypeError(f"Estimator {name!r} does not support sample weights.")
            with within(f"estimator {name!r}"):
                return clone(model).fit(X, y, **how)

        self.estimators_ = in_threads(fitted, members, self.n_jobs)
        names = [name for name, _ in members]
        self.named_estimators_ = Named(zip(names, self.estimators_, strict=True))

    def _predictions(self, X: ArrayLike) -> NDArray[Any]:
        """Return what every member predicts, (n_members, n_samples)."""
        matrix = check_X(self, X)
        return np.array(in_threads(lambda m: m.predict(matrix), self.estimators_, self.n_jobs))

    def _weights(self) -> Array | None:
        """Return the weights of the members that are not dropped."""
        if self.weights is None:
            return None
        pairs = zip(check_numbers("weights", self.weights), self.estimators, strict=True)
        return np.array([weight for weight, (_, model) in pairs if not is_dropped(model)])


class VotingClassifier(Classifier, _Voting, Estimator):
    """Let different classifiers vote.

    Parameters
    ----------
    estimators : list of (name, classifier)
        Ours or scikit-learn's; "drop" in the place of one leaves it out.
    voting : {"hard", "soft"}
        Whether they name a class each, or their probabilities are averaged.
    weights : array-like of shape (n_estimators,), optional
        How much each counts; all the same by default.
    n_jobs : int, optional
        How many threads to use; the result is the same. All processors for -1.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    estimators_ : list of classifiers
        Fitted on class numbers, from 0.
    named_estimators_ : dict
        The same by name, also as attributes.
    n_features_in_ : int

    Examples
    --------
    >>> from firsthand.scratch.linear import LogisticRegression
    >>> from firsthand.scratch.trees import DecisionTreeClassifier
    >>> members = [("line", LogisticRegression()), ("tree", DecisionTreeClassifier())]
    >>> model = VotingClassifier(members, voting="soft")
    >>> model = model.fit([[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"])
    >>> model.predict([[0.5], [2.5]]).tolist()
    ['no', 'yes']
    """

    classes_: NDArray[Any]

    def __init__(
        self,
        estimators: Any,
        *,
        voting: Literal["hard", "soft"] = "hard",
        weights: ArrayLike | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.voting = voting
        self.weights = weights
        self.n_jobs = n_jobs

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit each member.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            Handed to every member.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        check_choice("voting", self.voting, ("hard", "soft"))
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        self._fit_members(matrix, codes, sample_weight)
        return self

    @available_if(lambda vote: vote.voting == "soft", "voting is 'hard'; use 'soft'.")
    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the mean probability of every class, (n_samples, n_classes); soft votes only."""
        return self._shares(X)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label that wins the vote for each sample; of equals, the first."""
        if self.voting == "soft":
            winner = self._shares(X).argmax(axis=1)
        else:
            predicted = self._predictions(X)
            winner = majority(predicted, len(self.classes_), self._weights())
        return self.classes_[winner]

    def _shares(self, X: ArrayLike) -> Array:
        matrix = check_X(self, X)
        shares = in_threads(lambda m: m.predict_proba(matrix), self.estimators_, self.n_jobs)
        return weighted_average(np.array(shares), self._weights())


class VotingRegressor(Regressor, _Voting, Estimator):
    """Average different regressors.

    Parameters
    ----------
    estimators : list of (name, regressor)
        Ours or scikit-learn's; "drop" in the place of one leaves it out.
    weights : array-like of shape (n_estimators,), optional
        How much each counts; all the same by default.
    n_jobs : int, optional
        How many threads to use; the result is the same. All processors for -1.

    Attributes
    ----------
    estimators_ : list of regressors
    named_estimators_ : dict
        The same by name, also as attributes.
    n_features_in_ : int

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> from firsthand.scratch.trees import DecisionTreeRegressor
    >>> members = [("line", LinearRegression()), ("tree", DecisionTreeRegressor())]
    >>> X = np.arange(4.0)[:, None]
    >>> VotingRegressor(members).fit(X, 2 * X[:, 0]).predict([[1.0]]).round(9)
    array([2.])
    """

    def __init__(
        self,
        estimators: Any,
        *,
        weights: ArrayLike | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.weights = weights
        self.n_jobs = n_jobs

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit each member.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            Handed to every member.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        matrix, target = check_X_y(self, X, y)
        self._fit_members(matrix, target, sample_weight)
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the weighted mean of the members' predictions, (n_samples,)."""
        return weighted_average(self._predictions(X), self._weights())
