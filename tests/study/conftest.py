"""A small curriculum to live through: counting, sums, and a stage still to come."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.journey import Journey
from firsthand.study.memory.rating import Rating
from firsthand.study.memory.review import answer, queue
from firsthand.study.verdict import Verdict, VerdictKind

SMALL = Path(__file__).parent / "small_curriculum"
TOTAL = "def total(x):\n    return float(sum(x))\n"
BOTH = TOTAL + "\n\ndef mean(x):\n    return total(x) / len(x)\n"


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Curriculum:
    monkeypatch.setattr(sys, "path", [str(SMALL), *sys.path])
    return load_curriculum(SMALL)


@pytest.fixture
def journey(tmp_path: Path, small: Curriculum, now: datetime) -> Iterator[Journey]:
    with Journey.create(tmp_path / "ml_journey", now, small) as made:
        yield made


@dataclass
class Learner:
    """Someone on a journey, for whom tests need few words."""

    journey: Journey

    def graded(
        self,
        exercise: str,
        now: datetime,
        kind: VerdictKind = "passed",
        *,
        practice: bool = False,
        headline: str = "",
    ) -> None:
        """Have a verdict recorded as the grader would."""
        verdict = Verdict(exercise, kind, headline or kind, "", "")
        self.journey.record_verdict(verdict, BOTH, now, practice=practice)

    def reviews(self, now: datetime, rating: Rating = Rating.GOOD) -> list[str]:
        """Answer everything in today's queue; return the items in the order they came."""
        items = [due.card.item for due in queue(self.journey, now).cards]
        for item in items:
            answer(self.journey, item, rating, now)
        return items


@pytest.fixture
def learner(journey: Journey) -> Learner:
    return Learner(journey)
