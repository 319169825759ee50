r"""Precision and recall: how many of those named are right, how many of the right are named.

    precision = TP / (TP + FP)
    recall    = TP / (TP + FN)
    F_beta    = (1 + beta^2) P R / (beta^2 P + R)
              = (1 + beta^2) TP / (beta^2 (TP + FN) + (TP + FP))

TP, FP, FN count one class against the rest: TP + FP is how often it was predicted, TP + FN how
often it is true. Several classes are averaged: *macro*, the mean over classes; *weighted*, the
mean by how often each is true; *micro*, the counts of all classes added before dividing.

van Rijsbergen, Information Retrieval (1979), ch. 7.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.metrics._inputs import (
    Array,
    Labels,
    label_pair,
    positions,
    present,
    undefined,
    weights_of,
)

__all__ = [
    "f1_score",
    "fbeta_score",
    "label_counts",
    "precision_recall_fscore_support",
    "precision_score",
    "recall_score",
]

Average = Literal["binary", "micro", "macro", "weighted"]
ZeroDivision = float | Literal["warn"]
AVERAGES = (None, "micro", "macro", "weighted")


def label_counts(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    labels: ArrayLike,
    sample_weight: ArrayLike | None = None,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return, for each class, how often it was found, predicted and true.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels: whole numbers or text.
    labels : array-like of shape (n_classes,)
        The classes to count, in order.
    sample_weight : array-like of shape (n_samples,), optional

    Returns
    -------
    found, predicted, actual : ndarray of shape (n_classes,)
        TP, TP + FP and TP + FN.

    Examples
    --------
    >>> label_counts([0, 0, 1, 2], [0, 1, 1, 1], labels=[0, 1, 2])
    (array([1, 1, 0]), array([1, 3, 0]), array([2, 1, 1]))
    """
    truth, guess = label_pair(y_true, y_pred)
    return _count(truth, guess, np.asarray(labels), weights_of(sample_weight, len(truth)))


