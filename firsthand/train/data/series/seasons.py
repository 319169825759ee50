r"""The season of a series, from its autocorrelation.

    r_k = sum_t (y_t - m)(y_{t-k} - m) / sum_t (y_t - m)^2

A season is the lag at which r has its highest peak after it first fell below 0; lags that the
calendar knows (12 months, 7 days) are preferred to others that are about as high.
Box & Jenkins, Time Series Analysis (1976), 2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.series.times import Clock

ABOUT = 0.9  # of the highest peak: as high for a lag that the calendar knows
LEAST = 0.2  # a lower peak is no season
SURE = 3.5  # deviations of noise, about 1 / sqrt(n - k), above which hardly any of many lags comes


def autocorrelation(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return r_0, ..., r_{n-1} of a series, through its spectrum."""
    centred = y - y.mean()
    n = len(y)
    power = np.abs(np.fft.rfft(centred, 2 * n)) ** 2  # padded, so that it does not go round
    r = np.fft.irfft(power)[:n]
    return r / r[0] if r[0] > 0 else np.zeros(n)


def find_season(y: NDArray[np.float64], clock: Clock) -> tuple[int | None, float]:
    """Return (steps of a season or None, its autocorrelation) of a series without gaps."""
    n = len(y)
    line = np.polynomial.Polynomial.fit(np.arange(n), y, 1)
    r = autocorrelation(y - line(np.arange(n)))[: n // 2]
    below = np.flatnonzero(r < 0)
    if not len(below):
        return None, 0.0
    # the sum has n - k terms, so r_k of a true season falls with k; this undoes it
    r = r * n / (n - np.arange(len(r)))
    lags = np.arange(int(below[0]), len(r) - 1)
    peaks = [k for k in lags if k > 1 and r[k] >= r[k - 1] and r[k] >= r[k + 1]]
    if not peaks:
        return None, 0.0
    highest = max(peaks, key=lambda k: r[k])
    known = [k for k in known_lags(clock) if below[0] < k < len(r) and r[k] >= ABOUT * r[highest]]
    # a multiple of the season peaks, too: the shortest that is about as high is the season
    season = min(known) if known else min(k for k in peaks if r[k] >= ABOUT * r[highest])
    significant = r[season] > max(LEAST, SURE / np.sqrt(n - season))
    return (int(season), float(r[season])) if significant else (None, 0.0)


def known_lags(clock: Clock) -> tuple[int, ...]:
    """Return the lags that the calendar knows: a day, a week, a quarter, a year."""
    if clock.unit == "working days":
        return (5, 261)
    lengths = {
        "months": (3, 12),
        "seconds": (60, 3600, 86400, 7 * 86400, 365 * 86400),
        "rows": (),
    }[clock.unit]
    return tuple(int(n / clock.step) for n in lengths if n % clock.step == 0 and n > clock.step)
