"""Naive Bayes for counts and for occurrences: the functions of ``counting`` behind ``fit``."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.bayes.counting import (
    bernoulli_log_likelihood,
    bernoulli_log_probabilities,
    binarize,
    class_sums,
    multinomial_log_likelihood,
    multinomial_log_probabilities,
)
from firsthand.scratch.bayes.posterior import Posterior, class_log_prior
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.validation import (
    check_batch,
    check_number,
    check_numbers,
    check_sample_weight,
    check_X,
    check_X_labels,
)

Array = NDArray[np.float64]


class MultinomialNB(Posterior, Classifier, Estimator):
    """Naive Bayes for counts, such as of words: in each class they are drawn one by one.

    Parameters
    ----------
    alpha : float or array-like of shape (n_features,), not negative
        How often each feature counts as seen before any data. With 0, a feature that never came
        in a class rules the class out.
    fit_prior : bool
        Whether classes are as likely as they were frequent; else all alike.
    class_prior : array-like of shape (n_classes,), optional
        Probabilities of the classes, instead of either.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    class_count_, class_log_prior_ : ndarray of shape (n_classes,)
        Samples seen of each class, weighted; log-probabilities of the classes.
    feature_count_, feature_log_prob_ : ndarray of shape (n_classes, n_features)
        Sums of each feature over each class; log-probability of each.
    n_features_in_ : int

    Examples
    --------
    >>> X = [[3, 0, 1], [2, 1, 0], [0, 4, 1], [1, 3, 0]]
    >>> model = MultinomialNB().fit(X, ["sport", "sport", "music", "music"])
    >>> model.predict([[1, 0, 0], [0, 1, 0]]).tolist()
    ['sport', 'music']
    """

    class_count_: Array
    class_log_prior_: Array
    feature_count_: Array
    feature_log_prob_: Array

    def __init__(
        self,
        *,
        alpha: float | ArrayLike = 1.0,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
    ) -> None:
        self.alpha = alpha
        self.fit_prior = fit_prior
        self.class_prior = class_prior

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Count.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Counts, or anything not negative, such as tf-idf.
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            A weight of 2 counts as if the sample were there twice.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        return self._learn(*check_X_labels(self, X, y), sample_weight)

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Count on; batches one after the other teach what ``fit`` on all of them does.

        ``classes`` names all labels there will be, at the first call; the rest is as in ``fit``.
        """
        batch = check_batch(self, X, y, classes)
        return self._learn(*batch, sample_weight, before=_counted(self))

    def _events(self, X: Array) -> Array:
        if X.min() < 0:
            raise DataError(
                f"Negative values in data passed to {type(self).__name__}: X holds "
                f"{X.min():g}, but counts are 0 or more."
            )
        return X

    def _learn(
        self,
        X: Array,
        classes: NDArray[Any],
        codes: NDArray[np.intp],
        sample_weight: ArrayLike | None,
        before: tuple[Array, Array] | None = None,
    ) -> Self:
        alpha = _check_alpha(self.alpha, X.shape[1])
        N, n = _count(self._events(X), codes, len(classes), sample_weight, before)
        self.class_log_prior_ = _log_prior(self, n)
        self.feature_log_prob_ = multinomial_log_probabilities(N, alpha)
        self.classes_, self.feature_count_, self.class_count_ = classes, N, n
        return self

    def predict_joint_log_proba(self, X: ArrayLike) -> Array:
        """Return log p(class, x) up to a constant of x, of shape (n_samples, n_classes)."""
        matrix = check_X(self, X)
        return multinomial_log_likelihood(matrix, self.feature_log_prob_) + self.class_log_prior_

    def __sklearn_tags__(self) -> Any:
        """Say that X must not be negative, and that scores on numbers are poor."""
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.classifier_tags.poor_score = True
        return tags


