"""What to do today: in which order, from where, and why."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from firsthand.study.journey import Journey
from firsthand.study.questions import answer_question
from firsthand.study.routine import next_exercise, open_questions, today

DAY = timedelta(days=1)


def test_a_first_day_reads_and_writes(journey: Journey, now: datetime) -> None:
    tasks = today(journey, now)
    assert [(t.kind, t.target) for t in tasks] == [
        ("read", "00_counting"),
        ("exercise", "sums.total"),
    ]
    assert tasks[1].title == "Stage 01: The sum"
    assert tasks[1].why == "Exercise 1 of 2."
    assert (tasks[1].minutes, tasks[1].call) == (10, "Write")


def test_where_they_stopped_is_said(journey: Journey, learner: Any, now: datetime) -> None:
    learner.graded("sums.total", now, "wrong", headline="Off by a factor of n.")
    task = next(t for t in today(journey, now) if t.kind == "exercise")
    assert task.why == "Exercise 1 of 2. You stopped here: Off by a factor of n."
    assert task.call == "Go on"


def test_the_order_is_reviews_again_next_questions(
    journey: Journey, learner: Any, now: datetime
) -> None:
    journey.begin("00_counting", now)
    learner.graded("sums.total", now)
    learner.reviews(now)
    later = now + 12 * DAY
    tasks = today(journey, later)
    assert [t.kind for t in tasks] == ["review", "again", "exercise", "question"]
    assert tasks[0].title == "Review 20 cards"
    assert tasks[0].why.startswith("10 old, 10 new. Nearest to being forgotten: ")
    assert tasks[0].minutes == 7
    assert tasks[1].target == "sums.total"
    assert "comes back blank" in tasks[1].why
    assert tasks[2].target == "sums.mean"


def test_the_next_exercise_waits_for_what_it_requires(
    journey: Journey, learner: Any, now: datetime
) -> None:
    def following() -> str | None:
        found = next_exercise(journey)
        return found.id if found else None

    assert following() == "sums.total"
    learner.graded("sums.total", now)
    assert following() == "sums.mean"
    learner.graded("sums.mean", now)
    assert following() is None


def test_a_requirement_counts_more_than_the_order(journey: Journey, now: datetime) -> None:
    stages = [
        replace(stage, exercises=tuple(reversed(stage.exercises)))
        for stage in journey.curriculum.stages
    ]
    other = Journey(
        journey.folder, replace(journey.curriculum, stages=tuple(stages)), journey.store
    )
    found = next_exercise(other)
    assert found
    assert found.id == "sums.total"


def test_questions_come_when_the_exercises_are_done(
    journey: Journey, learner: Any, now: datetime
) -> None:
    learner.graded("sums.total", now)
    assert open_questions(journey) == []
    learner.graded("sums.mean", now)
    assert [q.id for q in open_questions(journey)] == ["sums.gauss", "sums.explain"]
    answer_question(journey, "sums.gauss", 5050, now)
    answer_question(journey, "sums.explain", [], now)
    assert [q.id for q in open_questions(journey)] == ["sums.explain"]
    why = [t.why for t in today(journey, now) if t.kind == "question"]
    assert why == ["Your answer of 2 March was not right yet."]


def test_everything_done_leaves_an_empty_day(journey: Journey, learner: Any, now: datetime) -> None:
    journey.begin("00_counting", now)
    learner.graded("sums.total", now)
    learner.graded("sums.mean", now)
    answer_question(journey, "sums.gauss", 5050, now)
    answer_question(journey, "sums.explain", [0, 1], now)
    answer_question(journey, "counting.how_many", 1, now)
    learner.reviews(now)
    assert today(journey, now) == []
