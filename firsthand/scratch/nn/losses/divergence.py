r"""Kullback-Leibler divergence: the nats wasted by coding Y with what the scores Z say.

    P  = softmax(Z)
    J  = mean over samples of  sum_k Y[k] (log Y[k] - log P[k]),     0 log 0 = 0
    dZ = (P sum(Y) - Y) / n_samples

With one-hot Y it is the cross-entropy; a student network learns a teacher's Y by it.
Kullback & Leibler, On information and sufficiency (1951); ``torch.nn.KLDivLoss`` of
log_softmax(Z) with ``reduction="batchmean"``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.nn.mlp import log_softmax

Array = NDArray[np.floating[Any]]


def kl_divergence(Z: Array, Y: Array) -> Any:
    """Return the mean over samples of KL(Y, softmax(Z)), of shape (...).

    ``Z`` (..., n_samples, n_classes) are scores, ``Y`` of the same shape probabilities.
    """
    entropy = (Y * np.log(np.where(Y > 0, Y, 1))).sum(axis=-1)
    return (entropy - (Y * log_softmax(Z)).sum(axis=-1)).mean(axis=-1)


def kl_divergence_backward(Z: Array, Y: Array) -> Array:
    """Return dZ, of the shape of ``Z``."""
    P = np.exp(log_softmax(Z))
    return (P * Y.sum(axis=-1, keepdims=True) - Y) / Z.shape[-2]


class KLDivergence(Loss):
    """The mean divergence of the scores' probabilities from given ones."""

    def targets(self, y: NDArray[Any], Z: Array) -> NDArray[Any]:
        Y = super().targets(y, Z)
        if not Y.min() >= 0:
            raise DataError(f"{self} got {Y.min()} among its targets, needs probabilities.")
        return Y

    def value(self, Z: Array, y: Array) -> Any:
        return kl_divergence(Z, y)

    def slope(self, Z: Array, y: Array) -> Array:
        return kl_divergence_backward(Z, y)
