"""What the learner did is kept: verdicts, passes, hints, solutions, answers, time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from firsthand.study.errors import RequestError, UnknownNameError
from firsthand.study.journey import Journey
from firsthand.study.questions import answer_question

DAY = timedelta(days=1)


def test_a_verdict_is_kept_whole(journey: Journey, learner: Any, now: datetime) -> None:
    assert journey.last_verdict("sums.total") is None
    learner.graded("sums.total", now, "wrong", headline="17 times too large")
    learner.graded("sums.mean", now, "raised")
    last = journey.last_verdict("sums.total")
    assert last
    assert (last["kind"], last["headline"]) == ("wrong", "17 times too large")
    remarks = journey.remarks("sums.total")
    assert [(r.kind, r.at, r.practice) for r in remarks] == [("wrong", now, False)]
    assert len(journey.remarks()) == 2
    assert journey.passed() == frozenset()


def test_a_pass_keeps_the_function_and_what_it_leans_on(
    journey: Journey, learner: Any, now: datetime
) -> None:
    learner.graded("sums.mean", now)
    learner.graded("sums.mean", now + DAY)
    assert journey.passed() == {"sums.mean"}
    kept = journey.passes()["sums.mean"]
    assert (kept.first_at, kept.at) == (now, now + DAY)
    source = journey.passed_sources()["sums.mean"]
    assert "return total(x) / len(x)" in source
    assert "float(sum(x))" not in source  # another exercise: theirs or ours stands in


def test_a_pass_stays_when_a_later_try_fails(journey: Journey, learner: Any, now: datetime) -> None:
    learner.graded("sums.total", now)
    learner.graded("sums.total", now + DAY, "wrong")
    assert journey.passed() == {"sums.total"}


def test_hints_come_one_by_one(journey: Journey, now: datetime) -> None:
    texts = [journey.hint("sums.total", now) for _ in range(4)]
    assert [h.step for h in texts] == [1, 2, 3, 3]
    assert [h.left for h in texts] == [2, 1, 0, 0]
    assert texts[0].text == "What is the sum of nothing?"
    assert journey.hints_taken("sums.total") == 3
    assert len(journey.store.rows("SELECT * FROM hint")) == 3
    with pytest.raises(UnknownNameError, match=r"sums\.total"):
        journey.hint("sums.totl", now)


def test_the_solution_is_shown_after_passing_or_on_giving_up(
    journey: Journey, learner: Any, now: datetime
) -> None:
    with pytest.raises(RequestError, match="--give-up"):
        journey.solution("sums.total", now)
    assert journey.store.rows("SELECT * FROM solution") == []
    shown = journey.solution("sums.total", now, give_up=True)
    assert (shown.why, "value += number" in shown.source) == ("gave_up", True)
    assert journey.gave_up("sums.total")
    learner.graded("sums.mean", now)
    assert journey.solution("sums.mean", now).why == "passed"
    assert not journey.gave_up("sums.mean")


def test_while_writing_it_again_our_version_is_closed(
    journey: Journey, learner: Any, now: datetime
) -> None:
    learner.graded("sums.total", now)
    journey.practise(journey.curriculum.exercise("sums.total"), now + DAY)
    with pytest.raises(RequestError):
        journey.solution("sums.total", now + DAY)


def test_questions_are_marked_by_kind(journey: Journey, now: datetime) -> None:
    def score(name: str, given: Any) -> float:
        return answer_question(journey, name, given, now).score

    assert score("counting.how_many", 1) == 1.0
    assert score("counting.how_many", 0) == 0.0
    assert [score("sums.gauss", g) for g in (5050, "5050.4", "10100/2", 5051)] == [1, 1, 1, 0]
    assert [score("sums.explain", g) for g in ([], [0], [1, 0, 1])] == [0, 0.5, 1]
    answers = journey.answers()
    assert answers["sums.explain"].given == [0, 1]
    assert answers["sums.explain"].right
    assert not answers["sums.gauss"].right
    assert set(journey.begun()) == {"00_counting", "01_sums"}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("counting.how_many", 3),
        ("counting.how_many", True),
        ("counting.how_many", "1"),
        ("sums.gauss", "many"),
        ("sums.gauss", "1/0"),
        ("sums.gauss", "nan"),
        ("sums.explain", 1),
        ("sums.explain", [2]),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused(
    journey: Journey, name: str, given: Any, now: datetime
) -> None:
    with pytest.raises(RequestError):
        answer_question(journey, name, given, now)
    assert journey.answers() == {}


def test_time_is_kept_as_spans(journey: Journey, now: datetime) -> None:
    minute = timedelta(minutes=1)
    for n in (0, 1, 2, 3, 60, 61):
        journey.visit("01", now + n * minute)
    journey.visit("review", now + 62 * minute)
    spans = journey.store.rows("SELECT * FROM visit")
    assert [r["stage"] for r in spans] == ["01_sums", "01_sums", "review"]
    assert spans[0]["ended"].startswith("2026-03-02T09:03")


def test_only_their_own_code_proves_a_comparison(journey: Journey, now: datetime) -> None:
    journey.record_comparison("01", True, now)
    journey.record_comparison("01", False, now, mine=("total",))
    assert journey.comparisons() == {}
    journey.record_comparison("01", True, now + DAY, mine=("total",), summary={"rows": 3})
    assert journey.comparisons() == {"01_sums": now + DAY}


def test_of_comparisons_the_last_summary_is_kept(journey: Journey, now: datetime) -> None:
    assert journey.last_comparison("01") == {}
    journey.record_comparison("01", True, now, summary={"rows": 3})
    journey.record_comparison("01", False, now + DAY, summary={"rows": 4})
    assert journey.last_comparison("01") == {"rows": 4}
    assert len(journey.store.rows("SELECT * FROM comparison")) == 2
    kept = journey.store.rows("SELECT summary FROM comparison WHERE summary <> '{}'")
    assert len(kept) == 1
