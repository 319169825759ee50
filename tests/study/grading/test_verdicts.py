"""Every kind of verdict, on the smallest solution that earns it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from firsthand.study.content import Curriculum
from firsthand.study.errors import ContentError
from firsthand.study.grading import Grader, sandbox
from firsthand.study.skeleton import function_source

RIGHT = """
def gradient(X, y, w, b, l2):
    dz = (sigmoid(X @ w + b) - y) / len(y)
    return X.T @ dz + l2 * w, float(dz.sum())
"""


def test_the_blank_is_not_attempted(curriculum: Curriculum, grader: Grader, blanks: str) -> None:
    for exercise in curriculum.exercises:
        verdict = grader.grade(exercise, blanks)
        assert verdict.kind == "not_attempted"
        assert verdict.comparisons == 0
        assert exercise.id in verdict.command


def test_our_own_functions_pass(curriculum: Curriculum, grade, reference_text: str) -> None:
    for exercise in curriculum.exercises:
        verdict = grade(exercise.id, function_source(reference_text, exercise.target))
        assert verdict.passed, verdict
        assert verdict.comparisons > 0
        assert verdict.worst_error is not None
        assert verdict.rung in ("right", "nearly")
        assert all(said.agreed for said in verdict.oracles)


def test_a_known_misconception_is_named_however_it_is_written(grade) -> None:
    verdict = grade(
        "logistic.gradient",
        """
        def gradient(X, y, w, b, l2):
            total = 0 * w
            for row, label in zip(X, y):
                total = total + row * (1 / (1 + np.exp(-(row @ w + b))) - label)
            return total + l2 * w, float(np.sum(sigmoid(X @ w + b) - y))
        """,
    )
    assert verdict.kind == "misconception"
    assert verdict.misconception == "forgot_the_mean"
    assert "n_samples times too large" in verdict.explanation
    assert verdict.case
    assert [name for name, _ in verdict.case.inputs] == ["X", "y", "w", "b", "l2"]


def test_a_misconception_is_recognised_by_the_warning_it_causes(grade) -> None:
    verdict = grade(
        "logistic.sigmoid", "def sigmoid(z):\n    e = np.exp(-z)\n    return 1 / (e + 1)"
    )
    assert verdict.misconception == "overflows"
    assert verdict.raised
    assert verdict.raised.type == "FloatingPointError"
    assert verdict.raised.source == "e = np.exp(-z)"


def test_wrong_shows_the_case_and_how_both_differ(grade) -> None:
    verdict = grade("logistic.sigmoid", "def sigmoid(z):\n    return np.exp(-np.abs(z)) * 3")
    assert verdict.kind == "wrong"
    assert verdict.case
    assert verdict.case.check == "known_points"
    assert verdict.case.expected.text == "[0.5 0.75 0.25]"
    assert verdict.rung == "wrong"
    assert verdict.oracles[0].agreed is False


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass; x = 1", "None (a return is missing?)"),
        ("return w", "expected a tuple of 2"),
        ("return w[:, None], 0.0", "an axis of length 1 too many"),
        ("return w.astype(int), 0.0", "int64"),
        ("return 'w', 0.0", "str"),
        ("return {}, 0.0", "dict"),
        ("return w * np.nan, 0.0", "nan where a number belongs"),
        ("X *= 2\n    return w, 0.0", "X was changed in place"),
    ],
)
def test_a_result_of_the_wrong_kind_is_explained(grade, body: str, said: str) -> None:
    verdict = grade("logistic.gradient", f"def gradient(X, y, w, b, l2):\n    {body}\n")
    assert verdict.kind == "wrong"
    assert said in verdict.explanation


def test_an_exception_is_told_with_their_line_and_their_frames(grade) -> None:
    verdict = grade(
        "logistic.gradient",
        "def gradient(X, y, w, b, l2):\n    return helper(X)\n",
        "\n\ndef helper(x):\n    return x @ x\n",
    )
    assert verdict.kind == "raised"
    assert verdict.raised
    assert verdict.raised.type == "ValueError"
    assert verdict.raised.source == "return x @ x"
    assert "in gradient" in verdict.raised.traceback
    assert "in helper" in verdict.raised.traceback
    assert "numpy" not in verdict.raised.traceback
    assert "shapes" in verdict.explanation


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("def gradient(:\n", "Python cannot read the file"),
        ("x = '\0'", "Python cannot read the file"),
        ("import numpy as np\n", "The function is missing"),
    ],
)
def test_a_file_that_cannot_be_used(grader: Grader, text: str, headline: str) -> None:
    verdict = grader.grade("logistic.gradient", text)
    assert verdict.kind == "raised"
    assert verdict.headline == headline


def test_another_signature_is_wrong(grade) -> None:
    verdict = grade("logistic.gradient", "def gradient(X, y, w, b):\n    return w, b\n")
    assert verdict.kind == "wrong"
    assert "gradient(X, y, w, b, l2)" in verdict.explanation


def test_more_parameters_with_defaults_are_fine(grade) -> None:
    assert grade("logistic.gradient", RIGHT.replace("l2):", "l2, *, fast=True):")).passed


def test_a_loop_without_end_is_too_slow(grade) -> None:
    verdict = grade("logistic.gradient", "def gradient(X, y, w, b, l2):\n    while True: pass\n")
    assert verdict.kind == "too_slow"
    assert verdict.oracles[0].agreed is False
    assert verdict.oracles[1].agreed is None


@pytest.mark.parametrize(
    "way",
    [
        "np.linalg.lstsq(X, y, rcond=None)",
        "solve(X, y, rcond=None)",
        "getattr(np.linalg, 'lst' + 'sq')(X, y, rcond=None)",
        "vars(np.linalg)['lstsq'](X, y, rcond=None)",
        "getattr(np.linalg, ''.join(['l', 'stsq']))(X, y, rcond=None)",
        "np.polyfit(X[:, 0], y, 1)",
    ],
)
def test_right_by_a_shortcut_is_no_pass(grade, way: str) -> None:
    text = RIGHT.replace("    dz", f"    {way}\n    dz", 1)
    verdict = grade("logistic.gradient", text, "\nfrom numpy.linalg import lstsq as solve\n")
    assert verdict.kind == "shortcut"
    assert verdict.raised
    assert way.split("(")[0] in verdict.raised.source


def test_what_is_printed_is_shown_and_bounded(grade) -> None:
    verdict = grade("logistic.gradient", RIGHT.replace("    dz", "    print(len(y) * 'x')\n    dz"))
    assert verdict.passed
    assert set(verdict.printed) <= {"x", "\n"}
    assert 0 < len(verdict.printed) <= 4000


def test_functions_may_be_passed_in_and_called(grade) -> None:
    verdict = grade(
        "logistic.slope",
        """
        def slope(function, x, h):
            if h <= 0:
                raise ValueError
            return (function(x + h) - function(x - h)) / (h + h)
        """,
    )
    assert verdict.passed


def test_neighbours_are_ours_while_one_function_is_graded(grade) -> None:
    below = "\n\ndef sigmoid(z):\n    return 'wrong'\n"
    assert grade("logistic.gradient", RIGHT, below).passed


def test_neighbours_built_on_the_target_are_not_answered(grade) -> None:
    text = "def sigmoid(z):\n    return gradient(np.eye(len(z)), z * 0, z, 0.0, 0.0)[0]\n"
    verdict = grade("logistic.sigmoid", text)
    assert verdict.kind == "raised"
    assert verdict.raised
    assert verdict.raised.type == "NotImplementedError"


def test_a_neighbour_that_never_ends_costs_the_companion_only(grade) -> None:
    text = (
        "def slope(function, x, h):\n    return descend(np.ones((2, 2)), np.ones(2), 1.0, 10**12)\n"
    )
    assert grade("logistic.slope", text).kind == "too_slow"
    ends = text.replace("10**12", "2")
    assert grade("logistic.slope", ends).kind == "wrong"


def test_without_checks_nothing_can_pass(curriculum: Curriculum, tmp_path: Path) -> None:
    stage = curriculum.stage("06")
    assert stage.folder
    (tmp_path / "checks.py").write_text("")
    empty = replace(curriculum, stages=(replace(stage, folder=tmp_path),))
    with Grader(empty) as grader, pytest.raises(ContentError, match="no checks"):
        grader.grade("logistic.gradient", RIGHT)


def test_a_check_that_compares_nothing_proves_nothing(
    curriculum: Curriculum, tmp_path: Path, solution
) -> None:
    (tmp_path / "checks.py").write_text(
        "from firsthand.study.checking import check\n"
        "@check('logistic.gradient', oracle='none')\n"
        "def lazy(impl, rng):\n    pass\n"
    )
    stage = replace(curriculum.stage("06"), folder=tmp_path)
    with Grader(replace(curriculum, stages=(stage,))) as grader:
        verdict = grader.grade("logistic.gradient", solution("logistic.gradient", RIGHT))
    assert verdict.kind == "wrong"
    assert "compared nothing" in verdict.explanation


def test_an_oracle_that_is_not_installed_is_not_asked(
    curriculum: Curriculum, tmp_path: Path, solution
) -> None:
    (tmp_path / "checks.py").write_text(
        "from firsthand.study.checking import check, library, holds\n"
        "@check('logistic.gradient', oracle='elsewhere')\n"
        "def absent(impl, rng):\n    library('no_such_package')\n"
    )
    stage = replace(curriculum.stage("06"), folder=tmp_path)
    with Grader(replace(curriculum, stages=(stage,))) as grader:
        verdict = grader.grade("logistic.gradient", solution("logistic.gradient", RIGHT))
    assert not verdict.passed
    assert verdict.headline == "Nothing was compared"
    assert [said.agreed for said in verdict.oracles] == [None]


def test_without_a_sandbox_the_verdict_says_so(
    curriculum: Curriculum, solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_missing", lambda: "bubblewrap is not installed")
    with Grader(curriculum) as grader:
        verdict = grader.grade("logistic.gradient", solution("logistic.gradient", RIGHT))
        assert verdict.passed
        assert verdict.sandbox == "not sandboxed: bubblewrap is not installed"
        stolen = """
        def gradient(X, y, w, b, l2):
            import fixture_logistic
            return fixture_logistic.gradient(X, y, w, b, l2)
        """
        verdict = grader.grade("logistic.gradient", solution("logistic.gradient", stolen))
        assert verdict.kind == "raised"


def test_grading_does_not_hold_an_event_loop(grader: Grader, solution) -> None:
    async def both() -> list[str]:
        sources = [solution("logistic.gradient", RIGHT)] * 2
        tasks = (grader.grade_async("logistic.gradient", source) for source in sources)
        return [verdict.kind for verdict in await asyncio.gather(*tasks)]

    assert asyncio.run(both()) == ["passed", "passed"]


def test_a_verdict_is_plain_data(grade) -> None:
    import json

    assert json.loads(json.dumps(grade("logistic.gradient", RIGHT).to_json()))["kind"] == "passed"
