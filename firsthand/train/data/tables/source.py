"""The files of a table data set, read piece by piece: kept in memory, or read again each time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.train.config.spelling import did_you_mean
from firsthand.train.data.tables.sources import CsvTable, Piece, Table, open_table
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from firsthand.train.config.data import TabularData
    from firsthand.train.data.bad import Bad

GROWTH = 6  # times a file's size that its words take in memory, with their numbers
PACKED = 8  # times smaller that a packed file is


class Source:
    """One file, or two where the test part is one of its own.

    Parameters
    ----------
    settings : TabularData

    Attributes
    ----------
    tables : list of Table
        The second, if any, is tested on.
    columns : tuple of str
    streamed : bool
        Whether rows are read again each time.

    Raises
    ------
    DataError
        If a file or a column is missing.
    """

    def __init__(self, settings: TabularData):
        paths = [settings.path, *([settings.test_path] if settings.test_path else [])]
        self.tables: list[Table] = [open_table(Path(path), settings) for path in paths]
        self.columns = self.tables[0].columns
        first = self.tables[0]
        for key, name in _named(settings):
            if name not in self.columns:
                raise DataError(_no_column(key, name, first))
        for table in self.tables[1:]:
            gone = [name for name in self.columns if name not in table.columns]
            if gone:
                raise DataError(
                    f"{table.path} has no column {gone[0]!r}, which {first.path.name} has; there "
                    f"are {', '.join(map(repr, table.columns[:8]))}. Both need the same columns."
                )
        size = sum(_size(table.path) for table in self.tables)
        fits = size * GROWTH < _memory() / 4
        self.streamed = settings.in_memory == "no" or (settings.in_memory == "auto" and not fits)
        self._kept: list[tuple[int, Piece]] | None = None

    @property
    def paths(self) -> list[Path]:
        """The files."""
        return [table.path for table in self.tables]

    @property
    def prefers_comma(self) -> bool:
        """Whether commas are rather decimal than between thousands."""
        first = self.tables[0]
        return isinstance(first, CsvTable) and first.file.separator == ";"

    def place(self, file: int, line: int) -> str:
        """Return where a row is, for a person."""
        table = self.tables[file]
        return f"{table.path.name}, {table.unit} {line}"

    def pieces(self, bad: Bad | None = None) -> Iterator[tuple[int, Piece]]:
        """Yield (number of the file, piece); rows that cannot be read are noted in ``bad``."""
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[tuple[int, Piece]] = []
        for number, table in enumerate(self.tables):
            for piece in table.pieces(bad):
                if self.streamed:
                    yield number, piece
                else:
                    kept.append((number, piece))
        if not self.streamed:
            self._kept = kept
            yield from kept

    def forget(self) -> None:
        """Free the memory of what was kept."""
        self._kept = None


def _named(settings: TabularData) -> list[tuple[str, str]]:
    """Return (key, column) of every column that the settings name."""
    named = [("data.target", settings.target)]
    split = settings.split
    if split.meant == "grouped" and split.group is not None:
        named.append(("data.split.group", split.group))
    if split.meant == "time" and split.time is not None:
        named.append(("data.split.time", split.time))
    return named + [("data.leave_out", name) for name in settings.leave_out]


def _no_column(key: str, name: str, table: Table) -> str:
    names = ", ".join(map(repr, table.columns[:12])) + (", ..." if len(table.columns) > 12 else "")
    text = f"{key}: {table.path.name} has no column {name!r}; there are {names}."
    text += did_you_mean(name, table.columns)
    if all(_looks_like_a_value(column) for column in table.columns[:1]):
        text += " If its first line holds values, not names, give data.names."
    return text


def _looks_like_a_value(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _size(path: Path) -> int:
    size = path.stat().st_size
    return size * PACKED if path.suffix in (".gz", ".parquet", ".pq") else size


def _memory() -> int:
    """Return the memory of this machine in bytes."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 8 << 30
