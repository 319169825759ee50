"""Cards as rows: front, back, deck, tags; for spreadsheets and scripts."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path

from firsthand.study.errors import RequestError
from firsthand.study.files import replace_file
from firsthand.study.memory.cards import LONGEST, Flashcard, Format, keep_card, stored_cards
from firsthand.study.memory.transfer import Imported
from firsthand.study.store import Store

COLUMNS = ("front", "back", "deck", "tags", "format", "item")
LARGEST = 32 << 20  # bytes
_OWN = re.compile(r"own:[a-z0-9.]{1,60}")


def import_csv(store: Store, path: Path, now: datetime, *, deck: str) -> Imported:
    """Import the rows of a CSV file: front and back, and where a header names them, deck and tags.

    Comma, semicolon or tab part the columns. Importing again updates the back of a known
    front; in a file that we exported the column ``item`` says which card it is. Front and back
    are Markdown with TeX, or HTML, which is sanitised, where ``format`` says so.

    Raises
    ------
    RequestError
        If the file is no text, or a row has no front or no back; its line is named.
    """
    rows = _rows(path)
    done = Imported()
    own = {c.item: c for c in stored_cards(store)}
    with store.write():
        for line, row in rows:
            card, item = _card(line, row, deck), row.get("item", "").strip()
            if item.startswith("card:"):  # a stage's card, whose text is the stage's
                done.known += 1
                continue
            if _OWN.fullmatch(item):
                known = own.get(item)
                note, origin = (known.note, known.origin) if known else (item, card.origin)
                card = replace(card, item=item, note=note, origin=origin)
            new = keep_card(store, card, now)
            done.added += new
            done.updated += not new
    return done


def export_csv(cards: Sequence[Flashcard], path: Path) -> None:
    """Write cards as UTF-8 with a header; pictures are not part of it."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for card in cards:
        writer.writerow(
            [card.front, card.back, card.deck, " ".join(card.tags), card.format, card.item]
        )
    replace_file(path, text.getvalue().encode("utf-8"))


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return (line, row) of a file; without a header the columns are front, back, deck, tags."""
    if path.stat().st_size > LARGEST:
        raise RequestError(f"{path.name} is larger than {LARGEST >> 20} MB.")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8.") from error
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    before = csv.field_size_limit(LONGEST * 4)  # of the whole process, so it is put back
    try:
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise RequestError(f"{path.name}, line {reader.line_num}: {error}.") from error
    finally:
        csv.field_size_limit(before)
    header = [cell.strip().lower() for cell in lines[0][1]] if lines else []
    if "front" in header and "back" in header:
        return [(n, dict(zip(header, row, strict=False))) for n, row in lines[1:]]
    return [(n, dict(zip(COLUMNS, row, strict=False))) for n, row in lines]


def _delimiter(text: str) -> str:
    """Return what parts the columns of the first line."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _card(line: int, row: dict[str, str], deck: str) -> Flashcard:
    front, back = row.get("front", "").strip(), row.get("back", "").strip()
    if not front or not back:
        raise RequestError(f"Line {line} has no {'back' if front else 'front'}.")
    deck = row.get("deck", "").strip() or deck
    name = hashlib.sha256(f"{deck}\x1f{front}".encode()).hexdigest()[:16]
    item, tags = f"own:csv.{name}", tuple(row.get("tags", "").split())
    format: Format = "markdown"
    if row.get("format", "").strip().lower() == "html":
        from firsthand.study.memory.html import clean

        format, front, back = "html", clean(front), clean(back)
    return Flashcard(item, deck, format, front, back, item, tags, "csv")
