"""Rows of a series as they stand in its CSV files; what cannot be used is named."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.config.spelling import did_you_mean
from firsthand.train.data.series.times import find_format
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.bad import Bad

MISSING = ("", "?", "NA", "N/A", "NaN", "nan", "null", "None")
SUFFIXES = (".csv", ".tsv", ".txt")
TIMES = ("date", "time", "day", "week", "month", "quarter", "year", "stamp", "period", "hour")

Cells = list[tuple[int, list[str]]]  # a row's line, counted from 1, and what stands in it


@dataclass(frozen=True)
class Rows:
    """Rows of one file, or of several that follow each other.

    Attributes
    ----------
    columns : tuple of str
        Those of numbers.
    values : ndarray of shape (n_rows, n_columns)
        NaN where a value is missing.
    written : list of str
        The times; empty texts where there is no column of them.
    files : tuple of str
    file, line : ndarray of int64, shape (n_rows,)
        Where each row stands; lines are counted from 1.
    unused : str
        A column that seems to hold the times, where none was named; else empty.
    """

    columns: tuple[str, ...]
    values: NDArray[np.float64]
    written: list[str]
    files: tuple[str, ...]
    file: NDArray[np.int64]
    line: NDArray[np.int64]
    unused: str = ""

    def place(self, row: int) -> str:
        """Return the file and the line of a row."""
        return f"{self.files[self.file[row]]}, line {self.line[row]}"

    def only(self, rows: Sequence[int] | NDArray[np.int64] | NDArray[np.bool_]) -> Rows:
        """Return some of the rows, in that order."""
        chosen = np.arange(len(self.line))[np.asarray(rows)]
        written = [self.written[i] for i in chosen.tolist()]
        return Rows(
            self.columns,
            self.values[chosen],
            written,
            self.files,
            self.file[chosen],
            self.line[chosen],
            self.unused,
        )


def read_rows(paths: Sequence[Path], time: str | None, wanted: Sequence[str], bad: Bad) -> Rows:
    """Return the rows of CSV files that have the same columns.

    Parameters
    ----------
    paths : sequence of path
        Files, or folders that hold one.
    time : str or None
        The column of times.
    wanted : sequence of str
        Columns of numbers; none: all that hold mostly such.
    bad : Bad
        Told of rows that cannot be used.

    Raises
    ------
    DataError
        If a file cannot be read, or has no such columns.
    """
    columns = tuple(wanted)
    values: list[list[float]] = []
    written: list[str] = []
    places: list[tuple[int, int]] = []
    files = [_file(path) for path in paths]
    unused = ""
    for number, path in enumerate(files):
        names, rows = cells_of(path, bad)
        for name in [*wanted, *([time] if time else [])]:
            if name not in names:
                raise DataError(
                    f"{path} has no column {name!r}; it has {', '.join(names)}."
                    f"{did_you_mean(name, names)}"
                )
        columns = columns or tuple(
            n for i, n in enumerate(names) if n != time and _is_numbers(rows, i)
        )
        if not columns:
            raise DataError(f"{path} has no column of numbers; it has {', '.join(names)}.")
        if time is None and not unused:
            unused = time_column(names, rows, wanted)
        for line, cells in rows:
            try:
                values.append([_number(cells[names.index(name)], name) for name in columns])
            except ValueError as error:
                bad.row(f"{path.name}, line {line}", str(error))
                continue
            written.append(cells[names.index(time)] if time else "")
            places.append((number, line))
    file, line = np.array(places, np.int64).reshape(-1, 2).T
    names = tuple(path.name for path in files)
    numbers = np.array(values).reshape(-1, len(columns))
    return Rows(columns, numbers, written, names, file, line, unused)


def time_column(names: Sequence[str], rows: Cells, others: Sequence[str] = ()) -> str:
    """Return the first column that seems to hold times; empty where there is none.

    Numbers are times only in a column whose name says so, beside another one of numbers; if they
    are no dates, such as years, none may come twice.

    Parameters
    ----------
    names : sequence of str
    rows : list of (line, cells)
    others : sequence of str
        Columns that hold something else.
    """
    numbers = [name for i, name in enumerate(names) if _is_numbers(rows, i)]
    for i, name in enumerate(names):
        texts = [t for t in (cells[i].strip() for _, cells in rows) if t not in MISSING]
        if name in others or not texts:
            continue
        if name in numbers and not (
            len(numbers) > 1 and any(word in name.lower() for word in TIMES)
        ):
            continue
        try:
            form, _ = find_format(texts, name)
        except DataError:
            continue
        if form not in ("number", "%Y") or len(set(texts)) == len(texts):
            return name
    return ""


def _file(path: Path) -> Path:
    """Return the file, or the only one in a folder."""
    if not path.is_dir():
        return path
    inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    if len(inside) != 1:
        found = ", ".join(p.name for p in inside) or "none"
        raise DataError(f"{path} has to hold one CSV file ({found}); name a file in data.path.")
    return inside[0]


def cells_of(path: Path, bad: Bad) -> tuple[list[str], Cells]:
    """Return the names, and the rows that have as many cells.

    Raises
    ------
    DataError
        If the file cannot be read, has no line of names, or repeats one.
    """
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
        raise DataError(f"{path} has no first line; a series begins with a line of column names.")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t|", key=first.count))
    names = [name.strip() for name in next(reader)]
    if all(_is_number(name) for name in names):
        raise DataError(f"{path} begins with numbers ({first.strip()}); add a line of names.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{path} has two columns that are called {twice!r}; rename one.")
    rows: Cells = []
    for cells in reader:
        if len(cells) == len(names):
            rows.append((reader.line_num, cells))
        elif cells:
            bad.row(
                f"{path.name}, line {reader.line_num}",
                f"has {len(cells)} cells, where {len(names)} are named ({', '.join(names)})",
            )
    return names, rows


def _number(cell: str, column: str) -> float:
    cell = cell.strip()
    if cell in MISSING:
        return math.nan
    if not _is_number(cell) or math.isinf(float(cell)):
        raise ValueError(f"{cell!r} in {column!r} is no number")
    return float(cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_numbers(rows: Cells, column: int) -> bool:
    """Whether most cells of a column are numbers."""
    there = [c for c in (cells[column].strip() for _, cells in rows) if c not in MISSING]
    return bool(there) and sum(map(_is_number, there)) > len(there) / 2
