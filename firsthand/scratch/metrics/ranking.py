r"""Scores that rank: what every threshold would give, ROC and precision-recall curves, areas.

A sample counts as positive if its score is at least the threshold. From high to low:

    TPR = TP / positives     FPR = FP / negatives        the ROC curve, and its area
    R   = TPR                P   = TP / (TP + FP)        the precision-recall curve
    AP  = sum_k (R_k - R_(k-1)) P_k                      average precision, its area by steps

The area under the ROC curve is the chance that a positive drawn at random scores higher than a
negative (ties count half). Samples of one score pass the threshold together, whatever order they
came in: a curve has one point for each distinct score.

Fawcett, An Introduction to ROC Analysis (2006); Davis & Goadrich, The Relationship Between
Precision-Recall and ROC Curves (2006).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.metrics._inputs import (
    Array,
    column,
    distinct,
    is_positive,
    labels_of,
    numbers,
    same_length,
    undefined,
    weights_of,
)

__all__ = [
    "auc",
    "binary_average_precision",
    "binary_roc_auc",
    "confusion_matrix_at_thresholds",
    "counts_at_thresholds",
    "precision_recall_curve",
    "roc_curve",
]


def counts_at_thresholds(
    positive: NDArray[np.bool_], score: Array, weights: Array | None = None
) -> tuple[Array, Array, Array]:
    """Return (fps, tps, thresholds): the samples that pass each distinct score, from the highest.

    Parameters
    ----------
    positive : ndarray of bool of shape (n_samples,)
    score : ndarray of shape (n_samples,)
    weights : ndarray of shape (n_samples,), optional

    Returns
    -------
    fps, tps : ndarray of shape (n_thresholds,)
        Negatives and positives whose score is at least the threshold; the last are all there are.
    thresholds : ndarray of shape (n_thresholds,)
        The distinct scores, decreasing.

    Examples
    --------
    >>> positive = np.array([True, False, True, False])
    >>> counts_at_thresholds(positive, np.array([0.9, 0.4, 0.4, 0.1]))
    (array([0., 1., 2.]), array([1., 2., 2.]), array([0.9, 0.4, 0.1]))
    """
    if weights is None:
        order = np.argsort(-score)  # 25 ms per 1e6 scores; a stable sort takes 120
        score = score[order]
        last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)  # of each run of ties
        tps = np.cumsum(positive[order])[last].astype(np.float64)
        return last + 1 - tps, tps, score[last]
    counted = np.flatnonzero(weights)
    score, positive, weights = score[counted], positive[counted], weights[counted]
    order = np.argsort(-score, kind="stable")  # sums round the same way every time
    score, w = score[order], weights[order]
    last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    tps = np.cumsum(positive[order] * w)[last]
    fps = np.cumsum(~positive[order] * w)[last]
    return fps, tps, score[last]


def confusion_matrix_at_thresholds(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    pos_label: Any = None,
    sample_weight: ArrayLike | None = None,
) -> tuple[Array, Array, Array, Array, Array]:
    """Return (tns, fps, fns, tps, thresholds): the confusion matrix at every distinct score.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Labels of two kinds.
    y_score : array-like of shape (n_samples,)
        The higher, the more positive.
    pos_label : label, optional
        The positive class; 1 by default, if the labels are 0 and 1 or -1 and 1.
    sample_weight : array-like of shape (n_samples,), optional

    Returns
    -------
    tns, fps, fns, tps, thresholds : ndarray of shape (n_thresholds,)
        Thresholds decrease, so ``fps`` and ``tps`` grow.
    """
    fps, tps, thresholds = _counts(y_true, y_score, pos_label, sample_weight)
    return fps[-1] - fps, fps, tps[-1] - tps, tps, thresholds


def roc_curve(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    pos_label: Any = None,
    sample_weight: ArrayLike | None = None,
    drop_intermediate: bool = True,
) -> tuple[Array, Array, Array]:
    """Return (fpr, tpr, thresholds): the share of negatives and of positives above thresholds.

    The curve starts at (0, 0), with a threshold of infinity, and ends at (1, 1).

    Parameters
    ----------
    y_true, y_score, pos_label, sample_weight
        As in :func:`confusion_matrix_at_thresholds`.
    drop_intermediate : bool
        Whether to leave out points between two equal steps, which change no picture.

    Returns
    -------
    fpr, tpr, thresholds : ndarray of shape (n_points,)
        ``fpr`` is NaN if there are no negatives, ``tpr`` if there are no positives.

    Examples
    --------
    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr.tolist(), tpr.tolist(), thresholds.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0], [inf, 0.8, 0.4, 0.35, 0.1])
    """
    fps, tps, thresholds = _counts(y_true, y_score, pos_label, sample_weight)
    if drop_intermediate and len(fps) > 2:
        turns = np.logical_or(np.diff(fps, 2), np.diff(tps, 2))  # second differences
        kept = np.flatnonzero(np.concatenate([[True], turns, [True]]))
        fps, tps, thresholds = fps[kept], tps[kept], thresholds[kept]
    fpr, tpr = _shares(fps, "negative"), _shares(tps, "positive")
    return fpr, tpr, np.append(np.inf, thresholds)


def precision_recall_curve(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    pos_label: Any = None,
    sample_weight: ArrayLike | None = None,
    drop_intermediate: bool = False,
) -> tuple[Array, Array, Array]:
    """Return (precision, recall, thresholds), the thresholds increasing.

    Parameters
    ----------
    y_true, y_score, pos_label, sample_weight
        As in :func:`confusion_matrix_at_thresholds`.
    drop_intermediate : bool
        Whether to leave out points between two others of the same recall.

    Returns
    -------
    precision, recall : ndarray of shape (n_thresholds + 1,)
        At each threshold, and last precision 1 at recall 0, where nothing is above.
    thresholds : ndarray of shape (n_thresholds,)

    Examples
    --------
    >>> p, r, thresholds = precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> p.round(2).tolist(), r.tolist(), thresholds.tolist()
    ([0.5, 0.67, 0.5, 1.0, 1.0], [1.0, 1.0, 0.5, 0.5, 0.0], [0.1, 0.35, 0.4, 0.8])
    """
    fps, tps, thresholds = _counts(y_true, y_score, pos_label, sample_weight)
    if drop_intermediate and len(fps) > 2:
        moves = np.logical_or(np.diff(tps[:-1]), np.diff(tps[1:]))
        kept = np.flatnonzero(np.concatenate([[True], moves, [True]]))
        fps, tps, thresholds = fps[kept], tps[kept], thresholds[kept]
    passed = tps + fps
    precision = np.divide(tps, passed, out=np.zeros_like(tps), where=passed != 0)
    if tps[-1] == 0:
        undefined("Recall is", 1.0, "no sample is positive")
        recall = np.ones_like(tps)
    else:
        recall = tps / tps[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds[::-1]


def auc(x: ArrayLike, y: ArrayLike) -> float:
    """Return the area under a curve of straight pieces: sum (x_k - x_(k-1)) (y_k + y_(k-1)) / 2.

    Parameters
    ----------
    x, y : array-like of shape (n_points,)
        ``x`` never decreases, or never increases; at least two points.

    Examples
    --------
    >>> auc([0.0, 0.5, 1.0], [0.0, 1.0, 1.0])
    0.75
    """
    across, up = numbers(x, "x"), numbers(y, "y")
    same_length(across, up, ("x", "y"))
    if len(across) < 2:
        raise DataError("An area needs at least two points; one came.")
    steps = np.diff(across)
    if (steps < 0).any() and (steps > 0).any():
        raise DataError("x goes up and down; sort the points by x.")
    area = float(np.sum(steps * (up[1:] + up[:-1]) / 2))
    return -area if (steps < 0).any() else area


def binary_roc_auc(
    positive: NDArray[np.bool_], score: Array, weights: Array | None = None
) -> float:
    """Return the area under the ROC curve of one class against the rest.

    It is NaN, with a warning, if all samples are positive, or none is.
    """
    fps, tps, _ = counts_at_thresholds(positive, score, weights)
    if fps[-1] == 0 or tps[-1] == 0:
        return undefined("The area under the ROC curve is", np.nan, "only one class is there")
    fpr, tpr = np.append(0.0, fps / fps[-1]), np.append(0.0, tps / tps[-1])
    return float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1])) / 2)


def binary_average_precision(
    positive: NDArray[np.bool_], score: Array, weights: Array | None = None
) -> float:
    """Return sum_k (R_k - R_(k-1)) P_k over the thresholds of one class against the rest.

    It is 0, with a warning, if no sample is positive.
    """
    fps, tps, _ = counts_at_thresholds(positive, score, weights)
    if tps[-1] == 0:
        return undefined("Average precision is", 0.0, "no sample is positive")
    gained = np.diff(tps, prepend=0.0) / tps[-1]
    passed = tps + fps
    return float(np.sum(gained * np.divide(tps, passed, out=np.zeros_like(tps), where=passed != 0)))


def _counts(
    y_true: ArrayLike, y_score: ArrayLike, pos_label: Any, sample_weight: ArrayLike | None
) -> tuple[Array, Array, Array]:
    truth, score = labels_of(y_true, "y_true"), column(y_score, "y_score")
    same_length(truth, score, ("y_true", "y_score"))
    classes = distinct(truth)
    if pos_label is None and len(classes) > 2:
        raise DataError(f"y_true holds {len(classes)} classes; a curve needs two, or pos_label.")
    weights = weights_of(sample_weight, len(score))
    return counts_at_thresholds(is_positive(truth, pos_label, classes), score, weights)


def _shares(counts: Array, which: str) -> Array:
    """Return counts as shares of the last, with 0 before the first."""
    counts = np.append(0.0, counts)
    if counts[-1] <= 0:
        value = undefined(f"The rate of {which}s is", np.nan, f"no sample is {which}")
        return np.full(len(counts), value)
    return counts / counts[-1]
