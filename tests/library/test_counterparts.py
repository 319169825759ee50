"""Counterparts compute what their docstrings say, by the conditions of the optimum."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.svm import SVC

from firsthand import compare, data, library
from firsthand.library import (
    MissingPackageError,
    TorchMLP,
    installed,
    linear_regression,
    logistic_regression,
    logistic_with_penalised_intercept,
    one_thread,
    require,
    ridge,
    ridge_with_penalised_intercept,
    sgd_epochs,
    widest_margin,
)
from firsthand.study.checking import finite_difference


@pytest.fixture
def problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 4)) * [1.0, 10.0, 0.1, 1.0]
    return X, X @ rng.normal(size=4) + 2 + rng.normal(size=50)


def test_least_squares_leaves_residuals_at_right_angles(
    problem: tuple[np.ndarray, np.ndarray],
) -> None:
    X, y = problem
    residual = y - linear_regression(X, y).predict(X)
    np.testing.assert_allclose(X.T @ residual, 0, atol=1e-9)
    assert residual.sum() == pytest.approx(0, abs=1e-9)


def test_ridge_balances_residuals_and_weights(problem: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = problem
    model = ridge(X, y, alpha=3.0)
    np.testing.assert_allclose(X.T @ (y - model.predict(X)), 3 * model.coef_, atol=1e-9)
    w, b = ridge_with_penalised_intercept(X, y, alpha=3.0)
    residual = y - X @ w - b
    np.testing.assert_allclose(X.T @ residual, 3 * w, atol=1e-9)
    assert residual.sum() == pytest.approx(3 * b)


def test_sgd_takes_the_steps_of_its_formula(problem: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = problem
    orders = [np.random.default_rng(k).permutation(50) for k in range(3)]
    w, b, rate, l2 = np.zeros(4), 0.0, 1e-3, 0.2
    for i in np.concatenate(orders):
        error = X[i] @ w + b - y[i]
        w, b = w - rate * (error * X[i] + l2 * w), b - rate * error
    coef, intercept = sgd_epochs(X, y, orders, learning_rate=rate, l2=l2)
    np.testing.assert_allclose(coef, w, rtol=1e-9)
    assert intercept == pytest.approx(b)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_logistic_is_flat_where_it_stops(
    problem: tuple[np.ndarray, np.ndarray], n_classes: int
) -> None:
    X, y = problem
    labels = np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
    model = logistic_regression(X, labels, C=0.7)
    P, Y = model.predict_proba(X), np.eye(n_classes)[labels]
    if n_classes == 2:
        P, Y = P[:, 1:], Y[:, 1:]
    np.testing.assert_allclose(0.7 * (P - Y).T @ X + model.coef_, 0, atol=1e-6)
    np.testing.assert_allclose((P - Y).sum(axis=0), 0, atol=1e-6)


def test_a_penalised_intercept_is_one_more_weight(
    problem: tuple[np.ndarray, np.ndarray],
) -> None:
    X, y = problem
    labels = (y > np.median(y)).astype(int)
    coef, free = logistic_with_penalised_intercept(X, labels, C=0.7)
    p = 1 / (1 + np.exp(-(X @ coef[0] + free[0])))
    np.testing.assert_allclose(0.7 * (p - labels) @ X + coef[0], 0, atol=1e-6)
    assert 0.7 * (p - labels).sum() + free[0] == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 25), st.integers(2, 4))
def test_the_widest_margin_is_the_support_vector_machines(seed: int, n: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    u = rng.normal(size=d)
    X = rng.normal(size=(n, d))
    X += np.sign(X @ u)[:, None] * u * 0.3  # leave a street about the plane
    points = np.sign(X @ u)[:, None] * X
    margin, direction = widest_margin(points)
    assert margin == pytest.approx((points @ direction).min())
    assert np.linalg.norm(direction) == pytest.approx(1)
    # both signs of every point leave the machine no use for an intercept
    machine = SVC(kernel="linear", C=1e8, tol=1e-8).fit(
        np.vstack([points, -points]), [1] * n + [-1] * n
    )
    assert margin == pytest.approx(1 / np.linalg.norm(machine.coef_), rel=1e-3)


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_points_around_the_origin_leave_no_margin(seed: int) -> None:
    X = np.random.default_rng(seed).normal(size=(6, 2))
    margin, direction = widest_margin(np.vstack([X, -X.mean(axis=0) * 3]))
    assert margin == 0
    assert not direction.any()


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_pytorchs_network_has_the_slope_of_its_loss(activation: str, reduction: str) -> None:
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(6, 3)), rng.integers(0, 4, 6)
    weights = [(rng.normal(size=(3, 5)), rng.normal(size=5)), (rng.normal(size=(5, 4)), np.ones(4))]
    model = TorchMLP((3, 5, 4), activation, 0.1, reduction=reduction)
    model.set_weights(weights)
    seen = model.step(X, y)

    def loss(W: np.ndarray) -> float:
        bend = np.tanh if activation == "tanh" else lambda z: np.maximum(z, 0)
        Z = bend(X @ W + weights[0][1]) @ weights[1][0] + weights[1][1]
        each = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(6), y]
        return float(each.mean() if reduction == "mean" else each.sum())

    assert float(seen["loss"]) == pytest.approx(loss(weights[0][0]))
    np.testing.assert_allclose(
        seen["dW1"].T, finite_difference(loss, weights[0][0]), rtol=1e-6, atol=1e-8
    )
    after = model.weights()[0][0].T
    np.testing.assert_allclose(after, weights[0][0] - 0.1 * seen["dW1"].T, rtol=1e-12)
    assert set(seen) == {"A1", "Z", "loss", "dZ", "dW1", "db1", "dW2", "db2"}


def test_training_without_looking_takes_the_same_step() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(6, 3)), rng.integers(0, 2, 6)
    weights = [(rng.normal(size=(3, 2)), rng.normal(size=2))]
    one, other = TorchMLP((3, 2)), TorchMLP((3, 2))
    for model in (one, other):
        model.set_weights(weights)
    one.step(X, y)
    with one_thread():
        other.train(X, y)
    np.testing.assert_array_equal(one.weights()[0][0], other.weights()[0][0])


def test_what_is_absent_is_said_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingPackageError, match="pip install no_such_package"):
        require("no_such_package.part")
    assert not installed("no_such_package")
    assert installed("sklearn")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingPackageError, match=r"pip install torch==2\.13\.0"):
        TorchMLP((2, 2))


@pytest.mark.parametrize("room", ["library", "compare", "compare.notebook", "cli.compare"])
def test_nothing_heavy_is_loaded_before_it_is_used(room: str) -> None:
    heavy = "{'torch', 'sklearn', 'scipy', 'pandas', 'matplotlib', 'jupytext', 'rich'}"
    code = f"import sys, firsthand.{room}; sys.exit(str({heavy} & set(sys.modules) or '') or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_names_that_are_exported_exist() -> None:
    for room in (library, compare, data):
        assert set(room.__all__) <= set(dir(room))
