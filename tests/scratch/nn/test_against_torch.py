"""Every function of the perceptron against PyTorch in float64, on shapes drawn by hypothesis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.nn import mlp
from firsthand.scratch.nn.losses import mean_squared_error, mean_squared_error_backward
from firsthand.scratch.nn.models.mlp import MLP

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install 'firsthand[deep]'")

EXACT = {"rtol": 1e-10, "atol": 1e-10}  # float64, a few thousand additions in another order
sizes = st.integers(1, 7)
seeds = st.integers(0, 2**32 - 1)
trial_axes = st.sampled_from([(), (1,), (3,), (2, 2)])
activations = st.sampled_from(["relu", "tanh"])


def leaf(array):
    return torch.tensor(array, requires_grad=True)


def normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


@settings(max_examples=50, deadline=None)
@given(trial_axes, sizes, sizes, sizes, st.booleans(), seeds)
def test_linear_and_its_gradients(trials, n_samples, n_in, n_out, shared, seed):
    lead = () if shared else trials
    X, W, b, upstream = normal(
        seed,
        (*lead, n_samples, n_in),
        (*trials, n_in, n_out),
        (*trials, n_out),
        (*trials, n_samples, n_out),
    )
    x = leaf(np.broadcast_to(X, (*trials, n_samples, n_in)).copy())
    w, bias = leaf(W), leaf(b)
    out = x @ w + bias.unsqueeze(-2)
    out.backward(torch.tensor(upstream))

    np.testing.assert_allclose(mlp.linear(X, W, b), out.detach(), **EXACT)
    dW, db = mlp.linear_backward_parameters(upstream, X)
    dX = mlp.linear_backward_input(upstream, W)
    for ours, theirs in zip((dX, dW, db), (x, w, bias), strict=True):
        np.testing.assert_allclose(ours, theirs.grad, **EXACT)


@settings(max_examples=50, deadline=None)
@given(trial_axes, sizes, st.integers(1, 9), st.sampled_from([0.1, 3.0, 300.0]), seeds)
def test_cross_entropy_and_its_gradient(trials, n_samples, n_classes, scale, seed):
    rng = np.random.default_rng(seed)
    Z = rng.normal(scale=scale, size=(*trials, n_samples, n_classes))
    y = rng.integers(n_classes, size=(*trials, n_samples))
    z = leaf(Z)
    flat = torch.nn.functional.cross_entropy(
        z.reshape(-1, n_classes), torch.tensor(y.reshape(-1)), reduction="none"
    )
    losses = flat.reshape(y.shape).mean(-1)
    losses.sum().backward()

    np.testing.assert_allclose(mlp.cross_entropy(Z, y), losses.detach(), **EXACT)
    np.testing.assert_allclose(mlp.cross_entropy_backward(Z, y), z.grad, **EXACT)
    np.testing.assert_allclose(mlp.log_softmax(Z), torch.log_softmax(z, -1).detach(), **EXACT)


@settings(max_examples=50, deadline=None)
@given(trial_axes, sizes, sizes, seeds)
def test_mean_squared_error_and_its_gradient(trials, n_samples, n_outputs, seed):
    Z, Y = normal(seed, (*trials, n_samples, n_outputs), (n_samples, n_outputs))
    z = leaf(Z)
    losses = ((z - torch.tensor(Y)) ** 2).mean(dim=(-2, -1))
    losses.sum().backward()

    np.testing.assert_allclose(mean_squared_error(Z, Y), losses.detach(), **EXACT)
    np.testing.assert_allclose(mean_squared_error_backward(Z, Y), z.grad, **EXACT)


@settings(max_examples=50, deadline=None)
@given(trial_axes, activations, seeds)
def test_activations_and_their_gradients(trials, activation, seed):
    Z, upstream = normal(seed, (*trials, 4, 5), (*trials, 4, 5))
    Z[..., 0, 0] = 0.0  # the kink
    z = leaf(Z)
    out = getattr(torch, activation)(z)
    out.backward(torch.tensor(upstream))
    A = mlp.activate(Z, activation)

    np.testing.assert_allclose(A, out.detach(), **EXACT)
    np.testing.assert_allclose(mlp.activate_backward(upstream, A, activation), z.grad, **EXACT)


@settings(max_examples=50, deadline=None)
@given(
    trial_axes,
    st.lists(sizes, min_size=2, max_size=6),
    activations,
    sizes,
    seeds,
)
def test_a_network_of_any_depth(trials, widths, activation, n_samples, seed):
    network = MLP(widths, activation=activation, trials=trials, random_state=seed)
    rng = np.random.default_rng(seed)
    network.parameters.flat += 0.1 * rng.normal(size=network.parameters.flat.shape)
    X, upstream = rng.normal(size=(n_samples, widths[0])), None
    leaves = {name: leaf(value.copy()) for name, value in network.parameters.items()}
    out = torch.tensor(X)
    for number in range(1, len(widths)):
        out = out @ leaves[f"W{number}"] + leaves[f"b{number}"].unsqueeze(-2)
        out = getattr(torch, activation)(out) if number < len(widths) - 1 else out
    upstream = rng.normal(size=tuple(out.shape))
    out.backward(torch.tensor(upstream))

    np.testing.assert_allclose(network.forward(X), out.detach(), **EXACT)
    network.backward(upstream)
    for name, theirs in leaves.items():
        np.testing.assert_allclose(network.gradients[name], theirs.grad, **EXACT, err_msg=name)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("weight_decay", [0.0, 0.02])
def test_a_hundred_steps_stay_on_the_path_of_torch(activation, weight_decay):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(160, 5)), rng.integers(3, size=160)
    network = MLP([5, 8, 6, 3], activation=activation, random_state=1)
    twin = torch_twin(network)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.2, weight_decay=weight_decay)
    for step in range(100):
        batch = rng.permutation(160)[:16]
        network.backward(mlp.cross_entropy_backward(network.forward(X[batch]), y[batch]))
        mlp.sgd_step(network.parameters.flat, network.gradients.flat, 0.2, weight_decay)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(
            twin(torch.tensor(X[batch])), torch.tensor(y[batch])
        ).backward()
        optimizer.step()
        for (W, b), theirs in zip(network.layers, twin[::2], strict=True):
            np.testing.assert_allclose(
                W, theirs.weight.detach().T, rtol=0, atol=1e-12, err_msg=f"step {step}"
            )
            np.testing.assert_allclose(b, theirs.bias.detach(), rtol=0, atol=1e-12)


def torch_twin(network):
    """Return the same network made of nn.Linear, whose weight is our W transposed."""
    bend = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[network.activation]
    modules = []
    for W, b in network.layers:
        layer = torch.nn.Linear(*W.shape, dtype=torch.float64)
        layer.weight.data = torch.tensor(W.T.copy())
        layer.bias.data = torch.tensor(b.copy())
        modules += [layer, bend()]
    return torch.nn.Sequential(*modules[:-1])
