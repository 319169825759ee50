"""A curriculum of one stage, whose reference module is importable here and in child processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.grading import Grader
from firsthand.study.skeleton import replace_function, skeleton
from firsthand.study.verdict import Verdict

FIXTURE = Path(__file__).parent / "fixture"
REFERENCE = (FIXTURE / "fixture_logistic.py").read_text("utf-8")
Solution = Callable[..., str]
Grade = Callable[..., Verdict]


@pytest.fixture(scope="session")
def curriculum() -> Iterator[Curriculum]:
    before = os.environ.get("PYTHONPATH")
    sys.path.insert(0, str(FIXTURE))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(FIXTURE), before]))
    yield load_curriculum(FIXTURE)
    sys.path.remove(str(FIXTURE))
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="session")
def grader(curriculum: Curriculum) -> Iterator[Grader]:
    with Grader(curriculum, seconds=2.0) as made:
        yield made


@pytest.fixture(scope="session")
def blanks(curriculum: Curriculum) -> str:
    return skeleton(REFERENCE, [e.target for e in curriculum.exercises])


@pytest.fixture(scope="session")
def solution(curriculum: Curriculum, blanks: str) -> Solution:
    """Return a learner's file: all blank but one function, with more text below it."""

    def made(exercise: str, function: str, below: str = "") -> str:
        target = curriculum.exercise(exercise).target
        return replace_function(blanks, target, dedent(function)) + dedent(below)

    return made


@pytest.fixture(scope="session")
def grade(grader: Grader, solution: Solution) -> Grade:
    def graded(exercise: str, function: str, below: str = "") -> Verdict:
        return grader.grade(exercise, solution(exercise, function, below))

    return graded


@pytest.fixture(scope="session")
def reference_text() -> str:
    return REFERENCE
