"""FSRS as its package publishes it; the fixed days as the plan gives them."""

from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.study.memory.rating import Rating
from firsthand.study.memory.scheduler import Answer, Fixed, Fsrs, Memory, replay

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def remembered_when_due(scheduler: Fsrs, times: int) -> list[int]:
    """The whole days between reviews, each answered as soon as it is due."""
    memory: Memory | None = None
    when, waits = START, []
    for _ in range(times):
        memory = scheduler.after(memory, Answer(when, Rating.GOOD))
        waits.append((memory.due - when).days)
        when = memory.due
    return waits


@given(
    st.lists(st.tuples(st.sampled_from(Rating), st.integers(0, 400 * 24 * 3600)), max_size=12),
    st.sampled_from([0.75, 0.9, 0.97]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_replaying_the_log_is_what_the_package_does(
    steps: list[tuple[Rating, int]], retention: float, in_days: bool
) -> None:
    wait = () if in_days else (timedelta(minutes=10),)
    theirs = fsrs.Scheduler(
        desired_retention=retention,
        learning_steps=wait,
        relearning_steps=wait,
        enable_fuzzing=False,
    )
    card, when, log = fsrs.Card(card_id=1, due=START), START, []
    for rating, seconds in steps:
        when += timedelta(seconds=seconds)
        card, _ = theirs.review_card(card, fsrs.Rating(rating), when)
        log.append(Answer(when, rating))
    ours = Fsrs(retention, in_days=in_days)
    memory = replay(ours, log)
    if memory is None:
        assert not steps
        return
    assert memory.due == card.due
    assert memory.stability == card.stability
    assert memory.difficulty == card.difficulty
    later = when + 30 * DAY
    assert ours.recall(memory, later) == theirs.get_card_retrievability(card, later)


def test_the_published_intervals_of_a_card_that_is_always_remembered() -> None:
    # FSRS-6 default parameters: initial stability of "good" is 2.3065 days.
    waits = remembered_when_due(Fsrs(0.9), 6)
    assert waits[0] == 2
    assert waits == sorted(waits)
    assert waits[-1] > 100


def test_more_retention_asks_more_often() -> None:
    assert remembered_when_due(Fsrs(0.95), 5)[-1] < remembered_when_due(Fsrs(0.8), 5)[-1]


def test_recall_at_the_due_day_is_what_was_desired() -> None:
    scheduler = Fsrs(0.85)
    memory = replay(scheduler, [Answer(START, Rating.GOOD), Answer(START + 3 * DAY, Rating.GOOD)])
    assert memory is not None
    assert scheduler.recall(memory, memory.due) == pytest.approx(0.85, abs=0.01)


def test_what_was_forgotten_returns_within_minutes_and_counts_as_a_lapse() -> None:
    log = [Answer(START, Rating.GOOD), Answer(START + 3 * DAY, Rating.AGAIN)]
    card = replay(Fsrs(), log)
    assert card is not None
    assert card.due - card.last == timedelta(minutes=10)
    assert (card.phase, card.lapses, card.reviews) == ("relearning", 1, 2)
    exercise = replay(Fsrs(in_days=True), log)
    assert exercise is not None
    assert exercise.due - exercise.last >= DAY


def test_failing_while_learning_is_no_lapse() -> None:
    memory = replay(Fsrs(), [Answer(START, Rating.AGAIN), Answer(START, Rating.AGAIN)])
    assert memory is not None
    assert memory.lapses == 0


def days_asked(answers: list[Rating]) -> list[int]:
    """On which days of the fixed schedule an item is asked, the first being day 1."""
    scheduler, memory, when = Fixed(), None, START
    days = [1]
    for rating in answers:
        memory = scheduler.after(memory, Answer(when, rating))
        when = memory.due
        days.append((when - START).days + 1)
    return days


def test_the_fixed_days_are_1_2_4_7_14_30() -> None:
    assert days_asked([Rating.GOOD] * 5) == [1, 2, 4, 7, 14, 30]


def test_after_day_30_it_returns_every_30_days() -> None:
    assert days_asked([Rating.GOOD] * 7)[-3:] == [30, 60, 90]


def test_forgetting_starts_the_fixed_days_over() -> None:
    days = days_asked([Rating.GOOD, Rating.GOOD, Rating.AGAIN, *[Rating.GOOD] * 5])
    assert days == [1, 2, 4, 4, 5, 7, 10, 17, 33]  # again on day 4, which is then a day 1


def test_hard_asks_again_after_the_same_wait() -> None:
    assert days_asked([Rating.GOOD, Rating.GOOD, Rating.HARD, Rating.GOOD]) == [1, 2, 4, 6, 9]


def test_the_fixed_schedule_estimates_recall_too() -> None:
    memory = replay(Fixed(), [Answer(START, Rating.GOOD)])
    assert memory is not None
    estimates = [Fixed().recall(memory, START + n * DAY) for n in (0, 2, 20)]
    assert estimates == sorted(estimates, reverse=True)
