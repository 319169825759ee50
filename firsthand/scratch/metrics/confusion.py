r"""The confusion matrix, and the scores that can be read off it.

    C[i, j]           = how many samples of class i were predicted as class j
    accuracy          = trace(C) / sum(C)
    balanced accuracy = mean over classes of C[i, i] / sum_j C[i, j]
    kappa             = (accuracy - chance) / (1 - chance),   chance = sum_k t_k p_k / n^2
    MCC               = (n trace(C) - t . p) / sqrt((n^2 - t . t) (n^2 - p . p))

t are the row sums (how often each class is true), p the column sums (how often each is
predicted), n = sum(C). Of two classes the second is the positive one, and C is
[[true negatives, false positives], [false negatives, true positives]].

Cohen, A Coefficient of Agreement for Nominal Scales (1960); Gorodkin, Comparing Two
K-Category Assignments by a K-Category Correlation Coefficient (2004).
"""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.metrics._inputs import (
    label_pair,
    positions,
    present,
    undefined,
    weights_of,
)

__all__ = [
    "accuracy_score",
    "balanced_accuracy_score",
    "cohen_kappa_score",
    "confusion_matrix",
    "matthews_corrcoef",
]


def confusion_matrix(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    normalize: Literal["true", "pred", "all"] | None = None,
) -> NDArray[Any]:
    """Return how often each class (row) was predicted as each class (column).

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels: whole numbers or text.
    labels : array-like of shape (n_classes,), optional
        The classes, in the order of rows and columns; samples of any other are left out. By
        default all that occur, sorted.
    sample_weight : array-like of shape (n_samples,), optional
        How much each sample counts.
    normalize : {"true", "pred", "all"}, optional
        Whether each row, each column, or the whole adds up to 1.

    Returns
    -------
    ndarray of shape (n_classes, n_classes)
        Whole numbers, unless weights are fractions or it is normalised.

    Examples
    --------
    >>> confusion_matrix(["cat", "dog", "dog", "cat"], ["cat", "dog", "cat", "cat"])
    array([[2, 0],
           [1, 1]])
    """
    if normalize not in ("true", "pred", "all", None):
        raise ParameterError(
            f"normalize is {normalize!r}; it has to be 'true', 'pred', 'all' or None."
        )
    truth, guess = label_pair(y_true, y_pred)
    weights = weights_of(sample_weight, len(truth))
    classes = present(truth, guess) if labels is None else np.asarray(labels)
    if not classes.size:
        raise DataError("labels is empty; name at least one class.")
    rows, columns = positions(classes, truth), positions(classes, guess)
    if labels is not None:
        if rows.max() < 0:
            raise DataError(f"None of the labels {classes.tolist()} occurs in y_true.")
        known = np.flatnonzero((rows >= 0) & (columns >= 0))
        rows, columns = rows[known], columns[known]
        weights = None if weights is None else weights[known]

    k = len(classes)
    C = np.bincount(k * rows + columns, weights, minlength=k * k).reshape(k, k)  # cell = (row, col)
    if sample_weight is not None and np.asarray(sample_weight).dtype.kind in "iub":
        C = C.astype(np.int64)
    if normalize is None:
        return C
    total = C.sum(axis={"true": 1, "pred": 0, "all": None}[normalize], keepdims=True)
    return np.divide(C, total, out=np.zeros((k, k)), where=total != 0)


def accuracy_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    normalize: bool = True,
) -> float:
    """Return the share of predictions that are right, in [0, 1].

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels: whole numbers or text.
    sample_weight : array-like of shape (n_samples,), optional
        How much each sample counts; all the same by default.
    normalize : bool
        Whether to return the share, or else the (weighted) number.

    Examples
    --------
    >>> accuracy_score(["a", "b", "b", "a"], ["a", "b", "a", "a"])
    0.75
    """
    truth, guess = label_pair(y_true, y_pred)
    weights = weights_of(sample_weight, len(truth))
    right = truth == guess
    if normalize:
        return float(np.average(right, weights=weights))
    return float(np.sum(right) if weights is None else right @ weights)


def balanced_accuracy_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    adjusted: bool = False,
) -> float:
    """Return the mean, over the classes that occur in ``y_true``, of the share found of each.

    So a rare class counts as much as a frequent one, and always predicting the most frequent
    of k classes scores 1/k.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
    sample_weight : array-like of shape (n_samples,), optional
    adjusted : bool
        Whether to rescale so that guessing scores 0 and perfection 1.

    Examples
    --------
    >>> balanced_accuracy_score([0, 0, 0, 1], [0, 0, 0, 0])
    0.5
    """
    C = confusion_matrix(y_true, y_pred, sample_weight=sample_weight)
    actual = C.sum(axis=1)
    if not actual.all():
        warnings.warn(
            "y_pred contains classes that y_true does not; they are left out.",
            UserWarning,
            stacklevel=2,
        )
    occurs = np.flatnonzero(actual)
    score = float(np.mean(C[occurs, occurs] / actual[occurs]))
    if not adjusted:
        return score
    if len(occurs) == 1:
        return undefined("Adjusted balanced accuracy is", np.nan, "y_true holds one class only")
    chance = 1 / len(occurs)
    return (score - chance) / (1 - chance)


def cohen_kappa_score(
    y1: ArrayLike,
    y2: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    weights: Literal["linear", "quadratic"] | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Return by how much two raters agree beyond chance: 1 always, 0 as chance would.

    Parameters
    ----------
    y1, y2 : array-like of shape (n_samples,)
        The labels that each of the two gave; they may be swapped.
    labels : array-like of shape (n_classes,), optional
        The classes to look at, in order.
    weights : {"linear", "quadratic"}, optional
        How bad it is to disagree by |i - j| classes; by default every disagreement costs 1.
    sample_weight : array-like of shape (n_samples,), optional

    Examples
    --------
    >>> cohen_kappa_score([0, 0, 1, 1], [0, 0, 1, 0])
    0.5
    """
    C = confusion_matrix(y1, y2, labels=labels, sample_weight=sample_weight)
    steps = np.abs(np.subtract.outer(np.arange(len(C)), np.arange(len(C))))  # |i - j|
    costs = {None: steps > 0, "linear": steps, "quadratic": steps**2}
    if weights not in costs:
        raise ParameterError(f"weights is {weights!r}; it has to be 'linear', 'quadratic' or None.")
    cost = costs[weights]
    by_chance = np.outer(C.sum(axis=1), C.sum(axis=0)) / max(C.sum(), 1e-300)
    expected = np.sum(cost * by_chance)
    if expected == 0:  # both name one and the same class: nothing to disagree about
        return undefined("Cohen's kappa is", np.nan, "both columns hold one and the same label")
    return float(1 - np.sum(cost * C) / expected)


def matthews_corrcoef(
    y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> float:
    """Return the correlation of truth and prediction as class indicators, in [-1, 1].

    It is high only if every class is predicted well, however rare it is. 0 where either column
    is constant.

    Examples
    --------
    >>> matthews_corrcoef([0, 0, 1, 1], [0, 0, 1, 0]).__round__(4)
    0.5774
    """
    C = confusion_matrix(y_true, y_pred, sample_weight=sample_weight).astype(np.float64)
    t, p, n = C.sum(axis=1), C.sum(axis=0), C.sum()
    covariance = n * np.trace(C) - t @ p
    spread = (n**2 - t @ t) * (n**2 - p @ p)
    return float(covariance / np.sqrt(spread)) if spread != 0 else 0.0