class BernoulliNB(Posterior, Classifier, Estimator):
    """Naive Bayes for what occurs or does not: in each class every feature has its probability.

    Parameters
    ----------
    alpha : float or array-like of shape (n_features,), not negative
        How often each feature counts as seen, and as not seen, before any data.
    binarize : float, optional
        A feature occurs where it is above this; with None, X has to hold zeros and ones.
    fit_prior, class_prior
        As in ``MultinomialNB``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    class_count_, class_log_prior_ : ndarray of shape (n_classes,)
        Samples seen of each class, weighted; log-probabilities of the classes.
    feature_count_, feature_log_prob_ : ndarray of shape (n_classes, n_features)
        In how many samples of each class each feature occurs; log-probability that it does.
    n_features_in_ : int

    Examples
    --------
    >>> model = BernoulliNB().fit([[1, 0], [1, 1], [0, 1], [0, 1]], ["a", "a", "b", "b"])
    >>> model.predict([[1, 1], [0, 1]]).tolist()
    ['a', 'b']
    """

    class_count_: Array
    class_log_prior_: Array
    feature_count_: Array
    feature_log_prob_: Array

    def __init__(
        self,
        *,
        alpha: float | ArrayLike = 1.0,
        binarize: float | None = 0.0,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
    ) -> None:
        self.alpha = alpha
        self.binarize = binarize
        self.fit_prior = fit_prior
        self.class_prior = class_prior

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Count in how many samples of each class each feature occurs; as ``MultinomialNB``."""
        return self._learn(*check_X_labels(self, X, y), sample_weight)

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Count on, batch by batch; as ``MultinomialNB``."""
        batch = check_batch(self, X, y, classes)
        return self._learn(*batch, sample_weight, before=_counted(self))

    def _events(self, X: Array) -> Array:
        if self.binarize is not None:
            check_number("binarize", self.binarize)
            return binarize(X, self.binarize)
        if not np.isin(X, (0.0, 1.0)).all():
            raise DataError(
                "X holds values other than 0 and 1; set binarize to what a feature has to be "
                "above to occur."
            )
        return X

    def _learn(
        self,
        X: Array,
        classes: NDArray[Any],
        codes: NDArray[np.intp],
        sample_weight: ArrayLike | None,
        before: tuple[Array, Array] | None = None,
    ) -> Self:
        alpha = _check_alpha(self.alpha, X.shape[1])
        N, n = _count(self._events(X), codes, len(classes), sample_weight, before)
        self.class_log_prior_ = _log_prior(self, n)
        self.feature_log_prob_ = bernoulli_log_probabilities(N, n, alpha)
        self.classes_, self.feature_count_, self.class_count_ = classes, N, n
        return self

    def predict_joint_log_proba(self, X: ArrayLike) -> Array:
        """Return log p(class, x), of shape (n_samples, n_classes)."""
        occurs = self._events(check_X(self, X))
        return bernoulli_log_likelihood(occurs, self.feature_log_prob_) + self.class_log_prior_

    def __sklearn_tags__(self) -> Any:
        """Say that scores on numbers are poor."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


Counting = MultinomialNB | BernoulliNB


def _counted(model: Counting) -> tuple[Array, Array] | None:
    """Return what the model has counted so far."""
    if not hasattr(model, "feature_count_"):
        return None
    return model.feature_count_, model.class_count_


def _count(
    X: Array,
    codes: NDArray[np.intp],
    n_classes: int,
    sample_weight: ArrayLike | None,
    before: tuple[Array, Array] | None,
) -> tuple[Array, Array]:
    """Return the sums over each class, and its weight, on top of those before."""
    weight = None if sample_weight is None else check_sample_weight(sample_weight, len(X))
    N, n = class_sums(X, codes, n_classes, weight)
    return (N, n) if before is None else (before[0] + N, before[1] + n)


def _log_prior(model: Counting, n: Array) -> Array:
    uniform = np.full(len(n), 1 / len(n))
    priors = uniform if model.class_prior is None and not model.fit_prior else model.class_prior
    return class_log_prior("class_prior", priors, n)


def _check_alpha(alpha: float | ArrayLike, n_features: int) -> Array:
    values = check_numbers("alpha", alpha)
    if values.ndim == 0:
        check_number("alpha", values.item(), at_least=0)
    elif values.shape != (n_features,) or not (values >= 0).all():
        raise ParameterError(
            f"alpha has shape {values.shape} and holds {values.tolist()}; it has to be "
            f"one number, or one for each of the {n_features} features, and not negative."
        )
    return values
