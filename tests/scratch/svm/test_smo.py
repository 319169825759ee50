"""The dual, its conditions and its two-variable step; the textbook loop and the fast one agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import svm

from firsthand.scratch.svm import decomposition, smo
from firsthand.scratch.svm._kernel_rows import KernelRows
from firsthand.scratch.svm.kernels import linear, rbf

seeds = st.integers(0, 2**32 - 1)
TIGHT = 1e-9


def problem(seed, n_samples=None):
    rng = np.random.default_rng(seed)
    n_samples = n_samples or rng.integers(2, 40)
    X = rng.normal(size=(n_samples, 3))
    y = np.where(X[:, 0] + rng.normal(size=n_samples) > 0, 1.0, -1.0)
    y[:2] = 1.0, -1.0
    return X, y, rng.uniform(0.1, 5.0, size=n_samples)


@given(seeds)
def test_a_step_is_the_best_on_its_line(seed):
    X, y, C = problem(seed)
    K = rbf(X, X, 0.5)
    bounds = smo.box(y, C)
    beta = np.zeros(len(y))
    F = smo.residual(K, y, beta)
    i, j = smo.select_pair(K, F, beta, bounds)
    t = smo.step_length(K, F, beta, bounds, i, j)

    def at(length):
        moved = beta.copy()
        moved[i] += length
        moved[j] -= length
        return smo.dual_objective(K, y, moved)

    room = min(bounds[1][i] - beta[i], beta[j] - bounds[0][j])
    assert 0 < t <= room
    assert at(t) >= max(at(length) for length in np.linspace(0, room, 21)) - 1e-12


@given(seeds)
def test_the_pair_is_the_one_that_gains_most_with_the_worst(seed):
    X, y, C = problem(seed)
    K = rbf(X, X, 0.5)
    bounds = smo.box(y, C)
    beta, _, _ = smo.smo(K, y, C, tol=1e-3, max_iter=3)
    F = smo.residual(K, y, beta)
    if smo.gap(F, beta, bounds) <= 0:
        return
    i, j = smo.select_pair(K, F, beta, bounds)
    assert F[i] == F[beta < bounds[1]].max()
    gains = {
        k: (F[i] - F[k]) ** 2 / (K[i, i] + K[k, k] - 2 * K[i, k])
        for k in np.flatnonzero((beta > bounds[0]) & (F[i] > F))
    }
    assert gains[j] == pytest.approx(max(gains.values()), rel=1e-9)


@given(seeds)
def test_the_solution_meets_the_conditions_and_closes_the_duality_gap(seed):
    X, y, C = problem(seed)
    K = rbf(X, X, 0.5)
    beta, b, _ = smo.smo(K, y, C, tol=TIGHT)
    lower, upper = smo.box(y, C)
    assert np.all((beta >= lower) & (beta <= upper))
    assert abs(beta.sum()) < 1e-12 * C.sum()
    margin = y * (K @ beta + b)
    assert np.all(margin[beta == 0] >= 1 - 1e-7)
    assert np.all(margin[y * beta == C] <= 1 + 1e-7)
    primal = 0.5 * beta @ K @ beta + np.sum(C * np.maximum(0, 1 - margin))
    assert primal == pytest.approx(smo.dual_objective(K, y, beta), rel=1e-6, abs=1e-6)


@given(seeds)
def test_a_fast_step_is_the_textbooks(seed):
    X, y, C = problem(seed)
    K, bounds = rbf(X, X, 0.5), smo.box(y, C)
    rng = np.random.default_rng(seed)
    beta = rng.uniform(0.3, 1.0) * smo.smo(K, y, C, max_iter=5)[0]
    F = smo.residual(K, y, beta)
    after, n_iter = decomposition.pair_steps(K, F, beta, bounds, 1e-9, 1)
    if n_iter:
        i, j = smo.select_pair(K, F, beta, bounds)
        t = smo.step_length(K, F, beta, bounds, i, j)
        expected = smo.update_pair(beta, bounds, i, j, t)
        np.testing.assert_allclose(after, expected, rtol=1e-12)
    else:
        assert smo.gap(F, beta, bounds) < 1e-9


@given(seeds)
def test_a_leap_is_the_best_for_the_free_samples(seed):
    X, y, C = problem(seed)
    K = linear(X, X) + 0.1 * rbf(X, X, 0.5)
    bounds = smo.box(y, C)
    beta, *_ = smo.smo(K, y, C, tol=1e-3, max_iter=10)
    after = decomposition.leap(K, smo.residual(K, y, beta), beta, bounds)
    assert smo.dual_objective(K, y, after) >= smo.dual_objective(K, y, beta) - 1e-12
    assert np.all((after >= bounds[0]) & (after <= bounds[1]))
    assert abs(after.sum()) < 1e-12 * C.sum()
    free = (after > bounds[0]) & (after < bounds[1])
    if np.any(free):
        np.testing.assert_allclose(np.ptp(smo.residual(K, y, after)[free]), 0.0, atol=1e-7)


def test_leaps_reach_what_pairs_never_would():
    X = np.random.default_rng(4).normal(size=(100, 3))
    X, y = X[X[:, 0] > 0, :1], np.where(X[X[:, 0] > 0, 1] > 0.5, -1.0, 1.0)
    K = rbf(X, X, 1.0)  # of one feature, and so singular in double precision
    bounds, start = smo.box(y, np.ones(len(y))), np.zeros(len(y))
    _, pairs = decomposition.pair_steps(K, y, start, bounds, 1e-7, 20_000)
    beta, n_iter = decomposition.ascend(K, y, start, bounds, 1e-7, 20_000)
    assert pairs == 20_000
    assert n_iter < 5_000
    assert smo.gap(smo.residual(K, y, beta), beta, bounds) < 2e-7


@pytest.mark.parametrize("megabytes", [200.0, 0.2, 1e-6])
def test_working_sets_arrive_where_whole_steps_do(megabytes):
    X, y, C = problem(5, n_samples=700)
    rows = KernelRows(lambda A, B: rbf(A, B, 0.5), X, X, megabytes)
    assert len(X) > decomposition.WHOLE
    beta, b, _, left = decomposition.solve(rows, y, C, tol=TIGHT)
    assert left < TIGHT
    library = svm.SVC(C=1.0, gamma=0.5, tol=TIGHT).fit(X, y, sample_weight=C)
    theirs = np.zeros(len(y))
    theirs[library.support_] = library.dual_coef_[0]
    K = rbf(X, X, 0.5)
    assert smo.dual_objective(K, y, beta) >= smo.dual_objective(K, y, theirs) - 1e-6
    np.testing.assert_allclose(K @ beta + b, library.decision_function(X), atol=2e-6)
    whole = decomposition.ascend(K, y, np.zeros(len(y)), smo.box(y, C), TIGHT, 10**6)[0]
    np.testing.assert_allclose(K @ beta, K @ whole, atol=1e-7)


def test_the_number_of_pairs_is_limited():
    X, y, C = problem(5, n_samples=700)
    rows = KernelRows(lambda A, B: rbf(A, B, 0.5), X, X)
    *_, n_iter, left = decomposition.solve(rows, y, C, tol=1e-3, max_iter=50)
    assert n_iter == 50
    assert left > 1e-3


def test_twins_with_two_labels_fill_the_box():
    X = np.zeros((2, 1))
    y, C = np.array([1.0, -1.0]), np.array([3.0, 2.0])
    for K in (rbf(X, X, 1.0), -np.eye(2)):  # distance zero, and no inner product at all
        beta, _, _ = smo.smo(K, y, C)
        np.testing.assert_array_equal(beta, [2.0, -2.0])


def test_rounding_ends_the_search_where_tol_cannot():
    X, y, C = problem(8, n_samples=60)
    rows = KernelRows(linear, 1e6 * X, 1e6 * X)
    beta, _, n_iter, _ = decomposition.solve(rows, y, C / 1e12, tol=1e-300, max_iter=10**6)
    assert n_iter < 10**6
    assert np.isfinite(beta).all()


@given(seeds, st.integers(1, 60), st.integers(1, 8))
def test_rows_are_what_the_kernel_says_however_few_are_kept(seed, n_samples, n_kept):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 2))
    K = rbf(X, X, 1.0)
    rows = KernelRows(lambda A, B: rbf(A, B, 1.0), X, X, megabytes=8e-6 * n_samples * n_kept)
    for _ in range(6):
        some = rng.permutation(n_samples)[: rng.integers(1, n_samples + 1)]
        weights = rng.normal(size=len(some))
        np.testing.assert_allclose(rows.combine(weights, some), weights @ K[some], atol=1e-12)
        np.testing.assert_allclose(rows.block(some), K[np.ix_(some, some)], atol=1e-12)


def test_a_row_in_use_is_not_made_twice():
    X = np.random.default_rng(0).normal(size=(30, 2))
    rows = KernelRows(linear, X, X, megabytes=30 * 8 * 20 / 1e6)
    rows.combine(np.ones(20), np.arange(20))
    rows.combine(np.ones(10), np.arange(5, 15))
    assert rows.n_made == 20
    rows.combine(np.ones(10), np.arange(20, 30))  # takes the places of 0-4 and 15-19
    rows.combine(np.ones(10), np.arange(5, 15))
    assert rows.n_made == 30
