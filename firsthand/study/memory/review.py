"""Today's reviews: what is asked, in which order, and why.

The routine is 20 cards: 10 old and 10 new. Old ones are asked from the most forgotten on; they
fill the places for which there is nothing new; what does not fit waits, and that is said.
Siblings (cards of one note) never meet on one day: the first would give the second away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from firsthand.study.content import Exercise
from firsthand.study.errors import UnknownNameError
from firsthand.study.memory.cards import Flashcard, deck, suspended
from firsthand.study.memory.log import (
    add_review,
    exercise_item,
    memories,
    reviewed_between,
    undo_review,
)
from firsthand.study.memory.rating import LABELS, Rating
from firsthand.study.memory.scheduler import FIXED_DAYS, Memory
from firsthand.study.memory.settings import Settings, read_settings

if TYPE_CHECKING:
    from firsthand.study.record import Record

AHEAD = timedelta(minutes=20)  # what was just forgotten is asked again without making one wait


@dataclass(frozen=True)
class Due:
    """A card to review now, with the reason."""

    card: Flashcard
    memory: Memory | None
    recall: float | None
    why: str
    leech: str = ""

    @property
    def old(self) -> bool:
        """Whether it was ever reviewed."""
        return self.memory is not None

    @property
    def seen(self) -> int:
        """How many reviews it had when it was shown; pass it back with the answer."""
        return self.memory.reviews if self.memory else 0


@dataclass(frozen=True)
class DueExercise:
    """A passed exercise that is to be written again, with the reason."""

    exercise: Exercise
    memory: Memory
    recall: float
    why: str


@dataclass(frozen=True)
class Queue:
    """Today's cards in the order in which they are asked, and what waits behind them.

    ``old`` and ``new`` count what is in the queue; ``waiting`` how many old ones are due
    beyond it; ``exercises`` come back blank, most forgotten first.
    """

    cards: tuple[Due, ...]
    exercises: tuple[DueExercise, ...]
    waiting: int = 0
    done: int = 0

    @property
    def old(self) -> int:
        """How many of the cards are old."""
        return sum(d.old for d in self.cards)

    @property
    def new(self) -> int:
        """How many of the cards are new."""
        return len(self.cards) - self.old


def queue(journey: Record, now: datetime, *, everything: bool = False) -> Queue:
    """Return what to review now; with ``everything``, without the day's limits.

    The day is that of the time zone of ``now``.
    """
    settings, known = read_settings(journey.store), memories(journey.store)
    cards, out = deck(journey), suspended(journey.store)
    today = _today(journey, now, cards, known)
    asleep = [item for item in cards if item in out]
    due, fresh = list[Due](), list[Due]()
    for item, card in cards.items():
        if item in asleep or (card.note in today.notes and item not in today.items):
            continue
        memory = known.get(item)
        if memory is None:
            fresh.append(_due(card, None, now, settings))
        elif _is_due(memory, now):
            due.append(_due(card, memory, now, settings))
    due.sort(key=lambda d: (d.recall or 0.0, d.card.item))
    steps = [d for d in due if d.card.item in today.items]  # forgotten today: owed, not counted
    old = _apart([d for d in due if d.card.item not in today.items], {d.card.note for d in steps})
    new = _apart(fresh, {d.card.note for d in (*steps, *old)})
    takes_old, takes_new = _shares(settings, today, len(old), len(new), everything=everything)
    asked = [*_mixed(old[:takes_old], new[:takes_new]), *steps]
    return Queue(
        tuple(asked), _exercises(journey, known, out, now), len(old) - takes_old, len(today.items)
    )


def find_due(journey: Record, item: str, now: datetime) -> Due:
    """Return one card as a review shows it.

    Raises
    ------
    UnknownNameError
        If there is no such card in the deck.
    """
    cards = deck(journey)
    if item not in cards:
        raise UnknownNameError("card", item, cards)
    memory = memories(journey.store).get(item)
    return _due(cards[item], memory, now, read_settings(journey.store))


def answer(
    journey: Record,
    item: str,
    rating: Rating,
    now: datetime,
    *,
    seconds: float | None = None,
    seen: int | None = None,
) -> Memory | None:
    """Record an answer to a card; on disk when this returns.

    With ``seen`` (of the :class:`Due` that was shown) a second answer to the same showing is
    not counted, and None comes back.

    Raises
    ------
    UnknownNameError
        If there is no such card, or the rating is none of the buttons in use.
    """
    buttons = LABELS[read_settings(journey.store).buttons]
    if rating not in buttons:
        raise UnknownNameError("button", rating.name.lower(), buttons.values())
    if item not in deck(journey):
        raise UnknownNameError("card", item, deck(journey))
    return add_review(journey.store, item, rating, now, seconds=seconds, seen=seen)


def undo(journey: Record, now: datetime) -> str | None:
    """Take back the latest answer to a card; return its item, None if there was none."""
    return undo_review(journey.store, now)


def in_words(span: timedelta) -> str:
    """Return a time to come in words: "in 10 minutes", "tomorrow", "in 12 days"."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    days = round(span / timedelta(days=1))
    if minutes < 60:
        return f"in {minutes} minute{'s' * (minutes > 1)}"
    if days < 1:
        return f"in {round(minutes / 60)} h"
    return "tomorrow" if days == 1 else f"in {days} days"


