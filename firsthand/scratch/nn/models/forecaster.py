r"""A forecaster: an LSTM reads the last values of a series and says the next one.

    h_t = lstm_step(x_t, h_t-1)          over a window of n_steps
    z   = h_n W + b                      the value after the window
    J   = mean of (z - y)^2

One step ahead, each window holds what really happened. Further ahead there is nothing to read but
what was said before: the forecast is put behind the window, its oldest value leaves, and so on
(recursive forecasting), errors and all. Values are scaled by mean and deviation of the part that is
learnt from: what comes after it is not known yet, and must not be looked at.

Hochreiter & Schmidhuber, Long short-term memory (1997); Hyndman & Athanasopoulos, Forecasting:
principles and practice (2021), 5.8 for honest tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn.layers.linear import Linear
from firsthand.scratch.nn.layers.lstm import LSTM
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.network import Network
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Scale:
    """Where the values of a series lie: x = (value - mean) / deviation.

    Attributes
    ----------
    mean, deviation : float
    """

    mean: float
    deviation: float

    def scaled(self, values: Array) -> Array:
        """Return values as deviations from the mean, one of which is 1."""
        return (values - self.mean) / self.deviation

    def values(self, scaled: Array) -> Array:
        """Return what :meth:`scaled` was given."""
        return scaled * self.deviation + self.mean


def fit_scale(values: Array) -> Scale:
    """Return the scale of the values that are learnt from, and of none after them.

    Raises
    ------
    DataError
        If they are all the same.
    """
    scale = Scale(float(values.mean()), float(values.std()))
    if not scale.deviation > 0:
        raise DataError(f"The series is always {scale.mean:g}; there is nothing to scale by.")
    return scale


def series_windows(values: Array, n_steps: int) -> tuple[Array, Array]:
    """Return (X, y): every window of a series, (n_windows, n_steps, 1), and what came next.

    ``y`` has shape (n_windows, 1).

    Raises
    ------
    DataError
        If the series has no window with a value after it.

    Examples
    --------
    >>> X, y = series_windows(np.array([1.0, 2.0, 3.0, 4.0]), 2)
    >>> X[..., 0].tolist(), y.tolist()
    ([[1.0, 2.0], [2.0, 3.0]], [[3.0], [4.0]])
    """
    if values.ndim != 1 or len(values) <= n_steps:
        raise DataError(
            f"A series of shape {values.shape} has no window of {n_steps} with a value after it; "
            "pass a longer row, or take a shorter window."
        )
    X = np.lib.stride_tricks.sliding_window_view(values[:-1], n_steps)
    return X[..., None].copy(), values[n_steps:, None].copy()


class Forecaster(Module):
    """Windows (..., n_samples, n_steps, n_features) in, the next values of all features out.

    Parameters
    ----------
    n_features : int, default 1
        Series that are read, and forecast, side by side.
    n_hidden, n_layers : int

    Examples
    --------
    >>> network = Network(Forecaster(n_hidden=8))
    >>> network.forward(np.ones((5, 12, 1))).shape
    (5, 1)
    """

    def __init__(self, n_features: int = 1, *, n_hidden: int = 32, n_layers: int = 1) -> None:
        self.n_features = n_features
        self.lstm = LSTM(n_features, n_hidden, n_layers)
        self.head = Linear(n_hidden, n_features, gain=1.0)

    def forward(self, X: Array) -> Array:
        self.H = self.lstm.forward(X)  # (..., n_samples, n_steps, n_hidden)
        return self.head.forward(self.H[..., -1, :])

    def backward(self, dZ: Array) -> Array:
        dH = np.zeros_like(self.H)
        dH[..., -1, :] = self.head.backward(dZ)  # the last step alone was asked
        return self.lstm.backward(dH)

    def describe(self) -> str:
        return f"Forecaster of {self.n_features}, {self.lstm.describe()}"


def forecast(network: Network, X: Array, n_ahead: int) -> Array:
    """Return the next ``n_ahead`` values after each window, every one made from those before.

    Parameters
    ----------
    network : Network
        Around a :class:`Forecaster`; with trials each goes on from its own forecasts.
    X : array of shape (..., n_samples, n_steps, n_features)
    n_ahead : int

    Returns
    -------
    array of shape (..., n_samples, n_ahead, n_features)
    """
    check_number("n_ahead", n_ahead, at_least=1, whole=True)
    if not isinstance(network.module, Forecaster):
        raise ParameterError(f"forecast needs a Forecaster, got {network}.")
    if X.ndim == 3:
        X = np.broadcast_to(X, (*network.trials, *X.shape))
    said: list[Array] = []
    for _ in range(n_ahead):
        said.append(network.forward(X))
        X = np.concatenate([X[..., 1:, :], said[-1][..., None, :]], axis=-2)
    return np.stack(said, axis=-2)
