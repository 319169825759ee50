r"""Losses: how far predictions are from the truth, and the slope of that.

    mean squared error     J = mean((Z - Y)^2)          dZ = 2 (Z - Y) / (n_samples n_outputs)

Every loss reduces over samples (and outputs) by the mean, as PyTorch does by default, and keeps
leading axes. Cross-entropy stands in :mod:`firsthand.scratch.nn.mlp`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.mlp import cross_entropy, cross_entropy_backward

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "mean_squared_error",
    "mean_squared_error_backward",
]

Array = NDArray[np.floating[Any]]


def mean_squared_error(Z: Array, Y: Array) -> Any:
    """Return mean((Z - Y)^2) over samples and outputs, of shape (...).

    ``Z`` has shape (..., n_samples, n_outputs); ``Y`` broadcasts against it.
    """
    return ((Z - Y) ** 2).mean(axis=(-2, -1))


def mean_squared_error_backward(Z: Array, Y: Array) -> Array:
    """Return dZ, of the shape of ``Z``."""
    return 2 * (Z - Y) / (Z.shape[-2] * Z.shape[-1])
