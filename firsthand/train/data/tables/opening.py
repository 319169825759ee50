"""A CSV file before it is read: packed or not, its encoding, separator and names of columns.

Encoding: the byte order mark, else UTF-8 where every byte fits it, else Windows-1252, which is
told. Separator: the one of `, ; tab |` by which most of the first rows have equally many fields.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from firsthand.train.data.contract import Finding
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from firsthand.train.config.data import TabularData

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE = 200  # rows by which the separator is chosen
PIECE = 1 << 20  # bytes
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class CsvFile:
    """How a CSV file is to be read.

    Attributes
    ----------
    path : path
    encoding, separator : str
    columns : tuple of str
    has_header : bool
        Whether its first row holds the names.
    findings : tuple of Finding
    """

    path: Path
    encoding: str
    separator: str
    columns: tuple[str, ...]
    has_header: bool
    findings: tuple[Finding, ...] = ()

    def rows(self) -> Iterator[tuple[int, list[str] | str]]:
        """Yield (line, fields) of every row, the header left out; or (line, what is wrong)."""
        with text_of(self.path, self.encoding) as text:
            rows = _rows(text, self.separator)
            if self.has_header:
                next(rows, None)
            yield from rows


def open_csv(path: Path, settings: TabularData) -> CsvFile:
    """Return how a file is to be read; names come from the settings or its first row.

    Raises
    ------
    DataError
        If it cannot be read, is no text, is empty, or its names repeat.
    """
    encoding, findings = _encoding(path, settings.encoding)
    separator = settings.separator or _separator(path, encoding)
    with text_of(path, encoding) as text:
        _, first = next(_rows(text, separator), (0, None))
    if first is None:
        raise DataError(f"{path} holds no rows.")
    if isinstance(first, str):
        raise DataError(f"{path}, line 1: {first}.")
    given = list(settings.names)
    has_header = not given or first == given
    if has_header:
        given = [name or f"column {i + 1}" for i, name in enumerate(first)]
    elif len(given) != len(first):
        raise DataError(
            f"{path} has {len(first)} fields in its first row, but data.names has {len(given)} "
            f"names; the row is {_shown(first)} with {SEPARATORS.get(separator, separator)!r} "
            "as separator."
        )
    again = [name for name, count in Counter(given).items() if count > 1]
    if again:
        raise DataError(
            f"{path} has more than one column called {again[0]!r}. Rename them, or, if the first "
            "line holds values, give data.names."
        )
    return CsvFile(path, encoding, separator, tuple(given), has_header, tuple(findings))


@contextmanager
def text_of(path: Path, encoding: str) -> Generator[IO[str]]:
    """Open a file, packed by gzip or not, as text.

    Raises
    ------
    DataError
        If it cannot be read, unpacked or decoded, also later while it is read.
    """
    try:
        with path.open("rb") as start:
            packed = start.read(2) == b"\x1f\x8b"
        opened: Callable[..., IO[str]] = gzip.open if packed else open
        with opened(path, "rt", encoding=encoding, newline="") as text:
            yield text
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be unpacked: {error}. Is it whole?") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeError, LookupError) as error:
        raise DataError(
            f"{path} is not {encoding}: {error}. Give its encoding in data.encoding."
        ) from error


def _encoding(path: Path, given: str | None) -> tuple[str, list[Finding]]:
    """Find the encoding; refuse what is no text."""
    with text_of(path, "latin-1") as text:  # which never fails: characters are the bytes
        start = text.read(4096).encode("latin-1")
    if not start.strip():
        raise DataError(f"{path} is empty.")
    for mark, name in MARKS:
        if start.startswith(mark):
            return given or name, []
    if b"\0" in start:
        raise DataError(
            f"{path} is no text (it holds zero bytes); data.path has to be a CSV or Parquet file."
        )
    if given is not None:
        return given, []
    try:
        with text_of(path, "utf-8") as text:
            while text.read(PIECE):
                pass
    except DataError as error:
        if not isinstance(error.__cause__, UnicodeError):
            raise
        told = (
            f"{path.name} is not UTF-8 and was read as Windows-1252 (Western European); if letters "
            "look wrong, give data.encoding."
        )
        return "cp1252", [Finding("encoding", told)]
    return "utf-8", []


def _separator(path: Path, encoding: str) -> str:
    """Return the separator by which most rows have equally many fields, two at least."""
    best, best_key = ",", (0.0, 0)
    for separator in SEPARATORS:
        with text_of(path, encoding) as text:
            counts: Counter[int] = Counter()
            for number, (_, fields) in enumerate(_rows(text, separator)):
                counts[len(fields) if isinstance(fields, list) else 0] += 1
                if number >= SAMPLE:
                    break
        n_fields, n_rows = counts.most_common(1)[0] if counts else (0, 0)
        key = (n_rows / max(counts.total(), 1) if n_fields > 1 else 0.0, n_fields)
        if key > best_key:
            best, best_key = separator, key
    return best


def _rows(text: IO[str], separator: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield (line of its beginning, fields or what is wrong) of every row that is not blank."""
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _told(str(error))
            continue
        if fields:
            yield line, [field.strip() for field in fields]


def _told(error: str) -> str:
    """Say in words what the reader found wrong with a row."""
    if "end of data" in error:
        return "a quotation mark opens a field that is never closed"
    if "field limit" in error:
        return "a field has more than 131072 characters; is a quotation mark not closed?"
    if "expected after" in error:
        return "text follows a closing quotation mark; write a quotation mark in a field twice"
    return error


def _shown(fields: Sequence[str]) -> str:
    """Quote the first fields of a row."""
    return ", ".join(repr(field) for field in fields[:6]) + (", ..." if len(fields) > 6 else "")
