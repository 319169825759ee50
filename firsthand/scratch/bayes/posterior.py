r"""Bayes' rule: from how likely a sample is in each class to how likely each class is.

    log p(class, x) = log p(class) + sum over features of log p(x_j | class)
    log p(class | x) = log p(class, x) - log sum over classes of exp(log p(class, x))

The sum over features is the naive part: within a class, features are taken as independent.

Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), section 6.6.3.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.validation import check_numbers

__all__ = ["Posterior", "class_log_prior", "log_posterior"]

Array = NDArray[np.float64]


def log_posterior(joint: Array) -> Array:
    """Return log p(class | x) from log p(class, x), both of shape (n_samples, n_classes).

    The largest entry of a row is taken out before exp, so that nothing overflows and one term
    of the sum is 1. Where every class is impossible, -inf, nothing is known: all are as likely.

    Examples
    --------
    >>> np.exp(log_posterior(np.array([[-1000.0, -1000.0 + np.log(3.0)]]))).round(12)
    array([[0.25, 0.75]])
    """
    most = joint.max(axis=1, keepdims=True)
    shifted = np.where(np.isneginf(most), 0.0, joint) - np.where(np.isneginf(most), 0.0, most)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def class_log_prior(name: str, priors: ArrayLike | None, count: Array) -> Array:
    """Return log p(class): of the priors that are given, else of the shares of ``count``.

    A class that never came is -inf.

    Parameters
    ----------
    name : str
        What the parameter is called, for messages.
    priors : array-like of shape (n_classes,), optional
    count : ndarray of shape (n_classes,)

    Raises
    ------
    ParameterError
        If the priors are not one for each class, negative, or do not add to 1.
    """
    prior = count / count.sum() if priors is None else check_numbers(name, priors)
    if prior.shape != count.shape:
        raise ParameterError(
            f"{name} has shape {prior.shape}, but there are {len(count)} classes; "
            "give one probability for each."
        )
    if not (prior >= 0).all() or not np.isclose(prior.sum(), 1.0):
        raise ParameterError(
            f"{name} is {prior.tolist()}; it has to hold probabilities that add to 1."
        )
    with np.errstate(divide="ignore"):
        return np.log(prior)


class _Joint(Protocol):
    classes_: NDArray[Any]

    def predict_joint_log_proba(self, X: ArrayLike) -> Array: ...

    def predict_log_proba(self, X: ArrayLike) -> Array: ...


class Posterior:
    """What a model that knows log p(class, x) predicts; stands before ``Classifier``.

    The model has ``predict_joint_log_proba``, of shape (n_samples, n_classes).
    """

    def predict_log_proba(self: _Joint, X: ArrayLike) -> Array:
        """Return the log-probability of every class, shape (n_samples, n_classes)."""
        return log_posterior(self.predict_joint_log_proba(X))

    def predict_proba(self: _Joint, X: ArrayLike) -> Array:
        """Return the probability of every class, shape (n_samples, n_classes)."""
        return np.exp(self.predict_log_proba(X))

    def predict(self: _Joint, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable label of every sample, shape (n_samples,)."""
        joint = self.predict_joint_log_proba(X)
        return self.classes_[joint.argmax(axis=1)]
