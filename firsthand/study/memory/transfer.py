"""Cards in and out of the journey, by the kind of file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from firsthand.study.errors import RequestError
from firsthand.study.memory.cards import Flashcard
from firsthand.study.store import Store

OURS = "firsthand:"  # how the GUID of a note begins that we exported; its item follows


@dataclass
class Imported:
    """What an import did. ``left_out`` says what could not come along, and why."""

    added: int = 0
    updated: int = 0
    known: int = 0
    media: int = 0
    reviews: int = 0
    left_out: list[str] = field(default_factory=list[str])
    _counted: Counter[str] = field(default_factory=Counter[str], repr=False)

    def count(self, why: str) -> None:
        """Note that something was left out."""
        self._counted[why] += 1

    def summed(self) -> Imported:
        """Put what was counted into words."""
        self.left_out += [f"{n} × {why}" for why, n in self._counted.items()]
        self._counted.clear()
        return self

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "added": self.added,
            "updated": self.updated,
            "known": self.known,
            "media": self.media,
            "reviews": self.reviews,
            "left_out": self.left_out,
        }


def import_file(store: Store, path: Path, now: datetime, *, deck: str | None = None) -> Imported:
    """Import an Anki package or a CSV file, wholly or not at all.

    Raises
    ------
    RequestError
        If the file is of another kind, is damaged, or tries to do harm.
    """
    if path.suffix.lower() in (".apkg", ".colpkg"):
        from firsthand.study.memory.anki.importing import import_package

        return import_package(store, path, now)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        from firsthand.study.memory.spreadsheet import import_csv

        return import_csv(store, path, now, deck=deck or path.stem)
    raise RequestError(f"{path.name} is neither an Anki package (.apkg) nor a CSV file.")


def export_file(store: Store, cards: Sequence[Flashcard], path: Path) -> None:
    """Export cards to an Anki package or a CSV file.

    Raises
    ------
    RequestError
        If the file is of another kind or there is no card.
    """
    if not cards:
        raise RequestError("There is no card to export; begin a stage, or write one.")
    if not path.parent.is_dir():
        raise RequestError(f"There is no folder {path.parent}.")
    if path.suffix.lower() == ".apkg":
        from firsthand.study.memory.anki.exporting import export_package

        export_package(store, cards, path)
    elif path.suffix.lower() == ".csv":
        from firsthand.study.memory.spreadsheet import export_csv

        export_csv(cards, path)
    else:
        raise RequestError(f"{path.name}: cards are exported to .apkg or .csv.")
