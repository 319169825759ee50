"""A beginner's slips are answered with what to do about them."""

from __future__ import annotations

import pytest

from firsthand.study.grading import Grader

MEAN = "    dz = (sigmoid(X @ w + b) - y) / len(y)\n"
HEAD = "def gradient(X, y, w, b, l2):\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    return float(dz.sum()), X.T @ dz + l2 * w\n", "in another order"),
        ("    print(X.T @ dz + l2 * w)\n", "What is printed is not returned"),
        ("    X.T @ dz + l2 * w\n", "a return is missing?"),
        ("    return (X.T @ dz + l2 * w).tolist(), float(dz.sum())\n", "np.array makes"),
        ("    yield X.T @ dz + l2 * w, float(dz.sum())\n", "generator"),
        ("    return X.T @ dz + l2 * w, dz.sum\n", "parentheses of a call missing"),
        ("    return math.nan, 0.0\n", "Is `import math` missing"),
        ("    return X(dz), 0.0\n", "A product is written with"),
        ("    return gradient(X, y, w, b, l2)\n", "calls itself without end"),
        ("    return X.T @ dz + l2 * w, dz\n", "a single number is expected"),
        ("    raise NotImplementedError\n", "still there"),
    ],
)
def test_slips(body: str, said: str, grade) -> None:
    assert said in grade("logistic.gradient", HEAD + MEAN + body).explanation


def test_tabs(grader: Grader, blanks: str) -> None:
    verdict = grader.grade("logistic.gradient", f"{blanks}\ndef f():\n    x = 1\n\treturn x\n")
    assert "indented with a tab" in verdict.explanation


def test_an_endless_recursion_is_told_once(grade) -> None:
    verdict = grade("logistic.gradient", HEAD + MEAN + "    return gradient(X, y, w, b, l2)\n")
    assert verdict.raised
    assert len(verdict.raised.traceback.splitlines()) < 5


def test_a_list_that_holds_the_right_numbers_is_not_said_to_differ(grade) -> None:
    body = "    return (X.T @ dz + l2 * w).tolist(), float(dz.sum())\n"
    verdict = grade("logistic.gradient", HEAD + MEAN + body)
    assert verdict.case
    assert not verdict.case.pattern
    assert verdict.case.error is None


def test_a_function_that_is_assigned_is_found(grader: Grader, blanks: str) -> None:
    renamed = blanks.replace("def gradient(", "def old_gradient(")
    verdict = grader.grade("logistic.gradient", f"{renamed}\ngradient = lambda X: X\n")
    assert "Define it with `def`" in verdict.explanation
    assert verdict.raised
    assert verdict.raised.line == len(renamed.splitlines()) + 2


def test_a_library_that_is_only_tried_out_is_told_where_to_stand(grader, solution) -> None:
    right = HEAD + MEAN + "    return X.T @ dz + l2 * w, float(dz.sum())\n"
    verdict = grader.grade(
        "logistic.gradient", "import sklearn\n" + solution("logistic.gradient", right)
    )
    assert verdict.kind == "shortcut"
    assert "__main__" in verdict.explanation
