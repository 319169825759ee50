"""The linear regressors against scikit-learn's, on the same data."""

import numpy as np
import pytest
import sklearn.linear_model as library
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.linear import GradientDescentRegressor, LinearRegression, Ridge
from firsthand.scratch.linear.linear_regression import closed_form
from firsthand.scratch.linear.regressors import shortest_fit

X, y = load_diabetes(return_X_y=True)
SOLVED = 1e-9  # rounding times the condition number, about 500 here


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("l2", [0.0, 0.002])
def test_agrees_with_scikit_learn(l2, weighted, fit_intercept):
    weight = np.random.default_rng(0).uniform(0, 3, len(y)) if weighted else None
    alpha = l2 * (weight.sum() if weighted else len(y))
    theirs = (
        library.Ridge(alpha=alpha, fit_intercept=fit_intercept)
        if l2
        else library.LinearRegression(fit_intercept=fit_intercept)
    ).fit(X, y, sample_weight=weight)
    ours = LinearRegression(l2, fit_intercept=fit_intercept).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=SOLVED, atol=SOLVED)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=SOLVED)
    np.testing.assert_allclose(ours.score(X, y), theirs.score(X, y), rtol=SOLVED)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 100.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_ridge_is_scikit_learns(alpha, weighted):
    weight = np.random.default_rng(2).uniform(0, 3, len(y)) if weighted else None
    ours, theirs = (model(alpha).fit(X, y, weight) for model in (Ridge, library.Ridge))
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=SOLVED, atol=SOLVED)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=SOLVED)


def test_the_fast_fit_is_the_textbooks():
    for data in (X, X + 1e6, np.column_stack([X, X[:, 0]]), X[:5]):
        w, b = closed_form(data, y[: len(data)], 0.1)
        fast_w, fast_b = shortest_fit(data, y[: len(data)], 0.1 * len(data))
        np.testing.assert_allclose(fast_w, w, rtol=1e-7)
        np.testing.assert_allclose(fast_b, b, rtol=1e-7)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
def test_of_many_answers_the_shortest(fit_intercept, weighted):
    twins = np.column_stack([X, 2 * X[:, 0], np.full(len(X), 7.0)])
    weight = np.random.default_rng(0).uniform(1, 2, len(y)) if weighted else None
    ours = LinearRegression(fit_intercept=fit_intercept).fit(twins, y, weight)
    theirs = library.LinearRegression(fit_intercept=fit_intercept).fit(twins, y, weight)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-9, atol=1e-9)


def test_nearly_dependent_columns_keep_their_digits():
    rng = np.random.default_rng(4)
    base = rng.normal(size=(200, 2))
    near = np.column_stack([base, base[:, 0] + 1e-5 * rng.normal(size=200)])  # condition 1e5
    w = np.array([1.0, -2.0, 3.0])
    model = LinearRegression().fit(near, near @ w + 1)  # normal equations would keep 6 digits
    np.testing.assert_allclose(model.coef_, w, rtol=1e-9)


def test_a_weight_counts_copies():
    copies = np.random.default_rng(1).integers(0, 4, len(y))
    weighted = LinearRegression(0.01).fit(X, y, sample_weight=copies)
    repeated = LinearRegression(0.01).fit(np.repeat(X, copies, axis=0), np.repeat(y, copies))
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, rtol=SOLVED)


def test_descent_arrives_at_the_minimum():
    Z = StandardScaler().fit_transform(X)
    walked = GradientDescentRegressor(0.1, n_epochs=2000).fit(Z, y)
    direct = LinearRegression(0.1).fit(Z, y)
    np.testing.assert_allclose(walked.coef_, direct.coef_, rtol=1e-9)
    assert np.all(np.diff(walked.losses_) <= 1e-9)


def test_batches_come_near_and_are_repeatable():
    Z = StandardScaler().fit_transform(X)
    walk = GradientDescentRegressor(0.1, n_epochs=50, batch_size=16, random_state=3)
    first, second = walk.fit(Z, y).coef_, walk.fit(Z, y).coef_
    np.testing.assert_array_equal(first, second)
    assert walk.score(Z, y) > LinearRegression(0.1).fit(Z, y).score(Z, y) - 0.01


def test_divergence_is_told():
    with pytest.raises(ParameterError, match="grows beyond all bounds; try 0"):
        GradientDescentRegressor(learning_rate=1.0).fit(100 * X, y)


@pytest.mark.parametrize(
    "wrong",
    [{"l2": -1.0}, {"n_epochs": 0}, {"learning_rate": 0.0}, {"batch_size": 0}, {"l2": "much"}],
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        GradientDescentRegressor(**wrong).fit(X, y)
    with pytest.raises(ParameterError, match="alpha"):
        Ridge(alpha=-1).fit(X, y)
    if "l2" in wrong:
        with pytest.raises(ParameterError, match="l2"):
            LinearRegression(**wrong).fit(X, y)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-158, 1e-140, 1e100, 1e147])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_unit_of_x_does_not_matter(scale, fit_intercept):
    expected = LinearRegression(fit_intercept=fit_intercept).fit(X, y).predict(X)
    ours = LinearRegression(fit_intercept=fit_intercept).fit(X * scale, y).predict(X * scale)
    np.testing.assert_allclose(ours, expected, rtol=1e-11)


def test_what_is_too_small_for_a_weight_gets_none():
    model = LinearRegression().fit(X * 1e-310, y)
    assert not model.coef_.any()
    assert model.intercept_ == pytest.approx(y.mean(), rel=1e-14)
