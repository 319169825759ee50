"""A CSV of a series, as rows that are one step apart.

What is not so is named: values that are no numbers, rows in the wrong order, times that come twice,
fall between two steps or are missing.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.config.spelling import did_you_mean
from firsthand.train.data.contract import Finding
from firsthand.train.data.series.times import (
    Clock,
    between,
    find_clock,
    find_format,
    places,
    read_time,
)
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.bad import Bad

MISSING = ("", "?", "NA", "N/A", "NaN", "nan", "null", "None")
NEAR = 0.02  # of a step: clocks that are late by less are on time


@dataclass(frozen=True)
class Table:
    """Rows one step apart.

    Attributes
    ----------
    name : str
        The file's.
    columns : tuple of str
    values : ndarray of shape (n_rows, n_columns)
        NaN where a value is missing.
    lines : ndarray of int64, shape (n_rows,)
        In the file, counted from 1; 0 for a row that it has not.
    times : list of datetime
        Empty where the series has no times.
    clock : Clock
    findings : list of Finding
    """

    name: str
    columns: tuple[str, ...]
    values: NDArray[np.float64]
    lines: NDArray[np.int64]
    times: list[datetime]
    clock: Clock
    findings: list[Finding] = field(default_factory=list[Finding])


def read_table(path: Path, time: str | None, wanted: Sequence[str], bad: Bad) -> Table:
    """Return the rows of a CSV file in order of time, with a row for every step.

    Parameters
    ----------
    path : path
    time : str or None
        The column of times; without, rows are one step apart as they stand.
    wanted : sequence of str
        Columns of numbers; none: all that hold nothing else.
    bad : Bad
        Told of rows that cannot be used.

    Raises
    ------
    DataError
        If it cannot be read, has no such columns, or its steps are too uneven.
    """
    names, rows = _rows(path, bad)
    for name in [*wanted, *([time] if time else [])]:
        if name not in names:
            raise DataError(
                f"{path} has no column {name!r}; it has {', '.join(names)}."
                f"{did_you_mean(name, names)}"
            )
    columns = tuple(wanted) or tuple(n for n in names if n != time and _is_numbers(rows, names, n))
    if not columns:
        raise DataError(f"{path} has no column of numbers; it has {', '.join(names)}.")
    place = [names.index(name) for name in columns]
    kept: list[tuple[int, list[float]]] = []
    written: list[str] = []
    for line, cells in rows:
        try:
            kept.append((line, [_number(cells[i]) for i in place]))
        except ValueError as error:
            bad.row(f"{path.name}, line {line}", f"{str(error)!r} is no number")
            continue
        written.append(cells[names.index(time)] if time else "")
    values = np.array([numbers for _, numbers in kept]).reshape(len(kept), len(columns))
    lines = np.array([line for line, _ in kept], np.int64)
    if len(kept) < 3:
        raise DataError(f"{path} has {len(kept)} rows that can be used; a series needs more.")
    if time is None:
        return Table(path.name, columns, values, lines, [], Clock("", "rows", 1.0))
    return _in_time(path.name, columns, values, lines, written, time, bad)


def _rows(path: Path, bad: Bad) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the names, and (line, cells) of the rows that have as many cells."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path} is no UTF-8 text (byte {error.start + 1}); a series is a CSV file."
        ) from error
    first = text.partition("\n")[0]
    if not first.strip():
        raise DataError(f"{path} is empty; it has to begin with a line of column names.")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t|", key=first.count))
    names = [name.strip() for name in next(reader)]
    if all(_is_number(name) for name in names):
        raise DataError(f"{path} begins with numbers ({first.strip()}); add a line of names.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{path} has two columns that are called {twice!r}; rename one.")
    rows: list[tuple[int, list[str]]] = []
    for cells in reader:
        if len(cells) == len(names):
            rows.append((reader.line_num, cells))
        elif cells:
            bad.row(
                f"{path.name}, line {reader.line_num}",
                f"has {len(cells)} cells, where {len(names)} are named ({', '.join(names)})",
            )
    return names, rows


def _number(cell: str) -> float:
    cell = cell.strip()
    if cell in MISSING:
        return math.nan
    try:
        number = float(cell)
    except ValueError:
        raise ValueError(cell) from None
    if math.isinf(number):
        raise ValueError(cell)
    return number


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_numbers(rows: list[tuple[int, list[str]]], names: list[str], name: str) -> bool:
    """Whether most cells of a column are numbers."""
    cells = [cells[names.index(name)].strip() for _, cells in rows]
    there = [cell for cell in cells if cell not in MISSING]
    return bool(there) and sum(map(_is_number, there)) > len(there) / 2


def _in_time(
    name: str,
    columns: tuple[str, ...],
    values: NDArray[np.float64],
    lines: NDArray[np.int64],
    written: list[str],
    column: str,
    bad: Bad,
) -> Table:
    """Return the rows sorted by time, once each, with empty rows where steps are missing."""
    form, note = find_format(written, column)
    findings = [Finding("time", note)] if note else []
    times: list[datetime | float] = []
    good: list[int] = []
    for i, text in enumerate(written):
        try:
            times.append(read_time(text, form))
            good.append(i)
        except ValueError:
            bad.row(f"{name}, line {lines[i]}", f"{text!r} is no time such as {written[0]!r}")
    values, lines = values[good], lines[good]
    order = sorted(range(len(times)), key=lambda i: times[i])
    if order != list(range(len(times))):
        i = next(i for i, row in enumerate(order) if row != i)
        findings.append(
            Finding("order", f"{name} is not in order of time (line {lines[i]}); it was sorted.")
        )
    times = [times[i] for i in order]
    values, lines, once = (
        values[order],
        lines[order],
        _once(name, times, values[order], lines[order], findings, bad),
    )
    times, values, lines = [times[i] for i in once], values[once], lines[once]
    clock = find_clock(times, form)
    place = places(times, clock)
    step = np.round(place)
    between_steps = np.abs(place - step) > NEAR
    crowded = np.concatenate([[False], np.diff(step) == 0])
    for i in np.flatnonzero(between_steps | crowded):
        bad.row(
            f"{name}, line {lines[i]}",
            f"{times[i]} falls between two steps of {clock.described()}",
        )
    on_time = ~(between_steps | crowded)
    step = step[on_time].astype(np.int64)
    n_steps = int(step[-1]) + 1
    if n_steps > 10 * len(step) + 1000:
        raise DataError(
            f"{name}: steps of {clock.described()} from {times[0]} to {times[-1]} would be "
            f"{n_steps} rows, of which {len(step)} are there. Is {column!r} the column of times?"
        )
    grid = np.full((n_steps, len(columns)), np.nan)
    grid[step] = values[on_time]
    line_of = np.zeros(n_steps, np.int64)
    line_of[step] = lines[on_time]
    first = times[0]
    when = between(first, clock, np.arange(n_steps)) if isinstance(first, datetime) else []
    gaps = np.flatnonzero(line_of == 0)
    if len(gaps):
        shown = ", ".join(str(when[i]) if when else f"row {i + 1}" for i in gaps[:3])
        more = ", ..." if len(gaps) > 3 else ""
        findings.append(
            Finding("gap", f"{name} lacks {len(gaps)} of {n_steps} steps: {shown}{more}.")
        )
    return Table(name, columns, grid, line_of, when, clock, findings)


def _once(
    name: str,
    times: list[datetime | float],
    values: NDArray[np.float64],
    lines: NDArray[np.int64],
    findings: list[Finding],
    bad: Bad,
) -> list[int]:
    """Return the rows whose time comes for the first time."""
    once: list[int] = []
    same: list[int] = []
    for i, time in enumerate(times):
        if not once or times[once[-1]] != time:
            once.append(i)
        elif np.array_equal(values[i], values[once[-1]], equal_nan=True):
            same.append(i)
        else:
            bad.row(
                f"{name}, line {lines[i]}",
                f"{time} comes twice with different values (line {lines[once[-1]]}, too)",
            )
    if same:
        findings.append(
            Finding(
                "duplicate",
                f"{len(same)} rows of {name} came before, such as line {lines[same[0]]}; "
                "they are left out.",
            )
        )
    return once
