r"""Mean absolute error: the loss whose best constant is the median, so outliers count little.

    J = mean |Z - Y|          dZ = sign(Z - Y) / (n_samples n_outputs), 0 at the kink

``torch.nn.L1Loss``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.losses.loss import Loss

Array = NDArray[np.floating[Any]]


def mean_absolute_error(Z: Array, Y: Array) -> Any:
    """Return mean |Z - Y| over samples and outputs, of shape (...).

    ``Z`` and ``Y`` have shape (..., n_samples, n_outputs).
    """
    return np.abs(Z - Y).mean(axis=(-2, -1))


def mean_absolute_error_backward(Z: Array, Y: Array) -> Array:
    """Return dZ, of the shape of ``Z``; where both are equal the slope counts as 0."""
    return np.sign(Z - Y) / (Z.shape[-2] * Z.shape[-1])


class MeanAbsoluteError(Loss):
    """The mean of absolute differences."""

    def value(self, Z: Array, y: Array) -> Any:
        return mean_absolute_error(Z, y)

    def slope(self, Z: Array, y: Array) -> Array:
        return mean_absolute_error_backward(Z, y)
