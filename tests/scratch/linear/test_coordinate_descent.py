"""Lasso and elastic net: the textbook against scikit-learn, and the fast ways against both."""

import numpy as np
import pytest
import sklearn.linear_model as library
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.datasets import load_diabetes

from firsthand.scratch.errors import ConvergenceWarning, ParameterError
from firsthand.scratch.linear import ElasticNet, Lasso, Ridge
from firsthand.scratch.linear.coordinate_descent import (
    coordinate_descent,
    coordinate_sweep,
    descend_on_products,
    duality_gap,
    soft_threshold,
    sparse_fit,
)
from firsthand.scratch.linear.products import centred_products

ITERATIVE = 1e-6
X, y = load_diabetes(return_X_y=True)


def problem(n_samples, n_features, correlation=0.0, seed=0):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n_samples, n_features)) + correlation * rng.normal(size=(n_samples, 1))
    w = np.where(np.arange(n_features) < 5, rng.normal(size=n_features) * 3, 0.0)
    return A, A @ w + rng.normal(size=n_samples) + 2


def objective(A, b, w, l1, l2):
    r = b - A @ w
    return r @ r / 2 + l1 * np.abs(w).sum() + l2 / 2 * w @ w


@given(st.floats(-5, 5), st.floats(0, 5))
def test_soft_threshold_is_the_least_value_of_its_problem(z, threshold):
    w = np.linspace(-6, 6, 2401)
    best = w[np.argmin((w - z) ** 2 / 2 + threshold * np.abs(w))]
    assert_allclose(soft_threshold(np.array(z), threshold), best, atol=0.003)


def test_a_sweep_never_goes_uphill_and_keeps_the_residual():
    A, b = problem(40, 8)
    w, r = np.zeros(8), b
    values = [objective(A, b, w, 3.0, 1.0)]
    for _ in range(5):
        before = w.copy()
        w, r = coordinate_sweep(A, r, w, 3.0, 1.0)
        assert not np.array_equal(w, before)
        assert_allclose(r, b - A @ w, atol=1e-12)
        values.append(objective(A, b, w, 3.0, 1.0))
    assert np.all(np.diff(values) <= 1e-12)


@given(st.integers(0, 10**6), st.floats(0.1, 30), st.sampled_from([0.0, 2.0]))
def test_the_gap_bounds_what_is_left(seed, l1, l2):
    A, b = problem(20, 6, seed=seed)
    best, *_ = coordinate_descent(A, b, l1, l2, tol=1e-13)
    w = np.random.default_rng(seed).normal(size=6)
    r = b - A @ w
    gap = duality_gap(A.T @ r, r @ r, r @ b, w, l1, l2)
    assert gap >= objective(A, b, w, l1, l2) - objective(A, b, best, l1, l2) - 1e-9


@pytest.mark.parametrize("l2", [0.0, 5.0])
@pytest.mark.parametrize("shape", [(60, 10, 0.0), (60, 10, 3.0), (20, 60, 0.0), (30, 120, 0.0)])
def test_textbook_products_and_working_sets_agree(shape, l2):
    A, b = problem(*shape)
    l1 = 0.1 * np.abs(A.T @ b).max()
    G, c, yy = A.T @ A, A.T @ b, float(b @ b)
    textbook, *_ = coordinate_descent(A, b, l1, l2, tol=1e-13, max_iter=50_000)
    fast, gap, _ = descend_on_products(G, c, yy, l1, l2, np.zeros(len(c)), tol=1e-13)
    parts, gap_parts, _ = sparse_fit(A, b, l1, l2, tol=1e-13)
    assert max(gap, gap_parts) <= 1e-12 * yy
    assert_allclose(fast, textbook, atol=1e-5)
    assert_allclose(parts, fast, atol=1e-8)


@pytest.mark.parametrize("alpha", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
def test_lasso_is_scikit_learns(alpha, fit_intercept, weighted):
    weight = np.random.default_rng(0).uniform(0, 3, len(y)) if weighted else None
    how = {"fit_intercept": fit_intercept}
    ours = Lasso(alpha, **how).fit(X, y, weight)
    theirs = library.Lasso(alpha, **how, tol=1e-14, max_iter=100_000).fit(X, y, weight)
    assert_allclose(ours.coef_, theirs.coef_, rtol=ITERATIVE, atol=ITERATIVE)
    assert_allclose(ours.intercept_, theirs.intercept_, rtol=ITERATIVE, atol=ITERATIVE)
    assert np.array_equal(ours.coef_ == 0, theirs.coef_ == 0)
    assert ours.dual_gap_ <= 1e-4 * np.var(y)


@pytest.mark.parametrize("l1_ratio", [0.1, 0.9])
@pytest.mark.parametrize("shape", [(200, 6), (50, 130), (300, 150)])
def test_elastic_net_is_scikit_learns(l1_ratio, shape):
    A, b = problem(*shape)
    ours = ElasticNet(0.1, l1_ratio=l1_ratio).fit(A, b)
    theirs = library.ElasticNet(0.1, l1_ratio=l1_ratio, tol=1e-12, max_iter=50_000).fit(A, b)
    assert_allclose(ours.coef_, theirs.coef_, atol=ITERATIVE)
    assert_allclose(ours.predict(A), theirs.predict(A), atol=ITERATIVE)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_scales_of_any_size_are_no_trouble(scale):
    A, b = problem(100, 5)
    plain, scaled = Lasso(0.1).fit(A, b), Lasso(0.1 * scale).fit(A * scale, b)
    assert_allclose(scaled.coef_ * scale, plain.coef_, rtol=1e-9)


def test_without_the_kink_it_is_ridge():
    ridge = Ridge(0.3 * len(y)).fit(X, y)
    assert_allclose(ElasticNet(0.3, l1_ratio=0.0).fit(X, y).coef_, ridge.coef_, rtol=1e-12)


def test_columns_that_say_the_same_share_the_weight_or_do_no_worse():
    A, b = problem(80, 4)
    twins = np.column_stack([A, A, np.full(80, 5.0), np.zeros(80)])
    shared = ElasticNet(0.1).fit(twins, b).coef_
    assert_allclose(shared[:4], shared[4:8], atol=1e-8)
    lasso = Lasso(0.1).fit(twins, b)
    assert_allclose(lasso.coef_[:4] + lasso.coef_[4:8], Lasso(0.1).fit(A, b).coef_, atol=1e-6)
    assert lasso.coef_[8:].tolist() == [0.0, 0.0]


def test_a_penalty_above_all_correlations_leaves_the_mean():
    model = Lasso(1e6).fit(X, y)
    assert not model.coef_.any()
    assert_allclose(model.intercept_, y.mean())


def test_running_out_of_sweeps_is_told():
    A, b = problem(20, 60)
    with pytest.warns(ConvergenceWarning, match="Raise max_iter"):
        Lasso(1e-3, max_iter=1).fit(A, b)


@pytest.mark.parametrize(
    "wrong",
    [{"alpha": -1.0}, {"l1_ratio": 1.1}, {"l1_ratio": -0.1}, {"max_iter": 0}, {"tol": -1.0}],
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        ElasticNet(**wrong).fit(X, y)


def test_the_products_are_centred():
    A, b = problem(50, 3)
    sums = centred_products(A + 1e6, b - 1e6)
    w, *_ = descend_on_products(sums.G, sums.c, sums.yy, 5.0, 0.0, np.zeros(3), tol=1e-14)
    assert_allclose(Lasso(0.1).fit(A, b).coef_, w, rtol=1e-7)
