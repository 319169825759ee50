"""Baselines of a forecast that learn nothing: the last value, or the last season, again.

    last value       y_{t+h} = y_t
    seasonal naive   y_{t+h} = y_{t+h-ks}, the latest of its season that is known
    drift            y_{t+h} = y_t + h (y_t - y_{t-n+1}) / (n - 1) over the window

Hyndman & Athanasopoulos, Forecasting: Principles and Practice (2021), 5.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def last_value(past: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
    """Return (n, horizon, n_targets) after ``past`` of shape (n, n_steps, n_targets)."""
    return np.repeat(past[:, -1:], horizon, 1)


def seasonal_naive(past: NDArray[np.float64], horizon: int, period: int) -> NDArray[np.float64]:
    """Return the last season, as often as it takes; ``past`` holds a season at least."""
    season = past[:, -period:]
    return np.concatenate([season] * -(-horizon // period), 1)[:, :horizon]


def drift(past: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
    """Return the line through the first and the last value of ``past``, drawn on."""
    slope = (past[:, -1:] - past[:, :1]) / max(past.shape[1] - 1, 1)
    return past[:, -1:] + slope * np.arange(1, horizon + 1)[None, :, None]
