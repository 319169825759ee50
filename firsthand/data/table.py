"""Read a text file of rows and columns, and say exactly what is wrong where it is none.

The delimiter is found among comma, semicolon, tab and bar; UTF-8 is expected and Latin-1
accepted; what is unusual is noted, never passed over.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from firsthand.data.errors import FileError

LARGEST = 100 * 2**20  # bytes; what a comparison needs fits, what would fill memory does not
LONGEST = 2**17  # characters of one value; no number and no word of a table is longer
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MISSING = {"", "?", "na", "n/a", "nan", "null", "none", "."}


@dataclass(frozen=True)
class Table:
    """A table of text: ``columns[name][row]``; missing values are empty strings."""

    columns: dict[str, list[str]]
    lines: list[int]
    notes: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Number of rows below the header."""
        return len(self.lines)


def read_table(path: Path, names: Sequence[str] = ()) -> Table:
    """Return the table in file ``path``; ``names`` are its columns where it has no header.

    Raises
    ------
    FileError
        If there is no such file, it holds no text or no rows, is larger than 100 MB, has no
        header, a column named twice, or a line with too many or too few values.
    """
    notes: list[str] = []
    text = _text(path, notes)
    delimiter = _delimiter(text)
    if delimiter != ",":
        notes.append(f"columns are separated by {DELIMITERS[delimiter]}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    lines: list[int] = []
    rows: list[list[str]] = []
    try:
        for row in reader:
            if max(map(len, row), default=0) > LONGEST:
                raise csv.Error(f"a value of more than {LONGEST} characters")
            if any(value.strip() for value in row):
                rows.append([value.strip() for value in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise FileError(f"{path}, line {reader.line_num}: not a table of text ({error}).") from None
    if not rows:
        raise FileError(f"{path} is empty; a table has a line of column names and rows below it.")
    if names:
        header = list(names)
    else:
        header = rows.pop(0)
        lines.pop(0)
        _check_header(path, header)
    if not rows:
        raise FileError(f"{path} has column names but no rows below them.")
    for line, row in zip(lines, rows, strict=True):
        if len(row) != len(header):
            raise FileError(
                f"{path}, line {line}: {len(row)} values where there are {len(header)} columns. "
                "A value that holds the separator must stand in double quotes."
            )
    columns = {
        name: ["" if v.casefold() in MISSING else v for v in values]
        for name, values in zip(header, zip(*rows, strict=True), strict=True)
    }
    return Table(columns, lines, tuple(notes))


def _text(path: Path, notes: list[str]) -> str:
    """Return what the file holds as text."""
    if path.is_dir():
        raise FileError(f"{path} is a folder; give the CSV file in it.")
    if not path.is_file():
        raise FileError(f"There is no file {path}.")
    try:
        if path.stat().st_size > LARGEST:
            size = path.stat().st_size / 2**20
            raise FileError(f"{path} has {size:.0f} MB; at most 100 MB are read. Take a sample.")
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}.") from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError(f"{path} is encoded in UTF-16; save it as UTF-8.")
    if raw.startswith(b"PK\x03\x04"):
        raise FileError(f"{path} is a spreadsheet or an archive; export it as CSV.")
    if b"\0" in raw:
        raise FileError(f"{path} is not text; a table in CSV is needed.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("the file is not UTF-8 and was read as Latin-1")
        return raw.decode("latin-1")


def _delimiter(text: str) -> str:
    """Return the delimiter that parts most lines into the same number of values, above one."""
    sample = [line for line in text.splitlines()[:50] if line.strip()]

    def consistency(delimiter: str) -> tuple[int, int]:
        try:
            counts = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter))
        except csv.Error:
            return 0, 0
        width, lines = max(counts.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (lines if width > 1 else 0), width

    return max(DELIMITERS, key=consistency)


def _check_header(path: Path, header: list[str]) -> None:
    """Refuse a first line that cannot be column names."""
    if all(_is_number(name) for name in header):
        raise FileError(
            f"{path} begins with numbers, so it has no column names. Add a first line such as "
            f"{','.join(f'x{i}' for i in range(1, min(len(header), 3)))}{',' * (len(header) > 1)}y."
        )
    unnamed = [str(i) for i, name in enumerate(header, start=1) if not name]
    if unnamed[1:] or (unnamed and unnamed != ["1"]):
        raise FileError(f"{path}: column {', '.join(unnamed)} has no name in the first line.")
    if unnamed:
        header[0] = "row"  # pandas writes its index so
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise FileError(f"{path} has two columns called {twice[0]!r}; rename one.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.casefold() not in MISSING
