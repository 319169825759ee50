"""L-BFGS: its two loops against the matrix they stand for, its walk against SciPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from sklearn.datasets import load_digits, load_iris

from firsthand.scratch.errors import ConvergenceWarning
from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.linear.lbfgs import ENOUGH, FLATTER, lbfgs, two_loops, wolfe_step


def quadratic(n, seed, condition=100.0):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    A = (Q * np.geomspace(1.0, condition, n)) @ Q.T
    least = rng.normal(size=n)
    return A, least, lambda x: (0.5 * (x - least) @ A @ (x - least), A @ (x - least))


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 4))
def test_the_loops_are_the_matrix(seed, n, n_pairs):
    A, _, _ = quadratic(n, seed)
    rng = np.random.default_rng(seed)
    pairs = [(s, A @ s) for s in rng.normal(size=(n_pairs, n))]
    s, y = pairs[-1]
    H = (s @ y) / (y @ y) * np.eye(n)
    for s, y in pairs:
        left = np.eye(n) - np.outer(s, y) / (s @ y)
        H = left @ H @ left.T + np.outer(s, s) / (s @ y)
    g = rng.normal(size=n)
    assert_allclose(two_loops(g, pairs), H @ g, rtol=1e-6, atol=1e-8)
    assert_allclose(two_loops(y, pairs), s, rtol=1e-6, atol=1e-8)  # the last pair is kept exactly
    assert np.array_equal(two_loops(g, []), g)


@pytest.mark.parametrize("length", [1e-6, 1.0, 1e6])
def test_a_step_is_low_and_flat_enough(length):
    _, _, look = quadratic(4, 1)
    x = np.zeros(4)
    value, g = look(x)
    t, ahead, (there, slope) = wolfe_step(look, x, (value, g), -length * g)
    down = float(-length * (g @ g))
    assert there <= value + ENOUGH * t * down
    assert slope @ (-length * g) >= FLATTER * down
    assert_allclose(ahead, -t * length * g)


def test_it_arrives_where_scipy_does():
    def rosenbrock(x):
        a, b = x
        slope = [-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)]
        return 100 * (b - a * a) ** 2 + (1 - a) ** 2, np.array(slope)

    x, losses, promise = lbfgs(rosenbrock, np.array([-1.2, 1.0]), 1e-20, 200)
    theirs = minimize(rosenbrock, [-1.2, 1.0], jac=True, method="L-BFGS-B")
    assert_allclose(x, [1, 1], atol=1e-8)
    assert_allclose(x, theirs.x, atol=1e-4)
    assert promise <= 1e-20
    assert np.all(np.diff(losses) <= 0)
    assert len(losses) < 60


@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([1e-12, 1.0, 1e12]))
def test_no_scale_stops_it_early(seed, n, scale):
    _, least, look = quadratic(n, seed)

    def scaled(x):
        value, slope = look(x / scale)
        return value, slope / scale

    x, *_ = lbfgs(scaled, np.zeros(n), 1e-16, 500)
    assert_allclose(x / scale, least, atol=1e-6)


@pytest.mark.parametrize("load", [load_iris, load_digits])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_logistic_regression_arrives_where_newton_does(load, n_classes):
    X, y = load(return_X_y=True)
    X, y = X[y < n_classes] / 16, y[y < n_classes]
    newton = LogisticRegression(0.01, tol=1e-14).fit(X, y)
    walked = LogisticRegression(0.01, solver="lbfgs", tol=1e-15).fit(X, y)
    assert_allclose(walked.coef_, newton.coef_, atol=1e-6)
    assert_allclose(walked.predict_proba(X), newton.predict_proba(X), atol=1e-6)
    assert walked.losses_.shape == (walked.n_iter_ + 1,)
    with pytest.warns(ConvergenceWarning, match="more than tol"):
        assert LogisticRegression(solver="lbfgs", max_iter=2).fit(X, y).n_iter_ == 2
