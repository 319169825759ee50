"""How well something was remembered, in four steps, and what says so: buttons, or a pass."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

Buttons = Literal[2, 4]


class Rating(IntEnum):
    """The four answers that FSRS and Anki know."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


# Two buttons say all that most people can tell reliably, and FSRS needs no more.
LABELS: dict[Buttons, dict[Rating, str]] = {
    2: {Rating.AGAIN: "forgot", Rating.GOOD: "remembered"},
    4: {Rating.AGAIN: "forgot", Rating.HARD: "hard", Rating.GOOD: "good", Rating.EASY: "easy"},
}


def rate_exercise(*, hints: int, failures: int, gave_up: bool) -> Rating:
    """Return what a pass says of memory.

    Our version was shown: forgotten, whatever was typed afterwards. Hints, or more than one
    failed try while writing it again: hard. Else remembered.
    """
    if gave_up:
        return Rating.AGAIN
    return Rating.HARD if hints or failures > 1 else Rating.GOOD
