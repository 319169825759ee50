r"""Multi-class hinge loss: every wrong class must stay a margin below the true one.

    J  = mean over samples of  sum over k != y of max(0, margin - Z[y] + Z[k]) / n_classes
    dZ[k] = (that class is within the margin) / (n_samples n_classes),  dZ[y] = -their sum

Weston & Watkins, Support vector machines for multi-class pattern recognition (1999);
``torch.nn.MultiMarginLoss``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.losses.cross_entropy import check_classes
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]


def hinge(Z: Array, y: Labels, margin: float = 1.0) -> Any:
    """Return the mean hinge loss over samples, of shape (...).

    ``Z`` has shape (..., n_samples, n_classes), ``y`` the true classes (..., n_samples).
    """
    return _violations(Z, y, margin).sum(axis=-1).mean(axis=-1) / Z.shape[-1]


def hinge_backward(Z: Array, y: Labels, margin: float = 1.0) -> Array:
    """Return dZ, of the shape of ``Z``; a class exactly at the margin does not pull."""
    dZ = (_violations(Z, y, margin) > 0).astype(Z.dtype)
    np.put_along_axis(dZ, y[..., None], -dZ.sum(axis=-1, keepdims=True), axis=-1)
    return dZ / (Z.shape[-2] * Z.shape[-1])


def _violations(Z: Array, y: Labels, margin: float) -> Array:
    """Return by how much each wrong class is within the margin, (..., n_samples, n_classes)."""
    true = np.take_along_axis(Z, y[..., None], axis=-1)
    within = np.maximum(0, margin - true + Z)
    np.put_along_axis(within, y[..., None], 0, axis=-1)
    return within


class Hinge(Loss):
    """The mean multi-class hinge loss.

    Parameters
    ----------
    margin : float, default 1
    """

    def __init__(self, margin: float = 1.0) -> None:
        check_number("margin", margin, above=0)
        self.margin = margin

    def value(self, Z: Array, y: Labels) -> Any:
        return hinge(Z, y, self.margin)

    def slope(self, Z: Array, y: Labels) -> Array:
        return hinge_backward(Z, y, self.margin)

    def targets(self, y: NDArray[Any], Z: Array) -> NDArray[Any]:
        return check_classes(self, y, Z)
