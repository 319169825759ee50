"""Bring a package of Anki's into the journey: text, pictures, cloze, what was remembered.

A card's item is made of its note's GUID, so that a newer version of a deck updates its cards
and a review is never counted twice. What cannot come along is listed, never dropped silently.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

from firsthand.study.errors import RequestError
from firsthand.study.memory.anki.archive import LARGEST_MEDIUM, Archive
from firsthand.study.memory.anki.collection import (
    AnkiCard,
    collection_name,
    is_newest,
    read_cards,
)
from firsthand.study.memory.anki.media import media_names, picture_type
from firsthand.study.memory.anki.template import clozes, is_empty, sides
from firsthand.study.memory.cards import Flashcard, keep_card, keep_medium
from firsthand.study.memory.html import clean, has_sound
from firsthand.study.memory.log import import_reviews
from firsthand.study.memory.transfer import OURS, Imported
from firsthand.study.store import Store


def import_package(store: Store, path: Path, now: datetime) -> Imported:
    """Import a package, wholly or not at all.

    Raises
    ------
    RequestError
        If it is no package, is damaged, or tries to do harm.
    """
    with Archive(path) as archive, store.write():
        pictures = _Pictures(archive, store)
        done = Imported()
        for card in read_cards(archive):
            _take(store, card, pictures, done, now)
    done.media = len(pictures.kept)
    done.left_out += [f"picture {name}: {why}" for name, why in sorted(pictures.lost.items())]
    return done.summed()


@dataclass
class _Pictures:
    """The package's pictures, taken over when a card shows them."""

    archive: Archive
    store: Store
    kept: dict[str, str] = field(default_factory=dict[str, str])
    lost: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        newest = is_newest(collection_name(self.archive))
        self.newest, self.entries = newest, media_names(self.archive, newest=newest)

    def name(self, wanted: str) -> str | None:
        """Return a picture's name in the journey; None where it cannot be shown."""
        wanted = normalize("NFC", wanted)
        if wanted in self.kept:
            return self.kept[wanted]
        why = self._take(wanted)
        if why:
            self.lost[wanted[:80]] = why
            return None
        return self.kept[wanted]

    def _take(self, wanted: str) -> str:
        """Keep a picture, or return why not."""
        if "://" in wanted or wanted.startswith(("//", "data:")):
            return "lies elsewhere, and nothing is fetched"
        if wanted not in self.entries or self.entries[wanted] not in self.archive.names:
            return "is not in the package"
        data = self.archive.read(self.entries[wanted], LARGEST_MEDIUM, compressed=self.newest)
        kind = picture_type(data)
        if kind is None:
            return "is no PNG, JPEG, GIF, WebP or BMP"
        self.kept[wanted] = keep_medium(self.store, data, *kind)
        return ""


def _take(store: Store, card: AnkiCard, pictures: _Pictures, done: Imported, now: datetime) -> None:
    """Keep one card and its history, or note why not."""
    if card.guid.startswith(OURS):  # we exported it; our text is the original
        item = card.guid.removeprefix(OURS)
        known = store.row("SELECT 1 FROM card WHERE id = ?", item)
        if item.startswith("card:") or known:
            done.reviews += import_reviews(store, item, list(card.answers))
            done.known += 1
            return
    else:
        item = f"own:anki.{_short(card.guid)}.{card.place}"
    question, answer = _sides(card)
    if "image-occlusion:" in "".join(card.fields.values()):
        done.count("card with masks over a picture, which cannot be drawn")
        return
    if has_sound(question) or has_sound(answer):
        done.count("sound; the text of its card was imported")
    front, back = clean(question, pictures.name), clean(answer, pictures.name)
    if is_empty(front):
        done.count("card with an empty question")
        return
    kept = Flashcard(
        item=item,
        deck=card.deck,
        format="html",
        front=front,
        back=back,
        note=f"own:anki.{_short(card.guid)}",
        tags=card.tags,
        origin="anki",
    )
    try:
        new = keep_card(store, kept, now)
    except RequestError as error:
        done.count(str(error))
        return
    done.added += new
    done.updated += not new
    done.reviews += import_reviews(store, item, list(card.answers))


def _sides(card: AnkiCard) -> tuple[str, str]:
    kind = card.type
    if not kind.templates:
        return "", ""
    if not kind.cloze:
        template = kind.templates[min(card.place, len(kind.templates) - 1)]
        return sides(template, {**card.fields, "Card": template.name})
    numbers = set[int]().union(*(clozes(value) for value in card.fields.values()))
    if card.place + 1 not in numbers:
        return "", ""
    return sides(kind.templates[0], card.fields, cloze=card.place + 1)


def _short(guid: str) -> str:
    return hashlib.sha256(guid.encode("utf-8", "surrogatepass")).hexdigest()[:16]
