"""Times are medians of alternating runs with a pause before each."""

from collections.abc import Iterator

import pytest

from firsthand.compare import time_both


def test_sides_alternate_pause_and_are_told_by_their_median() -> None:
    events: list[str] = []
    now = [0.0]
    costs: dict[str, Iterator[float]] = {
        "scratch": iter([9.0, 2.0, 3.0, 100.0]),
        "library": iter([9.0, 4.0, 5.0, 6.0]),
    }

    def run(side: str) -> None:
        events.append(side)
        now[0] += next(costs[side])

    def sleep(seconds: float) -> None:
        events.append("pause")
        now[0] += seconds

    timed = time_both(
        lambda: run("scratch"),
        lambda: run("library"),
        runs=3,
        clock=lambda: now[0],
        sleep=sleep,
    )
    assert events == ["scratch", "library", *["pause", "scratch", "pause", "library"] * 3]
    assert (timed.scratch, timed.library) == pytest.approx((3.0, 5.0))
    assert timed.ratio == pytest.approx(0.6)
    assert timed.to_json()["runs"] == 3
