"""Whatever a function returns, grading says something of it, and never that it is right."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from firsthand.study.checking import Check, Misconception
from firsthand.study.content import Exercise, load_curriculum
from firsthand.study.grading import report
from firsthand.study.grading.implementation import Implementation
from firsthand.study.grading.recognition import recognise
from firsthand.study.grading.running import run_checks

CURRICULUM = load_curriculum()


def deep(change: Callable[[Any], Any], value: Any) -> Any:
    """Change every array and number of a result, and leave how it is built."""
    if isinstance(value, list | tuple):
        return type(value)(deep(change, item) for item in value)
    if isinstance(value, np.ndarray | float | np.floating):
        with np.errstate(all="ignore"):
            return change(np.asarray(value))
    return None if isinstance(value, bool | np.bool_) else value


def instead(other: Any, value: Any) -> Any:
    """Return something else in the place of each part of a result."""
    return (other,) * len(value) if isinstance(value, list | tuple) else other


ANSWERS: dict[str, Callable[[Any], Any]] = {
    "not a number": partial(deep, lambda a: a * np.nan),
    "huge": partial(deep, lambda a: a * 0 + 1e308),
    "turned": partial(deep, lambda a: a.T + 1),
    "an axis too many": partial(deep, lambda a: a[None] + 0),
    "empty": partial(deep, lambda a: np.empty((0, 3))),
    "whole numbers": partial(deep, lambda a: np.full(a.shape, -(2**63))),
    "complex": partial(deep, lambda a: a + 1j),
    "objects": partial(deep, lambda a: (a + 1).astype(object)),
    "texts": partial(deep, lambda a: np.full(a.shape, "x")),
    "lists": partial(deep, lambda a: (a + 1).tolist()),
    "nothing": partial(instead, None),
    "a text": partial(instead, "a"),
    "a dict": partial(instead, {}),
    "rows of different lengths": partial(instead, [[1.0], [1.0, 2.0]]),
    "an enormous integer": partial(instead, 10**400),
    "a function": partial(instead, len),
    "one part too few": lambda value: value[:-1] if isinstance(value, list | tuple) else "",
}


@pytest.mark.parametrize("exercise", CURRICULUM.exercises, ids=lambda exercise: exercise.id)
def test_any_answer_gets_a_verdict(exercise: Exercise) -> None:
    stage = CURRICULUM.stage(exercise.stage)
    reference = import_module(stage.reference)
    right = getattr(reference, exercise.target)
    checks = [c for c in stage.declared("checks.py", Check) if c.exercise == exercise.id]
    declared = stage.declared("misconceptions.py", Misconception)
    known = [m for m in declared if m.exercise == exercise.id]
    parameters = tuple(inspect.signature(right).parameters)
    for name, answer in ANSWERS.items():

        def wrong(*args: Any, answer: Any = answer, **kwargs: Any) -> Any:
            return answer(right(*args, **kwargs))

        version = Implementation(reference, {exercise.target: wrong})
        outcomes = list(run_checks(checks, version, reference))
        first = next((outcome for outcome in outcomes if outcome.failed), None)
        if first is None:  # it returns nothing, and nothing was put in its place
            assert right.__annotations__["return"] == "None", name
            continue
        verdict = (
            report.wrong(exercise, first, parameters)
            if first.mismatch
            else report.raised(exercise, first.error or Exception(), [], "")
        )
        assert not verdict.passed
        assert len(json.dumps(verdict.to_json())) < 20_000
        recognise(outcomes, known, exercise.target, reference)
