"""What the lesson, the cards and the questions of stage 05 say, computed."""

import math

import numpy as np

from firsthand.scratch.linear import linear_regression as linear
from firsthand.study.content import load_curriculum
from firsthand.study.figures import Figure

STAGE = load_curriculum().stage("05_linear_regression")
FIGURES = {figure.name: figure for figure in STAGE.declared("figures.py", Figure)}
NUMBERS = {q.id: q.number for q in STAGE.questions() if q.number is not None}


def test_descent_tells_on_which_side_of_the_limit_it_is():
    descent = FIGURES["descent"]
    limit = linear.largest_learning_rate(STAGE.module("figures.py").MEASURED[:, None], 0.0)
    assert "past it" in descent.draw({"learning_rate": 1.01 * limit}).reading
    assert "past it" not in descent.draw({"learning_rate": 0.99 * limit}).reading


def test_one_step_is_enough_on_a_standardised_feature():
    drawn = FIGURES["descent"].draw({"learning_rate": 1.0, "feature": "standardised"})
    path = drawn.panels[0].marks[1]
    w_best, b_best = drawn.panels[0].marks[2].x[0], drawn.panels[0].marks[2].y[0]
    np.testing.assert_allclose([path.x[1], path.y[1]], [w_best, b_best], rtol=1e-12)


def test_dragging_onto_a_line_leaves_no_squares():
    points = [(x, 0.5 * x + 1) for x in range(1, 8)]
    reading = FIGURES["least_squares"].draw({"points": points}).reading
    assert "w = 0.50, b = 1.00, J = 0.000, R² = 1.00" in reading


def test_the_residual_is_shortest_where_it_is_perpendicular():
    projection = FIGURES["projection"]
    target = [(1.6, 2.6)]
    best = float(projection.draw({"target": target}).reading.split("w = ")[1].rstrip("."))
    lengths = {
        w: float(projection.draw({"w": w, "target": target}).reading.split("= ")[1].split(",")[0])
        for w in (best - 0.3, best, best + 0.3)
    }
    assert min(lengths, key=lengths.get) == best


def test_the_twins_of_the_card_are_those_of_the_picture():
    weights = FIGURES["ridge_path"].draw({"l2": 1e-4}).reading
    assert weights.startswith("w = (5.3")
    assert "\N{MINUS SIGN}3.4" in weights


def test_new_samples_are_predicted_best_by_some_shrinkage():
    error = FIGURES["ridge_path"].draw().panels[1].marks[1]
    assert 0 < np.argmin(error.y) < len(error.y) - 1
    assert np.min(error.y) < 0.7 * error.y[0]


def test_answers_are_what_the_functions_compute():
    X = np.array([[-3.0], [-3.0], [3.0], [3.0]])
    assert math.isclose(
        NUMBERS["linear.step_limit"], linear.largest_learning_rate(X, 0.0), rel_tol=1e-6
    )
    weak = linear.ridge_path(np.diag([10.0, 1.0]), np.array([10.0, 1.0]), np.array([50 * 0.02]))
    assert math.isclose(NUMBERS["linear.shrinkage_factor"], weak[0, 1])
    dw, db = linear.gradient(np.array([[1.0], [3.0]]), np.array([2.0, 4.0]), np.zeros(1), 0.0, 0.0)
    card = next(c for c in STAGE.cards() if c.id == "linear.compute_gradient")
    assert f"= {dw[0]:.0f}$, $db = {db:.0f}$" in card.back


def test_the_library_side_beats_the_mean():
    results = STAGE.module("library_impl.py").main()
    assert results["the mean"][1] < 0.01
    assert min(results["least squares"][1], results["ridge"][1]) > 0.3
