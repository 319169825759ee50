"""Texts without labels: a column of a file, the lines of one, or a folder of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.train.data.texts.records import (
    BadRecordError,
    Layout,
    Span,
    decoded,
    layout_of,
    spans,
)
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from firsthand.train.config.data import TextData


def raw_texts(path: Path, settings: TextData) -> Iterator[tuple[str, str]]:
    """Yield (where it stands, text) of each.

    A .txt file is a text a line; other files have a column ``data.text``; a folder holds .txt
    files, each a text.

    Raises
    ------
    DataError
        If one cannot be read, or is empty; names it.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*.txt")):
            yield str(file.relative_to(path)), _whole(file, settings.encoding)
        return
    of_lines = path.suffix.lower() == ".txt"
    quoted = path.suffix.lower() not in (".txt", ".tsv", ".tab", ".jsonl", ".ndjson", ".json")
    layout = None if of_lines else _layout(path, settings, quoted=quoted)
    try:
        with path.open("rb") as file:
            found = spans(file, quoted=quoted)
            if layout is not None and layout.header:
                next(found)
            for span in found:
                if not isinstance(span, Span):
                    raise DataError(f"{path}, line {span[0]}: {span[1]}.")
                try:
                    if layout is None:
                        text = decoded(span.raw, settings.encoding)
                    else:
                        text = layout.read(span.raw)[0]
                except BadRecordError as error:
                    raise DataError(f"{path}, line {span.line}: {error}.") from error
                yield f"{path.name}, line {span.line}", text
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error


def _whole(file: Path, encoding: str) -> str:
    try:
        text = decoded(file.read_bytes(), encoding)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}.") from error
    except BadRecordError as error:
        raise DataError(f"{file}: {error}.") from error
    if not text.strip():
        raise DataError(f"{file}: there is no text in it.")
    return text


def _layout(path: Path, settings: TextData, *, quoted: bool) -> Layout:
    """Return how a file is read; without a line of names it may lack the column of labels."""
    names = tuple(settings.names)
    layout = layout_of(path, settings.text, settings.text, names, settings.encoding)
    bare = tuple(name for name in names if name != settings.target)
    if not bare or layout.header:
        return layout
    with path.open("rb") as file:
        first = next(spans(file, quoted=quoted))
    try:
        layout.read(first.raw if isinstance(first, Span) else b"")
    except BadRecordError:
        return layout_of(path, settings.text, settings.text, bare, settings.encoding)
    return layout
