r"""Calibration: of the samples predicted with probability p, does a share of p come true?

Probabilities are sorted into bins B_1 ... B_m: of equal width, or holding equally many samples.

    confidence(B) = mean of the predicted probabilities in B
    accuracy(B)   = share of the samples in B that came true
    ECE           = sum_b |B_b| / n * |accuracy(B_b) - confidence(B_b)|

The curve shows accuracy against confidence. The expected calibration error (ECE) is its mean
distance from the diagonal; for more than two classes it looks at the most probable class alone.

Niculescu-Mizil & Caruana, Predicting Good Probabilities with Supervised Learning (2005);
Guo, Pleiss, Sun & Weinberger, On Calibration of Modern Neural Networks (2017).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.metrics._inputs import (
    Array,
    column,
    distinct,
    is_positive,
    labels_of,
    positions,
    probabilities,
    same_length,
)

__all__ = ["calibration_curve", "expected_calibration_error", "into_bins"]

Strategy = Literal["uniform", "quantile"]


def into_bins(p: Array, n_bins: int, strategy: Strategy = "uniform") -> NDArray[np.intp]:
    """Return the bin of each probability, from 0 to n_bins - 1.

    A bin holds its upper edge, and the first one its lower edge, too.

    Parameters
    ----------
    p : ndarray of shape (n_samples,), in [0, 1]
    n_bins : int
    strategy : {"uniform", "quantile"}
        Edges at 0, 1/n_bins, 2/n_bins, ...; or at the quantiles of ``p``.

    Examples
    --------
    >>> into_bins(np.array([0.0, 0.25, 0.26, 0.9]), n_bins=4)
    array([0, 0, 1, 3])
    >>> into_bins(np.array([0.1, 0.11, 0.12, 0.9]), n_bins=2, strategy="quantile")
    array([0, 0, 1, 1])
    """
    if n_bins < 1:
        raise ParameterError(f"n_bins is {n_bins!r}; it has to be at least 1.")
    if strategy == "uniform":
        edges = np.linspace(0.0, 1.0, n_bins + 1)
    elif strategy == "quantile":
        edges = np.percentile(p, np.linspace(0, 1, n_bins + 1) * 100)
    else:
        raise ParameterError(f"strategy is {strategy!r}; it has to be 'uniform' or 'quantile'.")
    return np.searchsorted(edges[1:-1], p)


def calibration_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    pos_label: Any = None,
    n_bins: int = 5,
    strategy: Strategy = "uniform",
) -> tuple[Array, Array]:
    """Return (accuracy, confidence) of every bin that holds a sample.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Labels of two kinds.
    y_prob : array-like of shape (n_samples,)
        Probability of the positive class.
    pos_label : label, optional
        The positive class; 1 by default, if the labels are 0 and 1 or -1 and 1.
    n_bins : int
    strategy : {"uniform", "quantile"}
        Bins of equal width, or of equally many samples.

    Returns
    -------
    prob_true, prob_pred : ndarray of shape (n_bins,) or smaller

    Examples
    --------
    >>> y, p = [0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.6, 0.7, 0.8, 0.9]
    >>> prob_true, prob_pred = calibration_curve(y, p, n_bins=2)
    >>> prob_true.tolist(), prob_pred.round(2).tolist()
    ([0.0, 0.75], [0.15, 0.75])
    """
    came, p = _binary(y_true, y_prob, pos_label)
    counts, sums, hits = _in_bins(came, p, n_bins, strategy)
    return hits / counts, sums / counts


def expected_calibration_error(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    pos_label: Any = None,
    n_bins: int = 10,
    strategy: Strategy = "uniform",
) -> float:
    """Return how far, on average, the share that came true is from the probability predicted.

    0 is perfect. It grows with the number of bins, as each holds fewer samples, so compare
    values of the same ``n_bins`` only.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
    y_prob : array-like of shape (n_samples,) or (n_samples, n_classes)
        The probability of the positive class. Or that of every class in sorted order: then the
        most probable class is the prediction, and it comes true if it is right.
    pos_label : label, optional
        The positive class, for a ``y_prob`` of one dimension.
    n_bins, strategy
        As in :func:`calibration_curve`.

    Examples
    --------
    >>> expected_calibration_error([0, 1, 1, 1], [0.5, 0.5, 0.9, 0.9], n_bins=5).__round__(3)
    0.05
    """
    P = probabilities(y_prob, "y_prob")
    if P.ndim == 2 and P.shape[1] > 1:
        came, p = _of_the_most_probable(y_true, P)
    else:
        came, p = _binary(y_true, P, pos_label)
    counts, sums, hits = _in_bins(came, p, n_bins, strategy)
    return float(np.sum(np.abs(hits - sums)) / counts.sum())  # |B| |hits/|B| - sums/|B||


def _in_bins(
    came: NDArray[np.bool_], p: Array, n_bins: int, strategy: Strategy
) -> tuple[NDArray[np.intp], NDArray[Any], NDArray[Any]]:
    """Return samples, summed probabilities, and events, of each bin that holds a sample."""
    bins = into_bins(p, n_bins, strategy)
    counts = np.bincount(bins, minlength=n_bins)
    held = np.flatnonzero(counts)
    sums = np.bincount(bins, p, n_bins)
    hits = np.bincount(bins, came.astype(np.float64), n_bins)
    return counts[held], sums[held], hits[held]


def _binary(
    y_true: ArrayLike, y_prob: ArrayLike, pos_label: Any
) -> tuple[NDArray[np.bool_], Array]:
    truth, p = labels_of(y_true, "y_true"), column(probabilities(y_prob, "y_prob"), "y_prob")
    same_length(truth, p, ("y_true", "y_prob"))
    classes = distinct(truth)
    if len(classes) > 2:
        raise DataError(
            f"y_true holds {len(classes)} classes, so y_prob of one dimension does not do; "
            "compare one class at a time, y_true == label."
        )
    return is_positive(truth, pos_label, classes), p


def _of_the_most_probable(y_true: ArrayLike, P: Array) -> tuple[NDArray[np.bool_], Array]:
    truth = labels_of(y_true, "y_true")
    same_length(truth, P, ("y_true", "y_prob"))
    classes = distinct(truth)
    if len(classes) != P.shape[1]:
        raise DataError(
            f"y_true holds {len(classes)} classes, but y_prob has {P.shape[1]} columns."
        )
    best = P.argmax(axis=1)
    return best == positions(classes, truth), P.max(axis=1)
