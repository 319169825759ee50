"""The log of reviews, and the schedule that follows from it.

An item is ``card:ID`` (of a stage), ``own:ID`` (written or imported) or ``exercise:ID``. A
review and the schedule it implies are written together; the schedule is only a cache: it is
the replay of the item's log, so an undone review leaves no trace in it.
"""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Row
from typing import Literal

from firsthand.study.memory.rating import Rating
from firsthand.study.memory.scheduler import Answer, Memory, replay
from firsthand.study.memory.settings import read_settings
from firsthand.study.store import Store, from_text, to_text

Origin = Literal["firsthand", "anki"]
_LOG = "SELECT * FROM review WHERE id NOT IN (SELECT review FROM undone)"


def exercise_item(exercise: str) -> str:
    """Return the item under which an exercise is remembered."""
    return f"exercise:{exercise}"


def add_review(
    store: Store,
    item: str,
    rating: Rating,
    now: datetime,
    *,
    seconds: float | None = None,
    seen: int | None = None,
) -> Memory | None:
    """Keep an answer; on disk, with the schedule it implies, when this returns.

    ``seen`` is how many reviews the item had when it was shown: an answer given twice to one
    showing (two windows, a second click) is kept once, and the second call returns None.
    """
    with store.write():
        if seen is not None and seen != len(_answers(store, item)):
            return None
        store.run(
            "INSERT INTO review (item, at, rating, seconds, origin) VALUES (?, ?, ?, ?, ?)",
            *(item, to_text(now), int(rating), seconds, "firsthand"),
        )
        return _reschedule(store, item)


def import_reviews(store: Store, item: str, answers: list[Answer]) -> int:
    """Add a history from elsewhere, each answer once; return how many were new."""
    with store.write():
        before = len(_answers(store, item))
        store.many(
            "INSERT OR IGNORE INTO review (item, at, rating, origin) VALUES (?, ?, ?, 'anki')",
            [(item, to_text(a.at), int(a.rating)) for a in answers],
        )
        added = len(_answers(store, item)) - before
        if added:
            _reschedule(store, item)
    return added


def undo_review(store: Store, now: datetime) -> str | None:
    """Take back the latest answer about a card; return its item, None if there is none.

    How an exercise was remembered is what its checks said; that is not taken back.
    """
    with store.write():
        last = store.row(
            f"{_LOG} AND origin = 'firsthand' AND item NOT LIKE 'exercise:%'"
            " ORDER BY id DESC LIMIT 1"
        )
        if last is None:
            return None
        store.run("INSERT INTO undone (review, at) VALUES (?, ?)", last["id"], to_text(now))
        _reschedule(store, last["item"])
        return str(last["item"])


def rebuild(store: Store) -> int:
    """Derive every schedule anew from the log; return how many items there are."""
    with store.write():
        store.run("DELETE FROM schedule")
        items = [r["item"] for r in store.rows(f"SELECT DISTINCT item FROM ({_LOG})")]
        for item in items:
            _reschedule(store, item)
    return len(items)


def memories(store: Store) -> dict[str, Memory]:
    """Return what is known of every item that was ever reviewed."""
    return {r["item"]: _memory(r) for r in store.rows("SELECT * FROM schedule")}


def memory_of(store: Store, item: str) -> Memory | None:
    """Return what is known of one item; None before its first review."""
    row = store.row("SELECT * FROM schedule WHERE item = ?", item)
    return _memory(row) if row else None


def reviewed_between(store: Store, since: datetime, until: datetime) -> list[Row]:
    """Return the reviews made here in a span of time, oldest first."""
    return store.rows(
        f"{_LOG} AND origin = 'firsthand' AND at >= ? AND at < ? ORDER BY at, id",
        *(to_text(since), to_text(until)),
    )


def histories(store: Store) -> dict[str, list[Answer]]:
    """Return the answers about every item, oldest first."""
    found: dict[str, list[Answer]] = {}
    for r in store.rows(f"{_LOG} ORDER BY at, id"):
        found.setdefault(r["item"], []).append(Answer(from_text(r["at"]), Rating(r["rating"])))
    return found


def history(store: Store, item: str) -> list[Answer]:
    """Return the answers about an item, oldest first."""
    return _answers(store, item)


def _reschedule(store: Store, item: str) -> Memory | None:
    memory = replay(read_settings(store).scheduler(item), _answers(store, item))
    if memory is None:
        store.run("DELETE FROM schedule WHERE item = ?", item)
        return None
    store.run(
        "INSERT OR REPLACE INTO schedule"
        " (item, due, last, phase, step, stability, difficulty, reviews, lapses)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(item, to_text(memory.due), to_text(memory.last), memory.phase, memory.step),
        *(memory.stability, memory.difficulty, memory.reviews, memory.lapses),
    )
    return memory


def _answers(store: Store, item: str) -> list[Answer]:
    rows = store.rows(f"{_LOG} AND item = ? ORDER BY at, id", item)
    return [Answer(from_text(r["at"]), Rating(r["rating"])) for r in rows]


def _memory(row: Row) -> Memory:
    return Memory(
        due=from_text(row["due"]),
        last=from_text(row["last"]),
        phase=row["phase"],
        step=row["step"],
        stability=row["stability"],
        difficulty=row["difficulty"],
        reviews=row["reviews"],
        lapses=row["lapses"],
    )
