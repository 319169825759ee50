"""The forecaster: PyTorch's twin, scales of the past alone, forecasts from forecasts."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.library.networks.forecaster import forecaster
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import Network, check_gradients, train
from firsthand.scratch.nn.layers import Linear
from firsthand.scratch.nn.losses import MeanSquaredError
from firsthand.scratch.nn.models import Forecaster, fit_scale, forecast, series_windows
from firsthand.scratch.nn.optimizers import Adam
from tests.scratch.nn.layers.twins import agree, side_by_side

torch.set_num_threads(1)
small = st.integers(1, 4)


@settings(max_examples=30, deadline=None)
@given(small, st.integers(1, 9), small, small, st.integers(1, 2))
def test_torch_computes_the_same(n_samples, n_steps, n_features, n_hidden, n_layers):
    sizes = {"n_hidden": n_hidden, "n_layers": n_layers}
    X = np.random.default_rng(n_steps).normal(size=(n_samples, n_steps, n_features))
    agree(Forecaster(n_features, **sizes), forecaster(n_features, **sizes), X)


def test_gradients_by_central_differences():
    X = np.random.default_rng(0).normal(size=(3, 5, 2))
    network = Network(Forecaster(2, n_hidden=4))
    checked = check_gradients(network, X, loss=MeanSquaredError(), y=X[:, 0], most=30)
    assert checked.rung == "right", str(checked)


def test_trials_are_networks_side_by_side():
    side_by_side(lambda: Forecaster(2, n_hidden=4), np.random.default_rng(0).normal(size=(3, 5, 2)))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 30), st.integers(1, 12))
def test_windows_say_what_came_next(length, n_steps):
    values = np.arange(float(length))
    if length <= n_steps:
        with pytest.raises(DataError, match=f"no window of {n_steps} with a value after it"):
            series_windows(values, n_steps)
        return
    X, y = series_windows(values, n_steps)
    assert X.shape == (length - n_steps, n_steps, 1)
    np.testing.assert_array_equal(y, X[:, -1] + 1)
    np.testing.assert_array_equal(X[:, 0, 0], np.arange(length - n_steps))


def test_scales():
    values = np.random.default_rng(0).normal(50, 9, size=40)
    scale = fit_scale(values)
    scaled = scale.scaled(values)
    assert abs(scaled.mean()) < 1e-12
    assert scaled.std() == pytest.approx(1)
    np.testing.assert_allclose(scale.values(scaled), values)
    with pytest.raises(DataError, match="always 3"):
        fit_scale(np.full(5, 3.0))


def test_a_forecast_is_read_in_turn():
    network = Network(Forecaster(2, n_hidden=4))
    X = np.random.default_rng(0).normal(size=(3, 5, 2))
    ahead = forecast(network, X, 4)
    assert ahead.shape == (3, 4, 2)
    window = X
    for k in range(4):
        np.testing.assert_array_equal(ahead[:, k], network.forward(window))
        window = np.concatenate([window[:, 1:], ahead[:, k : k + 1]], axis=1)
    np.testing.assert_array_equal(forecast(network, X, 1)[:, 0], network.forward(X))


def test_trials_go_on_from_forecasts_of_their_own():
    X = np.random.default_rng(0).normal(size=(2, 5, 1))
    many = Network(Forecaster(n_hidden=4), trials=(3,))
    ahead = forecast(many, X, 4)
    assert ahead.shape == (3, 2, 4, 1)
    for trial in range(3):
        one = Network(Forecaster(n_hidden=4))
        one.parameters.flat[...] = many.parameters.flat[trial]
        np.testing.assert_allclose(ahead[trial], forecast(one, X, 4), rtol=0, atol=1e-12)


def test_it_learns_a_wave_and_goes_on_with_it():
    wave = np.sin(np.arange(120) * 2 * np.pi / 12)
    X, y = series_windows(wave[:96], 12)
    network = Network(Forecaster(n_hidden=16), random_state=1)
    train(network, MeanSquaredError(), Adam(1e-2), X, y, n_epochs=60, batch_size=16)
    ahead = forecast(network, X[-1:], 25)[0, 1:, 0]  # the first is the last value of the 96
    np.testing.assert_allclose(ahead, wave[96:], atol=0.15)


def test_float32_and_errors():
    network = Network(Forecaster(n_hidden=4), dtype=np.float32)
    X = np.ones((2, 5, 1), np.float32)
    assert forecast(network, X, 3).dtype == np.float32
    assert network.backward(network.forward(X)).dtype == np.float32
    with pytest.raises(DataError, match=r"lstm \(LSTM 1 -> 4\) got X of shape \(2, 5\)"):
        network.forward(X[..., 0])
    with pytest.raises(ParameterError, match="n_ahead is 0"):
        forecast(network, X, 0)
    with pytest.raises(ParameterError, match="needs a Forecaster"):
        forecast(Network(Linear(1, 1)), X, 3)
