"""Gaussian naive Bayes as a model: the functions of ``gaussian`` behind ``fit``."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.bayes.gaussian import (
    Moments,
    class_moments,
    gaussian_log_likelihood,
    merge_moments,
)
from firsthand.scratch.bayes.posterior import Posterior, class_log_prior
from firsthand.scratch.validation import (
    check_batch,
    check_number,
    check_sample_weight,
    check_X,
    check_X_labels,
)

Array = NDArray[np.float64]


class GaussianNB(Posterior, Classifier, Estimator):
    """Naive Bayes for numbers: in each class every feature has a normal distribution.

    Parameters
    ----------
    priors : array-like of shape (n_classes,), optional
        Probabilities of the classes; by default their shares of the samples.
    var_smoothing : float, not negative
        This part of the largest variance of a feature is added to all variances.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    class_count_, class_prior_ : ndarray of shape (n_classes,)
        Samples seen of each class, weighted; probabilities of the classes.
    theta_, var_ : ndarray of shape (n_classes, n_features)
        Mean and variance of each feature in each class, the smoothing included.
    epsilon_ : float
        What was added to the variances.
    n_features_in_ : int

    Examples
    --------
    >>> model = GaussianNB().fit([[1.0], [2.0], [8.0], [9.0]], ["low", "low", "high", "high"])
    >>> model.predict([[3.0], [7.0]]).tolist()
    ['low', 'high']
    """

    def __init__(self, *, priors: ArrayLike | None = None, var_smoothing: float = 1e-9) -> None:
        self.priors = priors
        self.var_smoothing = var_smoothing

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Take the mean and the variance of every feature in every class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            A weight of 2 counts as if the sample were there twice; ``epsilon_`` is not weighted.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        matrix, classes, codes = check_X_labels(self, X, y)
        return self._learn(matrix, classes, codes, sample_weight, None)

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Add a batch; batches one after the other teach what ``fit`` on all of them does.

        ``classes`` names all labels there will be, at the first call; the rest is as in ``fit``.
        """
        before = getattr(self, "_moments", None)
        matrix, every, codes = check_batch(self, X, y, classes)
        return self._learn(matrix, every, codes, sample_weight, before)

    def _learn(
        self,
        X: Array,
        classes: NDArray[np.generic],
        codes: NDArray[np.intp],
        sample_weight: ArrayLike | None,
        before: tuple[Moments, Moments] | None,
    ) -> Self:
        """Add samples to those that ``before`` describes, class by class and all in one."""
        check_number("var_smoothing", self.var_smoothing, at_least=0)
        n_classes = len(classes)
        if sample_weight is None:
            moments = class_moments(X, codes, n_classes)
            everything = _together(moments)
        else:
            weight = check_sample_weight(sample_weight, len(X))
            moments = class_moments(X, codes, n_classes, weight)
            everything = class_moments(X, np.zeros_like(codes), 1)
        if before is not None:
            moments = merge_moments(before[0], moments)
            everything = merge_moments(before[1], everything)
        log_prior = class_log_prior("priors", self.priors, moments.weight)
        self.classes_, self._moments = classes, (moments, everything)
        total, _, squares = everything
        self.epsilon_ = float(self.var_smoothing * (squares / total[0]).max())
        count = np.where(moments.weight > 0, moments.weight, 1.0)[:, None]
        self.theta_ = moments.mean
        self.var_ = moments.squares / count + self.epsilon_
        self.class_count_ = moments.weight
        self.class_prior_ = np.exp(log_prior)
        return self

    def predict_joint_log_proba(self, X: ArrayLike) -> Array:
        """Return log p(class, x), of shape (n_samples, n_classes)."""
        matrix = check_X(self, X)
        likelihood = gaussian_log_likelihood(matrix, self.theta_, self.var_)
        return likelihood + class_log_prior("class_prior_", self.class_prior_, self.class_count_)


def _together(moments: Moments) -> Moments:
    """Return the moments of all classes as if they were one."""
    merged = Moments(*(part[:1] for part in moments))
    for k in range(1, len(moments.weight)):
        merged = merge_moments(merged, Moments(*(part[k : k + 1] for part in moments)))
    return merged
