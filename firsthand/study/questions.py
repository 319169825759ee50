"""Verification questions: answered by choice, by a number, or against a rubric of one's own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from firsthand.study.content import Question
from firsthand.study.errors import RequestError, UnknownNameError
from firsthand.study.record import Answered, Record


def find_question(journey: Record, name: str) -> Question:
    """Return the question called ``name``.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    every = {q.id: q for stage in journey.curriculum.written for q in stage.questions()}
    if name not in every:
        raise UnknownNameError("question", name, every)
    return every[name]


def answer_question(
    journey: Record, name: str, given: int | float | Sequence[int] | str, now: datetime
) -> Answered:
    """Mark an answer and record it.

    Parameters
    ----------
    journey : Record
        Where it is recorded.
    name : str
        The question's id.
    given : int, float, str or sequence of int
        The index of a choice, a number (also as text, ``"1/3"`` or ``"1e-3"``), or the indices
        of the rubric's points that the learner's own answer made, marked by themselves.
    now : datetime
        The time, with its zone.

    Raises
    ------
    UnknownNameError
        If there is no such question.
    RequestError
        If what was given is not of the question's kind.
    """
    question = find_question(journey, name)
    kept, score = _mark(question, given)
    return journey.record_answer(question, kept, score, now)


def _mark(
    question: Question, given: int | float | Sequence[int] | str
) -> tuple[int | float | list[int], float]:
    """Return what was given in plain form and its worth between 0 and 1."""
    if question.choices:
        choice = _index(given, len(question.choices))
        return choice, float(choice == question.correct)
    if question.number is not None:
        number = _number(given)
        return number, float(abs(number - question.number) <= question.tolerance)
    if isinstance(given, (str, int, float)):
        raise RequestError("Say which points of the rubric your answer made, as a list.")
    ticked = sorted({_index(point, len(question.rubric)) for point in given})
    return ticked, len(ticked) / len(question.rubric)


def _index(given: object, count: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < count:
        raise RequestError(f"Choose one of the {count}, by a whole number from 0 to {count - 1}.")
    return given


def _number(given: object) -> float:
    """Read a number, or a fraction of two."""
    text = str(given).strip().replace(",", ".")
    try:
        above, _, below = text.partition("/")
        number = float(above) / float(below) if below else float(above)
    except (ValueError, ZeroDivisionError) as error:
        raise RequestError(
            f"{given!r} is not a number; write it like 0.25, 1/4 or 2.5e-1."
        ) from error
    if not math.isfinite(number):
        raise RequestError("The answer is a finite number.")
    return number
