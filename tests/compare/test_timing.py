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


def test_a_run_has_as_many_calls_as_it_takes_to_last() -> None:
    now, calls = [0.0], {"scratch": 0, "library": 0}

    def run(side: str, cost: float) -> None:
        calls[side] += 1
        now[0] += cost

    timed = time_both(
        lambda: run("scratch", 0.03),
        lambda: run("library", 0.5),
        runs=2,
        at_least=0.1,
        clock=lambda: now[0],
        sleep=lambda _: None,
    )
    assert (timed.scratch, timed.library) == pytest.approx((0.03, 0.5))
    assert calls == {"scratch": 2 + 2 * 4, "library": 2 + 2 * 1}
