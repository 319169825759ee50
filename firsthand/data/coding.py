"""Turn columns of text into columns of numbers, and note everything that was done.

A numeric column stays as it is, its gaps filled with the median. Words become indicator
columns, one for each level but the first, so that no column is the sum of others. What cannot
help a model is left out: constants, identifiers, columns that are mostly missing.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from firsthand.data.errors import ColumnError

Array = NDArray[np.float64]


def code_feature(
    name: str, values: list[str], lines: list[int], *, max_levels: int, notes: list[str]
) -> dict[str, Array]:
    """Return the numeric columns that stand for one column of text; none if it is left out."""
    missing = sum(not v for v in values)
    if missing > len(values) / 2:
        notes.append(f"{name}: left out, {missing} of {len(values)} values are missing")
        return {}
    numbers = as_numbers(name, values, lines)
    if numbers is None:
        return _indicators(name, values, max_levels=max_levels, notes=notes)
    if missing:
        middle = float(np.nanmedian(numbers))
        numbers = np.where(np.isnan(numbers), middle, numbers)
        notes.append(f"{name}: {missing} missing, filled with the median {middle:g}")
    if np.all(numbers == numbers[0]):
        notes.append(f"{name}: left out, every value is {numbers[0]:g}")
        return {}
    return {name: numbers}


def as_numbers(name: str, values: list[str], lines: list[int]) -> Array | None:
    """Return the column as float64 with NaN for what is missing; None if it holds words.

    Raises
    ------
    ColumnError
        If a value is infinite or too large for float64.
    """
    parsed: list[float] = []
    for value, line in zip(values, lines, strict=True):
        if not value:
            parsed.append(math.nan)
            continue
        try:
            number = float(value) if "_" not in value else math.nan
        except ValueError:
            return _with_decimal_comma(values)
        if "_" in value:  # float("1_000") is Python's notation, not a table's
            return None
        if math.isinf(number):
            raise ColumnError(f"Column {name!r}, line {line}: {value} is not a finite number.")
        if abs(number) > 1e150:
            raise ColumnError(
                f"Column {name!r}, line {line}: {value} is so large that its square overflows."
            )
        parsed.append(number)
    return np.array(parsed)


def _with_decimal_comma(values: list[str]) -> Array | None:
    """Return numbers such as ``3,14``; None if any value is something else."""
    if not any("," in value for value in values):
        return None
    try:
        numbers = [float(v.replace(",", ".", 1)) if v else math.nan for v in values]
    except ValueError:
        return None
    return np.array(numbers) if not any(map(math.isinf, numbers)) else None


def _indicators(
    name: str, values: list[str], *, max_levels: int, notes: list[str]
) -> dict[str, Array]:
    """Return one column of 0 and 1 for each level but the first."""
    named = [value or "missing" for value in values]
    levels = sorted(set(named))
    if len(levels) == 1:
        notes.append(f"{name}: left out, every value is {levels[0]!r}")
        return {}
    if len(levels) > max_levels:
        notes.append(f"{name}: left out, {len(levels)} different words (more than {max_levels})")
        return {}
    many = f"{len(levels) - 1} columns" if len(levels) > 2 else "one column"
    notes.append(f"{name}: coded as {many} of 0 and 1 against {levels[0]!r}")
    words = np.array(named)
    return {f"{name}={level}": (words == level).astype(np.float64) for level in levels[1:]}
