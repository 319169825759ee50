r"""Transforms of a series that make its steps alike, and the way back.

    log                   g_t = log y_t
    difference            z_t = g_t - g_{t-1}
    seasonal difference   z_t = g_t - g_{t-s}

Several follow each other. A forecast is undone step by step: each step's value is its difference
added to the value one step, or one season, before, which is known or was itself just undone.
Box & Jenkins, Time Series Analysis (1976), 4.1 and 9.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEASON = 0  # stands for the length of the season among the lags below
# name: (whether the logarithm is taken, lags of the differences in their order)
NAMES: dict[str, tuple[bool, tuple[int, ...]]] = {
    "none": (False, ()),
    "log": (True, ()),
    "difference": (False, (1,)),
    "seasonal_difference": (False, (SEASON,)),
    "both_differences": (False, (SEASON, 1)),
    "log_difference": (True, (1,)),
    "log_seasonal_difference": (True, (SEASON,)),
    "log_both_differences": (True, (SEASON, 1)),
}


@dataclass(frozen=True)
class Transform:
    """A transform of values along their first axis.

    Attributes
    ----------
    log : bool
    lags : tuple of int
        Of the differences, in the order in which they are taken.
    """

    log: bool = False
    lags: tuple[int, ...] = ()

    @classmethod
    def named(cls, name: str, period: int | None) -> Transform:
        """Return the transform of that name.

        Raises
        ------
        DataError
            If it is seasonal and there is no season.
        """
        log, lags = NAMES[name]
        if SEASON in lags and (period is None or period < 2):
            raise DataError(
                f"data.transform: {name} needs a season, and none was found; set data.period."
            )
        return cls(log, tuple(lag or period or 1 for lag in lags))

    @property
    def lost(self) -> int:
        """How many first steps have no value after the transform."""
        return sum(self.lags)

    def __call__(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the transform of values of shape (n, ...): shape (n - lost, ...)."""
        z = np.log(y) if self.log else y
        for lag in self.lags:
            z = z[lag:] - z[:-lag]
        return z

    def undo(self, z: NDArray[np.float64], past: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return forecasts in the unit of the series.

        Parameters
        ----------
        z : ndarray of shape (horizon, ...)
            Transformed forecasts.
        past : ndarray of shape (at least lost, ...)
            The values before them, in their own unit, the latest last.
        """
        levels = [np.log(past) if self.log else past]
        for lag in self.lags[:-1]:
            levels.append(levels[-1][lag:] - levels[-1][:-lag])
        for lag, level in zip(reversed(self.lags), reversed(levels), strict=bool(self.lags)):
            known = list(level[-lag:])
            for step in z:
                known.append(step + known[-lag])
            z = np.stack(known[lag:])
        return np.exp(z) if self.log else z
