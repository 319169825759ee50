"""The calendar as numbers: sine and cosine of the place in the day, the week and the year.

    sin(2 pi t / T),  cos(2 pi t / T)

so that the last of a turn lies beside the first of the next. Only turns that a step can tell are
given: a series of months knows the year alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.series.times import Clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = 86400.0


def turns(clock: Clock) -> tuple[str, ...]:
    """Return which of day, week and year the steps of a clock can tell."""
    if clock.unit == "rows":
        return ()
    if clock.unit == "months":
        return ("year",) if clock.step < 12 else ()
    seconds = DAY if clock.unit == "working days" else clock.step
    names = {"day": DAY, "week": 7 * DAY, "year": 366 * DAY}
    return tuple(name for name, length in names.items() if seconds < length)


def calendar(times: Sequence[datetime], names: Sequence[str]) -> NDArray[np.float64]:
    """Return columns (n_times, 2 * n_names): sine and cosine for each of day, week and year."""
    columns: list[NDArray[np.float64]] = []
    for name in names:
        angle = 2 * np.pi * np.array([_share(time, name) for time in times])
        columns += [np.sin(angle), np.cos(angle)]
    return np.stack(columns, 1) if columns else np.zeros((len(times), 0))


def _share(time: datetime, name: str) -> float:
    """Which share of its day, week or year has gone at a time."""
    day = (time.hour * 3600 + time.minute * 60 + time.second) / DAY
    if name == "day":
        return day
    if name == "week":
        return (time.weekday() + day) / 7
    start, end = datetime(time.year, 1, 1), datetime(time.year + 1, 1, 1)
    return (time - start) / (end - start)
