"""Every card the learner has: those of the stages they began, their own, and imported ones."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Row
from typing import TYPE_CHECKING, Literal

from firsthand.study.errors import RequestError, UnknownNameError
from firsthand.study.store import Store, to_text

if TYPE_CHECKING:
    from firsthand.study.record import Record

Format = Literal["markdown", "html"]
LONGEST = 100_000  # characters of one side


@dataclass(frozen=True)
class Flashcard:
    """A card as it is shown.

    ``item`` is its name in the log of reviews; ``deck`` the stage it belongs to or the deck it
    came in; cards with the same ``note`` are siblings. ``format`` is Markdown with TeX for
    stages' and own cards, and sanitised HTML for imported ones; pictures in it are
    ``media/NAME``.
    """

    item: str
    deck: str
    format: Format
    front: str
    back: str
    note: str
    tags: tuple[str, ...] = ()
    origin: Literal["stage", "own", "anki", "csv"] = "stage"

    @property
    def id(self) -> str:
        """The name without its kind, as the command line takes it."""
        return self.item.partition(":")[2]


@dataclass(frozen=True)
class Medium:
    """A picture; ``name`` says what it contains, so equal pictures are kept once."""

    name: str
    type: str
    data: bytes


def deck(journey: Record) -> dict[str, Flashcard]:
    """Return every card that is available, by item: begun stages' in order, then stored ones."""
    begun = journey.begun()
    cards = {
        f"card:{card.id}": Flashcard(
            item=f"card:{card.id}",
            deck=stage.name,
            format="markdown",
            front=card.front,
            back=card.back,
            note=f"card:{card.note}",
            tags=card.tags,
        )
        for stage in journey.curriculum.written
        if stage.name in begun
        for card in stage.cards()
    }
    return cards | {card.item: card for card in stored_cards(journey.store)}


def stored_cards(store: Store) -> list[Flashcard]:
    """Return the learner's own and imported cards, oldest first."""
    rows = store.rows("SELECT * FROM card WHERE deleted IS NULL ORDER BY made, rowid")
    return [_flashcard(r) for r in rows]


def add_card(
    store: Store,
    front: str,
    back: str,
    now: datetime,
    *,
    deck: str = "own",
    tags: tuple[str, ...] = (),
) -> Flashcard:
    """Keep a card of the learner's own, in Markdown with TeX.

    Raises
    ------
    RequestError
        If a side is empty or absurdly long.
    """
    name = f"own:{secrets.token_hex(5)}"
    card = Flashcard(name, deck, "markdown", front, back, name, tags, "own")
    keep_card(store, card, now)
    return card


def keep_card(store: Store, card: Flashcard, now: datetime) -> bool:
    """Write a card, or its new text if its item is known; return whether it was new.

    Raises as :func:`add_card` does.
    """
    for side, text in (("front", card.front), ("back", card.back)):
        if not text.strip() and side == "front":
            raise RequestError("A card needs a front: the question.")
        if len(text) > LONGEST:
            raise RequestError(f"The {side} of a card has at most {LONGEST} characters.")
    with store.write():
        known = store.row("SELECT 1 FROM card WHERE id = ?", card.item)
        store.run(
            "INSERT INTO card (id, note, deck, format, front, back, tags, origin, made, changed)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT (id) DO UPDATE SET"
            " note = excluded.note, deck = excluded.deck, format = excluded.format,"
            " front = excluded.front, back = excluded.back, tags = excluded.tags,"
            " changed = excluded.changed, deleted = NULL",
            *(card.item, card.note, card.deck, card.format, card.front, card.back),
            *(json.dumps(card.tags), card.origin, to_text(now)),
        )
    return known is None


def edit_card(store: Store, item: str, front: str, back: str, now: datetime) -> Flashcard:
    """Change the text of a stored card; what was remembered of it stays.

    Raises
    ------
    UnknownNameError
        If there is no such card, or it belongs to a stage.
    """
    card = replace(stored_card(store, item), front=front, back=back)
    keep_card(store, card, now)
    return card


def delete_card(store: Store, item: str, now: datetime) -> None:
    """Take a stored card out of the deck; its reviews stay in the log. Raises as above."""
    stored_card(store, item)
    store.run("UPDATE card SET deleted = ? WHERE id = ?", to_text(now), item)


def stored_card(store: Store, item: str) -> Flashcard:
    """Return one of the learner's own or imported cards. Raises as :func:`edit_card` does."""
    row = store.row("SELECT * FROM card WHERE id = ? AND deleted IS NULL", item)
    if row is None:
        raise UnknownNameError("own card", item, [c.item for c in stored_cards(store)])
    return _flashcard(row)


def suspend(store: Store, item: str, now: datetime, *, suspended: bool = True) -> None:
    """Keep an item out of every review, or let it back in."""
    if suspended:
        store.run("INSERT OR IGNORE INTO suspended (item, at) VALUES (?, ?)", item, to_text(now))
    else:
        store.run("DELETE FROM suspended WHERE item = ?", item)


def suspended(store: Store) -> frozenset[str]:
    """Return the items that are kept out of reviews."""
    return frozenset(r["item"] for r in store.rows("SELECT item FROM suspended"))


def keep_medium(store: Store, data: bytes, type: str, suffix: str) -> str:
    """Keep a picture under the name of its contents, once; return the name."""
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.{suffix}"
    store.run("INSERT OR IGNORE INTO media (name, type, data) VALUES (?, ?, ?)", name, type, data)
    return name


def medium(store: Store, name: str) -> Medium:
    """Return a picture by its name.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    row = store.row("SELECT * FROM media WHERE name = ?", name)
    if row is None:
        raise UnknownNameError("picture", name, [])
    return Medium(row["name"], row["type"], row["data"])


def _flashcard(row: Row) -> Flashcard:
    return Flashcard(
        item=row["id"],
        deck=row["deck"],
        format=row["format"],
        front=row["front"],
        back=row["back"],
        note=row["note"],
        tags=tuple(json.loads(row["tags"])),
        origin=row["origin"],
    )
