"""What to do today and why, in minutes.

The order is the routine's: what is about to be forgotten comes first, then the exercises whose
recall decayed, then the next exercise from where it was left, then questions on what is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Literal

from firsthand.study.content import Exercise, Question, Stage
from firsthand.study.memory.review import Due, Queue, queue
from firsthand.study.record import Record

TaskKind = Literal["review", "again", "exercise", "question", "read"]
SECONDS_A_CARD = 20
MINUTES_A_QUESTION = 3
AGAIN_A_DAY = 2  # exercises to write again
QUESTIONS_A_DAY = 3


@dataclass(frozen=True)
class Task:
    """One thing to do.

    Attributes
    ----------
    kind : str
        ``"review"``, ``"again"`` (write a passed exercise again), ``"read"`` (a stage without
        exercises), ``"exercise"`` or ``"question"``.
    minutes : int
        About how long it takes.
    title, why : str
        What it is, and why today; Markdown with TeX where a card or question is quoted.
    target : str
        The exercise, question or stage it is about; empty for a review.
    call : str
        What to press: a verb.
    command : str
        The same in the terminal.
    """

    kind: TaskKind
    minutes: int
    title: str
    why: str
    target: str
    call: str
    command: str


def today(journey: Record, now: datetime) -> list[Task]:
    """Return today's tasks in their order; empty only when the whole path is done and known."""
    due = queue(journey, now)
    tasks = [_review(due)] if due.cards else []
    tasks += [
        Task(
            kind="again",
            minutes=max(1, ceil(d.exercise.minutes / 2)),
            title=f"Write {d.exercise.target} again",
            why=d.why,
            target=d.exercise.id,
            call="Open",
            command=f"firsthand review --exercise {d.exercise.id}",
        )
        for d in due.exercises[:AGAIN_A_DAY]
    ]
    following = next_exercise(journey)
    tasks += [_read(stage) for stage in _to_read(journey, following)[:1]]
    if following:
        tasks.append(_exercise(journey, following))
    tasks += [_question(journey, q) for q in open_questions(journey)[:QUESTIONS_A_DAY]]
    return tasks


def next_exercise(journey: Record) -> Exercise | None:
    """Return the first exercise of the path that is not passed and whose requirements are.

    A stage that was begun is finished before the next one is opened. None when all are passed.
    """
    passed, begun = journey.passed(), journey.begun()
    ready = [
        e for e in journey.curriculum.exercises if e.id not in passed and set(e.requires) <= passed
    ]
    return min(ready, key=lambda e: e.stage not in begun, default=None)


def open_questions(journey: Record) -> list[Question]:
    """Return the questions not yet answered rightly, of stages whose exercises are all passed."""
    passed, begun, answers = journey.passed(), journey.begun(), journey.answers()
    return [
        question
        for stage in journey.curriculum.written
        if stage.name in begun and all(e.id in passed for e in stage.exercises)
        for question in stage.questions()
        if question.id not in answers or not answers[question.id].right
    ]


def _to_read(journey: Record, following: Exercise | None) -> list[Stage]:
    """Return the stages without exercises that come before the next exercise, unopened."""
    begun = journey.begun()
    unread: list[Stage] = []
    for stage in journey.curriculum.written:
        if following and stage.name == following.stage:
            break
        if not stage.exercises and stage.name not in begun:
            unread.append(stage)
    return unread


def _review(due: Queue) -> Task:
    minutes = max(1, ceil(len(due.cards) * SECONDS_A_CARD / 60))
    counts = [f"{due.old} old" if due.old else "", f"{due.new} new" if due.new else ""]
    why = ", ".join(filter(None, counts)) + "."
    known = [d for d in due.cards if d.memory and d.memory.phase == "review"]
    oldest = min(known, key=_recall, default=None)
    if oldest and oldest.recall is not None:
        why += f" Nearest to being forgotten: {_line(oldest.card.front)} ({oldest.recall:.0%})"
    if due.waiting:
        why += f" {due.waiting} more are due and wait."
    title = f"Review {len(due.cards)} card{'s' * (len(due.cards) > 1)}"
    return Task("review", minutes, title, why, "", "Start", "firsthand review")


def _exercise(journey: Record, exercise: Exercise) -> Task:
    stage = journey.curriculum.stage(exercise.stage)
    place = [e.id for e in stage.exercises].index(exercise.id) + 1
    why = f"Exercise {place} of {len(stage.exercises)}."
    last = next(iter(journey.remarks(exercise.id, limit=1)), None)
    begun = last is not None and last.kind != "not_attempted"
    if begun and last:
        why += f" You stopped here: {last.headline.rstrip('.')}."
    title = f"Stage {stage.number}: {exercise.title}"
    call = "Go on" if begun else "Write"
    return Task(
        "exercise", exercise.minutes, title, why, exercise.id, call, f"firsthand next {exercise.id}"
    )


def _read(stage: Stage) -> Task:
    title = f"Read stage {stage.number}: {stage.title}"
    return Task(
        kind="read",
        minutes=stage.minutes or 15,
        title=title,
        why=stage.objective,
        target=stage.name,
        call="Read",
        command="firsthand studio",
    )


def _question(journey: Record, question: Question) -> Task:
    stage = journey.curriculum.stage(question.stage)
    known = journey.answers().get(question.id)
    why = f"You passed every exercise of stage {stage.number}; this proves that you can explain it."
    if not stage.exercises:
        why = f"A {question.kind} question on stage {stage.number}."
    if known:
        why = f"Your answer of {known.at.day} {known.at:%B} was not right yet."
    return Task(
        kind="question",
        minutes=MINUTES_A_QUESTION,
        title=_line(question.prompt),
        why=why,
        target=question.id,
        call="Answer",
        command=f"firsthand review --question {question.id}",
    )


def _recall(due: Due) -> float:
    return due.recall if due.recall is not None else 1.0


def _line(text: str, longest: int = 90) -> str:
    """Return the first line of a text, cut at a word and never inside a formula."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    if len(line) <= longest:
        return line
    cut = line[:longest].rsplit(" ", 1)[0]
    if cut.count("$") % 2:
        before = cut[: cut.rindex("$")].rstrip()
        cut = before or line[: line.find("$", len(cut)) + 1] or cut
    return cut.rstrip(" ,;:") + " ..."
