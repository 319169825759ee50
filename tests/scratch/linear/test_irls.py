"""The fast Newton step against the one that learners write."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.linear.irls import BinaryObjective, newton_direction, weighted_gram
from firsthand.scratch.linear.logistic_regression import newton_step, objective, slope, solve


def problem(n_samples=300, n_features=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features)) * np.geomspace(0.1, 10, n_features)
    y = (rng.random(n_samples) < 0.4).astype(float)
    return X, y, rng.normal(size=n_features), 0.3, rng.uniform(0, 2, n_samples)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_every_part_is_the_textbooks(l2, weighted):
    X, y, w, b, weight = problem()
    weight = weight if weighted else None
    J = BinaryObjective(X, y, l2, weight)
    assert_allclose(J.objective(w, b), objective(X, y, w, b, l2, weight), rtol=1e-13)
    for ours, theirs in (
        (J.slope(w, b), slope(X, y, w, b, l2, weight)),
        (J.propose(w, b), newton_step(X, y, w, b, l2, weight)),
    ):
        assert_allclose(ours[0], theirs[0], rtol=1e-9, atol=1e-13)
        assert_allclose(ours[1], theirs[1], rtol=1e-9, atol=1e-13)


def test_what_is_kept_belongs_to_the_point_asked_for():
    X, y, w, b, _ = problem()
    J = BinaryObjective(X, y, 0.1)
    J.objective(w, b)
    J.slope(w, b)
    for point in ((w, b + 1), (2 * w, b), (w, b)):
        assert_allclose(J.slope(*point)[0], slope(X, y, *point, 0.1)[0], rtol=1e-12)
    J.objective(2 * w, b)
    assert_allclose(J.propose(w, b)[0], newton_step(X, y, w, b, 0.1)[0], rtol=1e-9)


def test_log_odds_of_any_size_raise_no_warning():
    X = np.array([[-1e6], [1e6], [1e6]])
    J = BinaryObjective(X, np.array([0.0, 1.0, 0.0]), 1e-3)
    with np.errstate(all="raise", under="ignore"):
        assert_allclose(J.objective(np.ones(1), 0.0), 1e6 / 3 + 5e-4)
        J.slope(np.ones(1), 0.0)


def test_blocks_add_up():
    rng = np.random.default_rng(1)
    X, weight = rng.normal(size=(10_000, 3)), rng.uniform(size=10_000)
    X1 = np.column_stack([X, np.ones(len(X))])
    assert_allclose(weighted_gram(X, weight), X1.T @ (weight[:, None] * X1), rtol=1e-12, atol=1e-10)


def test_a_singular_system_gets_its_shortest_solution():
    root = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 3.0]])
    H = root.T @ root
    g = H @ np.array([1.0, 1.0, 1.0])
    assert_allclose(newton_direction(H, g), [1.0, 1.0, 1.0])
    assert_allclose(newton_direction(H, g), solve(H, g))
    assert_allclose(newton_direction(np.diag([0.0, 2.0]), np.array([0.0, 4.0])), [0.0, 2.0])


@pytest.mark.parametrize("l2", [1e-4, 0.0])
def test_both_solvers_arrive_at_one_place(l2):
    X, y, *_ = problem(seed=3)
    fast = LogisticRegression(l2).fit(X, y)
    textbook = LogisticRegression(l2, solver="newton").fit(X, y)
    assert_allclose(fast.coef_, textbook.coef_, rtol=1e-8)
    assert_allclose(fast.losses_, textbook.losses_, rtol=1e-10)
