"""The few knobs of the memory, kept in the journey."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal

from firsthand.study.errors import RequestError
from firsthand.study.memory.rating import Buttons
from firsthand.study.memory.scheduler import Fixed, Fsrs
from firsthand.study.store import Store


@dataclass(frozen=True)
class Settings:
    """How the learner wants to be reminded.

    Attributes
    ----------
    schedule : {"fsrs", "fixed"}
        Adaptive, or on days 1-2-4-7-14-30.
    retention : float
        The recall at which FSRS brings an item back: 0.9 asks more often than 0.8.
    buttons : {2, 4}
        Forgot and remembered, or forgot, hard, good, easy.
    cards_per_day, new_per_day : int
        The daily routine: 20 cards, 10 of them new.
    leech : int
        How often a card may be forgotten before it is suggested to rewrite it.
    """

    schedule: Literal["fsrs", "fixed"] = "fsrs"
    retention: float = 0.9
    buttons: Buttons = 2
    cards_per_day: int = 20
    new_per_day: int = 10
    leech: int = 6

    def __post_init__(self) -> None:
        for field in fields(self)[1:]:
            if not isinstance(getattr(self, field.name), int | float):
                raise RequestError(f"Setting: {field.name} is a number.")
        for wrong, message in (
            (self.schedule not in ("fsrs", "fixed"), "schedule is fsrs or fixed"),
            (not 0.7 <= self.retention <= 0.99, "retention is between 0.7 and 0.99"),
            (self.buttons not in (2, 4), "buttons is 2 or 4"),
            (not 0 <= self.new_per_day <= 1000, "new_per_day is between 0 and 1000"),
            (not 1 <= self.cards_per_day <= 1000, "cards_per_day is between 1 and 1000"),
            (not 2 <= self.leech <= 100, "leech is between 2 and 100"),
        ):
            if wrong:
                raise RequestError(f"Setting: {message}.")

    def scheduler(self, item: str) -> Fsrs:
        """Return what schedules ``item``; exercises are asked in days, never in minutes."""
        return _scheduler(self.schedule, self.retention, item.startswith("exercise:"))


@lru_cache(maxsize=16)
def _scheduler(schedule: str, retention: float, in_days: bool) -> Fsrs:
    return Fixed(in_days=in_days) if schedule == "fixed" else Fsrs(retention, in_days=in_days)


def read_settings(store: Store) -> Settings:
    """Return the journey's settings; what was never set is as it began."""
    kept = {f.name: store.setting(f.name, f.default) for f in fields(Settings)}
    return Settings(**kept)


def change_settings(store: Store, **changes: Any) -> Settings:
    """Keep changed settings and bring every due date in line with them.

    Raises
    ------
    RequestError
        If there is no such setting or the value is out of range.
    """
    from firsthand.study.memory.log import rebuild

    unknown = set(changes) - set(asdict(Settings()))
    if unknown:
        known = ", ".join(asdict(Settings()))
        raise RequestError(
            f"There is no setting called {', '.join(sorted(unknown))}. There are {known}."
        )
    with store.write():
        settings = replace(read_settings(store), **changes)
        for name, value in changes.items():
            store.set(name, value)
        if {"schedule", "retention"} & set(changes):
            rebuild(store)
    return settings
