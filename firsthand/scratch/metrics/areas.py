r"""Areas under ROC and precision-recall curves for two classes or more.

    ovr = mean_k AUC(class k against the rest, by score k)                  one versus rest
    ovo = mean_{j<k} (A(j|k) + A(k|j)) / 2                                  one versus one

A(j|k) is the area by score j over the samples of class j or k alone, so ovo does not depend on how
frequent the classes are. Weighted means go by the share of the samples of class k (of j or k).

Hand & Till, A Simple Generalisation of the Area Under the ROC Curve for Multiple Class
Classification Problems (2001).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.metrics._inputs import (
    Array,
    Labels,
    column,
    distinct,
    labels_of,
    numbers,
    positions,
    same_length,
    undefined,
    weights_of,
)
from firsthand.scratch.metrics.ranking import binary_average_precision, binary_roc_auc

__all__ = ["average_precision_score", "roc_auc_score", "top_k_accuracy_score"]

Average = Literal["micro", "macro", "weighted"]
OneAgainstRest = Callable[[NDArray[np.bool_], Array, Array | None], float]


def roc_auc_score(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    average: Average | None = "macro",
    sample_weight: ArrayLike | None = None,
    multi_class: Literal["raise", "ovr", "ovo"] = "raise",
    labels: ArrayLike | None = None,
) -> Any:
    """Return the area under the ROC curve.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Labels. Of two, the greater is the positive one.
    y_score : array-like of shape (n_samples,) or (n_samples, n_classes)
        For two classes, anything that is higher for the positive one. For more, the
        probability of every class.
    average : {"macro", "weighted", "micro", None}
        How classes are averaged; "micro" and None (each class by itself) only with "ovr".
    sample_weight : array-like of shape (n_samples,), optional
        Not with "ovo".
    multi_class : {"raise", "ovr", "ovo"}
        With more than two classes: each against the rest, or pairs of them.
    labels : array-like of shape (n_classes,), optional
        The classes of the columns of ``y_score``, sorted; by default those in ``y_true``.

    Returns
    -------
    float, or ndarray of shape (n_classes,)
        NaN, with a warning, where a class is missing.

    Examples
    --------
    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    truth, score = labels_of(y_true, "y_true"), numbers(y_score, "y_score")
    same_length(truth, score, ("y_true", "y_score"))
    weights = weights_of(sample_weight, len(truth))
    occurring = distinct(truth)
    if len(occurring) <= 2 and (score.ndim == 1 or score.shape[1] <= 2):
        return binary_roc_auc(truth == occurring[-1], column(score, "y_score"), weights)
    if multi_class not in ("ovr", "ovo"):
        raise ParameterError(
            f"There are more than two classes, and multi_class is {multi_class!r}; "
            "say 'ovr' or 'ovo'."
        )
    codes = _codes(truth, score, occurring, labels)
    if not np.allclose(score.sum(axis=1), 1):
        raise DataError("The rows of y_score do not sum to one; pass probabilities.")
    if multi_class == "ovr":
        return _one_versus_rest(binary_roc_auc, codes, score, average, weights)
    if weights is not None:
        raise ParameterError("sample_weight has no meaning with multi_class='ovo'; use 'ovr'.")
    if average not in ("macro", "weighted"):
        raise ParameterError(
            f"average is {average!r}; with multi_class='ovo' it has to be 'macro' or 'weighted'."
        )
    return _one_versus_one(codes, score, average)


def average_precision_score(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    average: Average | None = "macro",
    pos_label: Any = 1,
    sample_weight: ArrayLike | None = None,
) -> Any:
    """Return the area under the precision-recall curve, by steps.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
    y_score : array-like of shape (n_samples,) or (n_samples, n_classes)
        One column for each class, if there are more than two.
    average : {"macro", "weighted", "micro", None}
        How classes are averaged, each against the rest.
    pos_label : label
        The positive one of two classes.
    sample_weight : array-like of shape (n_samples,), optional

    Examples
    --------
    >>> average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).__round__(3)
    0.833
    """
    truth, score = labels_of(y_true, "y_true"), numbers(y_score, "y_score")
    same_length(truth, score, ("y_true", "y_score"))
    weights = weights_of(sample_weight, len(truth))
    occurring = distinct(truth)
    if len(occurring) > 2:
        codes = _codes(truth, score, occurring, None)
        return _one_versus_rest(binary_average_precision, codes, score, average, weights)
    positive = np.asarray(truth == pos_label, dtype=np.bool_)
    if len(occurring) == 2 and not positive.any():
        raise DataError(
            f"pos_label={pos_label!r} is not a label; it has to be one of {occurring.tolist()}."
        )
    return binary_average_precision(positive, column(score, "y_score"), weights)


