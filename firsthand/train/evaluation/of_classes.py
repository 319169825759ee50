"""Figures of a classification, as functions of the weights of its examples.

With the weighted confusion matrix N (true i, taken for j), of which only sums are kept:

    accuracy            sum N_ii / sum N
    precision_c         N_cc / sum_i N_ic          recall_c   N_cc / sum_j N_cj
    f1_c                2 N_cc / (sum_i N_ic + sum_j N_cj)
    balanced accuracy   mean recall of the classes that occur
    roc area            chance that an example of c is ranked above one of another class
    pr area             sum_k (R_k - R_{k-1}) P_k over the thresholds
    log-loss            mean -log p of the true class          Brier   mean sum_c (p_c - [y = c])²

Averages are plain means over the classes that occur ("macro"), of areas each class against the
rest. Sokolova & Lapalme, A systematic analysis of performance measures (2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.resampling import Weights

TINY = 1e-15  # the smallest probability whose logarithm is taken
MOST_AREAS = 2_000_000  # examples x classes up to which areas are computed in every replicate

# key: (name, whether higher is better, whether it is a share that is told in percent)
NAMES: dict[str, tuple[str, bool, bool]] = {
    "accuracy": ("Accuracy", True, True),
    "balanced_accuracy": ("Balanced accuracy", True, True),
    "precision": ("Precision", True, True),
    "recall": ("Recall", True, True),
    "f1": ("F1", True, True),
    "auc": ("Area under ROC", True, False),
    "average_precision": ("Area under precision-recall", True, False),
    "log_loss": ("Log-loss", False, False),
    "brier": ("Brier score", False, False),
}


@dataclass(frozen=True)
class Classes:
    """Predictions of classes.

    Attributes
    ----------
    y : ndarray of int64, shape (n,)
    probabilities : ndarray of shape (n, n_classes)
    areas : bool
        Compute the areas, too, which takes the longest.
    """

    y: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    areas: bool = True

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The class of the highest probability."""
        return self.probabilities.argmax(1)

    def __call__(self, weights: Weights) -> dict[str, NDArray[np.float64]]:
        """Return each figure, (some,), under weights of shape (some, n)."""
        P, total = self.probabilities, weights.sum(1)
        found = averages(*self.counts(weights))
        true = P[np.arange(len(self.y)), self.y]
        squares = (P**2).sum(1) - 2 * true + 1
        if self.areas:
            found |= areas(self.y, P, weights)
        found["log_loss"] = weights @ -np.log(np.maximum(true, TINY)) / total
        found["brier"] = weights @ squares / total
        return found

    def counts(self, weights: Weights) -> tuple[NDArray[np.float64], ...]:
        """Return how often each class was (right, true, predicted), three of (some, n_classes)."""
        is_right = self.y == self.predicted
        return (
            self._sums(self.y, weights * is_right),
            self._sums(self.y, weights),
            self._sums(self.predicted, weights),
        )

    def _sums(self, classes: NDArray[np.int64], weights: Weights) -> NDArray[np.float64]:
        from scipy import sparse

        n, n_classes = self.probabilities.shape
        which = sparse.csr_matrix((np.ones(n), (np.arange(n), classes)), shape=(n, n_classes))
        return np.asarray((which.T @ weights.T).T)


def averages(
    right: NDArray[np.float64], true: NDArray[np.float64], predicted: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the figures that follow from `Classes.counts`."""
    each = of_each_class(right, true, predicted)
    occurs, met = true > 0, true + predicted > 0
    return {
        "accuracy": right.sum(1) / true.sum(1),
        "balanced_accuracy": _mean(each["recall"], occurs),
        **{name: _mean(each[name], met) for name in ("precision", "recall", "f1")},
    }


def of_each_class(
    right: NDArray[np.float64], true: NDArray[np.float64], predicted: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return precision, recall and F1 of each class, (some, C); 0 where nothing can be divided."""
    return {
        "precision": _over(right, predicted),
        "recall": _over(right, true),
        "f1": _over(2 * right, true + predicted),
    }


def areas(
    y: NDArray[np.int64], scores: NDArray[np.float64], weights: Weights
) -> dict[str, NDArray[np.float64]]:
    """Return the areas under ROC and precision-recall curves, each class against the rest.

    The mean over the classes that occur; of two classes, the second's.
    """
    n_classes = scores.shape[1]
    which = [1] if n_classes == 2 else range(n_classes)
    pairs = [area_of(y == c, scores[:, c], weights) for c in which]
    roc, pr = (np.stack(side, 1) for side in zip(*pairs, strict=True))
    return {
        "auc": _mean(roc, np.isfinite(roc)),
        "average_precision": _mean(pr, np.isfinite(pr)),
    }


def area_of(
    is_it: NDArray[np.bool_], scores: NDArray[np.float64], weights: Weights
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (ROC area, precision-recall area) of one class; NaN where it or all else is absent."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # of examples that tie
    w = weights[:, order]
    hits = np.cumsum(w * is_it[order], 1)[:, ends]
    all_ = np.cumsum(w, 1)[:, ends]
    misses = all_ - hits
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = hits / hits[:, -1:]
        false = misses / misses[:, -1:]
        gained = np.diff(recall, axis=1, prepend=0)
        roc = (gained * (1 - false + np.diff(false, axis=1, prepend=0) / 2)).sum(1)
        pr = (gained * _over(hits, all_)).sum(1)
    return roc, pr


def _over(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=b > 0)


def _mean(values: NDArray[np.float64], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean over the last axis of what counts; NaN where nothing does."""
    total = np.where(counted, values, 0).sum(-1)
    n = counted.sum(-1)
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
