"""The estimator against scikit-learn, on real data, weighted, separable, and refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.linear_model import LogisticRegression as Library

from firsthand.scratch.errors import ConvergenceWarning, NotFittedError, ParameterError
from firsthand.scratch.linear import LogisticRegression
from tests.scratch.loading import standardised

SAME_MODEL = 1e-6  # both sides stop when less than 1e-10 of the objective is left to gain


def library(l2, total_weight):
    return Library(C=1 / (l2 * total_weight), tol=1e-12, solver="newton-cholesky", max_iter=1000)


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris, load_digits])
@pytest.mark.parametrize("weighted", [False, True])
def test_is_scikit_learns_model_once_c_is_one_over_l2_times_n(load, weighted):
    X, y = standardised(load)
    weight = np.random.default_rng(0).uniform(0.5, 2, len(y)) if weighted else np.ones(len(y))
    ours = LogisticRegression(l2=0.01).fit(X, y, weight if weighted else None)
    theirs = library(0.01, weight.sum()).fit(X, y, weight)
    assert_allclose(ours.coef_, theirs.coef_, atol=SAME_MODEL)
    # a number added to all intercepts of a softmax changes nothing; ours add to zero
    shift = theirs.intercept_.mean() if len(ours.classes_) > 2 else 0.0
    assert_allclose(ours.intercept_, theirs.intercept_ - shift, atol=SAME_MODEL)
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=SAME_MODEL)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X) - shift, atol=1e-5)
    assert np.array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
def test_descent_arrives_where_newton_does(load):
    X, y = standardised(load)
    newton = LogisticRegression(l2=0.1).fit(X, y)
    walked = LogisticRegression(l2=0.1, solver="gradient_descent", tol=1e-16, max_iter=9000).fit(
        X, y
    )
    assert_allclose(walked.coef_, newton.coef_, atol=1e-6)
    assert walked.n_iter_ > 5 * newton.n_iter_
    assert np.all(np.diff(walked.losses_) <= 1e-12)  # the default step never goes uphill
    assert walked.losses_.shape == (walked.n_iter_ + 1,)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_default_step_is_as_long_as_is_safe(n_classes):
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(600, 1)), np.arange(600) % n_classes  # nothing to learn: p stays flat
    model = LogisticRegression(l2=1e-3, solver="gradient_descent").fit(X, y)
    assert np.all(np.diff(model.losses_) <= 1e-15)
    assert model.n_iter_ <= 100  # longer would go uphill, much shorter would not arrive


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
def test_features_in_any_units_are_no_trouble_for_newton(load):
    X, y = standardised(load)
    X = X[:, :2]
    plain = LogisticRegression(l2=0).fit(X, y)
    units = np.array([1e-5, 1e5])
    scaled = LogisticRegression(l2=0).fit(X * units + units, y)
    assert_allclose(scaled.predict_proba(X * units + units), plain.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("labels", [["no", "yes"], [-1, 1], ["a", "b", "c"], [10, 20, 30]])
def test_labels_may_be_anything(labels):
    rng = np.random.default_rng(0)
    y = np.array(labels)[rng.integers(0, len(labels), 60)]
    X = rng.normal(size=(60, 2)) + 2 * (y == labels[0])[:, None]
    model = LogisticRegression().fit(X, y)
    assert model.classes_.tolist() == labels
    assert set(model.predict(X)) <= set(labels)
    assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    assert model.score(X, y) > 0.5


@pytest.mark.parametrize("n_classes", [2, 3])
def test_separable_classes_without_a_penalty_are_told(n_classes):
    y = np.repeat(np.arange(n_classes), 5)
    X = np.column_stack([y * 10.0, np.tile(np.arange(5.0), n_classes)])
    with pytest.warns(ConvergenceWarning, match="separable and l2 is 0"):
        model = LogisticRegression(l2=0).fit(X, y)
    assert model.score(X, y) == 1.0
    assert np.isfinite(model.coef_).all()
    LogisticRegression(l2=1e-6).fit(X, y)  # any penalty at all gives them an end


def test_a_constant_and_a_repeated_column_are_no_trouble():
    X, y = standardised(load_breast_cancer)
    X = X[:, :3]
    plain = LogisticRegression(l2=0).fit(X, y)
    padded = LogisticRegression(l2=0).fit(np.column_stack([X, X[:, 0], np.ones(len(y))]), y)
    assert_allclose(padded.losses_[-1], plain.losses_[-1], rtol=1e-10)


def test_running_out_of_steps_is_told():
    X, y = standardised(load_iris)
    with pytest.warns(ConvergenceWarning, match="more than tol"):
        LogisticRegression(max_iter=1).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="more than tol"):
        assert LogisticRegression(solver="gradient_descent", max_iter=7).fit(X, y).n_iter_ == 7


def test_too_long_a_step_is_refused_with_one_that_works():
    X, y = standardised(load_iris)
    model = LogisticRegression(l2=10.0, solver="gradient_descent", learning_rate=5.0)
    with pytest.raises(ParameterError, match="grows beyond all bounds; try"):
        model.fit(X, y)


@pytest.mark.parametrize(
    "wrong",
    [{"l2": -1.0}, {"solver": "adam"}, {"max_iter": 0}, {"tol": 0.0}, {"learning_rate": 0.0}],
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError):
        LogisticRegression(**wrong).fit([[0.0], [1.0]], [0, 1])


def test_predicting_before_fitting_is_refused():
    with pytest.raises(NotFittedError):
        LogisticRegression().predict([[0.0]])
