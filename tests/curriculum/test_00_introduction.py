"""What stage 00 says and shows, computed."""

import math

import numpy as np

from firsthand.study.content import load_curriculum
from firsthand.study.figures import Figure

STAGE = load_curriculum().stage("00_introduction")
FIGURES = {figure.name: figure for figure in STAGE.declared("figures.py", Figure)}
PAGE = STAGE.module("figures.py")


def test_no_line_beats_the_one_called_best():
    w, b = np.polyfit(PAGE.KM, PAGE.MINUTES, 1)
    assert math.isclose(PAGE.W_BEST[0], w, rel_tol=1e-9)
    reading = FIGURES["by_hand"].draw({"w": round(w, 2), "b": round(4 * b) / 4}).reading
    assert "you are a good optimiser" in reading


def test_the_machine_arrives_at_the_best_line():
    reading = FIGURES["by_machine"].draw({"steps": 60}).reading
    assert f"{PAGE.W_BEST[0]:.2f} minutes a kilometre" in reading


def test_mistakes_add_up_and_the_ends_lose_one_kind_each():
    threshold = FIGURES["threshold"]
    assert threshold.draw({"threshold": 9.0}).reading.startswith("20 spam let through, 0 wanted")
    lost = np.sum(PAGE.SCORE[PAGE.SPAM == 0] > 0)
    everything = threshold.draw({"threshold": 0.0}).reading
    assert everything.startswith(f"0 spam let through, {lost} wanted")


def test_flexibility_helps_and_then_hurts():
    seen, new = PAGE.ERRORS.T
    assert np.all(np.diff(seen) < 0)
    best = int(np.argmin(new))
    assert 0 < best < len(new) - 1
    assert new[-1] > 5 * new[best]
    assert "underfitting" in FIGURES["generalisation"].draw({"degree": 1}).reading
    assert "overfitting" in FIGURES["generalisation"].draw({"degree": 12}).reading


def test_answers_are_right():
    numbers = {q.id: q.number for q in STAGE.questions() if q.number is not None}
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 5.0, 10.0])
    expected = np.mean((2 * x + 1 - y) ** 2)
    assert math.isclose(numbers["introduction.compute_loss"], expected, rel_tol=1e-6)
    w = 3 - 0.1 * 2 * (2 * 3 - 10) * 2
    assert math.isclose(numbers["introduction.update_by_hand"], w)
