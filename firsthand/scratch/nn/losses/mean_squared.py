r"""Mean squared error: the loss of normal noise.

    J = mean((Z - Y)^2)          dZ = 2 (Z - Y) / (n_samples n_outputs)

Goodfellow, Bengio & Courville, Deep Learning (2016), 5.1.4; ``torch.nn.MSELoss``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.losses.loss import Loss

Array = NDArray[np.floating[Any]]


def mean_squared_error(Z: Array, Y: Array) -> Any:
    """Return mean((Z - Y)^2) over samples and outputs, of shape (...).

    ``Z`` has shape (..., n_samples, n_outputs); ``Y`` broadcasts against it.
    """
    return ((Z - Y) ** 2).mean(axis=(-2, -1))


def mean_squared_error_backward(Z: Array, Y: Array) -> Array:
    """Return dZ, of the shape of ``Z``."""
    return 2 * (Z - Y) / (Z.shape[-2] * Z.shape[-1])


class MeanSquaredError(Loss):
    """The mean of squared differences."""

    def value(self, Z: Array, y: Array) -> Any:
        return mean_squared_error(Z, y)

    def slope(self, Z: Array, y: Array) -> Array:
        return mean_squared_error_backward(Z, y)
