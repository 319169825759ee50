"""The primal, its sub-gradient and both simple ways down, against the exact solvers and slopes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.scratch.svm import hinge
from firsthand.scratch.svm.finite_newton import newton, thin
from firsthand.scratch.svm.interior_point import interior_point
from firsthand.study.checking import finite_difference

seeds = st.integers(0, 2**32 - 1)
SOLVERS = {"hinge": interior_point, "squared_hinge": newton}


def problem(seed, n_samples=60, n_features=3):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=(n_samples, n_features)), np.ones(n_samples)])
    y = np.where(X[:, 0] + rng.normal(size=n_samples) > 0, 1.0, -1.0)
    return X, y, rng.normal(size=n_features + 1)


def primal(X, y, C, w, loss):
    price = hinge.hinge_loss if loss == "hinge" else hinge.squared_hinge_loss
    return 0.5 * w @ w + C @ price(hinge.margins(X, y, w))


@given(seeds)
def test_the_subgradient_is_the_slope_where_there_is_one(seed):
    X, y, w = problem(seed)
    if np.min(np.abs(hinge.margins(X, y, w) - 1)) < 1e-4:
        return  # a corner within the difference
    slope = finite_difference(lambda v: hinge.objective(X, y, v, 0.3), w)
    np.testing.assert_allclose(hinge.subgradient(X, y, w, 0.3), slope, atol=1e-7)


@given(seeds)
def test_the_subgradient_supports_the_objective_from_below(seed):
    X, y, w = problem(seed)
    w /= np.max(np.abs(hinge.margins(X, y, w)))  # one margin is 1 or -1: at a corner, perhaps
    other = np.random.default_rng(seed).normal(size=len(w))
    least = hinge.objective(X, y, w, 0.3) + hinge.subgradient(X, y, w, 0.3) @ (other - w)
    assert hinge.objective(X, y, other, 0.3) >= least - 1e-12


@pytest.mark.parametrize("loss", SOLVERS)
def test_coordinates_one_by_one_arrive_at_the_same_plane(loss):
    X, y, _ = problem(1)
    w, alpha = hinge.dual_coordinate_descent(X, y, 0.7, 300, np.random.default_rng(0), loss)
    exact, _, left = SOLVERS[loss](X, y, np.full(len(y), 0.7), 1e-12, 100)
    np.testing.assert_allclose(w, exact, atol=1e-6)
    np.testing.assert_allclose(w, (alpha * y) @ X, atol=1e-10)
    assert left <= 1e-12
    assert alpha.min() >= 0
    assert loss == "squared_hinge" or alpha.max() <= 0.7


def test_a_sample_at_zero_pays_the_whole_price():
    X, y = np.array([[0.0], [1.0], [-1.0]]), np.array([1.0, 1.0, -1.0])
    _, alpha = hinge.dual_coordinate_descent(X, y, 2.0, 10, np.random.default_rng(0))
    assert alpha[0] == 2.0
    w, _, gap = interior_point(X, y, np.full(3, 2.0), 1e-12, 100)
    np.testing.assert_allclose(w, 1.0)
    assert gap <= 1e-12
    w, _, gap = interior_point(np.zeros((2, 1)), np.array([1.0, -1.0]), np.ones(2), 1e-12, 100)
    np.testing.assert_array_equal(w, 0.0)


def test_pegasos_comes_near_the_least():
    X, y, _ = problem(2)
    l2 = 0.1
    exact, _, _ = interior_point(X, y, np.full(len(y), 1 / (l2 * len(y))), 1e-12, 100)
    least = hinge.objective(X, y, exact, l2)
    w = hinge.pegasos(X, y, l2, 3000, np.random.default_rng(0))
    assert least <= hinge.objective(X, y, w, l2) <= 1.02 * least


@given(seeds, st.sampled_from(["hinge", "squared_hinge"]), st.floats(-4, 4))
def test_solvers_find_the_least_for_any_price(seed, loss, exponent):
    X, y, _ = problem(seed, n_samples=20)
    C = np.random.default_rng(seed).uniform(0, 10.0**exponent, size=len(y))
    w, _, left = SOLVERS[loss](X, y, C, 1e-12, 200)
    assert left <= 1e-9
    here = primal(X, y, C, w, loss)
    for direction in np.random.default_rng(seed).normal(size=(10, len(w))):
        for size in (1e-4, 1e-2, 1.0):
            assert primal(X, y, C, w + size * direction, loss) >= here * (1 - 1e-9)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
@pytest.mark.parametrize("loss", SOLVERS)
def test_the_units_of_the_data_do_not_hinder(loss, scale):
    X, y, _ = problem(3)
    w, _, _ = SOLVERS[loss](X, y, np.full(len(y), 0.5), 1e-12, 200)
    scaled, _, left = SOLVERS[loss](scale * X, y, np.full(len(y), 0.5 / scale**2), 1e-12, 200)
    assert left <= 1e-9
    np.testing.assert_allclose(scale * scaled, w, rtol=1e-6)
    *_, left = SOLVERS[loss](scale * X, y, np.full(len(y), 0.5), 1e-8, 200)
    assert left <= 1e-8


@pytest.mark.parametrize("loss", SOLVERS)
def test_more_features_than_samples_need_a_basis_of_the_samples_only(loss):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(10, 40)), np.where(rng.normal(size=10) > 0, 1.0, -1.0)
    rows, Q = thin(X)
    assert rows.shape == (10, 10)
    w, *_ = SOLVERS[loss](X, y, np.ones(10), 1e-12, 100)
    v, *_ = SOLVERS[loss](rows, y, np.ones(10), 1e-12, 100)
    np.testing.assert_allclose(Q @ v, w, atol=1e-8)
