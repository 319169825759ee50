"""What the perceptron's lesson says and can be computed, and what its pictures do."""

import re

import numpy as np
import pytest

from firsthand.scratch.linear.perceptron import mistake_bound, rules_out_a_line, train
from firsthand.scratch.linear.separability import widest_line
from firsthand.study.content import load_curriculum
from firsthand.study.figures import Figure

STAGE = load_curriculum().stage("07")
FIGURES = {figure.name: figure for figure in STAGE.declared("figures.py", Figure)}
GATES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND, OR = np.array([-1.0, -1.0, -1.0, 1.0]), np.array([-1.0, 1.0, 1.0, 1.0])
XOR = np.array([-1.0, 1.0, 1.0, -1.0])


def test_the_mistakes_of_and_are_those_the_lesson_lists():
    told = re.search(r"AND takes ([\d, ]+) and (\d)", STAGE.read("lesson.md"))
    assert train(GATES, AND)[2] == [int(n) for n in (*told[1].split(", "), told[2])]


def test_the_tightest_bounds_of_the_gates():
    assert mistake_bound(GATES, AND, *widest_line(GATES, AND)) == pytest.approx(51)
    assert mistake_bound(GATES, OR, *widest_line(GATES, OR)) == pytest.approx(27)
    assert widest_line(GATES, XOR) is None
    assert rules_out_a_line(GATES, XOR, np.ones(4, int))


def test_centring_the_inputs_lowers_the_bound():
    bounds = [mistake_bound(X, AND, *widest_line(X, AND)) for X in (GATES - 0.5, GATES, GATES + 1)]
    assert bounds == sorted(bounds)


def test_the_bound_is_eight_to_fifty_times_what_was_made():
    _, bounds, made = STAGE.module("figures.py").scanned()
    ratios = bounds / np.median(made, axis=1)
    assert ratios.min() >= 8
    assert ratios.max() <= 50


def test_numbers_asked_for_are_those_of_the_code():
    reference = {
        "perceptron.one_update": 0.0 * 2 + 0.5 * -1 + 1.0,
        "perceptron.bound_value": mistake_bound(
            np.array([[1.0], [3.0]]), np.array([-1.0, 1.0]), np.array([1.0]), -2.0
        ),
    }
    asked = {q.id: q.number for q in STAGE.questions() if q.number is not None}
    assert asked == pytest.approx(reference)


def test_the_gate_picture_ends_where_training_does():
    assert "w = (+3, +2), b = −4: all four" in FIGURES["gates"].draw({"moves": 18}).reading
    assert "no line yet" in FIGURES["gates"].draw({"moves": 0}).reading


def test_the_cycle_is_told_at_every_fourth_mistake():
    for moves in range(1, 25):
        reading = FIGURES["cycle"].draw({"moves": moves}).reading
        assert ("proves that no line exists" in reading) == (moves % 4 == 0)


def test_dragging_a_point_across_takes_the_line_away():
    figure = FIGURES["any_line"]
    points = np.array(figure.controls[0].points)
    assert "keeps" in figure.draw().reading
    points[0] = [1.3, -0.5]
    assert "No line separates" in figure.draw({"points": points.tolist()}).reading
    assert figure.draw({"points": np.zeros((10, 2)).tolist()}).panels


def test_three_neurons_solve_xor_unless_two_are_the_same():
    draw = FIGURES["three_neurons"].draw
    for pair in ("OR, NAND", "OR, AND", "AND, NOR"):
        assert "learned to separate" in draw({"pair": pair}).reading
    assert "add nothing" in draw({"pair": "OR, OR"}).reading
