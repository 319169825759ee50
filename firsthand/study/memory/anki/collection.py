"""A package's database as notes, cards and reviews, whichever of Anki's schemas wrote it.

Schema 11 keeps note types and decks as JSON in one row, schema 18 in tables with Protocol
Buffers. The file comes from a stranger: it is opened read-only, its schema is not trusted (no
view or trigger of it runs), and it is counted before it is read.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from firsthand.study.errors import RequestError
from firsthand.study.memory.anki.archive import LARGEST_DATABASE, Archive
from firsthand.study.memory.anki.protobuf import number, text
from firsthand.study.memory.anki.template import Template
from firsthand.study.memory.rating import Rating
from firsthand.study.memory.scheduler import Answer

MOST_NOTES = 100_000
MOST_REVIEWS = 2_000_000
MOST_STEPS = 2_000  # million instructions of SQLite
_NEWEST, _LEGACY_2, _LEGACY_1 = "collection.anki21b", "collection.anki21", "collection.anki2"
_MANUAL, _FILTERED = 4, 3


@dataclass(frozen=True)
class NoteType:
    """The fields of a kind of note and the templates of its cards."""

    name: str
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    cloze: bool


@dataclass(frozen=True)
class AnkiCard:
    """One card: its note's fields, its place among the note's cards, its history."""

    guid: str
    place: int
    type: NoteType
    fields: dict[str, str]
    tags: tuple[str, ...]
    deck: str
    answers: tuple[Answer, ...]


def collection_name(archive: Archive) -> str:
    """Return which of the package's databases holds the cards.

    The newest format carries an old database, too, that only says "please upgrade".

    Raises
    ------
    RequestError
        If there is none.
    """
    for name in (_NEWEST, _LEGACY_2, _LEGACY_1):
        if name in archive.names:
            return name
    raise RequestError("This is no Anki package: there is no collection in it.")


def is_newest(name: str) -> bool:
    """Return whether a database is of the format that compresses with zstd."""
    return name == _NEWEST


def read_cards(archive: Archive) -> list[AnkiCard]:
    """Return every card of the package.

    Raises
    ------
    RequestError
        If the database is damaged, or larger than any deck one could learn.
    """
    name = collection_name(archive)
    data = archive.read(name, LARGEST_DATABASE, compressed=is_newest(name))
    try:
        with _opened(data) as database:
            return list(_cards(database))
    except (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RequestError(f"The package's database is damaged: {error}.") from error


@contextmanager
def _opened(data: bytes) -> Generator[sqlite3.Connection]:
    with TemporaryDirectory(prefix="firsthand-") as folder:
        path = Path(folder, "collection.db")
        path.write_bytes(data)
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            database.row_factory = sqlite3.Row
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            database.create_collation("unicase", _compare)
            steps = count(1)  # a query that never ends is stopped; honest ones need a few
            database.set_progress_handler(lambda: next(steps) > MOST_STEPS, 1_000_000)
            yield database
        finally:
            database.close()


def _cards(database: sqlite3.Connection) -> Iterator[AnkiCard]:
    tables = _tables(database)
    if not {"notes", "cards", "col"} <= tables:
        raise RequestError("The package's database holds no notes.")
    _count(database, "notes", MOST_NOTES)
    _count(database, "cards", 10 * MOST_NOTES)
    newest = "notetypes" in tables
    types = _types_18(database) if newest else _types_11(database)
    decks = _decks_18(database) if newest else _decks_11(database)
    answers = _answers(database, newest=newest) if "revlog" in tables else {}
    rows = database.execute(
        "SELECT c.id, c.ord, c.did, c.odid, n.guid, n.mid, n.flds, n.tags"
        " FROM cards c JOIN notes n ON n.id = c.nid ORDER BY c.id"
    )
    for row in rows:
        kind = types[int(row["mid"])]
        values = str(row["flds"]).split("\x1f")
        facts = dict(zip(kind.fields, values, strict=False))
        tags, deck = str(row["tags"]), decks.get(int(row["odid"] or row["did"]), "Anki")
        facts |= {"Tags": tags.strip(), "Type": kind.name, "Deck": deck}
        facts |= {"Subdeck": deck.rpartition("::")[2]}
        yield AnkiCard(
            guid=str(row["guid"]),
            place=int(row["ord"]),
            type=kind,
            fields=facts,
            tags=tuple(tags.split()),
            deck=deck,
            answers=tuple(answers.get(int(row["id"]), ())),
        )


def _types_11(database: sqlite3.Connection) -> dict[int, NoteType]:
    models: dict[str, Any] = json.loads(database.execute("SELECT models FROM col").fetchone()[0])
    return {
        int(id): NoteType(
            name=str(model["name"]),
            fields=tuple(str(f["name"]) for f in model["flds"]),
            templates=tuple(
                Template(str(t["name"]), str(t["qfmt"]), str(t["afmt"])) for t in model["tmpls"]
            ),
            cloze=model.get("type") == 1,
        )
        for id, model in models.items()
    }


def _types_18(database: sqlite3.Connection) -> dict[int, NoteType]:
    names, templates = defaultdict[int, list[str]](list), defaultdict[int, list[Template]](list)
    for row in database.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        names[row["ntid"]].append(str(row["name"]))
    for row in database.execute("SELECT ntid, name, config FROM templates ORDER BY ntid, ord"):
        config = bytes(row["config"])
        template = Template(str(row["name"]), text(config, 1), text(config, 2))
        templates[row["ntid"]].append(template)
    return {
        row["id"]: NoteType(
            name=str(row["name"]),
            fields=tuple(names[row["id"]]),
            templates=tuple(templates[row["id"]]),
            cloze=number(bytes(row["config"]), 1) == 1,
        )
        for row in database.execute("SELECT id, name, config FROM notetypes")
    }


def _decks_11(database: sqlite3.Connection) -> dict[int, str]:
    decks: dict[str, Any] = json.loads(database.execute("SELECT decks FROM col").fetchone()[0])
    return {int(id): str(deck["name"]) for id, deck in decks.items()}


def _decks_18(database: sqlite3.Connection) -> dict[int, str]:
    rows = database.execute("SELECT id, name FROM decks")
    return {row["id"]: str(row["name"]).replace("\x1f", "::") for row in rows}


def _answers(database: sqlite3.Connection, *, newest: bool) -> dict[int, list[Answer]]:
    """Return the history of each card, without what was no answer: moved or crammed."""
    _count(database, "revlog", MOST_REVIEWS)
    three_buttons = not newest and _scheduler_version(database) == 1
    found = defaultdict[int, list[Answer]](list)
    for row in database.execute("SELECT id, cid, ease, type, factor FROM revlog ORDER BY id"):
        ease, kind = int(row["ease"]), int(row["type"])
        if not 1 <= ease <= 4 or kind >= _MANUAL or (kind == _FILTERED and not row["factor"]):
            continue
        if three_buttons and kind in (0, 2) and ease >= 2:
            ease = min(ease + 1, 4)  # again, good, easy: there was no hard while learning
        at = datetime.fromtimestamp(int(row["id"]) / 1000, UTC)
        found[int(row["cid"])].append(Answer(at, Rating(ease)))
    return found


def _scheduler_version(database: sqlite3.Connection) -> int:
    conf: dict[str, Any] = json.loads(database.execute("SELECT conf FROM col").fetchone()[0])
    return int(conf.get("schedVer", 1))


def _tables(database: sqlite3.Connection) -> set[str]:
    """Return the names of real tables: a view that calls itself ``notes`` is none."""
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {str(row["name"]) for row in rows}


def _count(database: sqlite3.Connection, table: str, most: int) -> None:
    (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    if count > most:
        raise RequestError(f"The package holds more than {most:,} {table}.")


def _compare(a: str, b: str) -> int:
    """Compare as Anki's own collation does: without regard to case."""
    left, right = a.casefold(), b.casefold()
    return (left > right) - (left < right)
