r"""Huber loss: a square near the truth, a straight line far from it.

    e = Z - Y
    J = mean( e^2 / 2                    where |e| <= delta
              delta (|e| - delta / 2)    elsewhere )
    dZ = clip(e, -delta, delta) / (n_samples n_outputs)

The two meet with one value and one slope. Huber, Robust estimation of a location parameter
(1964); ``torch.nn.HuberLoss``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


def huber(Z: Array, Y: Array, delta: float = 1.0) -> Any:
    """Return the mean Huber loss over samples and outputs, of shape (...).

    ``Z`` and ``Y`` have shape (..., n_samples, n_outputs); ``delta`` > 0 is where it bends.
    """
    e = np.abs(Z - Y)
    inside = np.minimum(e, delta)  # e^2/2 up to delta, and delta times what is beyond
    return (inside * (e - inside / 2)).mean(axis=(-2, -1))


def huber_backward(Z: Array, Y: Array, delta: float = 1.0) -> Array:
    """Return dZ, of the shape of ``Z``: no sample pulls harder than ``delta``."""
    return np.clip(Z - Y, -delta, delta) / (Z.shape[-2] * Z.shape[-1])


class Huber(Loss):
    """The mean Huber loss.

    Parameters
    ----------
    delta : float, default 1
        The distance at which the square becomes a line.
    """

    def __init__(self, delta: float = 1.0) -> None:
        check_number("delta", delta, above=0)
        self.delta = delta

    def value(self, Z: Array, y: Array) -> Any:
        return huber(Z, y, self.delta)

    def slope(self, Z: Array, y: Array) -> Array:
        return huber_backward(Z, y, self.delta)
