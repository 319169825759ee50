r"""Scores of predicted probabilities: both are least, on average, if the probabilities are true.

    log loss = - mean log p(the class that came)
    Brier    =   mean sum_k (p_k - [class k came])^2

For two classes the Brier score is half of that, the mean of (p_1 - [class 1 came])^2.

Gneiting & Raftery, Strictly Proper Scoring Rules, Prediction, and Estimation (2007).
"""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.metrics._inputs import (
    Array,
    column,
    distinct,
    is_positive,
    labels_of,
    positions,
    probabilities,
    same_length,
    tells_the_positive,
    weights_of,
)

__all__ = ["brier_score_loss", "log_loss"]


def log_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: ArrayLike | None = None,
    labels: ArrayLike | None = None,
) -> float:
    """Return the mean of -log of the probability given to the class that came.

    Probabilities of 0 count as 2.2e-16, so that one impossible event does not cost infinity.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Labels: whole numbers or text.
    y_proba : array-like of shape (n_samples, n_classes) or (n_samples,)
        A column for each class, in sorted order; or the probability of the greater of two.
    normalize : bool
        Whether to return the mean, or else the (weighted) sum.
    sample_weight : array-like of shape (n_samples,), optional
    labels : array-like of shape (n_classes,), optional
        All classes, needed if ``y_true`` lacks one.

    Examples
    --------
    >>> log_loss(["ham", "spam", "spam"], [0.2, 0.9, 0.6]).__round__(4)
    0.2798
    """
    tiny = _precision(y_proba)
    codes, P = _of_every_class(y_true, y_proba, labels)
    weights = weights_of(sample_weight, len(codes))
    given = np.take_along_axis(P, codes[:, None], axis=1)[:, 0]  # p of the class that came
    loss = -np.log(np.clip(given, tiny, 1 - tiny))
    if normalize:
        return float(np.average(loss, weights=weights))
    return float(loss.sum() if weights is None else loss @ weights)


def brier_score_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
    labels: ArrayLike | None = None,
    scale_by_half: bool | Literal["auto"] = "auto",
) -> float:
    """Return the mean squared distance of the probabilities from what came.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Labels: whole numbers or text.
    y_proba : array-like of shape (n_samples,) or (n_samples, n_classes)
        The probability of the positive class; or a column for each class, in sorted order.
    sample_weight : array-like of shape (n_samples,), optional
    pos_label : label, optional
        The positive class of a ``y_proba`` of one dimension; by default 1, or the greater
        number. It has to be told if labels are text.
    labels : array-like of shape (n_classes,), optional
        All classes, needed if ``y_true`` lacks one.
    scale_by_half : bool or "auto"
        Whether to halve it, so that it lies in [0, 1]; "auto" does so for two classes.

    Examples
    --------
    >>> brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]).__round__(4)
    0.0375
    """
    P = probabilities(y_proba, "y_proba")
    if P.ndim == 1 or P.shape[1] == 1:
        squares = 2 * (column(P, "y_proba") - _positive(y_true, P, pos_label)) ** 2
        n_classes = 2
    else:
        codes, P = _of_every_class(y_true, y_proba, labels)
        came = np.take_along_axis(P, codes[:, None], axis=1)[:, 0]
        squares = np.einsum("ij,ij->i", P, P) - came**2 + (1 - came) ** 2
        n_classes = P.shape[1]
    score = float(np.average(squares, weights=weights_of(sample_weight, len(squares))))
    return score / 2 if scale_by_half is True or (scale_by_half and n_classes == 2) else score


def _positive(y_true: ArrayLike, p: Array, pos_label: Any) -> NDArray[np.bool_]:
    truth = labels_of(y_true, "y_true")
    same_length(truth, p, ("y_true", "y_proba"))
    classes = distinct(truth)
    if len(classes) > 2:
        raise DataError(
            f"y_true holds {len(classes)} classes; y_proba needs a column for each of them."
        )
    if pos_label is None and classes.dtype.kind not in "US" and not tells_the_positive(classes):
        pos_label = classes[-1]
    return is_positive(truth, pos_label, classes)


def _of_every_class(
    y_true: ArrayLike, y_proba: ArrayLike, labels: ArrayLike | None
) -> tuple[NDArray[np.intp], Array]:
    """Return each sample's class, and the probabilities of shape (n_samples, n_classes)."""
    truth, P = labels_of(y_true, "y_true"), probabilities(y_proba, "y_proba")
    same_length(truth, P, ("y_true", "y_proba"))
    classes = distinct(truth) if labels is None else distinct(labels_of(labels, "labels"))
    if len(classes) < 2:
        raise DataError(
            f"There is one class only, {classes.tolist()[0]!r}; name all classes by labels."
        )
    if P.ndim == 1 or P.shape[1] == 1:
        P = np.column_stack([1 - P, P])
    if P.shape[1] != len(classes):
        raise DataError(
            f"There are {len(classes)} classes, {classes.tolist()}, but y_proba has "
            f"{P.shape[1]} columns; pass one for each, and name all classes by labels."
        )
    if not np.allclose(P.sum(axis=1), 1, rtol=np.sqrt(_precision(y_proba)), atol=1e-9):
        warnings.warn(
            "Some rows of y_proba do not sum to one; pass probabilities.",
            UserWarning,
            stacklevel=3,
        )
    codes = positions(classes, truth)
    if codes.min() < 0:
        raise DataError(f"y_true holds {truth[codes < 0][0]!r}, which is not among the labels.")
    return codes, P


def _precision(y_proba: ArrayLike) -> float:
    """Return the rounding of the numbers that came: 2.2e-16, or 1.2e-7 for float32."""
    dtype = np.asarray(y_proba).dtype
    return float(np.finfo(dtype if dtype.kind == "f" else np.float64).eps)
