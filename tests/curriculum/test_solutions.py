"""Right solutions pass however they are written, half-right ones do not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from firsthand.study.checking import Check
from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.grading.implementation import Implementation
from firsthand.study.grading.running import run_checks
from firsthand.study.skeleton import function_source

FOLDER = Path(__file__).parent / "solutions"


@dataclass(frozen=True)
class Solution:
    exercise: str
    label: str
    source: str


def solutions(name: str) -> list[Solution]:
    sections = (FOLDER / name).read_text("utf-8").split("\n#: ")[1:]
    found: list[Solution] = []
    for section in sections:
        title, _, source = section.partition("\n")
        exercise, _, label = title.partition(" | ")
        found.append(Solution(exercise, label, source))
    return found


@pytest.fixture(scope="module")
def curriculum() -> Curriculum:
    return load_curriculum()


def passes(curriculum: Curriculum, solution: Solution) -> bool:
    exercise = curriculum.exercise(solution.exercise)
    stage = curriculum.stage(exercise.stage)
    reference = import_module(stage.reference)
    source = inspect.getsource(reference)
    rest = source.replace(function_source(source, exercise.target), "")
    space: dict[str, Any] = {"__name__": "from_scratch"}
    exec(compile(f"{rest}\n\n{solution.source}", solution.label, "exec"), space)
    theirs: Callable[..., Any] = space[exercise.target]
    implementation = Implementation(reference, {exercise.target: theirs})
    checks = [c for c in stage.declared("checks.py", Check) if c.exercise == exercise.id]
    return all(outcome.passed for outcome in run_checks(checks, implementation, reference))


def name(solution: Solution) -> str:
    return f"{solution.exercise}: {solution.label}"


@pytest.mark.parametrize("solution", solutions("right.txt"), ids=name)
def test_right_solutions_pass(solution: Solution, curriculum: Curriculum) -> None:
    assert passes(curriculum, solution)


@pytest.mark.parametrize("solution", solutions("wrong.txt"), ids=name)
def test_half_right_solutions_do_not(solution: Solution, curriculum: Curriculum) -> None:
    assert not passes(curriculum, solution)


def test_every_exercise_was_tried_in_both_ways(curriculum: Curriculum) -> None:
    everything = {exercise.id for exercise in curriculum.exercises}
    for file in ("right.txt", "wrong.txt"):
        assert {solution.exercise for solution in solutions(file)} == everything
