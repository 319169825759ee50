"""What to do today and why, in minutes.

The order is the routine's: what is about to be forgotten comes first, then the exercises whose
recall decayed, then the next exercise from where it was left, then questions of what is done.
"""

from __future__ import annotations

from firsthand.study.content import Exercise
from firsthand.study.record import Record


def next_exercise(journey: Record) -> Exercise | None:
    """Return the first exercise of the path that is not passed and whose requirements are.

    A stage that was begun is finished before the next one is opened. None when all are passed.
    """
    passed, begun = journey.passed(), journey.begun()
    ready = [
        e for e in journey.curriculum.exercises if e.id not in passed and set(e.requires) <= passed
    ]
    return min(ready, key=lambda e: e.stage not in begun, default=None)
