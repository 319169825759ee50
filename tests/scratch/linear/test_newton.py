"""Damped Newton and conjugate gradients, by themselves."""

from functools import partial

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from firsthand.scratch.linear._newton import conjugate_gradients, damped_newton
from firsthand.scratch.linear.logistic_regression import newton_step, objective, slope

X = np.array([[-2.0], [-1.0], [0.5], [1.0], [3.0]])
Y = np.array([0.0, 1.0, 0.0, 1.0, 1.0])


def solve(w, b, tol=1e-12, max_iter=100):
    J, dJ, step = (partial(f, X, Y, l2=0.01) for f in (objective, slope, newton_step))
    return damped_newton(J, dJ, step, np.array(w), b, tol, max_iter)


def test_a_full_step_overshoots_from_afar_and_the_damped_one_does_not():
    start = np.array([8.0])
    wild, _ = newton_step(X, Y, start, -2.0, 0.01)
    assert objective(X, Y, wild, 0.0, 0.01) > objective(X, Y, start, -2.0, 0.01)
    w, b, losses, promise = solve([8.0], -2.0)
    near_w, near_b, *_ = solve([0.0], 0.0)
    assert_allclose(w, near_w, rtol=1e-9)
    assert_allclose(b, near_b, rtol=1e-9)
    assert np.all(np.diff(losses) <= 1e-15)
    assert promise <= 1e-12


def test_the_number_of_right_digits_doubles():
    *_, losses, _ = solve([0.0], 0.0)
    left = losses[:-1] - losses[-1]
    left = left[(left > 1e-13) & (left < 1e-2)]
    assert np.all(left[1:] < 50 * left[:-1] ** 2)


def test_it_stops_at_the_limit_and_says_what_was_left():
    *_, losses, promise = solve([0.0], 0.0, max_iter=2)
    assert len(losses) == 3
    assert promise > 1e-12


@given(st.integers(0, 10**6), st.integers(1, 6))
def test_conjugate_gradients_solve_a_system_they_only_multiply_with(seed, n):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n + 2, n))
    A = root.T @ root + 0.1 * np.eye(n)
    right = 1e-8 * rng.normal(size=n)  # small, so that the remainder must be small too
    x = conjugate_gradients(lambda v: A @ v, right, lambda v: v / np.diag(A), max_iter=20 * n)
    assert_allclose(A @ x, right, atol=1e-6 * np.abs(right).max())
