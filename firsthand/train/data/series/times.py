"""Times: the format they are written in, the step between them, and what is irregular.

A step is counted in months where all times fall on one day of the month, in working days where no
time falls on a weekend, else in seconds. Each time gets its place: how many steps after the first
it comes. Where a place is missing there is a gap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMATS = (
    "iso",
    "%Y-%m",
    "%Y",
    "%Y/%m/%d",
    "%Y/%m",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%b %Y",
    "%B %Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%YQ%q",
    "number",
)
Unit = Literal["months", "working days", "seconds", "rows"]
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
_TRIED = 50  # times by which a format is chosen, before all are read


@dataclass(frozen=True)
class Clock:
    """How times become places.

    Attributes
    ----------
    format : str
        One of `FORMATS`.
    unit : {"months", "working days", "seconds", "rows"}
    step : float
        Units from one place to the next.
    """

    format: str
    unit: Unit
    step: float

    def described(self) -> str:
        """Return the step for a person."""
        if self.unit == "rows":
            return "one row"
        if self.unit == "seconds":
            for name, seconds in (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60)):
                if self.step % seconds == 0:
                    n = int(self.step // seconds)
                    return f"{n} {name}s" if n > 1 else f"one {name}"
            return f"{self.step:g} seconds"
        if self.unit == "months":
            years, months = divmod(int(self.step), 12)
            n, name = (years, "year") if not months else (int(self.step), "month")
            return f"{n} {name}s" if n > 1 else f"one {name}"
        return "one working day"


def read_time(text: str, form: str) -> datetime | float:
    """Return a time, or a number for the format "number".

    Raises
    ------
    ValueError
        If it is not written in that format.
    """
    text = text.strip()
    if form == "number":
        return float(text)
    if form == "iso":
        if len(text) < len("20200101") or (text.isdecimal() and len(text) != len("20200101")):
            raise ValueError(text)
        return datetime.fromisoformat(text).replace(tzinfo=None)
    if form == "%YQ%q":
        quarter = _QUARTER.fullmatch(text)
        if not quarter:
            raise ValueError(text)
        return datetime(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
    return datetime.strptime(text, form)


def find_format(texts: Sequence[str], column: str) -> tuple[str, str]:
    """Return the format in which most times are written, and a note where two would do, or "".

    Raises
    ------
    DataError
        If there is none.
    """
    chosen = texts[:: max(len(texts) // _TRIED, 1)]
    fits = {form: sum(_fits(text, form) for text in chosen) for form in FORMATS}
    best = max(fits.values())
    if best < len(chosen) / 2:
        raise DataError(
            f"Column {column!r} holds no times that are understood, such as {texts[0]!r}; "
            "write them as 2024-12-31 or 2024-12-31 23:59:00."
        )
    possible = [form for form, n in fits.items() if n == best]
    if len(possible) > 1 and {"%d/%m/%Y", "%m/%d/%Y"} <= set(possible):
        possible.sort(key=lambda form: _disorder(chosen, form))
        note = (
            f"Times such as {texts[0]!r} can be read as {possible[0]} and {possible[1]}; the "
            "first is taken, in which they follow each other more evenly."
        )
        return possible[0], note
    return possible[0], ""


def _fits(text: str, form: str) -> bool:
    try:
        read_time(text, form)
    except ValueError:
        return False
    return True


def _disorder(texts: Sequence[str], form: str) -> float:
    """How unevenly times follow each other: the deviation of their steps over the mean."""
    times = [read_time(text, form) for text in texts if _fits(text, form)]
    seconds = [_seconds(time) for time in times]
    steps = [b - a for a, b in pairwise(seconds)]
    return float(np.std(steps) / (abs(np.mean(steps)) + 1e-9)) if steps else 0.0


def _seconds(time: datetime | float) -> float:
    return (time - datetime(1970, 1, 1)).total_seconds() if isinstance(time, datetime) else time


def find_clock(times: Sequence[datetime | float], form: str) -> Clock:
    """Return the step that ascending, different times are apart."""
    if not isinstance(times[0], datetime):
        steps = np.diff(np.array(times, float))
        return Clock(form, "rows", float(np.median(steps)) or 1.0)
    dates = [t for t in times if isinstance(t, datetime)]
    if len({(t.day, t.hour, t.minute, t.second) for t in dates}) == 1:
        months = np.diff([12 * t.year + t.month for t in dates])
        return Clock(form, "months", float(np.median(months)))
    median = float(np.median(np.diff([_seconds(t) for t in dates])))
    if median == 86400 and len(dates) > 7 and all(t.weekday() < 5 for t in dates):
        return Clock(form, "working days", 1.0)
    return Clock(form, "seconds", median)


def places(times: Sequence[datetime | float], clock: Clock) -> NDArray[np.float64]:
    """Return how many steps after the first each time comes; whole numbers where it is regular."""
    if clock.unit == "working days":
        days = np.array([t.date() for t in times if isinstance(t, datetime)], "datetime64[D]")
        return np.busday_count(days[0], days).astype(float)
    if clock.unit == "months":
        counts = np.array([12 * t.year + t.month for t in times if isinstance(t, datetime)], float)
    else:
        counts = np.array([_seconds(t) for t in times])
    return (counts - counts[0]) / clock.step


def between(first: datetime, clock: Clock, n_steps: NDArray[np.int64]) -> list[datetime]:
    """Return the times that come so many steps after the first."""
    if clock.unit == "months":
        months = 12 * first.year + first.month - 1 + n_steps * int(clock.step)
        return [first.replace(year=int(m) // 12, month=int(m) % 12 + 1) for m in months]
    if clock.unit == "working days":
        days = np.busday_offset(np.datetime64(first.date()), n_steps)
        return [datetime.combine(day, first.time()) for day in days.tolist()]
    start = np.datetime64(first, "us")
    steps = (n_steps * clock.step * 1e6).astype("timedelta64[us]")
    return (start + steps).tolist()
