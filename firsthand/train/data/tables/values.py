"""Values of a column as numbers, before they are scaled: one float64 a row.

number: itself. date: days since 1970. boolean: 1 or 0. category: the number of its level, or of
all other words together (the one after the last). NaN where there is no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.tables.dates import to_days
from firsthand.train.data.tables.numbers import LARGEST, to_numbers
from firsthand.train.data.tables.words import YES_NO, is_typed, to_words

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from firsthand.train.data.tables.kinds import Column

WHAT = {"number": "no number", "date": "no date", "boolean": "neither yes nor no"}


def values_of(
    column: Column, values: pd.Series, missing: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return a column's values, and which of them cannot be read as the column's others.

    Returns
    -------
    values : ndarray of shape (n,)
    wrong : ndarray of shape (n,), of bool
        Values that are there and fit no reading; NaN in ``values``.
    """
    if column.kind == "number" and is_typed(values):
        numbers = values.astype("float64").to_numpy(na_value=np.nan)
        return _usable(numbers), _too_large(numbers)
    if column.kind == "date" and is_typed(values):
        days = to_days(values, "").to_numpy()
        return days, np.isnan(days) & ~values.isna().to_numpy()
    words = to_words(values, missing)
    there = words.notna().to_numpy()
    reading = column.reading
    if column.kind == "number":
        read = to_numbers(words, reading["style"]).to_numpy()
        wrong = np.isnan(read) & there
        return _usable(read), wrong | _too_large(read)
    if column.kind == "date":
        read = to_days(words, reading["form"]).to_numpy()
    elif column.kind == "boolean":
        lower = words.str.lower()
        no = dict(YES_NO)[reading["yes"]]
        read = lower.map({reading["yes"]: 1.0, no: 0.0}).to_numpy("float64", na_value=np.nan)
    else:
        levels: list[str] = reading["levels"]
        number = {level: float(i) for i, level in enumerate(levels)}
        read = words.map(number).to_numpy("float64", na_value=np.nan).copy()
        read[np.isnan(read) & there] = len(levels)
    return read, np.isnan(read) & there


def why_wrong(column: Column, value: object) -> str:
    """Return what is wrong with a value of a column that `values_of` cannot use."""
    import pandas as pd

    if column.kind == "number":
        word = pd.Series([str(value).strip()], dtype="str")
        if to_numbers(word, column.reading["style"]).notna().all():
            return f"too large to compute with (beyond {LARGEST:g})"
    return WHAT[column.kind]


def _usable(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Infinite numbers count as missing."""
    return np.where(np.abs(numbers) <= LARGEST, numbers, np.nan)


def _too_large(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.isfinite(numbers) & (np.abs(numbers) > LARGEST)
