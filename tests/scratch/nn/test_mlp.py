"""Slopes by finite differences, properties, and what is refused, without PyTorch."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.nn import mlp
from firsthand.scratch.nn.models.mlp import MLP
from firsthand.scratch.nn.parameters import Parameters

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["relu", "tanh"]), st.lists(st.integers(1, 4), min_size=2, max_size=4), seeds
)
def test_backward_is_the_slope_of_the_loss(activation, sizes, seed):
    rng = np.random.default_rng(seed)
    network = MLP(sizes, activation=activation, random_state=rng)
    network.parameters.flat[...] = rng.normal(size=network.parameters.flat.size)
    X, y = rng.normal(size=(5, sizes[0])), rng.integers(sizes[-1], size=5)

    def loss(flat):
        kept = network.parameters.flat.copy()
        network.parameters.flat[...] = flat
        value = float(mlp.cross_entropy(network.forward(X), y))
        network.parameters.flat[...] = kept
        return value

    numeric = mlp.numerical_gradient(loss, network.parameters.flat)
    network.backward(mlp.cross_entropy_backward(network.forward(X), y))
    # A kink of relu within 1e-5 of a sample would cost more; these seeds are drawn far from it
    # with overwhelming probability, and a miss of one kink is still below 1e-2.
    tolerance = 1e-6 if activation == "tanh" else 1e-2
    np.testing.assert_allclose(network.gradients.flat, numeric, rtol=tolerance, atol=tolerance)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), seeds)
def test_networks_side_by_side_compute_what_each_computes_alone(n_networks, n_samples, seed):
    together = MLP([3, 4, 2], trials=(n_networks,), random_state=seed)
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n_samples, 3)), rng.integers(2, size=n_samples)
    seen = together.trace(X, y)
    for t in range(n_networks):
        alone = MLP([3, 4, 2])
        alone.parameters.flat[...] = together.parameters.flat[t]
        for name, value in alone.trace(X, y).items():
            np.testing.assert_allclose(seen[name][t], value, rtol=1e-12, atol=1e-14, err_msg=name)


def test_two_layers_are_the_deep_network_of_depth_two():
    rng = np.random.default_rng(3)
    network = MLP([4, 6, 3], activation="tanh", random_state=3)
    (W1, b1), (W2, b2) = network.layers
    X, dZ = rng.normal(size=(7, 4)), rng.normal(size=(7, 3))
    A1, Z2 = mlp.two_layer_forward(X, W1, b1, W2, b2, "tanh")
    np.testing.assert_array_equal(Z2, network.forward(X))
    network.backward(dZ)
    made = mlp.two_layer_backward(dZ, X, A1, W2, "tanh")
    for name, gradient in zip(("W1", "b1", "W2", "b2"), made, strict=True):
        np.testing.assert_array_equal(gradient, network.gradients[name])


def test_equal_hidden_units_stay_equal_and_different_ones_part():
    X, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    network = MLP([2, 3, 2], activation="tanh")
    network.parameters.flat[...] = 0.5
    network.parameters["W2"] = np.array([[0.5, -0.5]] * 3)
    train(network, X, y)
    assert np.ptp(network.parameters["W1"], axis=1).max() < 1e-12
    network = MLP([2, 3, 2], activation="tanh")
    train(network, X, y)
    assert np.ptp(network.parameters["W1"], axis=1).min() > 0.1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept_from_end_to_end(dtype):
    network = MLP([2, 3, 2], dtype=dtype)
    X = np.ones((4, 2), dtype)
    assert {value.dtype for value in network.trace(X, np.zeros(4, int)).values()} == {
        np.dtype(dtype)
    }
    mlp.sgd_step(network.parameters.flat, network.gradients.flat, 0.1)
    assert network.parameters["W1"].dtype == dtype


def test_scores_of_any_size_give_finite_losses():
    Z = np.array([[0.0, 1e4, -1e4], [1e300, 0.0, 1.0]])
    assert mlp.cross_entropy(Z, np.array([0, 0])) == 5000.0
    assert np.isfinite(mlp.cross_entropy_backward(Z, np.array([2, 1]))).all()


def test_he_weights_keep_the_mean_square_through_relu():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(200, 300))
    for _ in range(20):
        A = mlp.relu(A @ mlp.init_weights(300, 300, rng))
    assert 0.5 < np.mean(A**2) < 2.0


def test_names_and_buffer_are_one_memory():
    theta = Parameters({"W": (2, 3), "b": (3,)}, trials=(4,))
    theta.flat += np.arange(9)
    assert np.array_equal(theta["b"][2], [6, 7, 8])
    theta["W"][1] = 7
    assert theta.flat[1, 0] == 7
    twin = theta.copy()
    twin.flat += 1
    assert theta.flat[1, 0] == 7
    for again in (copy.deepcopy(theta), pickle.loads(pickle.dumps(theta))):
        again.flat[...] = 5
        assert (again["W"] == 5).all()
    with pytest.raises(ValueError, match=r"b has shape \(4, 3\), but got \(3,\)"):
        theta["b"] = np.zeros(3)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.ones((5, 4)), ValueError, r"layer 1 \(linear 3 -> 4\) got X of shape \(5, 4\), needs"),
        (np.ones(3), ValueError, r"got X of shape \(3,\), needs \(n_samples, 3\)"),
        (np.ones((0, 3)), ValueError, r"got X of shape \(0, 3\)"),
        (np.ones((2, 5, 3)), ValueError, r"got X of shape \(2, 5, 3\)"),
        (np.ones((5, 3), int), TypeError, r"layer 1 .* dtype int64, needs float64"),
        (np.ones((5, 3), np.float32), TypeError, r"astype\('float64'\)"),
    ],
)
def test_a_misfit_is_named(X, error, message):
    with pytest.raises(error, match=message):
        MLP([3, 4, 2]).forward(X)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(5), "dtype float64, need whole numbers"),
        (np.zeros(4, int), r"shape \(4,\), need \(5,\)"),
        (
            np.array([0, 1, 2, 0, 1]),
            r"from 0 to 2, but layer 2 \(linear 4 -> 2\) gives classes 0 to 1",
        ),
        (np.array([0, -1, 1, 0, 1]), "from -1 to 1"),
    ],
)
def test_labels_that_are_no_class_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        MLP([3, 4, 2]).trace(np.ones((5, 3)), y)


def test_backward_refuses_what_forward_did_not_make():
    network = MLP([3, 4, 2])
    with pytest.raises(RuntimeError, match="forward"):
        network.backward(np.ones((5, 2)))
    network.forward(np.ones((5, 3)))
    with pytest.raises(ValueError, match=r"layer 2 \(linear 4 -> 2\) got dZ of shape \(6, 2\)"):
        network.backward(np.ones((6, 2)))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"sizes": [3]}, ValueError),
        ({"sizes": [3, 0, 2]}, ValueError),
        ({"sizes": [3, 2], "activation": "relu6"}, ValueError),
        ({"sizes": [3, 2], "dtype": np.int64}, ValueError),
    ],
)
def test_an_impossible_network_is_refused(arguments, error):
    with pytest.raises(error):
        MLP(**arguments)


def train(network, X, y):
    for _ in range(50):
        network.backward(mlp.cross_entropy_backward(network.forward(X), y))
        mlp.sgd_step(network.parameters.flat, network.gradients.flat, 0.3)
