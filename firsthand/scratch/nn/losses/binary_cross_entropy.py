r"""Binary cross-entropy of scores: -log of the probability of what was true.

    p  = 1 / (1 + exp(-Z))
    J  = mean( -Y log p - (1 - Y) log(1 - p) )  =  mean( max(Z, 0) - Z Y + log(1 + exp(-|Z|)) )
    dZ = (p - Y) / (n_samples n_outputs)

The second form takes no log of 0 and lets no exponential overflow. With a weight on the
positives, each term of Y counts ``positive_weight`` times. ``torch.nn.BCEWithLogitsLoss``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


def binary_cross_entropy(Z: Array, Y: Array, positive_weight: float = 1.0) -> Any:
    """Return the mean over samples and outputs of -log P[Y], of shape (...).

    Parameters
    ----------
    Z : array of shape (..., n_samples, n_outputs)
        Scores, not probabilities, of any finite size.
    Y : array of the same shape
        0 or 1, or the probability of 1.
    positive_weight : float
        How often a positive counts.
    """
    # -log p = -min(Z, 0) + t and -log(1 - p) = max(Z, 0) + t, with the same t
    t = np.log1p(np.exp(-np.abs(Z)))
    positive = positive_weight * Y * (t - np.minimum(Z, 0))
    return (positive + (1 - Y) * (t + np.maximum(Z, 0))).mean(axis=(-2, -1))


def binary_cross_entropy_backward(Z: Array, Y: Array, positive_weight: float = 1.0) -> Array:
    """Return dZ, of the shape of ``Z``."""
    small = np.exp(-np.abs(Z))  # at most 1
    p = np.where(Z >= 0, 1, small) / (1 + small)
    per_sample = p * (1 - Y) - positive_weight * Y * (1 - p)
    return per_sample / (Z.shape[-2] * Z.shape[-1])


class BinaryCrossEntropy(Loss):
    """The mean binary cross-entropy of scores.

    Parameters
    ----------
    positive_weight : float, default 1
        How often a positive counts; negatives over positives balances the two.
    """

    def __init__(self, positive_weight: float = 1.0) -> None:
        check_number("positive_weight", positive_weight, above=0)
        self.positive_weight = positive_weight

    def targets(self, y: NDArray[Any], Z: Array) -> NDArray[Any]:
        Y = super().targets(y, Z)
        if not (Y.min() >= 0 and Y.max() <= 1):
            raise DataError(
                f"{self} got targets from {Y.min()} to {Y.max()}, needs 0, 1, or what is between."
            )
        return Y

    def value(self, Z: Array, y: Array) -> Any:
        return binary_cross_entropy(Z, y, self.positive_weight)

    def slope(self, Z: Array, y: Array) -> Array:
        return binary_cross_entropy_backward(Z, y, self.positive_weight)
