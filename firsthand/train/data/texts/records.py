"""Records of a file: where each starts and ends, and what its fields are.

A record of a TSV or JSON-lines file is a line. One of a CSV file is a line, too, unless a quote
stays open; then it goes on until an even number of quotes has come. So a record is found without
being understood, and any one of them can be read again from its place on the disk.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, cast

from firsthand.train.config.spelling import did_you_mean
from firsthand.train.errors import DataError

LONGEST = 200  # lines that one record may take: a quote that is never closed is found here
_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_UTF8_BOM = b"\xef\xbb\xbf"


class BadRecordError(Exception):
    """A record cannot be used; the text says why."""


class Span(NamedTuple):
    """Where a record stands: its first line, counted from 1, its first byte, and its bytes."""

    line: int
    start: int
    raw: bytes


@dataclass(frozen=True)
class Layout:
    """How a file's records are understood.

    Attributes
    ----------
    kind : {"json", "tsv", "csv"}
    delimiter : str
        Between fields; of no meaning for JSON.
    names : tuple of str
        The columns.
    text, target : str
        Two of them.
    encoding : str
    header : bool
        Whether the first record holds the names.
    """

    kind: Literal["json", "tsv", "csv"]
    delimiter: str
    names: tuple[str, ...]
    text: str
    target: str
    encoding: str
    header: bool

    def read(self, raw: bytes) -> tuple[str, str]:
        """Return (text, label) of one record.

        Raises
        ------
        BadRecordError
            If it is not decoded, has too many or too few fields, no text or no label.
        """
        line = decoded(raw, self.encoding)
        if self.kind == "json":
            text, label = self._from_json(line)
        else:
            fields = split(line, self.delimiter, quoted=self.kind == "csv")
            if len(fields) != len(self.names):
                raise BadRecordError(
                    f"has {len(fields)} fields, where {len(self.names)} are named "
                    f"({', '.join(self.names)})"
                )
            row = dict(zip(self.names, fields, strict=True))
            text, label = row[self.text], row[self.target].strip()
        if not text.strip():
            raise BadRecordError(f"there is no text in {self.text!r}")
        if not label:
            raise BadRecordError(f"there is no label in {self.target!r}")
        return text, label

    def _from_json(self, line: str) -> tuple[str, str]:
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadRecordError(f"is no JSON ({error.msg} at column {error.colno})") from error
        if not isinstance(row, dict):
            raise BadRecordError(
                f'is no JSON object such as {{"{self.text}": ..., "{self.target}": ...}}'
            )
        row = cast("dict[str, object]", row)
        for key in (self.text, self.target):
            if row.get(key) is None:
                raise BadRecordError(f"has no {key!r}; its keys are {', '.join(row) or 'none'}")
        text, label = row[self.text], row[self.target]
        if not isinstance(text, str):
            raise BadRecordError(f"{self.text!r} is {text!r}, which is no text")
        if not isinstance(label, str | int | float | bool):
            raise BadRecordError(f"{self.target!r} is {label!r}, which is no label")
        return text, str(label).strip()


def decoded(raw: bytes, encoding: str) -> str:
    """Return a record as text, without its end of line.

    Raises
    ------
    BadRecordError
        If the bytes are not of that encoding.
    """
    try:
        return raw.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BadRecordError(
            f"byte {error.start + 1} (0x{raw[error.start]:02x}) is no {encoding}; "
            "if the file is in another encoding, name it in data.encoding, such as cp1252"
        ) from error


def split(line: str, delimiter: str, *, quoted: bool) -> list[str]:
    """Return the fields of a record.

    Raises
    ------
    BadRecordError
        If a quote stands where none can.
    """
    if not quoted:
        return line.split(delimiter)
    try:
        return next(csv.reader(line.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadRecordError(f"is not quoted rightly ({error})") from error


def spans(file: BinaryIO, *, quoted: bool) -> Iterator[Span | tuple[int, str]]:
    """Yield the records of a file that are not blank; (line, reason) for one without an end."""
    line, start = 0, 0
    while first := file.readline():
        if start == 0 and first.startswith(_UTF8_BOM):
            first, start = first[3:], 3
        raw, lines = first, 1
        while quoted and raw.count(b'"') % 2 and lines < LONGEST:
            more = file.readline()
            if not more:
                break
            raw, lines = raw + more, lines + 1
        if quoted and raw.count(b'"') % 2:
            file.seek(start + len(first))
            yield line + 1, "a quote is opened and never closed"
            raw, lines = first, 1
        elif raw.strip():
            yield Span(line + 1, start, raw)
        line, start = line + lines, start + len(raw)


def form_of(path: Path, encoding: str) -> tuple[Literal["json", "tsv", "csv"], str, list[str]]:
    """Return (kind, delimiter, fields of the first record); of JSON, none of the latter two.

    Raises
    ------
    DataError
        If it cannot be read, or is empty.
    """
    try:
        if "\n".encode(encoding) != b"\n":
            raise DataError(
                f"data.encoding: {encoding} is not read line by line; convert {path} to UTF-8."
            )
    except LookupError:
        raise DataError(
            f"data.encoding: there is no {encoding!r}; try utf-8, cp1252 or latin-1."
        ) from None
    kind = {
        ".tsv": "tsv",
        ".tab": "tsv",
        ".txt": "tsv",
        ".jsonl": "json",
        ".json": "json",
        ".ndjson": "json",
    }
    found = cast("Literal['json', 'tsv', 'csv']", kind.get(path.suffix.lower(), "csv"))
    try:
        with path.open("rb") as file:
            begins = file.read(2)
            file.seek(0)
            first = next(spans(file, quoted=found == "csv"), None)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    if begins in _BOMS:
        raise DataError(f"{path} is in {_BOMS[begins]}; convert it to UTF-8.")
    if first is None:
        raise DataError(f"{path} is empty; it has to hold a text and a label in every line.")
    if found == "json":
        return found, "", []
    if not isinstance(first, Span):
        raise DataError(f"{path}, line {first[0]}: {first[1]}.")
    try:
        line = decoded(first.raw, encoding)
        delimiter = "\t" if found == "tsv" else max(",;\t|", key=line.count)
        fields = split(line, delimiter, quoted=found == "csv")
    except BadRecordError as error:
        raise DataError(f"{path}, line {first.line}: {error}.") from error
    return found, delimiter, [field.strip() for field in fields]


def layout_of(path: Path, text: str, target: str, names: Sequence[str], encoding: str) -> Layout:
    """Return how the records of a file are understood, after a look at its first one.

    Raises
    ------
    DataError
        If it cannot be read, is empty, or has no such columns.
    """
    found, delimiter, fields = form_of(path, encoding)
    if found == "json":
        return Layout("json", "", (), text, target, encoding, header=False)
    header = not names or list(names) == fields
    columns = tuple(fields) if header else tuple(names)
    for key, name in (("text", text), ("target", target)):
        if name not in columns:
            raise DataError(
                f"{path} has no column {name!r} (data.{key}); it has {', '.join(columns)}."
                f"{did_you_mean(name, columns)} A file without a line of names takes them from "
                "data.names."
            )
    return Layout(found, delimiter, columns, text, target, encoding, header)


def first_rows(path: Path, encoding: str, n: int) -> tuple[list[list[str]], bool]:
    """Return the first rows of a file, and whether the first of them is sure to hold the names.

    Records that cannot be used are left out. Of JSON, the keys of the first record are the names.

    Raises
    ------
    DataError
        If it cannot be read, or is empty.
    """
    kind, delimiter, first = form_of(path, encoding)
    rows: list[list[str]] = []
    with path.open("rb") as file:
        for span in islice(spans(file, quoted=kind == "csv"), n):
            if not isinstance(span, Span):
                continue
            try:
                line = decoded(span.raw, encoding)
                if kind == "json":
                    record = json.loads(line)
                    rows += [list(record)] if not rows else []
                    rows.append([str(record.get(name, "")) for name in rows[0]])
                else:
                    rows.append(split(line, delimiter, quoted=kind == "csv"))
            except (BadRecordError, ValueError, AttributeError, TypeError):
                continue  # the reader names it
    if kind != "json":
        rows = [first, *rows[1:]]
    return rows, kind == "json"