@dataclass(frozen=True)
class _Today:
    """What was reviewed since the learner's midnight."""

    items: frozenset[str]
    notes: frozenset[str]
    fresh: int


def _today(
    journey: Record, now: datetime, cards: dict[str, Flashcard], known: dict[str, Memory]
) -> _Today:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = reviewed_between(journey.store, midnight, midnight + timedelta(days=1))
    items = frozenset(r["item"] for r in rows if r["item"] in cards)
    counts: dict[str, int] = {}
    for r in rows:
        counts[r["item"]] = counts.get(r["item"], 0) + 1
    fresh = sum(known[i].reviews == counts[i] for i in items if i in known)
    return _Today(items, frozenset(cards[i].note for i in items), fresh)


def _is_due(memory: Memory, now: datetime) -> bool:
    """In days, due means today; in minutes, now or nearly."""
    if memory.phase == "review":
        return memory.due.astimezone(now.tzinfo).date() <= now.date()
    return memory.due <= now + AHEAD


def _shares(
    settings: Settings, today: _Today, old: int, new: int, *, everything: bool
) -> tuple[int, int]:
    """Return how many old and new cards are asked."""
    if everything:
        return old, new
    left = max(0, settings.cards_per_day - len(today.items))
    new = min(new, left, max(0, settings.new_per_day - today.fresh))
    return min(old, left - new), new


def _apart(dues: Iterable[Due], notes: Collection[str]) -> list[Due]:
    """Return the first of each note, none of ``notes``."""
    taken, kept = set(notes), list[Due]()
    for due in dues:
        if due.card.note not in taken:
            taken.add(due.card.note)
            kept.append(due)
    return kept


def _mixed(old: list[Due], new: list[Due]) -> list[Due]:
    """Spread the new cards evenly among the old ones, an old one first."""
    placed = [((i + 0.5) / len(old), 0, d) for i, d in enumerate(old)]
    placed += [((i + 0.5) / len(new), 1, d) for i, d in enumerate(new)]
    return [d for _, _, d in sorted(placed, key=lambda entry: entry[:2])]


def _due(card: Flashcard, memory: Memory | None, now: datetime, settings: Settings) -> Due:
    if memory is None:
        return Due(card, None, None, f"New, from {card.deck}.")
    recall = settings.scheduler(card.item).recall(memory, now)
    leech = ""
    if memory.lapses >= settings.leech:
        leech = (
            f"Forgotten {memory.lapses} times. Rewrite it in your own words, split it, or tie it"
            " to an example; as it stands it costs more than it gives."
        )
    return Due(card, memory, recall, _why(memory, recall, now, settings), leech)


def _why(memory: Memory, recall: float, now: datetime, settings: Settings) -> str:
    days = (now.date() - memory.last.astimezone(now.tzinfo).date()).days
    ago = "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
    if memory.phase != "review":
        return f"Forgotten {ago}; once more, so that it holds."
    if settings.schedule == "fixed":
        asked = FIXED_DAYS[memory.step or 0]
        return f"Day {asked} of the fixed schedule; last seen {ago}."
    return (
        f"Last seen {ago}; recall is now about {recall:.0%}, and you want {settings.retention:.0%}."
    )


def _exercises(
    journey: Record, known: dict[str, Memory], out: Collection[str], now: datetime
) -> tuple[DueExercise, ...]:
    settings = read_settings(journey.store)
    passed, found = journey.passed(), list[DueExercise]()
    for exercise in journey.curriculum.exercises:
        item = exercise_item(exercise.id)
        memory = known.get(item)
        if exercise.id not in passed or item in out or not memory or not _is_due(memory, now):
            continue
        recall = settings.scheduler(item).recall(memory, now)
        last = memory.last.astimezone(now.tzinfo)
        why = f"You wrote it last on {last.day} {last:%B}. "
        why += f"Recall is at about {recall:.0%}, so it comes back blank."
        found.append(DueExercise(exercise, memory, recall, why))
    return tuple(sorted(found, key=lambda d: d.recall))
