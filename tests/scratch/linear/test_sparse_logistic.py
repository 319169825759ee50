"""The l1 penalty of logistic regression: against scikit-learn's saga, and by its conditions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression as Library

from firsthand.scratch.errors import ConvergenceWarning, ParameterError
from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.linear.irls import BinaryObjective
from firsthand.scratch.linear.logistic_regression import (
    one_hot,
    shares,
    slope,
    softmax,
    softmax_gradient,
)
from firsthand.scratch.linear.sparse_logistic import least_with_l1, softmax_hessian
from tests.scratch.loading import standardised

SAGA = 1e-5  # it converges slowly: tol=1e-9 leaves so much


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
@pytest.mark.parametrize(("l1", "l2"), [(0.02, 0.0), (0.02, 0.02)])
def test_is_scikit_learns(load, l1, l2):
    X, y = standardised(load)
    X = X[:, :10]
    ours = LogisticRegression(l2, l1=l1).fit(X, y)
    how = {"C": 1 / (len(y) * (l1 + l2)), "l1_ratio": l1 / (l1 + l2), "max_iter": 50_000}
    theirs = Library(**how, solver="saga", tol=1e-9, random_state=0).fit(X, y)
    assert_allclose(ours.coef_, theirs.coef_, atol=SAGA)
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=SAGA)
    assert np.array_equal(ours.coef_ == 0, theirs.coef_ == 0)


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
@pytest.mark.parametrize("weighted", [False, True])
def test_no_weight_wants_to_move(load, weighted):
    X, y = standardised(load)
    weight = np.random.default_rng(0).uniform(0, 2, len(y)) if weighted else None
    l1, l2 = 0.01, 0.001
    model = LogisticRegression(l2, l1=l1, tol=1e-12).fit(X, y, weight)
    binary = len(model.classes_) == 2
    w = model.coef_[0] if binary else model.coef_.T
    b = float(model.intercept_[0]) if binary else model.intercept_
    target = (y == 1).astype(float) if binary else one_hot(y, 3)
    dw, db = slope(X, target, w, b, l2, weight)
    assert_allclose(db, 0, atol=1e-8)
    assert_allclose(dw[w != 0], -l1 * np.sign(w[w != 0]), atol=1e-8)
    assert np.all(np.abs(dw[w == 0]) <= l1)
    assert np.any(w == 0)
    assert np.all(np.diff(model.losses_) <= 1e-12)


def test_a_penalty_above_every_slope_leaves_the_shares_of_the_classes():
    X, y = standardised(load_iris)
    model = LogisticRegression(0.0, l1=10.0).fit(X[:120], y[:120])
    assert not model.coef_.any()
    assert_allclose(model.predict_proba(X)[0], [50 / 120, 50 / 120, 20 / 120], atol=1e-6)


def test_without_l1_each_step_is_newtons():
    X, y = standardised(load_breast_cancer)
    J = BinaryObjective(X, y.astype(float), 0.1)
    w, b = np.full(X.shape[1], 0.01), 0.2
    H, g = J.hessian(w, b), np.append(*J.slope(w, b))
    u, step = least_with_l1(H, g, w, 1e-12)
    full = np.linalg.solve(H, -g)
    assert_allclose(u, w + full[:-1], atol=1e-8)
    assert_allclose(step, full[-1:], atol=1e-8)


def test_the_softmax_hessian_is_the_slope_of_the_gradient():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(20, 2)), one_hot(rng.integers(0, 3, 20), 3)
    W, b, step = rng.normal(size=(2, 3)), rng.normal(size=3), 1e-6

    def gradient(x):
        dW, db = softmax_gradient(X, Y, x[:6].reshape(3, 2).T, x[6:])
        return np.append(dW.T, db)

    x = np.append(W.T, b)
    H = softmax_hessian(X, softmax(X @ W + b), shares(20))
    numeric = [(gradient(x + e) - gradient(x - e)) / (2 * step) for e in step * np.eye(9)]
    assert_allclose(H, numeric, atol=1e-8)


def test_separable_classes_have_an_end_with_l1_alone():
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    model = LogisticRegression(0.0, l1=1e-3).fit(X, [0, 0, 1, 1])
    assert np.isfinite(model.coef_).all()
    with pytest.warns(ConvergenceWarning, match="separable"):
        LogisticRegression(0.0).fit(X, [0, 0, 1, 1])


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "gradient_descent"])
def test_solvers_that_cannot_say_so(solver):
    with pytest.raises(ParameterError, match="cannot have l1"):
        LogisticRegression(l1=0.1, solver=solver).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ParameterError, match="l1"):
        LogisticRegression(l1=-0.1).fit([[0.0], [1.0]], [0, 1])
