"""What stage 15 states in its lesson, cards and questions, computed; how its pictures behave."""

import numpy as np
import pytest

from firsthand.scratch.nn import MLP, mlp
from firsthand.study.content import load_curriculum
from firsthand.study.figures import Figure

STAGE = load_curriculum().stage("15")
FIGURES = {figure.name: figure for figure in STAGE.declared("figures.py", Figure)}
QUESTIONS = {question.id: question for question in STAGE.questions()}


def test_the_hand_computed_question_is_computed_right():
    X, W1, W2 = np.array([[1.0, 2.0]]), np.array([[1.0, -1.0], [1.0, 0.0]]), np.array([[2.0], [5]])
    A1, Z2 = mlp.two_layer_forward(X, W1, np.zeros(2), W2, np.zeros(1))
    dW1, *_ = mlp.two_layer_backward(Z2 - 4, X, A1, W2)
    assert dW1[1, 0] == QUESTIONS["mlp.one_weight_by_hand"].number


def test_ten_equal_scores_cost_what_the_question_says():
    loss = mlp.cross_entropy(np.zeros((5, 10)), np.arange(5))
    assert loss == pytest.approx(QUESTIONS["mlp.loss_at_start"].number, abs=1e-6)


def test_from_zero_only_the_last_bias_learns():
    network = MLP([3, 4, 2])
    network.parameters.flat[...] = 0.0
    network.trace(np.random.default_rng(0).normal(size=(9, 3)), np.arange(9) // 5)
    moving = {name for name, gradient in network.gradients.items() if gradient.any()}
    assert moving == {"b2"}


def test_the_network_that_the_design_question_counts():
    assert MLP([25, *[512] * 5, 2]).parameters.flat.size == pytest.approx(1.06e6, rel=0.01)


def test_without_hidden_layers_the_boundary_is_a_line_and_xor_stays_mixed():
    assert right(FIGURES["decision"].draw({"shape": "xor", "depth": 0})) < 80
    assert right(FIGURES["decision"].draw({"shape": "xor", "units": 2})) == 100


def test_two_units_part_xor_in_their_own_plane():
    assert right(FIGURES["hidden_plane"].draw()) == 100
    assert right(FIGURES["hidden_plane"].draw({"activation": "relu"})) == 100


def test_equal_units_are_one_fold():
    assert "1 fold in view" in FIGURES["folds"].draw({"start": "all equal", "units": 9}).reading
    assert error_of(FIGURES["folds"].draw({"units": 12})) < 0.005


def test_the_check_is_a_v_with_its_bottom_near_the_cube_root_of_eps():
    central = curves(FIGURES["gradient_check"].draw())["central"]
    best = np.asarray(central.x)[np.argmin(central.y)]
    assert -6 <= best <= -4
    assert central.y[0] > 100 * min(central.y) < central.y[-1]
    assert min(curves(FIGURES["gradient_check"].draw({"precision": "float32"}))["central"].y) > 1e-5


def test_errors_vanish_with_a_small_gain_and_stay_with_the_right_one():
    def first(**values):
        return curves(FIGURES["gradient_flow"].draw(values))["error"].y[0]

    assert first(activation="relu", gain=2.0, depth=40) == pytest.approx(1, rel=0.9)
    assert first(activation="tanh", gain=0.25, depth=40) < 1e-9
    assert first(activation="relu", gain=4.0, depth=40) > 1e3


def test_the_professional_version_reads_digits():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    loss, accuracy = STAGE.module("library_impl.py").main(epochs=6)
    assert loss < 0.4
    assert accuracy > 0.88


def right(picture):
    return int(picture.reading.partition("% ")[0].split()[-1])


def error_of(picture):
    return float(picture.reading.split("error ")[1].split(",")[0])


def curves(picture):
    return {
        mark.label: mark for panel in picture.panels for mark in panel.marks if mark.mark == "curve"
    }
