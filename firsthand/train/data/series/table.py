"""Rows of a series in order of time, with one for every step.

What is not so is named: rows in the wrong order, times that are not understood, come twice, fall
between two steps or are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.contract import Finding
from firsthand.train.data.series.rows import Rows, read_rows
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

NEAR = 0.02  # of a step: clocks that are late by less are on time
LEAST = 3  # rows of which something can be said
SPARSE = 10  # more steps for a row than this: the column holds no times of this series
ABSENT = -1  # stands for the row of a step that no file has


@dataclass(frozen=True)
class Table:
    """Values one step apart.

    Attributes
    ----------
    rows : Rows
        As they stand in the files, in order of time.
    row : ndarray of int64, shape (n_steps,)
        Which of them each step is; `ABSENT` where there is none.
    times : list of datetime
        Of the steps; empty where the series has no times.
    clock : Clock
    findings : list of Finding
    """

    rows: Rows
    row: NDArray[np.int64]
    times: list[datetime]
    clock: Clock
    findings: list[Finding] = field(default_factory=list[Finding])

    def values(self, columns: Sequence[str]) -> NDArray[np.float64]:
        """Return columns as (n_steps, n_columns), NaN where a value is missing."""
        chosen = [self.rows.columns.index(name) for name in columns]
        found = self.rows.values[:, chosen][self.row]
        found[self.row == ABSENT] = np.nan
        return found

    def place(self, step: int) -> str:
        """Return the time of a step, and the file and line where it stands."""
        row = int(self.row[step])
        where = "in no file" if row == ABSENT else self.rows.place(row)
        return f"{where}, {self._when(step)}" if self.times else where

    def _when(self, step: int) -> str:
        return f"{self.times[step]:%Y-%m-%d %H:%M}".removesuffix(" 00:00")

    def first_of(self, file: int) -> int:
        """Return the first step of a file that follows the ones before.

        Raises
        ------
        DataError
            If an earlier file has a later step.
        """
        there = np.flatnonzero(self.row != ABSENT)
        of_file = self.rows.file[self.row[there]]
        first, last = int(there[of_file >= file].min()), int(there[of_file < file].max())
        if first < last:
            raise DataError(
                f"{self.place(last)} comes after {self.place(first)}; the file to test on has to "
                "begin where the other one ends."
            )
        return first


def read_table(paths: Sequence[Path], time: str | None, wanted: Sequence[str], bad: Bad) -> Table:
    """Return the rows of CSV files, in steps. Parameters are those of `rows.read_rows`.

    Raises
    ------
    DataError
        If a file cannot be read, has no such columns, or its steps are too uneven.
    """
    rows = read_rows(paths, time, wanted, bad)
    if len(rows.line) < LEAST:
        raise DataError(
            f"{paths[0]} has {len(rows.line)} rows that can be used; a series needs more."
        )
    if time is None:
        clock = Clock("", "rows", 1.0)
        return Table(rows, np.arange(len(rows.line)), [], clock, _unused(rows))
    return _in_steps(rows, time, bad)


def _unused(rows: Rows) -> list[Finding]:
    """Return what is to be said of a column of times that nobody named."""
    if not rows.unused:
        return []
    text = (
        f"Column {rows.unused!r} seems to hold times and is not used: the rows are taken in the "
        "order of the file, the last ones are tested on, and times that are missing, come twice or "
        f"are impossible are not seen. Set data.time: {rows.unused}."
    )
    return [Finding("time", text)]


def _in_steps(rows: Rows, column: str, bad: Bad) -> Table:
    """Return rows sorted by time, once each, with empty steps where some are missing."""
    form, note = find_format(rows.written, column)
    findings = [Finding("time", note)] if note else []
    rows, times = _understood(rows, form, bad)
    order = sorted(range(len(times)), key=lambda i: times[i])
    if order != list(range(len(times))):
        wrong = order[next(i for i, row in enumerate(order) if row != i)]
        text = f"{rows.place(wrong)} stands after a later one; all were sorted by time."
        findings.append(Finding("order", text))
    rows, times = rows.only(order), [times[i] for i in order]
    once = _once(rows, times, findings, bad)
    rows, times = rows.only(once), [times[i] for i in once]
    if len(times) < LEAST:
        raise DataError(f"{rows.files[0]} has {len(times)} different times; a series needs more.")
    clock = find_clock(times, form)
    place = places(times, clock)
    step = np.round(place).astype(np.int64)
    odd = (np.abs(place - step) > NEAR) | (np.diff(step, prepend=-1) == 0)
    for i in np.flatnonzero(odd).tolist():
        reason = f"{times[i]} falls between two steps of {clock.described()}"
        bad.row(rows.place(i), reason)
    rows, step = rows.only(~odd), step[~odd]
    n_steps = int(step[-1]) + 1
    if n_steps > SPARSE * len(step):
        raise DataError(
            f"{rows.files[0]}: steps of {clock.described()} from {times[0]} to {times[-1]} would "
            f"be {n_steps} rows, of which {len(step)} are there. Are all times right, and is "
            f"{column!r} their column?"
        )
    row = np.full(n_steps, ABSENT)
    row[step] = np.arange(len(step))
    first = times[0]
    when = between(first, clock, np.arange(n_steps)) if isinstance(first, datetime) else []
    gaps = np.flatnonzero(row == ABSENT).tolist()
    if gaps:
        shown = ", ".join(f"{when[i]}" if when else f"step {i + 1}" for i in gaps[:3])
        more = ", ..." if len(gaps) > 3 else ""
        text = f"{rows.files[0]} lacks {len(gaps)} of {n_steps} steps: {shown}{more}."
        findings.append(Finding("gap", text))
    return Table(rows, row, when, clock, findings)


def _understood(rows: Rows, form: str, bad: Bad) -> tuple[Rows, list[datetime | float]]:
    """Return the rows whose time is written in a format, and their times."""
    times: list[datetime | float] = []
    good: list[int] = []
    for i, text in enumerate(rows.written):
        try:
            times.append(read_time(text, form))
            good.append(i)
        except ValueError:
            bad.row(rows.place(i), f"{text!r} is no time such as {rows.written[0]!r}")
    return rows.only(good), times


def _once(
    rows: Rows, times: list[datetime | float], findings: list[Finding], bad: Bad
) -> list[int]:
    """Return the rows whose time comes for the first time."""
    once: list[int] = []
    same: list[int] = []
    for i, time in enumerate(times):
        if not once or times[once[-1]] != time:
            once.append(i)
        elif np.array_equal(rows.values[i], rows.values[once[-1]], equal_nan=True):
            same.append(i)
        else:
            place = rows.place(once[-1])
            bad.row(rows.place(i), f"{time} was in {place} with another value")
    if same:
        text = f"{len(same)} rows came before, such as {rows.place(same[0])}; they are left out."
        findings.append(Finding("duplicate", text))
    return once
