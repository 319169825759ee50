"""Dates: how a column writes them, and what a network can learn from one.

age      days since the latest of training, scaled like a number
month, weekday, hour    cos and sin of the place in the year, the week and the day,
                        so that December is beside January
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# tried in this order; the first that reads every value is the column's
FORMATS = (
    "ISO8601",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
)
DAY = 86_400.0  # seconds
YEAR = 365.2425  # days
_LIKE = r"[0-9A-Za-z]{1,9}[-/. ][0-9A-Za-z]{1,3}[-/., ]+[0-9].*"


def to_days(values: pd.Series, form: str) -> pd.Series:
    """Return days since 1970, UTC; NaN where a value is missing or no date in that form."""
    import pandas as pd

    times = pd.to_datetime(values, format=form or None, errors="coerce", utc=True)
    seconds = (times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
    return seconds.astype("float64") / DAY


def forms_of(words: pd.Series) -> list[str]:
    """Return the forms in which every word is a date; none are missing."""
    if not words.str.fullmatch(_LIKE).all():
        return []
    return [form for form in FORMATS if to_days(words, form).notna().all()]


def first_forms(words: pd.Series) -> pd.Series:
    """Return the first form in which each word is a date; None where it is none."""
    found = words.astype(object).where(words.isna(), None)
    like = words.str.fullmatch(_LIKE).fillna(False).astype(bool)
    for form in FORMATS if like.any() else ():
        open_ = like & found.isna()
        found[open_ & to_days(words.where(open_), form).notna()] = form
    return found


def parts_of(days: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the cyclic parts of days since 1970; 0 where they are missing."""
    # 1 January 1970 was a Thursday, the fourth day of a week; years drift by a day at most
    turns = {"year": days / YEAR, "week": (days + 3) / 7, "day": days}
    parts: dict[str, NDArray[np.float64]] = {}
    for name, turn in turns.items():
        parts[f"{name} cos"] = np.nan_to_num(np.cos(2 * np.pi * turn))
        parts[f"{name} sin"] = np.nan_to_num(np.sin(2 * np.pi * turn))
    return parts
