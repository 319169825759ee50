r"""Intervals: where a figure would lie on other examples, or with another seed.

    Wilson      (p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n)
    bootstrap   the 2.5 % and 97.5 % points of the replicates
    seeds       mean ± t_{k-1} s / sqrt(k)
    needed      n ((z_{0.975} + z_{0.8}) se / difference)²: to see it 4 times of 5

Wilson, Probable inference (1927); Efron & Tibshirani (1993), 13; Cohen, Statistical Power Analysis
(1988).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.95
POWER_Z = 0.8416212335729143  # the 80 % point of the normal distribution


@dataclass(frozen=True)
class Interval:
    """A figure, and between which values it lies at a level of 95 %; NaN where unknown."""

    value: float
    low: float = math.nan
    high: float = math.nan
    how: str = ""

    @property
    def known(self) -> bool:
        """Whether both ends are numbers."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside; of a difference, that it is no accident."""
        return self.known and not self.low <= 0 <= self.high

    def plain(self) -> dict[str, float | str | None]:
        """Return values that JSON can hold."""
        return {
            "value": _finite(self.value),
            "low": _finite(self.low),
            "high": _finite(self.high),
            "how": self.how,
        }


def wilson(right: int, n: int, level: float = LEVEL) -> Interval:
    """Return the interval of a share, such as an accuracy.

    Parameters
    ----------
    right, n : int
        How many of how many.
    level : float
    """
    if n == 0:
        return Interval(math.nan, how="no example")
    z = _normal(level)
    p = right / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if right == 0 else middle - half
    high = 1.0 if right == n else middle + half
    return Interval(p, low, high, "Wilson")


def percentile(
    value: float, replicates: NDArray[np.float64], how: str, level: float = LEVEL
) -> Interval:
    """Return a figure with the interval that its bootstrap replicates span.

    Unknown where there are no two replicates, or in more than 5 % of them the figure has no value.
    """
    there = replicates[np.isfinite(replicates)]
    if len(there) < max(2, 0.95 * len(replicates)):
        return Interval(value, how="no interval: too few examples")
    low, high = np.quantile(there, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), how)


def over_seeds(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Return the mean of several runs, and between which values that of many would lie."""
    from scipy import stats

    k = len(values)
    mean = float(np.mean(values))
    if k < 2:
        return Interval(mean, how="one seed")
    half = float(stats.t.ppf((1 + level) / 2, k - 1) * np.std(values, ddof=1) / math.sqrt(k))
    return Interval(mean, mean - half, mean + half, f"t over {k} seeds")


def examples_needed(difference: float, deviation: float, n: int) -> float:
    """Return how many test examples would show a difference, if it is as large as it looks.

    Parameters
    ----------
    difference : float
        Measured on ``n`` examples.
    deviation : float
        Of that difference over bootstrap replicates.
    n : int
    """
    if difference == 0:
        return math.inf
    return n * ((_normal(LEVEL) + POWER_Z) * deviation / difference) ** 2


def _normal(level: float) -> float:
    from scipy import stats

    return float(stats.norm.ppf((1 + level) / 2))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
