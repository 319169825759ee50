"""Figures of a segmentation, as functions of the weights of its pictures.

With N the confusion matrix of all their pixels:

    pixel accuracy   sum N_ii / sum N
    IoU_c            N_cc / (sum_i N_ic + sum_j N_cj - N_cc)
    Dice_c           2 N_cc / (sum_i N_ic + sum_j N_cj)

Means are over the classes that occur. Pixels of one picture depend on each other, so whole pictures
are drawn for an interval. Everingham et al., The Pascal Visual Object Classes Challenge (2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.resampling import Weights

# key: (name, whether higher is better, whether it is a share that is told in percent)
NAMES: dict[str, tuple[str, bool, bool]] = {
    "iou": ("Mean IoU", True, True),
    "accuracy": ("Pixel accuracy", True, True),
    "balanced_accuracy": ("Mean class accuracy", True, True),
    "dice": ("Mean Dice", True, True),
}


@dataclass(frozen=True)
class Pixels:
    """Predictions of the classes of pixels.

    Attributes
    ----------
    counts : ndarray of shape (n, n_classes, n_classes)
        The confusion matrix of each picture, true by predicted.
    """

    counts: NDArray[np.float64]

    def __call__(self, weights: Weights) -> dict[str, NDArray[np.float64]]:
        """Return each figure, (some,), under weights of shape (some, n)."""
        counts = self.confusion(weights)
        right = np.diagonal(counts, axis1=1, axis2=2)
        true, both = counts.sum(2), counts.sum(2) + counts.sum(1)
        met, occurs = both > 0, true > 0
        each = of_each_class(counts)
        with np.errstate(invalid="ignore", divide="ignore"):
            recall = np.where(occurs, right / true, 0)
            return {
                "iou": np.where(met, each["iou"], 0).sum(1) / met.sum(1),
                "accuracy": right.sum(1) / counts.sum((1, 2)),
                "balanced_accuracy": recall.sum(1) / occurs.sum(1),
                "dice": np.where(met, each["dice"], 0).sum(1) / met.sum(1),
            }

    def confusion(self, weights: Weights) -> NDArray[np.float64]:
        """Return the confusion matrices of all pixels together, (some, C, C)."""
        return np.tensordot(weights, self.counts, 1)


def of_each_class(counts: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return IoU, Dice and recall of each class, (some, C); NaN where it does not occur."""
    right = np.diagonal(counts, axis1=1, axis2=2)
    true, both = counts.sum(2), counts.sum(2) + counts.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "iou": right / (both - right),
            "dice": 2 * right / both,
            "recall": right / true,
        }
