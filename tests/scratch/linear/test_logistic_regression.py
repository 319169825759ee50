"""The formulas of logistic regression against scikit-learn, SciPy, differences and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy.special import expit, log_softmax
from scipy.special import logit as scipy_logit
from scipy.special import softmax as scipy_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from firsthand.scratch.linear.logistic_regression import (
    binary_cross_entropy,
    boundary,
    cross_entropy,
    gradient,
    gradient_descent,
    log_odds,
    logit,
    newton_step,
    objective,
    one_hot,
    shares,
    sigmoid,
    slope,
    softmax,
    softmax_gradient,
    solve,
)

scores = arrays(np.float64, (4, 3), elements=st.floats(-1e4, 1e4))


def problem(seed, n_classes=2, weighted=False):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 3)) * [1.0, 3.0, 0.2]
    label = rng.integers(0, n_classes, 40)
    weight = rng.integers(1, 4, 40).astype(float) if weighted else None
    if n_classes == 2:
        return X, label.astype(float), rng.normal(size=3), rng.normal(), weight
    return (
        X,
        one_hot(label, n_classes),
        rng.normal(size=(3, n_classes)),
        rng.normal(size=n_classes),
        weight,
    )


def difference_slope(J, at, h=1e-6):
    at = np.asarray(at, dtype=float)
    out = np.empty_like(at)
    for i in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[i] = h
        out[i] = (J(at + step) - J(at - step)) / (2 * h)
    return out


def test_sigmoid_and_logit_agree_with_scipy_over_the_whole_range():
    z = np.concatenate([np.linspace(-700, 700, 2001), [-np.inf, np.inf, 0.0]])
    assert_allclose(sigmoid(z), expit(z), rtol=1e-14)
    p = np.concatenate([np.logspace(-300, -1, 200), np.linspace(0.1, 0.999999, 200)])
    assert_allclose(logit(p), scipy_logit(p), rtol=1e-12, atol=1e-15)


@given(arrays(np.float64, 7, elements=st.floats(-30, 30)))
def test_logit_undoes_sigmoid(z):
    assert_allclose(logit(sigmoid(z)), z, rtol=1e-3, atol=1e-12)


@given(
    arrays(np.float64, 2, elements=st.floats(0.1, 5)),
    st.floats(-3, 3),
    st.floats(0.01, 0.99),
)
def test_every_point_of_the_boundary_has_the_threshold_probability(w, b, threshold):
    x1 = np.linspace(-2, 2, 5)
    X = np.column_stack([x1, boundary(x1, w, b, threshold)])
    assert_allclose(sigmoid(log_odds(X, w, b)), threshold, rtol=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_losses_agree_with_scikit_learn(weighted):
    X, y, w, b, weight = problem(1, weighted=weighted)
    z = log_odds(X, w, b)
    assert_allclose(binary_cross_entropy(z, y, weight), log_loss(y, expit(z), sample_weight=weight))
    X, Y, W, b, weight = problem(2, 4, weighted)
    Z = log_odds(X, W, b)
    expected = log_loss(
        Y.argmax(1), scipy_softmax(Z, axis=1), sample_weight=weight, labels=range(4)
    )
    assert_allclose(cross_entropy(Z, Y, weight), expected)


@given(scores)
def test_softmax_and_cross_entropy_hold_at_any_size(Z):
    assert_allclose(softmax(Z), scipy_softmax(Z, axis=1), rtol=1e-12)
    Y = one_hot(np.array([0, 1, 2, 0]), 3)
    assert_allclose(cross_entropy(Z, Y), -np.mean(np.sum(Y * log_softmax(Z, axis=1), axis=1)))


def test_a_sample_wrong_by_a_thousand_costs_a_thousand():
    assert binary_cross_entropy(np.array([-1000.0]), np.array([1.0])) == 1000.0
    assert cross_entropy(np.array([[0.0, 1000.0]]), np.array([[1.0, 0.0]])) == 1000.0


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_gradients_are_the_slope_of_the_objective(n_classes, l2, weighted):
    X, y, w, b, weight = problem(3, n_classes, weighted)
    dw, db = slope(X, y, w, b, l2, weight)
    assert_allclose(dw, difference_slope(lambda v: objective(X, y, v, b, l2, weight), w), atol=1e-8)
    assert_allclose(db, difference_slope(lambda v: objective(X, y, w, v, l2, weight), b), atol=1e-8)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_a_weight_of_two_is_the_same_row_twice(seed):
    X, y, w, b, weight = problem(seed, weighted=True)
    times = weight.astype(int)
    Xr, yr = np.repeat(X, times, axis=0), np.repeat(y, times)
    for function in (gradient, newton_step, objective):
        for weighed, repeated in zip(
            np.atleast_1d(np.array(function(X, y, w, b, 0.1, weight), dtype=object)),
            np.atleast_1d(np.array(function(Xr, yr, w, b, 0.1), dtype=object)),
            strict=True,
        ):
            assert_allclose(weighed, repeated, rtol=1e-9, atol=1e-12)


def test_newton_moves_by_the_inverse_hessian_found_by_differences():
    X, y, w, b, weight = problem(4, weighted=True)
    l2 = 0.2

    def both(theta):
        dw, db = gradient(X, y, theta[:-1], theta[-1], l2, weight)
        return np.append(dw, db)

    theta = np.append(w, b)
    H = np.array([(both(theta + e) - both(theta - e)) / 2e-6 for e in 1e-6 * np.eye(4)])
    expected = theta - np.linalg.solve(H, both(theta))
    new_w, new_b = newton_step(X, y, w, b, l2, weight)
    assert_allclose(np.append(new_w, new_b), expected, rtol=1e-6)


def test_newton_shares_the_step_among_copies_of_a_feature():
    X, y, *_ = problem(5)
    new_w, _ = newton_step(np.column_stack([X, X[:, 0], np.ones(40)]), y, np.zeros(5), 0.0)
    assert_allclose(new_w[0], new_w[3], rtol=1e-9)


def test_solving_does_not_mind_units_or_singular_matrices():
    H = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    units = np.array([1e-9, 1e9, 1.0])
    x = np.array([1.0, -2.0, 0.0])
    g = H @ x
    assert_allclose(solve(H * np.outer(units, units), g * units) * units, x, atol=1e-12)


def test_newton_arrives_where_scikit_learn_does():
    X, y, *_ = problem(6)
    w, b = np.zeros(3), 0.0
    for _ in range(8):
        w, b = newton_step(X, y, w, b, l2=0.05)
    library = LogisticRegression(C=1 / (0.05 * len(y)), tol=1e-12, solver="newton-cholesky")
    library.fit(X, y)
    assert_allclose(w, library.coef_[0], rtol=1e-9)
    assert_allclose(b, library.intercept_[0], rtol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_descent_reports_every_loss_and_goes_down(n_classes):
    X, y, _, _, weight = problem(7, n_classes, weighted=True)
    w0 = np.zeros((3, n_classes) if n_classes > 2 else 3)
    b0 = np.zeros(n_classes) if n_classes > 2 else 0.0
    w, b, losses = gradient_descent(X, y, w0, b0, 0.1, 50, 0.1, weight)
    assert_allclose(losses[0], np.log(n_classes))
    assert_allclose(losses[-1], objective(X, y, w, b, 0.1, weight))
    assert losses.shape == (51,)
    assert np.all(np.diff(losses) < 0)
    assert not w0.any()


def test_two_classes_of_softmax_are_the_binary_model():
    X, y, w, b, _ = problem(8)
    W, c = np.column_stack([np.zeros(3), w]), np.array([0.0, b])
    Y = one_hot(y.astype(int), 2)
    dW, dc = softmax_gradient(X, Y, W, c)
    dw, db = gradient(X, y, w, b)
    assert_allclose(softmax(log_odds(X, W, c))[:, 1], sigmoid(log_odds(X, w, b)))
    assert_allclose(dW, np.column_stack([-dw, dw]))
    assert_allclose(dc, [-db, db])


def test_shares_add_to_one():
    assert_allclose(shares(4), 0.25)
    assert_allclose(shares(2, np.array([1.0, 3.0])), [0.25, 0.75])
