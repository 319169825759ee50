"""What the lesson of logistic regression says and can be computed, and what its pictures do."""

import re

import numpy as np
import pytest

from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.linear import logistic_regression as logistic
from firsthand.study.content import load_curriculum
from firsthand.study.figures import Figure

STAGE = load_curriculum().stage("06")
FIGURES = {figure.name: figure for figure in STAGE.declared("figures.py", Figure)}
LESSON = STAGE.read("lesson.md")


def test_the_learning_rates_behave_as_the_lesson_says():
    slow, near, jumpy = (
        FIGURES["descent"].draw({"learning_rate": rate}).reading for rate in (0.05, 1.0, 40.0)
    )
    assert "0.407 after step 60" in slow
    assert "minimum 0.240 from step 46" in near
    assert "from step 4 on" in FIGURES["descent"].draw({"learning_rate": 8.0}).reading
    assert "rose in 24 of 60" in jumpy
    for told in ("still 0.41, where 0.24 is possible", "some 46 steps", "24 of the 60 steps"):
        assert told in LESSON


def test_the_costs_of_a_sure_answer_are_those_of_the_lesson():
    z = logistic.logit(np.array([0.99999, 0.00001]))
    right, wrong = (logistic.binary_cross_entropy(v[None], np.ones(1)) for v in z)
    assert right == pytest.approx(0.00001, rel=1e-3)
    assert wrong == pytest.approx(11.5, abs=0.02)


def test_a_factor_of_ten_in_the_penalty_adds_about_three_to_the_weight():
    growth = FIGURES["separable"].draw().panels[1].marks[0]
    per_decade = -2 * np.diff(np.asarray(growth.y))[:6]  # two strengths a decade
    assert np.all((per_decade > 2.5) & (per_decade < 3.3))


def test_softmax_with_twice_the_penalty_is_the_binary_model():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), rng.integers(0, 2, 80)
    binary = LogisticRegression(l2=0.05).fit(X, y)
    W, b = np.zeros((3, 2)), np.zeros(2)
    W, b, _ = logistic.gradient_descent(X, logistic.one_hot(y, 2), W, b, 1.0, 2000, 0.1)
    np.testing.assert_allclose(W[:, 1] - W[:, 0], binary.coef_[0], atol=1e-8)
    np.testing.assert_allclose(W.sum(axis=1), 0, atol=1e-12)


def test_equal_covariances_make_the_log_odds_linear():
    rng = np.random.default_rng(1)
    covariance = np.array([[1.0, 0.4], [0.4, 0.8]])
    means = np.array([[0.0, 0.0], [0.8, -0.5]])
    y = np.repeat([0, 1], 40000)
    X = rng.multivariate_normal(np.zeros(2), covariance, 80000) + means[y]
    expected = np.linalg.solve(covariance, means[1] - means[0])
    np.testing.assert_allclose(LogisticRegression(l2=0).fit(X, y).coef_[0], expected, atol=0.05)


def test_the_mean_probability_is_the_share_of_class_1_in_all_and_in_each_group():
    rng = np.random.default_rng(2)
    group = rng.integers(0, 2, 300)
    X = np.column_stack([rng.normal(size=300), group])
    y = (X[:, 0] + group + rng.logistic(size=300) > 0.5).astype(int)
    p = LogisticRegression(l2=0, tol=1e-14).fit(X, y).predict_proba(X)[:, 1]
    for part in (group >= 0, group == 0, group == 1):
        assert p[part].mean() == pytest.approx(y[part].mean(), abs=1e-9)


def test_a_ring_leaves_the_loss_at_log_2():
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    X, y = np.vstack([circle, 3 * circle]), np.repeat([0, 1], 40)
    assert LogisticRegression().fit(X, y).losses_[-1] == pytest.approx(np.log(2))
    assert LogisticRegression().fit(X**2, y).score(X**2, y) == 1.0


def test_numbers_asked_for_are_those_of_the_code():
    w, _ = logistic.newton_step(np.array([[-2.0], [2.0]]), np.array([0.0, 1.0]), np.zeros(1), 0.0)
    reference = {
        "logistic.newton_from_zero": w[0],
        "logistic.prevalence_shift": float(logistic.logit(np.array(0.02))),
        "logistic.threshold_for_costs": 50 / (50 + 950),
    }
    asked = {q.id: q for q in STAGE.questions() if q.number is not None}
    assert asked.keys() == reference.keys()
    for id, value in reference.items():
        assert asked[id].number == pytest.approx(value, abs=asked[id].tolerance)


def test_a_dragged_point_moves_the_boundary():
    figure = FIGURES["clouds"]
    points = np.array(figure.controls[0].points)
    before = figure.draw().panels[0].marks[1]
    points[0] = (7.5, 5.5)  # a square far among the discs
    after = figure.draw({"points": points.tolist()}).panels[0].marks[1]
    assert not np.allclose(before.y, after.y, atol=0.05)


def test_the_threshold_of_the_picture_is_where_p_is():
    figure = FIGURES["clouds"]
    numbers = re.findall(r"[+−]\d+\.\d+", figure.draw({"threshold": 0.8}).reading)
    *w, b = (float(n.replace("−", "-")) for n in numbers)
    line = figure.draw({"threshold": 0.8}).panels[0].marks[1]
    z = w[0] * np.asarray(line.x) + w[1] * np.asarray(line.y) + b
    np.testing.assert_allclose(logistic.sigmoid(z), 0.8, atol=0.01)
