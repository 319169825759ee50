"""Tables on disk as pieces of so many rows: CSV files as words, Parquet files as they are typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from firsthand.library.support import require
from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Finding
from firsthand.train.data.tables.opening import CsvFile, open_csv
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from firsthand.train.config.data import TabularData

ROWS = 50_000  # of a piece
ENDINGS = (".csv", ".tsv", ".txt", ".data", ".parquet", ".pq")


@dataclass(frozen=True)
class Piece:
    """Some rows of a table.

    Attributes
    ----------
    frame : DataFrame
    lines : ndarray of shape (n_rows,)
        Where each row is in its file: its first line (CSV), or its number from 1 (Parquet).
    """

    frame: pd.DataFrame
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> pd.Series:
        """Return the values of a column."""
        values: Any = self.frame[name]
        return values


class Table(Protocol):
    """A file that can be read piece by piece, as often as wanted."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names, in their order."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed on opening it."""
        ...

    @property
    def unit(self) -> str:
        """What its rows are counted in: line or row."""
        ...

    def pieces(self, bad: Bad | None = None) -> Iterator[Piece]:
        """Yield its rows; those that cannot be read are noted in ``bad``, where it is given."""
        ...


def open_table(path: Path, settings: TabularData) -> Table:
    """Return the table in a file, or the only one in a folder.

    Raises
    ------
    DataError
        If there is none, or it cannot be read.
    """
    require("pandas")
    if path.is_dir():
        path = _only_table(path)
    if not path.is_file():
        raise DataError(f"There is no {path}. Put the table there, or change data.path.")
    try:
        with path.open("rb") as file:
            is_parquet = file.read(4) == b"PAR1"
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    if is_parquet or path.suffix in (".parquet", ".pq"):
        return _open_parquet(path)
    return CsvTable(open_csv(path, settings))


@dataclass(frozen=True)
class CsvTable:
    """A CSV file; all values are words."""

    file: CsvFile
    unit: str = "line"

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.file.path

    @property
    def columns(self) -> tuple[str, ...]:
        """Names, in their order."""
        return self.file.columns

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed on opening it."""
        return self.file.findings

    def pieces(self, bad: Bad | None = None) -> Iterator[Piece]:
        """Yield its rows."""
        n_fields = len(self.columns)
        rows: list[list[str]] = []
        lines: list[int] = []
        for line, fields in self.file.rows():
            if isinstance(fields, str) or len(fields) != n_fields:
                if bad is not None:
                    bad.row(f"{self.path.name}, line {line}", _wrong(fields, n_fields))
                continue
            rows.append(fields)
            lines.append(line)
            if len(rows) == ROWS:
                yield self._piece(rows, lines)
                rows, lines = [], []
        if rows:
            yield self._piece(rows, lines)

    def _piece(self, rows: list[list[str]], lines: list[int]) -> Piece:
        import pandas as pd

        frame = pd.DataFrame(rows, columns=list(self.columns), dtype="str")
        return Piece(frame, np.array(lines, np.int64))


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file."""

    path: Path
    columns: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    unit: str = "row"

    def pieces(self, bad: Bad | None = None) -> Iterator[Piece]:
        """Yield its rows; all of them can be read."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        first = 1
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(ROWS):
                    frame = batch.to_pandas().reset_index(drop=True)
                    frame.columns = frame.columns.astype(str)
                    yield Piece(frame[list(self.columns)], np.arange(first, first + len(frame)))
                    first += len(frame)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.path} is damaged near row {first}: {error}.") from error


def _open_parquet(path: Path) -> ParquetTable:
    require("pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is no whole Parquet file: {error}.") from error
    indices = {name for name in schema.names if name.startswith("__index_level_")}
    return ParquetTable(path, tuple(str(n) for n in schema.names if n not in indices))


def _only_table(folder: Path) -> Path:
    """Return the one table in a folder."""
    found = sorted(
        p
        for p in folder.iterdir()
        if p.is_file() and p.name.removesuffix(".gz").lower().endswith(ENDINGS)
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise DataError(f"There is no table (CSV or Parquet) in {folder}. Name it in data.path.")
    names = ", ".join(p.name for p in found[:5])
    raise DataError(f"There is more than one table in {folder} ({names}). Name one in data.path.")


def _wrong(fields: Sequence[str] | str, n_fields: int) -> str:
    if isinstance(fields, str):
        return fields
    return f"it has {len(fields)} fields, and there are {n_fields} columns"
