r"""Voting: different models on the same data, and one answer from all of them.

    hard     y(x) = the class that models of the largest weight together name
    soft     y(x) = argmax_k sum_m a_m p_m(k | x) / sum_m a_m
    numbers  y(x) = sum_m a_m f_m(x) / sum_m a_m

If M classifiers are right with probability p > 1/2 each, independently of each other, the majority
is right more often than any of them, and the more so the larger M is. Soft votes count a model
that is sure more than one that is not.

Condorcet, Essai sur l'application de l'analyse (1785); Kuncheva, Combining Pattern Classifiers
(2004).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["majority", "weighted_average"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def majority(predicted: Indices, n_classes: int, weights: Array | None = None) -> Indices:
    """Return the class with the most votes for each sample; of equals, the first.

    Parameters
    ----------
    predicted : ndarray of shape (n_models, n_samples)
        Classes, from 0 to ``n_classes - 1``.
    n_classes : int
    weights : ndarray of shape (n_models,), optional
        How many votes each model has; one by default.

    Returns
    -------
    ndarray of shape (n_samples,)

    Examples
    --------
    >>> predicted = np.array([[0, 1], [1, 1], [1, 2]])
    >>> majority(predicted, 3), majority(predicted, 3, np.array([3.0, 1.0, 1.0]))
    (array([1, 1]), array([0, 1]))
    """
    n_models, n_samples = predicted.shape
    votes = np.zeros((n_samples, n_classes))
    weights = np.ones(n_models) if weights is None else weights
    for classes, weight in zip(predicted, weights, strict=True):
        votes[np.arange(n_samples), classes] += weight
    return votes.argmax(axis=1)


def weighted_average(predictions: Array, weights: Array | None = None) -> Array:
    """Return the mean over models, each with its weight.

    Parameters
    ----------
    predictions : ndarray of shape (n_models, n_samples, ...)
        Numbers, or probabilities of the classes.
    weights : ndarray of shape (n_models,), optional

    Returns
    -------
    ndarray of shape (n_samples, ...)

    Examples
    --------
    >>> weighted_average(np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([3.0, 1.0]))
    array([1.5, 2. ])
    """
    return np.average(predictions, axis=0, weights=weights)
