"""The learner's passed functions are what runs, and the result says so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firsthand.compare.mine import compare_mine
from firsthand.study.journey import Journey
from firsthand.study.overlay import OverlayError
from firsthand.study.verdict import Verdict

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)

# A learner's own way: least squares with the penalty as rows of its own.
CLOSED_FORM = """
import numpy as np


def with_penalty_rows(X, y, penalty):
    n = X.shape[1]
    return np.vstack([X, np.sqrt(penalty) * np.eye(n)]), np.append(y, np.zeros(n))


def closed_form(X, y, l2):
    X_mean, y_mean = X.mean(axis=0), y.mean()
    A, c = with_penalty_rows(X - X_mean, y - y_mean, STRENGTH)
    w = np.linalg.lstsq(A, c, rcond=None)[0]
    return w, float(y_mean - X_mean @ w)
"""
RIGHT = CLOSED_FORM.replace("STRENGTH", "len(y) * l2")


def journey_with(folder: Path, source: str) -> Journey:
    """A journey in which closed_form was passed with ``source``."""
    journey = Journey.create(folder, NOW)
    exercise = next(e for e in journey.curriculum.exercises if e.target == "closed_form")
    journey.record_verdict(Verdict(exercise.id, "passed", "passed", "", ""), source, NOW)
    return journey


def test_what_was_passed_runs_and_the_rest_is_ours(tmp_path: Path) -> None:
    with journey_with(tmp_path, RIGHT) as journey:
        comparison = compare_mine(journey, "05", runs=1)
        other = compare_mine(journey, "07", runs=0)
    assert comparison.agrees
    assert comparison.authors.yours == ("closed_form",)
    assert "gradient" in comparison.authors.ours
    assert "your code and the library compute the same" in comparison.headline
    assert "var(--yours" in comparison.pairs[0].pictures[0].svg
    assert comparison.pairs[0].timing is not None
    assert other.agrees
    assert other.authors.yours == ()


def test_it_is_their_function_and_not_ours_that_is_measured(tmp_path: Path) -> None:
    summed = CLOSED_FORM.replace("STRENGTH", "l2")
    with journey_with(tmp_path, summed) as journey:
        ridge = compare_mine(journey, "05", runs=0).pairs[2]
    assert ridge.convention is not None
    assert ridge.convention.statement.startswith("identical once alpha = l2 (")


def test_an_error_in_their_code_is_told_with_their_line(tmp_path: Path) -> None:
    broken = CLOSED_FORM.replace("STRENGTH", "len(y) * l2 + undefined_name")
    with journey_with(tmp_path, broken) as journey, pytest.raises(OverlayError) as told:
        compare_mine(journey, "05", runs=0)
    assert "undefined_name" in str(told.value)
    assert "closed_form" in str(told.value)


def test_a_function_that_cannot_stand_in_is_said_to_be_left_out(tmp_path: Path) -> None:
    failing = "LIMIT = 1 / 0\n" + CLOSED_FORM.replace("STRENGTH", "len(y) * l2 + LIMIT")
    with journey_with(tmp_path, failing) as journey:
        comparison = compare_mine(journey, "05", runs=0)
    assert comparison.authors.yours == ()
    assert "could not stand in" in comparison.notes[0]


def test_their_own_data_goes_with_it(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("x,z,y\n" + "".join(f"{i},{i % 4},{2 * i + i % 3}.5\n" for i in range(30)))
    with journey_with(tmp_path / "j", RIGHT) as journey:
        comparison = compare_mine(journey, "05", data=table, target="y", runs=0)
    assert comparison.agrees
    assert comparison.data[0].name == "t"
