"""Claims stand on evidence and decay with it; days are counted without guilt."""

from datetime import date, datetime, timedelta
from typing import Any

import fsrs
import pytest

from firsthand.study.journey import Journey
from firsthand.study.memory.rating import Rating
from firsthand.study.memory.review import answer
from firsthand.study.progress import Day, calendar, checkpoint, completion, recall_over_time, streak
from firsthand.study.questions import answer_question

DAY = timedelta(days=1)


def states(journey: Journey, now: datetime) -> list[tuple[str, list[str]]]:
    stage = journey.curriculum.stage("01")
    return [(p.state, [e.state for e in p.evidence]) for p in checkpoint(journey, stage, now)]


def test_a_claim_is_proved_piece_by_piece(journey: Journey, learner: Any, now: datetime) -> None:
    assert states(journey, now)[0] == ("not yet", ["not yet"] * 3)
    learner.graded("sums.total", now)
    assert states(journey, now)[0] == ("not yet", ["proved", "not yet", "not yet"])
    answer_question(journey, "sums.gauss", 1, now)
    assert states(journey, now)[0][1][1] == "not yet"
    answer_question(journey, "sums.gauss", 5050, now)
    answer(journey, "card:sums.empty", Rating.GOOD, now)
    assert states(journey, now)[0] == ("proved", ["proved"] * 3)


def test_a_proof_decays_and_is_renewed(journey: Journey, learner: Any, now: datetime) -> None:
    learner.graded("sums.total", now)
    answer_question(journey, "sums.gauss", 5050, now)
    answer(journey, "card:sums.empty", Rating.GOOD, now)
    later = now + 60 * DAY
    assert states(journey, later)[0] == ("decayed", ["decayed", "proved", "decayed"])
    exercise = journey.curriculum.exercise("sums.total")
    journey.practise(exercise, later)
    learner.graded("sums.total", later, practice=True)
    answer(journey, "card:sums.empty", Rating.GOOD, later)
    assert states(journey, later)[0][0] == "proved"


def test_evidence_says_what_it_is(journey: Journey, learner: Any, now: datetime) -> None:
    learner.graded("sums.mean", now)
    stage = journey.curriculum.stage("01")
    evidence = checkpoint(journey, stage, now)[1].evidence
    assert [e.what for e in evidence] == [
        "Your code was not compared yet",
        "The mean: passed on 2 March 2026",
    ]
    journey.record_comparison("01", True, now, mine=("total",))
    assert states(journey, now)[1][0] == "proved"


def test_completion_counts(journey: Journey, learner: Any, now: datetime) -> None:
    assert set(completion(journey, now)) == {"00_counting", "01_sums"}
    learner.graded("sums.total", now)
    answer_question(journey, "sums.gauss", 5050, now)
    facts = completion(journey, now)["01_sums"]
    assert (facts.exercises, facts.questions, facts.claims) == ((1, 2), (1, 2), (0, 2))
    assert (facts.share, facts.done, facts.begun) == (0.5, False, True)


def test_the_calendar_counts_each_day(journey: Journey, learner: Any, now: datetime) -> None:
    learner.graded("sums.total", now)
    journey.visit("01", now)
    journey.visit("01", now + timedelta(minutes=4))
    reviewed = len(learner.reviews(now + DAY))
    days = calendar(journey, now + 2 * DAY, days=5)
    assert [d.date for d in days] == [date(2026, 2, 28) + n * DAY for n in range(5)]
    assert (days[2].verdicts, days[2].passed, days[2].minutes, days[2].reviews) == (1, 1, 4.0, 0)
    assert (days[3].reviews, days[3].minutes) == (reviewed, 0)
    assert [d.active for d in days] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("work", "count"),
    [
        ("", 0),
        ("x", 1),
        ("xxx", 3),
        ("xx.", 2),  # today is not over
        ("xx.x", 3),  # one day of rest
        ("xx..x", 1),
        ("xx..", 2),
        ("xx...", 0),
        (".x.x.x", 3),
    ],
)
def test_a_streak_forgives_a_day(work: str, count: int) -> None:
    start = date(2026, 3, 1)
    days = [Day(start + n * DAY, 1.0 * (w == "x"), 0, 0, 0) for n, w in enumerate(work)]
    assert streak(days) == count


def test_recall_over_time_knows_only_the_past(journey: Journey, now: datetime) -> None:
    journey.begin("01", now)
    answer(journey, "card:sums.empty", Rating.GOOD, now)
    answer(journey, "card:sums.plus_3", Rating.GOOD, now + 2 * DAY)
    answer(journey, "card:sums.empty", Rating.GOOD, now + 5 * DAY)
    curve = recall_over_time(journey, now + 6 * DAY, days=8)
    assert [r.items for r in curve] == [0, 1, 1, 2, 2, 2, 2, 2]
    scheduler = fsrs.Scheduler(enable_fuzzing=False, learning_steps=[timedelta(minutes=10)])
    card, _ = scheduler.review_card(fsrs.Card(card_id=1, due=now), fsrs.Rating.Good, now)
    expected = scheduler.get_card_retrievability(card, now + DAY)
    assert curve[2].expected == pytest.approx(expected, abs=1e-3)
    assert curve[2].share == pytest.approx(expected, abs=1e-3)
    assert curve[0].share == 0.0