def top_k_accuracy_score(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    k: int = 2,
    normalize: bool = True,
    sample_weight: ArrayLike | None = None,
    labels: ArrayLike | None = None,
) -> float:
    """Return the share of samples whose class is among the ``k`` that score highest.

    Of equal scores, the later column counts as the higher.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
    y_score : array-like of shape (n_samples, n_classes), or (n_samples,) for two classes
    k : int
    normalize : bool
        Whether to return the share, or else the (weighted) number.
    sample_weight : array-like of shape (n_samples,), optional
    labels : array-like of shape (n_classes,), optional
        The classes of the columns, sorted; by default those in ``y_true``.

    Examples
    --------
    >>> top_k_accuracy_score([0, 1, 2], [[0.5, 0.2, 0.3], [0.1, 0.3, 0.6], [0.5, 0.4, 0.1]])
    0.6666666666666666
    """
    truth, score = labels_of(y_true, "y_true"), numbers(y_score, "y_score")
    same_length(truth, score, ("y_true", "y_score"))
    weights = weights_of(sample_weight, len(truth))
    if score.ndim == 1:  # two classes: above one half if they look like probabilities, else above 0
        half = 0.5 if score.min() >= 0 and score.max() <= 1 else 0.0
        score = np.column_stack([score <= half, score > half]).astype(np.float64)
    codes = _codes(truth, score, distinct(truth), labels)
    if k >= score.shape[1]:
        undefined("Top-k accuracy is", 1.0, f"k={k} is not below the {score.shape[1]} classes")
    highest = np.argsort(score, axis=1, kind="stable")[:, ::-1][:, :k]
    found = (highest == codes[:, None]).any(axis=1)
    if normalize:
        return float(np.average(found, weights=weights))
    return float(found.sum() if weights is None else found @ weights)


def _one_versus_rest(
    area: OneAgainstRest,
    codes: NDArray[np.intp],
    score: Array,
    average: str | None,
    weights: Array | None,
) -> Any:
    n_classes = score.shape[1]
    if average == "micro":  # every (sample, class) is a sample of its own
        positive = codes[:, None] == np.arange(n_classes)
        each = None if weights is None else np.repeat(weights, n_classes)
        return area(positive.ravel(), score.ravel(), each)
    if average not in ("macro", "weighted", None):
        raise ParameterError(
            f"average is {average!r}; it has to be 'macro', 'weighted', 'micro' or None."
        )
    areas = np.array([area(codes == k, score[:, k], weights) for k in range(n_classes)])
    if average is None:
        return areas
    if average == "macro":
        return float(areas.mean())
    share = np.bincount(codes, weights, minlength=n_classes)
    return float(np.average(np.where(share == 0, 0.0, areas), weights=share))


def _one_versus_one(codes: NDArray[np.intp], score: Array, average: str) -> float:
    areas: list[float] = []
    shares: list[float] = []
    for j, k in combinations(np.unique(codes).tolist(), 2):
        both = np.flatnonzero((codes == j) | (codes == k))
        is_j = codes[both] == j
        by_j, by_k = score[both, j], score[both, k]
        areas.append((binary_roc_auc(is_j, by_j) + binary_roc_auc(~is_j, by_k)) / 2)
        shares.append(len(both))
    if not areas:
        return undefined("The area under the ROC curve is", np.nan, "only one class is there")
    return float(np.average(areas, weights=shares if average == "weighted" else None))


def _codes(
    truth: Labels, score: Array, occurring: Labels, labels: ArrayLike | None
) -> NDArray[np.intp]:
    """Return the column of ``score`` that belongs to each sample's class."""
    classes = occurring if labels is None else labels_of(labels, "labels")
    if not np.array_equal(classes, np.unique(classes)):
        raise DataError(f"labels is {classes.tolist()}; the columns' labels have to be sorted.")
    if score.ndim != 2 or score.shape[1] != len(classes):
        raise DataError(
            f"There are {len(classes)} classes, but y_score has shape {score.shape}; pass a "
            "column for each class, and all classes by labels if y_true lacks one."
        )
    codes = positions(classes, truth)
    if codes.min() < 0:
        raise DataError(f"y_true holds {truth[codes < 0][0]!r}, which is not among the labels.")
    return codes
