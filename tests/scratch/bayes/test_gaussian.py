"""Moments of classes, and Gaussian naive Bayes against scikit-learn's and SciPy's density."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm
from sklearn.datasets import load_iris, load_wine
from sklearn.naive_bayes import GaussianNB as Library

from firsthand.scratch.bayes import GaussianNB
from firsthand.scratch.bayes.gaussian import (
    ROWS,
    class_moments,
    gaussian_log_likelihood,
    merge_moments,
)
from firsthand.scratch.errors import DataError, NotFittedError, ParameterError

CLOSED_FORM = 1e-10


def problem(n_samples=200, n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.permutation(np.arange(n_samples) % n_classes)
    return (rng.normal(size=(n_samples, 4)) + codes[:, None]) * [1, 1e-8, 1e8, 3], codes


def same(ours, theirs, X):
    assert_allclose(ours.theta_, theirs.theta_, rtol=CLOSED_FORM, atol=1e-300)
    assert_allclose(ours.var_, theirs.var_, rtol=CLOSED_FORM)
    assert_allclose(ours.class_prior_, theirs.class_prior_, rtol=CLOSED_FORM)
    assert_allclose(ours.class_count_, theirs.class_count_)
    assert_allclose(ours.epsilon_, theirs.epsilon_, rtol=CLOSED_FORM)
    for name in ("predict_joint_log_proba", "predict_log_proba", "predict_proba"):
        assert_allclose(
            getattr(ours, name)(X), getattr(theirs, name)(X), rtol=1e-9, atol=CLOSED_FORM
        )
    assert np.array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("load", [load_iris, load_wine])
@pytest.mark.parametrize("weighted", [False, True])
def test_is_scikit_learns(load, weighted):
    X, y = load(return_X_y=True)
    weight = np.random.default_rng(0).integers(0, 3, len(y)) if weighted else None
    same(GaussianNB().fit(X, y, weight), Library().fit(X, y, weight), X)


@pytest.mark.parametrize("how", [{"priors": [0.2, 0.5, 0.3]}, {"var_smoothing": 0.1}])
def test_priors_and_smoothing_are_scikit_learns(how):
    X, y = problem()
    same(GaussianNB(**how).fit(X, y), Library(**how).fit(X, y), X)


@pytest.mark.parametrize("offset", [1e6, -1e8])
def test_a_far_offset_costs_no_digits(offset):
    X = np.random.default_rng(1).integers(-999, 999, size=(3 * ROWS, 3)) / 256  # exact when moved
    y = np.arange(len(X)) % 2
    near, far = GaussianNB().fit(X, y), GaussianNB().fit(X + offset, y)
    assert_allclose(far.var_, near.var_, rtol=1e-12)
    assert_allclose(far.theta_ - offset, near.theta_, atol=1e-15 * abs(offset))
    assert_allclose(far.predict_proba(X + offset), near.predict_proba(X), atol=1e-6)


def test_what_the_first_mean_lost_the_second_pass_finds():
    X = np.random.default_rng(1).integers(-999, 999, size=(20_000, 3)) / 256  # exact when moved
    one = np.zeros(len(X), int)
    near, far = class_moments(X, one, 1), class_moments(X + 2.0**42, one, 1)
    assert_allclose(far.squares, near.squares, rtol=1e-11)  # 1e-8 with the first mean alone
    assert_allclose(far.mean - 2.0**42, near.mean, rtol=0, atol=2.0**-10)  # its last digit


def test_classes_far_apart_keep_their_digits():
    X = np.array([[0.0], [1.0], [1e9], [1e9 + 1]])
    model = GaussianNB(var_smoothing=0).fit(X, [0, 0, 1, 1])
    assert_allclose(model.var_, 0.25)
    assert model.predict(X).tolist() == [0, 0, 1, 1]


@given(st.integers(0, 10**6), st.integers(1, 5), st.booleans())
def test_batches_teach_what_all_at_once_does(seed, n_batches, weighted):
    X, y = problem(60, 3, seed)
    weight = np.random.default_rng(seed).uniform(0.1, 2, 60) if weighted else np.ones(60)
    whole, parts = GaussianNB().fit(X, y, weight), GaussianNB()
    for rows in np.array_split(np.arange(60), n_batches):
        parts.partial_fit(X[rows], y[rows], [0, 1, 2], weight[rows])
    assert_allclose(parts.theta_, whole.theta_, rtol=1e-10, atol=1e-12)
    assert_allclose(parts.var_, whole.var_, rtol=1e-10)
    assert_allclose(parts.epsilon_, whole.epsilon_, rtol=1e-10)
    assert_allclose(parts.predict_log_proba(X), whole.predict_log_proba(X), rtol=1e-8, atol=1e-10)


def test_batches_are_scikit_learns_without_smoothing():
    X, y = problem()  # with it, theirs takes another epsilon off than it had put on
    ours, theirs = GaussianNB(var_smoothing=0), Library(var_smoothing=0)
    for rows in np.array_split(np.arange(len(X)), 4):
        for model in (ours, theirs):
            model.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
    same(ours, theirs, X)


def test_a_class_that_has_not_come_yet_is_never_predicted():
    X = np.array([[0.0], [1.0]])
    model = GaussianNB().partial_fit(X, ["a", "c"], classes=["a", "b", "c"])
    assert model.class_prior_.tolist() == [0.5, 0.0, 0.5]
    assert_allclose(model.predict_proba(X)[:, 1], 0)
    assert model.predict(X).tolist() == ["a", "c"]


def test_a_constant_feature_says_nothing():
    X, y = problem()
    padded = np.column_stack([X, np.full(len(X), 7.0)])
    assert_allclose(
        GaussianNB().fit(padded, y).predict_proba(padded), GaussianNB().fit(X, y).predict_proba(X)
    )
    only = GaussianNB().fit(np.ones((4, 1)), [0, 0, 0, 1])
    assert only.predict([[1.0], [2.0]]).tolist() == [0, 0]
    assert_allclose(only.predict_proba([[1.0]]), [[0.75, 0.25]])


def test_the_density_is_scipys():
    rng = np.random.default_rng(2)
    X, mean, variance = (
        rng.normal(size=(5, 3)),
        rng.normal(size=(2, 3)),
        rng.uniform(0.1, 2, (2, 3)),
    )
    expected = norm.logpdf(X[:, None, :], mean, np.sqrt(variance)).sum(axis=2)
    assert_allclose(gaussian_log_likelihood(X, mean, variance), expected, rtol=1e-12)


def test_merging_is_taking_both_together():
    X, codes = problem(90)
    parts = [class_moments(X[rows], codes[rows], 3) for rows in (slice(50), slice(50, None))]
    for merged, whole in zip(merge_moments(*parts), class_moments(X, codes, 3), strict=True):
        assert_allclose(merged, whole, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"priors": [0.5, 0.5]}, "has shape"),
        ({"priors": [0.5, 0.4, 0.2]}, "add to 1"),
        ({"priors": [1.5, -0.5, 0.0]}, "probabilities"),
        ({"var_smoothing": -1.0}, "var_smoothing"),
    ],
)
def test_parameters_out_of_range_are_refused(wrong, told):
    with pytest.raises(ParameterError, match=told):
        GaussianNB(**wrong).fit(*problem())


def test_batches_that_do_not_fit_are_refused():
    X, y = problem()
    with pytest.raises(DataError, match="must be passed on the first call"):
        GaussianNB().partial_fit(X, y)
    model = GaussianNB().partial_fit(X, y, [0, 1, 2])
    with pytest.raises(DataError, match="not the same as on the first call"):
        model.partial_fit(X, y, [0, 1])
    with pytest.raises(DataError, match="y holds 3, which is none of the classes"):
        model.partial_fit(X, y + 1)
    with pytest.raises(DataError, match="kinds that cannot be compared"):
        model.partial_fit(X, np.where(y == 0, None, "text"))
    with pytest.raises(DataError, match="expecting 4 features"):
        model.partial_fit(X[:, :2], y)
    with pytest.raises(NotFittedError):
        GaussianNB().predict(X)
