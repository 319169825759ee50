"""When something comes back: by FSRS, or on the fixed days 1-2-4-7-14-30.

    R(t) = (1 + f t / S)^-d      recall after t days; S, the stability, is where R is 90 %
    due  = the day on which R falls to the desired retention

FSRS learns S and the item's difficulty from every answer; the desired retention is its one
knob. The fixed schedule takes the same days for everyone: learned on day 1, asked on days 2,
4, 7, 14 and 30, then every 30 days; what was forgotten starts over. Under it S is still kept,
so that recall can be estimated and the schedule changed at any time.

Nothing here is random: the log of answers alone decides, so a schedule can always be rebuilt.

Ye, Su & Cao, "A Stochastic Shortest Path Algorithm for Optimizing Spaced Repetition
Scheduling", KDD 2022; the ``fsrs`` package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from firsthand.study.memory.rating import Rating

if TYPE_CHECKING:
    import fsrs

Phase = Literal["learning", "review", "relearning"]
SoonAgain = timedelta(minutes=10)
FIXED_DAYS = (1, 2, 4, 7, 14, 30)


@dataclass(frozen=True)
class Memory:
    """What the answers so far imply about one item.

    ``phase`` is ``"review"`` once the item is asked in days; before, and after forgetting, it
    returns within minutes. ``step`` is the step of learning, or of the fixed schedule.
    """

    due: datetime
    last: datetime
    phase: Phase
    step: int | None
    stability: float
    difficulty: float
    reviews: int = 1
    lapses: int = 0


@dataclass(frozen=True)
class Answer:
    """One line of the log."""

    at: datetime
    rating: Rating


class Fsrs:
    """The adaptive schedule.

    Parameters
    ----------
    retention : float
        The recall at which an item comes back, between 0.7 and 0.99.
    in_days : bool
        Never ask twice on one day; so it is for exercises, which take minutes to answer.
    """

    def __init__(self, retention: float = 0.9, *, in_days: bool = False) -> None:
        import fsrs

        steps = () if in_days else (SoonAgain,)
        self._fsrs = fsrs.Scheduler(
            desired_retention=retention,
            learning_steps=steps,
            relearning_steps=steps,
            enable_fuzzing=False,  # it draws from the global random state
        )
        self._decay = -self._fsrs.parameters[20]
        self._factor = 0.9 ** (1 / self._decay) - 1

    def after(self, memory: Memory | None, answer: Answer) -> Memory:
        """Return what is implied once ``answer`` was given."""
        import fsrs

        at = answer.at.astimezone(UTC)
        before = _to_fsrs(memory, at)
        card, _ = self._fsrs.review_card(before, fsrs.Rating(answer.rating), at)
        assert card.stability is not None
        assert card.difficulty is not None
        lapsed = answer.rating == Rating.AGAIN and memory is not None and memory.phase == "review"
        return Memory(
            due=card.due,
            last=at,
            phase=_PHASES[card.state.value],
            step=card.step,
            stability=card.stability,
            difficulty=card.difficulty,
            reviews=(memory.reviews if memory else 0) + 1,
            lapses=(memory.lapses if memory else 0) + lapsed,
        )

    def recall(self, memory: Memory, now: datetime) -> float:
        """Return the estimated probability that the item is remembered at ``now``.

        The package's own formula, in whole days, without building its card: a tenth of the time.
        """
        days = max(0, (now - memory.last).days)
        return float((1 + self._factor * days / memory.stability) ** self._decay)


class Fixed(Fsrs):
    """The schedule of fixed days; FSRS beside it only estimates recall."""

    def __init__(self, *, in_days: bool = False) -> None:
        super().__init__(in_days=in_days)
        self._again = timedelta(days=1) if in_days else SoonAgain

    def after(self, memory: Memory | None, answer: Answer) -> Memory:
        """Return what is implied once ``answer`` was given."""
        before = replace(memory, step=_fsrs_step(memory)) if memory else None
        learned = super().after(before, answer)
        day = memory.step or 0 if memory else 0
        if answer.rating == Rating.AGAIN:
            phase: Phase = "review" if self._again >= timedelta(days=1) else "relearning"
            return replace(learned, due=learned.last + self._again, phase=phase, step=0)
        if answer.rating != Rating.HARD or day == 0:
            day = min(day + 1, len(FIXED_DAYS) - 1)
        wait = FIXED_DAYS[day] - FIXED_DAYS[day - 1]
        if memory and memory.step == len(FIXED_DAYS) - 1:
            wait = FIXED_DAYS[-1]
        due = learned.last + timedelta(days=wait)
        return replace(learned, due=due, phase="review", step=day)


def replay(scheduler: Fsrs, answers: Iterable[Answer]) -> Memory | None:
    """Return what a whole log implies; None for an empty one."""
    memory: Memory | None = None
    for answer in answers:
        memory = scheduler.after(memory, answer)
    return memory


_PHASES: dict[int, Phase] = {1: "learning", 2: "review", 3: "relearning"}
_STATES = {phase: number for number, phase in _PHASES.items()}


def _to_fsrs(memory: Memory | None, at: datetime) -> fsrs.Card:
    """Return the package's own record of an item; its number plays no part here."""
    import fsrs

    if memory is None:
        return fsrs.Card(card_id=0, due=at)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State(_STATES[memory.phase]),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last,
    )


def _fsrs_step(memory: Memory) -> int | None:
    """Return the step that FSRS expects where the fixed schedule keeps its own."""
    return None if memory.phase == "review" else 0