def _count(
    truth: Labels, guess: Labels, labels: Labels, weights: Array | None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    actual, predicted = positions(labels, truth), positions(labels, guess)
    found = np.where(actual == predicted, actual, -1)
    # a bin more, at the front, for labels that are not asked for
    counts = [
        np.bincount(codes + 1, weights, minlength=len(labels) + 1)[1:]
        for codes in (found, predicted, actual)
    ]
    return counts[0], counts[1], counts[2]


def precision_recall_fscore_support(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    beta: float = 1.0,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: Average | None = None,
    warn_for: Collection[str] = ("precision", "recall", "f-score"),
    sample_weight: ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> tuple[Any, Any, Any, Any]:
    """Return precision, recall, F_beta and support of each class, or their average.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels: whole numbers or text.
    beta : float, not negative
        How many times as much recall counts as precision; 0 is precision, infinity recall.
    labels : array-like of shape (n_classes,), optional
        The classes, in order; by default all that occur, sorted.
    pos_label : label
        The one class of ``average="binary"``.
    average : {None, "binary", "micro", "macro", "weighted"}
        None returns one value for each class.
    warn_for : collection of {"precision", "recall", "f-score"}
        Of which of them to warn where they are undefined.
    sample_weight : array-like of shape (n_samples,), optional
    zero_division : {"warn", 0.0, 1.0, nan}
        What an undefined ratio is; NaN leaves its class out of averages, "warn" is 0 with a
        warning.

    Returns
    -------
    precision, recall, fscore : float, or ndarray of shape (n_classes,)
    support : ndarray of shape (n_classes,), or None for an average
        How often each class is true.

    Examples
    --------
    >>> p, r, f, support = precision_recall_fscore_support([0, 0, 1, 1], [0, 1, 1, 1])
    >>> p.round(2).tolist(), r.tolist(), f.round(2).tolist(), support.tolist()
    ([1.0, 0.67], [0.5, 1.0], [0.67, 0.8], [2, 2])
    """
    if not beta >= 0:
        raise ParameterError(f"beta is {beta!r}; it has to be at least 0.")
    truth, guess = label_pair(y_true, y_pred)
    classes = _classes(present(truth, guess), labels, pos_label, average)
    weights = weights_of(sample_weight, len(truth))
    found, predicted, actual = _count(truth, guess, classes, weights)
    support = actual
    if average == "micro":
        found, predicted, actual = (np.array([c.sum()]) for c in (found, predicted, actual))

    def ratio(over: NDArray[Any], under: NDArray[Any], name: str, what: str) -> Array:
        quiet = name not in warn_for
        return _ratio(over, under, zero_division, quiet, f"{name.capitalize()} is", what)

    precision = ratio(found, predicted, "precision", "some label is never predicted")
    recall = ratio(found, actual, "recall", "some label is never true")
    if np.isinf(beta):
        fscore = recall
    else:
        both = beta**2 * actual + predicted
        where = "some label is neither true nor predicted"
        fscore = ratio((1 + beta**2) * found, both, "f-score", where) if beta > 0 else precision
    if average is None:
        return precision, recall, fscore, support
    by = support if average == "weighted" else None
    return _mean(precision, by), _mean(recall, by), _mean(fscore, by), None


def precision_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: Average | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> Any:
    """Return TP / (TP + FP), the share that is right of those predicted as the class.

    The parameters are those of :func:`precision_recall_fscore_support`.

    Examples
    --------
    >>> precision_score([0, 0, 1, 1], [0, 1, 1, 1]).__round__(3)
    0.667
    """
    return precision_recall_fscore_support(
        y_true,
        y_pred,
        labels=labels,
        pos_label=pos_label,
        average=average,
        warn_for=("precision",),
        sample_weight=sample_weight,
        zero_division=zero_division,
    )[0]


def recall_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: Average | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> Any:
    """Return TP / (TP + FN), the share that was found of those that are of the class.

    The parameters are those of :func:`precision_recall_fscore_support`.

    Examples
    --------
    >>> recall_score([0, 0, 1, 1], [0, 1, 1, 1])
    1.0
    """
    return precision_recall_fscore_support(
        y_true,
        y_pred,
        labels=labels,
        pos_label=pos_label,
        average=average,
        warn_for=("recall",),
        sample_weight=sample_weight,
        zero_division=zero_division,
    )[1]


def fbeta_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    beta: float,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: Average | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> Any:
    """Return F_beta, a mean of precision and recall in which recall counts beta times as much.

    The parameters are those of :func:`precision_recall_fscore_support`.

    Examples
    --------
    >>> fbeta_score([0, 0, 1, 1], [0, 1, 1, 1], beta=2.0).__round__(3)
    0.909
    """
    return precision_recall_fscore_support(
        y_true,
        y_pred,
        beta=beta,
        labels=labels,
        pos_label=pos_label,
        average=average,
        warn_for=("f-score",),
        sample_weight=sample_weight,
        zero_division=zero_division,
    )[2]


def f1_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: Average | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> Any:
    """Return 2 P R / (P + R), the harmonic mean of precision and recall.

    The parameters are those of :func:`precision_recall_fscore_support`.

    Examples
    --------
    >>> f1_score([0, 0, 1, 1], [0, 1, 1, 1])
    0.8
    """
    return fbeta_score(
        y_true,
        y_pred,
        beta=1.0,
        labels=labels,
        pos_label=pos_label,
        average=average,
        sample_weight=sample_weight,
        zero_division=zero_division,
    )


def _classes(
    occurring: Labels, labels: ArrayLike | None, pos_label: Any, average: str | None
) -> Labels:
    """Return the classes to score: all, those that are named, or the positive one."""
    if average == "binary":
        if len(occurring) > 2:
            raise DataError(
                f"There are {len(occurring)} classes, but average='binary'; choose "
                "'macro', 'weighted', 'micro' or None."
            )
        if len(occurring) == 2 and not np.any(occurring == pos_label):
            raise DataError(
                f"pos_label={pos_label!r} is not a label; it has to be one of {occurring.tolist()}."
            )
        return np.array([pos_label])
    if average not in AVERAGES:
        raise ParameterError(
            f"average is {average!r}; it has to be 'binary', 'micro', 'macro', 'weighted' or None."
        )
    return occurring if labels is None else np.asarray(labels)


def _ratio(
    over: NDArray[Any],
    under: NDArray[Any],
    zero_division: ZeroDivision,
    quiet: bool,
    score: str,
    reason: str,
) -> Array:
    """Return over / under, and ``zero_division`` where that has no meaning."""
    if zero_division == "warn":
        value = 0.0
        if not quiet and not np.all(under):
            undefined(score, value, f"{reason}; say what it should be by zero_division")
    else:
        value = float(zero_division)
        if value not in (0.0, 1.0) and not np.isnan(value):
            raise ParameterError(
                f"zero_division is {zero_division!r}; it has to be 'warn', 0, 1 or nan."
            )
    return np.divide(over, under, out=np.full(len(under), value), where=under != 0)


def _mean(scores: Array, weights: NDArray[Any] | None) -> float:
    """Return the mean of those that are not NaN; by weights, if they are not all zero."""
    known = np.flatnonzero(~np.isnan(scores))
    if not known.size:
        return np.nan
    if weights is None or not weights[known].sum():
        return float(scores[known].mean())
    return float(np.average(scores[known], weights=weights[known]))
