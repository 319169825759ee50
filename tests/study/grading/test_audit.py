"""The audit finds what is wrong with a stage's checks, and measures the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.grading import Grader
from firsthand.study.grading.audit import audit, report, stale, write_strength
from firsthand.study.grading.strength import FILE, strength

FIXTURE = Path(__file__).parent / "fixture"


@pytest.fixture
def copy(curriculum: Curriculum, tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "curriculum"))


def edited(root: Path, file: str, before: str, after: str) -> Curriculum:
    path = root / "06_logistic" / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    return load_curriculum(root)


def faults(curriculum: Curriculum, *, with_mutants: bool = False) -> str:
    return "\n".join(audit(curriculum, curriculum.written, with_mutants=with_mutants).problems)


def test_a_sound_stage_is_measured(curriculum: Curriculum) -> None:
    found = audit(curriculum, curriculum.written)
    assert found.problems == []
    rows = {row.exercise: row for row in found.rows}
    assert rows["logistic.gradient"].strength.misconceptions == (3, 3)
    assert all(row.killed == row.mutants > 0 for row in found.rows)
    assert [s.reason for s in rows["logistic.sigmoid"].equivalent] == [
        "At z = 0 both branches are 1."
    ]
    assert "mutants killed" in report(found.rows)


def test_a_check_that_our_own_function_fails(copy: Path) -> None:
    found = edited(copy, "checks.py", "[0.5, 0.75, 0.25]", "[0.5, 0.75, 0.26]")
    assert "logistic.sigmoid: the reference is graded " in faults(found)


def test_a_misconception_that_passes(copy: Path) -> None:
    right = "return X.T @ dz + l2 * w, float(dz.sum())"
    found = edited(
        copy, "misconceptions.py", "sigmoid(X @ w + b) - y\n", "(sigmoid(X @ w + b) - y) / len(y)\n"
    )
    assert right in (copy / "06_logistic" / "misconceptions.py").read_text("utf-8")
    assert "the misconception forgot_the_mean passes" in faults(found)


def test_two_misconceptions_that_are_one(copy: Path) -> None:
    found = edited(copy, "misconceptions.py", "dw + l2 * w, db", "dw * 1, db + l2")
    found = edited(copy, "misconceptions.py", "dz = (p - y) * p * (1 - p) / len(y)", "dz = p - y")
    assert "kept_the_sigmoid_derivative is taken for forgot_the_mean" in faults(found)


def test_weak_checks_let_mutants_live(copy: Path) -> None:
    found = edited(
        copy,
        "checks.py",
        "X, y, w, b, l2 = problem(rng)\n\n    def",
        "X, y, w, b, l2 = problem(rng)\n    l2 = 0.0\n\n    def",
    )
    said = faults(found, with_mutants=True)
    assert "logistic.gradient: " in said
    assert "mutants survive" in said


def test_an_equivalent_mutant_that_does_not_exist(copy: Path) -> None:
    found = edited(copy, "equivalent.toml", "z > 0, 1.0", "z > 3, 1.0")
    assert "lists what is caught or does not exist" in faults(found, with_mutants=True)


def test_strength_is_shown_while_it_is_true(copy: Path, solution, reference_text: str) -> None:
    found = load_curriculum(copy)
    stage = found.written[0]
    assert stale(stage) == [e.id for e in stage.exercises]
    write_strength(stage, audit(found, [stage], with_mutants=False).rows)
    assert stale(stage) == []
    with Grader(found) as grader:
        verdict = grader.grade(
            "logistic.gradient",
            solution("logistic.gradient", "def gradient(X, y, w, b, l2):\n    return w, b\n"),
        )
    assert verdict.strength
    assert verdict.strength.misconceptions == (3, 3)
    with (copy / "06_logistic" / "checks.py").open("a") as file:
        file.write("# changed\n")
    assert (copy / "06_logistic" / FILE).is_file()
    assert strength(stage, stage.exercises[0]) is None
