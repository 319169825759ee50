"""Losses: slopes by central differences, leaves by brute force, values by scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, mean_absolute_error, mean_pinball_loss, mean_squared_error

from firsthand.scratch.boosting.losses import (
    AbsoluteError,
    LogisticLoss,
    QuantileLoss,
    SoftmaxLoss,
    SquaredError,
    leaf_quantiles,
    leaf_steps,
    regression_loss,
)
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.linear.logistic_regression import sigmoid, softmax

N = 40
SMOOTH = [SquaredError(), LogisticLoss(), SoftmaxLoss(4)]
CLOSED = [SquaredError(), AbsoluteError(), QuantileLoss(0.8)]
ALL = [*SMOOTH, *CLOSED[1:]]


def problem(loss, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=N)
    if isinstance(loss, LogisticLoss):
        y = rng.integers(0, 2, N).astype(float)
    if isinstance(loss, SoftmaxLoss):
        y = rng.integers(0, 4, N).astype(float)
    return y, rng.normal(size=(N, loss.n_outputs)), rng.uniform(0.5, 2.0, N)


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: type(loss).__name__)
def test_residual_is_minus_the_slope(loss):
    y, F, _ = problem(loss)
    residual, _ = loss.derivatives(y, F)
    for k in range(loss.n_outputs):
        step = 1e-6 * (np.arange(loss.n_outputs) == k)
        slope = (loss.each(y, F + step) - loss.each(y, F - step)) / 2e-6
        np.testing.assert_allclose(residual[:, k], -slope, atol=1e-8)  # error of differences


@pytest.mark.parametrize("loss", SMOOTH, ids=lambda loss: type(loss).__name__)
def test_curvature_is_the_slope_of_the_slope(loss):
    y, F, _ = problem(loss)
    _, curvature = loss.derivatives(y, F)
    for k in range(loss.n_outputs):
        step = 1e-5 * (np.arange(loss.n_outputs) == k)
        change = loss.derivatives(y, F - step)[0] - loss.derivatives(y, F + step)[0]
        np.testing.assert_allclose(curvature[:, k], change[:, k] / 2e-5, atol=1e-9)


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: type(loss).__name__)
def test_no_constant_is_better_than_the_initial_one(loss):
    y, _, weight = problem(loss)
    best = loss.initial(y, weight)
    least = loss.mean(y, np.tile(best, (N, 1)), weight)
    for step in np.random.default_rng(1).normal(scale=0.1, size=(50, loss.n_outputs)):
        assert least <= loss.mean(y, np.tile(best + step, (N, 1)), weight) + 1e-12


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: type(loss).__name__)
def test_an_integer_weight_counts_as_repeated_samples(loss):
    y, F, _ = problem(loss)
    times = np.random.default_rng(2).integers(0, 3, N)
    again = np.repeat(np.arange(N), times)
    ones = np.ones(len(again))
    np.testing.assert_allclose(loss.initial(y, times * 1.0), loss.initial(y[again], ones))
    np.testing.assert_allclose(loss.mean(y, F, times * 1.0), loss.mean(y[again], F[again], ones))


def test_values_are_those_of_the_library():
    rng = np.random.default_rng(3)
    y, F, w = rng.normal(size=N), rng.normal(size=(N, 1)), rng.uniform(size=N)
    labels, Z = rng.integers(0, 4, N), rng.normal(size=(N, 4))
    two = (labels > 1).astype(float)
    f = F[:, 0]
    for ours, theirs in (
        (2 * SquaredError().mean(y, F, w), mean_squared_error(y, f, sample_weight=w)),
        (AbsoluteError().mean(y, F, w), mean_absolute_error(y, f, sample_weight=w)),
        (QuantileLoss(0.8).mean(y, F, w), mean_pinball_loss(y, f, sample_weight=w, alpha=0.8)),
        (LogisticLoss().mean(two, F, w), log_loss(two, sigmoid(f), sample_weight=w)),
        (SoftmaxLoss(4).mean(labels * 1.0, Z, w), log_loss(labels, softmax(Z), sample_weight=w)),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize(
    "loss",
    [SquaredError(), AbsoluteError(), QuantileLoss(0.8)],
    ids=lambda loss: type(loss).__name__,
)
def test_a_leaf_answers_with_the_best_value(loss):
    y, F, weight = problem(loss)
    leaf = np.random.default_rng(4).integers(0, 3, N)
    r, h = (each[:, 0] for each in loss.derivatives(y, F))
    v = loss.leaf_values(y - F[:, 0], r, h, weight, leaf, 4)
    assert v[3] == 0.0  # nobody is there
    for k in range(3):
        inside = leaf == k
        at = [
            loss.mean(y[inside], F[inside] + v[k] + step, weight[inside])
            for step in (0.0, *np.linspace(-0.5, 0.5, 40))
        ]
        assert at[0] <= min(at) + 1e-12


def test_a_newton_step_lowers_the_logistic_loss_of_each_leaf():
    loss = LogisticLoss()
    y, F, weight = problem(loss)
    leaf = np.random.default_rng(4).integers(0, 3, N)
    r, h = (each[:, 0] for each in loss.derivatives(y, F))
    v = loss.leaf_values(y - F[:, 0], r, h, weight, leaf, 3)
    for k in range(3):
        inside = leaf == k
        before = loss.mean(y[inside], F[inside], weight[inside])
        assert loss.mean(y[inside], F[inside] + v[k], weight[inside]) < before


def test_l2_pulls_steps_to_zero_and_no_curvature_gives_none():
    r, leaf = np.array([2.0, 4.0, 5.0]), np.array([0, 0, 1])
    ones = np.ones(3)
    np.testing.assert_allclose(leaf_steps(r, ones, ones, leaf, 2, l2=1.0), [2.0, 2.5])
    np.testing.assert_array_equal(leaf_steps(r, 0 * ones, ones, leaf, 2), [0.0, 0.0])


def test_a_leaf_of_weightless_samples_adds_nothing():
    gap, leaf = np.array([1.0, 2.0, 9.0]), np.array([0, 0, 1])
    found = leaf_quantiles(gap, 0.5, np.array([1.0, 1.0, 0.0]), leaf, 2)
    np.testing.assert_array_equal(found, [1.5, 0.0])


def test_scores_of_any_size_neither_overflow_nor_lose_the_loss():
    far = np.array([[1000.0], [-1000.0]])
    np.testing.assert_array_equal(LogisticLoss().each(np.array([0.0, 1.0]), far), [1000.0, 1000.0])
    three = np.array([[1000.0, 0.0, -1000.0]])
    np.testing.assert_array_equal(SoftmaxLoss(3).each(np.array([2.0]), three), [2000.0])


def test_an_unknown_loss_is_refused_by_name():
    with pytest.raises(ParameterError, match="loss is 'huber'; use"):
        regression_loss("huber")
