"""A journey that was lived for three weeks, for pages that have something to show."""

from datetime import datetime, timedelta
from pathlib import Path

from firsthand.study.content import Curriculum, Stage
from firsthand.study.folder import reference_source
from firsthand.study.journey import Journey
from firsthand.study.memory.rating import Rating
from firsthand.study.memory.review import answer, queue
from firsthand.study.questions import answer_question
from firsthand.study.skeleton import function_source, replace_function
from firsthand.study.verdict import OracleSaid, Strength, Verdict

DAYS = 20


def live(folder: Path, curriculum: Curriculum, now: datetime) -> None:
    """Make a journey in ``folder`` with three weeks of work in it, the last of them yesterday."""
    begun = now - timedelta(days=DAYS)
    written = [stage for stage in curriculum.written if stage.exercises][:2]
    with Journey.create(folder, begun, curriculum) as journey:
        for stage in curriculum.written[:3]:
            journey.begin(stage.name, begun)
        tasks = [(stage, e) for stage in written for e in stage.exercises]
        tasks = tasks[: max(1, len(tasks) - 3)]
        for day in range(DAYS):
            today = begun + timedelta(days=day)
            if day % 6 == 4:
                continue
            _work(journey, written[0].name, today)
            for due in queue(journey, today).cards:
                rating = Rating.AGAIN if hash_of(due.card.item, day) % 7 == 0 else Rating.GOOD
                answer(journey, due.card.item, rating, today, seconds=9)
            if day % 2 == 0 and tasks:
                _write(journey, *tasks.pop(0), today)
        for question in written[0].questions()[:4]:
            if question.choices:
                answer_question(journey, question.id, question.correct or 0, now)
        if tasks:
            _fail(journey, *tasks[0], now - timedelta(hours=1))


def hash_of(item: str, day: int) -> int:
    """A number that is the same in every run."""
    return sum(map(ord, item)) + 31 * day


def _work(journey: Journey, stage: str, at: datetime) -> None:
    for minute in range(0, 12 + 5 * (at.day % 6), 4):
        journey.visit(stage, at + timedelta(minutes=minute))


def _write(journey: Journey, stage: Stage, exercise, at: datetime) -> None:
    path = journey.file(exercise)
    found = journey.read_source(path)
    ours = function_source(reference_source(stage), exercise.target)
    text = replace_function(found.text, exercise.target, ours)
    journey.write_source(path, text, found.hash)
    verdict = Verdict(
        exercise=exercise.id,
        kind="passed",
        headline="Passed.",
        explanation="",
        next="",
        oracles=(OracleSaid("finite differences", True), OracleSaid("scikit-learn", True)),
        worst_error=3e-13,
        rung="right",
        strength=Strength((5, 5), (18, 18)),
        comparisons=24,
    )
    journey.record_verdict(verdict, text, at)


def _fail(journey: Journey, stage: Stage, exercise, at: datetime) -> None:
    verdict = Verdict(
        exercise=exercise.id,
        kind="wrong",
        headline="Wrong: a factor of n_samples is missing.",
        explanation="A factor of `n_samples` is missing.",
        next="",
    )
    journey.record_verdict(verdict, "", at)
