"""A small curriculum to live through: counting, sums, and a stage still to come."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.journey import Journey

SMALL = Path(__file__).parent / "small_curriculum"


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
