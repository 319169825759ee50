r"""Holt-Winters: a level, a slope and a season, each a moving average that forgets.

    forecast   y_{t+h} = l_t + (phi + ... + phi^h) b_t + s_{t+h-p}
    error      e_t = y_t - l_{t-1} - phi b_{t-1} - s_{t-p}
    level      l_t = l_{t-1} + phi b_{t-1} + alpha e_t
    slope      b_t = phi b_{t-1} + alpha beta e_t
    season     s_t = s_{t-p} + gamma (1 - alpha) e_t

alpha, beta, gamma and phi are those of a grid under which the squared errors of one step are least
in training. All of the grid is smoothed at once. Where values grow in proportion, give logarithms.
Winters (1960); Hyndman & Athanasopoulos, Forecasting: Principles and Practice (2021), 8.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
BETAS = (0.0, 0.01, 0.03, 0.1, 0.3)
GAMMAS = (0.0, 0.03, 0.1, 0.3, 0.6)
DAMPINGS = (0.8, 0.95, 1.0)


def holt_winters(
    y: NDArray[np.float64],
    origins: NDArray[np.int64],
    horizon: int,
    *,
    period: int = 1,
    n_train: int,
) -> NDArray[np.float64]:
    """Return forecasts (n_origins, horizon), each from all values up to its origin.

    Parameters
    ----------
    y : ndarray of shape (n_steps,)
    origins : ndarray of int64, shape (n_origins,)
        The last step that each forecast knows.
    horizon : int
    period : int
        Steps of a season; 1: there is none.
    n_train : int
        First steps by which the grid is chosen, two seasons of them at least.
    """
    gammas = GAMMAS if period > 1 else (0.0,)
    grid = np.array(list(product(ALPHAS, BETAS, gammas, DAMPINGS)))
    errors, _ = _smooth(y[:n_train], grid, period, np.zeros(0, np.int64), horizon)
    best = int((errors[:, 2 * period :] ** 2).sum(1).argmin())  # the start is still settling
    return _smooth(y, grid[best : best + 1], period, origins, horizon)[1]


def _smooth(
    y: NDArray[np.float64],
    grid: NDArray[np.float64],
    period: int,
    origins: NDArray[np.int64],
    horizon: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return errors (n_grid, n_steps), and forecasts (n_origins, horizon) of the first setting."""
    alpha, beta, gamma, phi = grid.T
    n = len(grid)
    first = y[:period].mean()
    level = np.full(n, first)
    slope = np.full(n, (y[period : 2 * period].mean() - first) / period)
    season = np.repeat((y[:period] - first)[None], n, 0) * (period > 1)  # (n_grid, period)
    place = {int(origin): i for i, origin in enumerate(origins)}
    errors, said = np.zeros((n, len(y))), np.zeros((len(origins), horizon))
    steps = np.arange(1, horizon + 1)
    for t, value in enumerate(y):
        expected = level + phi * slope + season[:, t % period]
        error = value - expected
        errors[:, t] = error
        level, slope = level + phi * slope + alpha * error, phi * slope + alpha * beta * error
        season[:, t % period] += gamma * (1 - alpha) * error
        if t in place:
            damped = np.cumsum(phi[0] ** steps)
            said[place[t]] = level[0] + damped * slope[0] + season[0, (t + steps) % period]
    return errors, said
