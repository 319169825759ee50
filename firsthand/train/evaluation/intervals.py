r"""Intervals: where a figure would lie on other examples, or with another seed.

    Wilson      (p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n)
    bootstrap   the points q and 1 - q of the replicates of m examples or groups,
                q = Phi(-sqrt(m / (m - 1)) t_{0.975, m-1}), which tends to 2.5 %: without it
                intervals of few are too narrow. Of fewer than 20, or where all replicates are
                equal, none is given: [x, x] would be a certainty that nobody has
    seeds       mean ± t_{k-1} s / sqrt(k)
    needed      n ((z_{0.975} + z_{0.8}) se / difference)²: to see it 4 times of 5

Wilson, Probable inference (1927); Hesterberg, What Teachers Should Know About the Bootstrap (2015);
Efron & Tibshirani (1993), 13; Cohen, Statistical Power Analysis (1988).
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
FEWEST = 20  # examples or groups that a bootstrap can draw from
UNKNOWN = "no interval: "
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
    def unknown(self) -> str:
        """Why there is no interval though one was wanted; else empty."""
        return self.how.removeprefix(UNKNOWN) if self.how.startswith(UNKNOWN) else ""

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
    value: float,
    replicates: NDArray[np.float64],
    how: str,
    level: float = LEVEL,
    *,
    units: int | None = None,
) -> Interval:
    """Return a figure with the interval that its bootstrap replicates span.

    Unknown where there are no two replicates, all are equal, or in more than 5 % of them the figure
    has no value; and where there are fewer than `FEWEST` units.

    Parameters
    ----------
    value : float
    replicates : ndarray of shape (replicates,)
    how : str
    level : float
    units : int, optional
        Examples, or groups of them, that each replicate was drawn from; see `Resampling.units`.
    """
    there = replicates[np.isfinite(replicates)]
    if len(there) < max(2, 0.95 * len(replicates)):
        return Interval(value, how=f"{UNKNOWN}too few examples")
    if units is not None and units < FEWEST:
        what = "groups" if "groups" in how else "examples"
        return Interval(value, how=f"{UNKNOWN}too few {what} ({units})")
    if np.ptp(there) <= 1e-12 * max(abs(value), 1e-300):
        return Interval(value, how=f"{UNKNOWN}too few examples, each resample gives the same")
    tail = (1 - level) / 2 if units is None else _tail(level, units)
    low, high = np.quantile(there, [tail, 1 - tail])
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


def _tail(level: float, units: int) -> float:
    """Return the share of replicates beyond each end, for so many units."""
    from scipy import stats

    t = stats.t.ppf((1 + level) / 2, units - 1)
    return float(stats.norm.cdf(-math.sqrt(units / (units - 1)) * t))


def _normal(level: float) -> float:
    from scipy import stats

    return float(stats.norm.ppf((1 + level) / 2))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
