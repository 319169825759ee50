"""Scores: how good predictions are, larger is better.

accuracy = mean(y_pred == y_true)
R^2      = 1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2)

Here they take weights and any array-like; R^2 by itself, as one writes it first, is
``linear.linear_regression.r2_score``. A test holds them together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError

__all__ = ["accuracy_score", "r2_score"]


def accuracy_score(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the share of predictions that are right, in [0, 1].

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels of any kind that can be compared.
    sample_weight : array-like of shape (n_samples,), optional
        How much each sample counts; all the same by default.

    Examples
    --------
    >>> accuracy_score(["a", "b", "b", "a"], ["a", "b", "a", "a"])
    0.75
    """
    truth, guess = _pair(y_true, y_pred)
    return float(np.average(truth == guess, weights=_weights(sample_weight)))


def r2_score(y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """Return the share of the variance of ``y_true`` that ``y_pred`` explains, at most 1.

    Predicting the mean scores 0, and worse than that is negative. Where ``y_true`` is
    constant there is no variance to explain: the score is 1 if every prediction is
    exact, else 0.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted values.
    sample_weight : array-like of shape (n_samples,), optional
        How much each sample counts; all the same by default.

    Examples
    --------
    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    truth, guess = _pair(np.asarray(y_true, np.float64), np.asarray(y_pred, np.float64))
    weights = _weights(sample_weight)
    unexplained = np.average((truth - guess) ** 2, weights=weights)
    spread = truth - truth[0]  # of a constant exactly zero; its computed mean may be an ulp off
    variance = np.average((spread - np.average(spread, weights=weights)) ** 2, weights=weights)
    if variance == 0.0:
        return float(unexplained == 0.0)
    return float(1.0 - unexplained / variance)


def _pair(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    truth, guess = np.asarray(y_true).ravel(), np.asarray(y_pred).ravel()
    if truth.shape != guess.shape:
        raise DataError(
            f"y_true has {truth.size} samples, but y_pred has {guess.size}; "
            "pass one prediction for each sample."
        )
    if not truth.size:
        raise DataError("There are no samples to score; pass at least one.")
    return truth, guess


def _weights(sample_weight: ArrayLike | None) -> NDArray[np.float64] | None:
    return None if sample_weight is None else np.asarray(sample_weight, np.float64)
