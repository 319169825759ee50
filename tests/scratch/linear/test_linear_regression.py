"""The functions of linear regression against scikit-learn, finite differences and properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import r2_score as library_r2_score

from firsthand.scratch.linear import linear_regression as ours
from firsthand.study.checking import finite_difference

seeds = st.integers(0, 2**32 - 1)
# Two exact algorithms differ by rounding times the condition number; six digits may go.
SOLVED = 1e-9


def problem(seed):
    rng = np.random.default_rng(seed)
    n_samples, n_features = rng.integers(1, 30), rng.integers(1, 6)
    X = rng.normal(size=(n_samples, n_features)) + rng.normal(size=n_features)
    return X, rng.normal(size=n_samples), rng.normal(size=n_features), rng.normal(), rng.uniform()


@given(seeds)
def test_the_gradient_is_the_slope_of_the_loss(seed):
    X, y, w, b, l2 = problem(seed)
    dw, db = ours.gradient(X, y, w, b, l2)
    np.testing.assert_allclose(
        dw, finite_difference(lambda v: ours.loss(X, y, v, b, l2), w), rtol=1e-6, atol=1e-8
    )
    np.testing.assert_allclose(
        db, finite_difference(lambda v: ours.loss(X, y, w, v, l2), b), rtol=1e-6, atol=1e-8
    )


@given(seeds)
def test_no_slope_is_left_at_the_closed_form(seed):
    X, y, _, _, l2 = problem(seed)
    for penalty in (0.0, l2):
        dw, db = ours.gradient(X, y, *ours.closed_form(X, y, penalty), penalty)
        np.testing.assert_allclose(np.append(dw, db), 0, atol=1e-9)


@pytest.mark.parametrize("l2", [0.0, 0.01, 3.0])
def test_the_closed_form_is_scikit_learns(l2):
    X, y = load_diabetes(return_X_y=True)
    theirs = (Ridge(alpha=l2 * len(y)) if l2 else LinearRegression()).fit(X, y)
    w, b = ours.closed_form(X, y, l2)
    np.testing.assert_allclose(w, theirs.coef_, rtol=SOLVED, atol=SOLVED)
    np.testing.assert_allclose(b, theirs.intercept_, rtol=SOLVED)
    np.testing.assert_allclose(
        ours.r2_score(y, ours.predict(X, w, b)), theirs.score(X, y), rtol=1e-12
    )


@pytest.mark.parametrize("spoil", ["twin columns", "constant column", "wide", "tiny noise"])
def test_of_many_minimisers_the_shortest_is_taken(spoil):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(6 if spoil == "wide" else 40, 9))
    y = rng.normal(size=len(X))
    if spoil == "twin columns":
        X[:, 4] = X[:, 2]
    elif spoil == "constant column":
        X[:, 4] = 0.1  # its computed mean is not 0.1 to the last bit
    elif spoil == "tiny noise":
        X[:, 4] = X[:, 2] + 1e-9 * rng.normal(size=len(X))
    # scikit-learn drops directions a million times weaker than the strongest; we, as NumPy
    # does, only those that are lost in rounding
    theirs = LinearRegression(tol=40 * np.finfo(float).eps).fit(X, y)
    w, b = ours.closed_form(X, y, 0.0)
    # a direction of relative size 1e-9 is known to seven digits by anyone
    tolerance = 1e-6 if spoil == "tiny noise" else SOLVED
    np.testing.assert_allclose(w, theirs.coef_, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(b, theirs.intercept_, rtol=tolerance, atol=tolerance)


def test_both_ways_of_solving_agree():
    X, y, *_ = problem(11)
    for penalty in (0.0, 0.5):
        np.testing.assert_allclose(
            ours.least_squares(X, y, penalty),
            ours.ridge_path(X, y, np.array([penalty]))[0],
            rtol=SOLVED,
        )


def test_gradient_descent_arrives_and_diverges_where_it_should():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(50, 3))
    y = X @ [1.0, -2.0, 0.5] + 3 + 0.1 * rng.normal(size=50)
    limit = ours.largest_learning_rate(X, 0.1)
    w, b, losses = ours.gradient_descent(X, y, 0.5 * limit, 400, 0.1)
    w_best, b_best = ours.closed_form(X, y, 0.1)
    np.testing.assert_allclose(np.append(w, b), np.append(w_best, b_best), rtol=1e-9)
    assert np.all(np.diff(losses) <= 1e-15)
    w, b, losses = ours.gradient_descent(X, y, 1.01 * limit, 2000, 0.1)
    assert losses[-1] > 1e6 * losses[0]
    w, b, losses = ours.gradient_descent(X, y, 0.99 * limit, 2000, 0.1)
    assert losses[-1] < losses[0]


@given(seeds, st.integers(1, 50), st.integers(1, 60))
def test_minibatches_are_a_partition(seed, n_samples, batch_size):
    batches = ours.minibatches(n_samples, batch_size, np.random.default_rng(seed))
    assert sorted(np.concatenate(batches).tolist()) == list(range(n_samples))
    assert {len(batch) for batch in batches[:-1]} <= {batch_size}
    assert 1 <= len(batches[-1]) <= batch_size


def test_one_batch_of_everything_is_gradient_descent():
    X, y, *_ = problem(5)
    rng = np.random.default_rng(0)
    w, b, losses = ours.minibatch_gradient_descent(X, y, 0.1, 20, len(y) + 3, 0.2, rng)
    w_all, b_all, losses_all = ours.gradient_descent(X, y, 0.1, 20, 0.2)
    np.testing.assert_allclose(w, w_all, rtol=1e-12)
    np.testing.assert_allclose(b, b_all, rtol=1e-12)
    np.testing.assert_allclose(losses, losses_all, rtol=1e-12)


@given(seeds)
def test_r2_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=rng.integers(2, 20))
    for prediction in (y, rng.normal(size=len(y)), np.zeros_like(y)):
        np.testing.assert_allclose(
            ours.r2_score(y, prediction), library_r2_score(y, prediction), rtol=1e-9, atol=1e-12
        )
    constant = np.full(4, 0.1)
    assert ours.r2_score(constant, constant) == 1.0
    assert ours.r2_score(constant, np.zeros(4)) == 0.0
