"""Activations, dropout, embedding and normalisation against PyTorch, alone and side by side."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn._erf import erf
from firsthand.scratch.nn._gelu import gelu_and_share, gelu_backward_from
from firsthand.scratch.nn._norm_products import FEW, scale_rows, scale_rows_backward
from firsthand.scratch.nn._norms import norm_rows, norm_rows_backward
from firsthand.scratch.nn.layers import (
    GELU,
    BatchNorm1d,
    BatchNorm2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    LeakyReLU,
    Linear,
    ReLU,
    Residual,
    RMSNorm,
    Sigmoid,
    Softmax,
    Tanh,
    Unflatten,
)
from firsthand.scratch.nn.layers.activations import gelu, gelu_backward
from firsthand.scratch.nn.layers.normalization import (
    rms_scale,
    rms_scale_backward,
    standardize,
    standardize_backward,
)
from firsthand.scratch.nn.mlp import numerical_gradient
from tests.scratch.nn.layers.twins import EXACT, agree, side_by_side

torch.set_num_threads(1)
sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=50, deadline=None)

ACTIVATIONS = {
    "relu": (ReLU, torch.nn.ReLU),
    "leaky relu": (lambda: LeakyReLU(0.2), lambda: torch.nn.LeakyReLU(0.2)),
    "sigmoid": (Sigmoid, torch.nn.Sigmoid),
    "tanh": (Tanh, torch.nn.Tanh),
    "gelu": (GELU, torch.nn.GELU),
    "gelu by tanh": (
        lambda: GELU(approximate=True),
        lambda: torch.nn.GELU(approximate="tanh"),
    ),
    "softmax": (Softmax, lambda: torch.nn.Softmax(-1)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@many
@given(st.lists(sizes, min_size=1, max_size=4), st.sampled_from([0.1, 1, 30]), seeds)
def test_activations(name, shape, scale, seed):
    ours, theirs = ACTIVATIONS[name]
    X = np.random.default_rng(seed).normal(scale=scale, size=shape)
    agree(ours(), theirs(), X, seed=seed)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_of_huge_scores_are_finite(name):
    X = np.array([[-1e4, -50.0, 0.0, 50.0, 1e4]])
    module = ACTIVATIONS[name][0]()
    assert np.isfinite(module.forward(X)).all()
    assert np.isfinite(module.backward(np.ones_like(X))).all()
    single = X.astype(np.float32)
    assert module.forward(single).dtype == np.float32
    assert module.backward(single).dtype == np.float32


def test_erf_is_right_to_the_last_digits():
    x = np.concatenate([np.linspace(-7, 7, 20001), [-1e9, 1e9, 0.0]])
    expected = [math.erf(value) for value in x]
    np.testing.assert_allclose(erf(x), expected, rtol=0, atol=4e-16)


@pytest.mark.parametrize("approximate", [False, True])
def test_the_fast_gelu_computes_what_the_plain_one_says(approximate):
    Z = np.concatenate([np.linspace(-13, 13, 150_001), [-1e9, 1e9]])
    dA = np.random.default_rng(0).uniform(-1, 1, size=Z.shape)
    A, slopes = gelu(Z, approximate=approximate), gelu_backward(dA, Z, approximate=approximate)
    # in float32 Phi has an error of a unit or two in the last place, and Z is up to 13
    for dtype, atol in ((np.float64, 1e-13), (np.float32, 4e-6)):
        z, da = Z.astype(dtype), dA.astype(dtype)
        fast, Phi = gelu_and_share(z, approximate=approximate)
        back = gelu_backward_from(da, z, Phi, approximate=approximate)
        np.testing.assert_allclose(fast, A, rtol=1e-6 if dtype == np.float32 else 0, atol=atol)
        np.testing.assert_allclose(back, slopes, rtol=0, atol=atol)
        assert fast.dtype == back.dtype == dtype


@many
@given(st.lists(sizes, min_size=1, max_size=3), sizes, sizes, st.booleans(), seeds)
def test_linear(shape, n_in, n_out, bias, seed):
    X = np.random.default_rng(seed).normal(size=(*shape, n_in))
    agree(Linear(n_in, n_out, bias=bias), torch.nn.Linear(n_in, n_out, bias), X, seed=seed)


@many
@given(sizes, sizes, sizes, sizes, seeds)
def test_flatten_and_unflatten(n_samples, channels, height, width, seed):
    X = np.random.default_rng(seed).normal(size=(n_samples, channels, height, width))
    agree(Flatten(), torch.nn.Flatten(), X, seed=seed)
    rows, shape = X.reshape(n_samples, -1), (channels, height, width)
    agree(Unflatten(*shape), torch.nn.Unflatten(1, shape), rows, seed=seed)


@many
@given(st.lists(sizes, min_size=1, max_size=3), st.integers(2, 6), seeds)
def test_layer_norm(shape, n_features, seed):
    X = np.random.default_rng(seed).normal(2, 3, size=(*shape, n_features))
    agree(LayerNorm(n_features), torch.nn.LayerNorm(n_features), X, seed=seed)
    agree(RMSNorm(n_features), torch.nn.RMSNorm(n_features, 1e-6), X, seed=seed)


@pytest.mark.parametrize("centered", [True, False])
def test_the_fast_norms_compute_what_the_plain_ones_say(centered):
    """Over more rows than one block holds."""
    rng = np.random.default_rng(0)
    (X, dA), gamma, beta = rng.normal(2, 3, size=(2, 9000, 40)), *rng.normal(size=(2, 40))
    plain, back = (
        (standardize, standardize_backward) if centered else (rms_scale, rms_scale_backward)
    )
    expected, roots = plain(X, 1e-5)
    x = np.empty_like(X)
    A, root = norm_rows(X, gamma, beta if centered else None, 1e-5, x)
    np.testing.assert_allclose(x, expected, **EXACT)
    np.testing.assert_allclose(root, roots[:, 0], **EXACT)
    np.testing.assert_allclose(A, expected * gamma + centered * beta, **EXACT)
    dX, dgamma, dbeta = norm_rows_backward(dA, x, root, gamma, centered=centered)
    np.testing.assert_allclose(dX, back(dA * gamma, expected, roots), **EXACT)
    np.testing.assert_allclose(dgamma, (dA * expected).sum(axis=0), **EXACT)
    np.testing.assert_allclose(dbeta, dA.sum(axis=0), **EXACT)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("centered", [True, False])
def test_norms_from_products_compute_what_the_plain_ones_say(centered, dtype):
    """Over more rows than one block holds; in float32 against the plain ones in float64."""
    rng = np.random.default_rng(0)
    (X, dA), gamma, beta = rng.normal(1, 1, size=(2, 9000, 40)), *rng.normal(size=(2, 40))
    X, dA = X * rng.lognormal(size=(9000, 1)), dA - 1
    X, dA, gamma, beta = (a.astype(dtype) for a in (X, dA, gamma, beta))
    plain, back = (
        (standardize, standardize_backward) if centered else (rms_scale, rms_scale_backward)
    )
    x, root = plain(X.astype(np.float64), 1e-5)
    dx = dA.astype(np.float64) * gamma
    made = scale_rows(X, gamma, beta if centered else None, 1e-5)
    assert made is not None
    A, kept = made
    dX, dgamma, dbeta = scale_rows_backward(dA, X, kept, gamma, centered=centered)
    assert A.dtype == dX.dtype == dgamma.dtype == dbeta.dtype == dtype
    # in float32 a few roundings of 6e-8 of each, the sums' over 9000 rows
    near, sums = (
        (EXACT, EXACT) if dtype == np.float64 else ({"atol": 1e-5, "rtol": 1e-5}, {"atol": 5e-3})
    )
    np.testing.assert_allclose(A, x * gamma + centered * beta, **near)
    np.testing.assert_allclose(dX * root, back(dx, x, root) * root, **near)
    np.testing.assert_allclose(dgamma, (dA * x).sum(axis=0), **sums)
    np.testing.assert_allclose(dbeta, dA.sum(axis=0, dtype=np.float64), **sums)


def test_norms_of_rows_that_lose_digits_or_are_few_go_the_other_way():
    ordinary = np.random.default_rng(0).normal(size=(FEW // 32, 32)).astype(np.float32)
    gamma = beta = np.ones(32, np.float32)
    assert scale_rows(ordinary, gamma, beta, 1e-5) is not None
    assert scale_rows(ordinary[1:], gamma, beta, 1e-5) is None
    for value in (4.0, 1e30, np.inf, np.nan):
        X = ordinary.copy()
        X[-1] += np.float32(value)
        assert scale_rows(X, gamma, beta, 1e-5) is None


@pytest.mark.parametrize("offset", [0, 4, 1000])
def test_layer_norm_in_float32_keeps_its_digits_far_from_0(offset):
    rng = np.random.default_rng(0)
    X, dZ = rng.normal(offset, size=(1024, 64)).astype(np.float32), rng.normal(size=(1024, 64))
    one, two = (Network(LayerNorm(64), dtype=dtype) for dtype in (np.float32, np.float64))
    Z, expected = one.forward(X), two.forward(X.astype(np.float64))
    np.testing.assert_allclose(Z, expected, rtol=0, atol=2e-5 + 1e-6 * offset)
    dX, slope = one.backward(dZ.astype(np.float32)), two.backward(dZ)
    np.testing.assert_allclose(dX, slope, rtol=0, atol=2e-5 + 1e-6 * offset)
    far = 1e-3 + 1e-4 * offset  # sums of 1024
    np.testing.assert_allclose(one.gradients.flat, two.gradients.flat, rtol=0, atol=far)


@pytest.mark.parametrize("norm", [LayerNorm, RMSNorm])
@pytest.mark.parametrize("where", ["X", "dZ"])
def test_a_row_that_is_no_number_leaves_the_others_alone(norm, where):
    X, dZ = np.random.default_rng(0).normal(size=(2, 1024, 64))
    network = Network(norm(64))
    expected = network.forward(X), network.backward(dZ)
    (X if where == "X" else dZ)[5, 7] = np.nan
    others = np.arange(1024) != 5
    for made, before in zip((network.forward(X), network.backward(dZ)), expected, strict=True):
        np.testing.assert_allclose(made[others], before[others], **EXACT)
    assert np.isnan(network.backward(dZ)[5]).all()


@many
@given(st.integers(2, 6), sizes, st.floats(0, 1), seeds)
def test_batch_norm_of_rows_learning_and_predicting(n_samples, n_features, momentum, seed):
    X = np.random.default_rng(seed).normal(2, 3, size=(n_samples, n_features))
    twin = torch.nn.BatchNorm1d(n_features, momentum=momentum)
    _batch_norm(BatchNorm1d(n_features, momentum), twin, X, seed)


@many
@given(st.integers(2, 4), sizes, sizes, sizes, seeds)
def test_batch_norm_of_images(n_samples, n_features, height, width, seed):
    X = np.random.default_rng(seed).normal(2, 3, size=(n_samples, n_features, height, width))
    _batch_norm(BatchNorm2d(n_features), torch.nn.BatchNorm2d(n_features), X, seed)


def _batch_norm(module, twin, X, seed):
    network = agree(module, twin, X, seed=seed)
    for name in ("running_mean", "running_var"):
        theirs = twin.state_dict()[name].numpy()
        np.testing.assert_allclose(network.buffers[name], theirs, **EXACT)
    network.load_state_dict(network.state_dict())
    network.eval()
    twin.eval()
    there = torch.from_numpy(X).requires_grad_()
    Z = twin(there)
    dZ = np.random.default_rng(seed).normal(size=X.shape)
    Z.backward(torch.from_numpy(dZ))
    np.testing.assert_allclose(network.forward(X), Z.detach().numpy(), **EXACT)
    np.testing.assert_allclose(network.backward(dZ), there.grad.numpy(), **EXACT)


@many
@given(sizes, sizes, sizes, sizes, seeds)
def test_embedding(n_samples, n_steps, n_rows, n_features, seed):
    index = np.random.default_rng(seed).integers(n_rows, size=(n_samples, n_steps))
    agree(Embedding(n_rows, n_features), torch.nn.Embedding(n_rows, n_features), index, seed=seed)


class Around(torch.nn.Module):
    """A residual of PyTorch's parts."""

    def __init__(self, inner, shortcut):
        super().__init__()
        self.inner, self.shortcut = inner, shortcut

    def forward(self, X):
        return self.inner(X) + self.shortcut(X)


@many
@given(sizes, sizes, sizes, sizes, seeds)
def test_a_residual(n_samples, n_in, n_hidden, n_out, seed):
    X = np.random.default_rng(seed).normal(size=(n_samples, n_in))
    inner = Sequential(Linear(n_in, n_hidden), Tanh(), Linear(n_hidden, n_out))
    theirs = torch.nn.Sequential(
        torch.nn.Linear(n_in, n_hidden), torch.nn.Tanh(), torch.nn.Linear(n_hidden, n_out)
    )
    twin = Around(theirs, torch.nn.Linear(n_in, n_out))
    agree(Residual(inner, Linear(n_in, n_out)), twin, X, seed=seed)


def test_a_residual_without_a_shortcut():
    X = np.random.default_rng(0).normal(size=(5, 4))
    plain = Network(Residual(Tanh()))
    np.testing.assert_allclose(plain.forward(X), X + np.tanh(X))
    np.testing.assert_allclose(plain.backward(X), X * (2 - np.tanh(X) ** 2))


def test_rows_become_pictures_and_back():
    X = np.random.default_rng(0).normal(size=(5, 24))
    agree(Unflatten(2, 3, 4), torch.nn.Unflatten(1, (2, 3, 4)), X)
    both = Network(Sequential(Unflatten(2, 3, 4), Flatten()))
    np.testing.assert_array_equal(both.forward(X), X)
    np.testing.assert_array_equal(both.backward(X), X)
    with pytest.raises(DataError, match=r"Unflatten 2 x 3 x 4 got X of shape \(5, 23\)"):
        Network(Unflatten(2, 3, 4)).forward(X[:, 1:])


MAKES = {
    "linear": (lambda: Linear(4, 3), (6, 4)),
    "sequence": (lambda: Sequential(Linear(4, 4), LayerNorm(4), Tanh(), RMSNorm(4)), (6, 4)),
    "batch norm": (lambda: Sequential(BatchNorm1d(4), ReLU(), Linear(4, 2)), (6, 4)),
    "images": (lambda: Sequential(BatchNorm2d(2), Flatten(), Linear(24, 3)), (6, 2, 3, 4)),
    "made images": (lambda: Sequential(Linear(4, 6), Unflatten(3, 2, 1), BatchNorm2d(3)), (6, 4)),
}


@pytest.mark.parametrize("name", MAKES)
def test_trials_are_networks_side_by_side(name):
    make, shape = MAKES[name]
    side_by_side(make, np.random.default_rng(0).normal(size=shape))


def test_embeddings_side_by_side():
    rng = np.random.default_rng(0)
    side_by_side(lambda: Sequential(Embedding(7, 3), Linear(3, 2)), rng.integers(7, size=(4, 5)))


def test_dropout_drops_its_share_keeps_the_mean_and_rests():
    X = np.ones((400, 500))
    network = Network(Dropout(0.3), random_state=1)
    Z = network.forward(X)
    assert np.mean(Z == 0) == pytest.approx(0.3, abs=0.005)
    assert Z.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(network.backward(X), Z)
    assert not np.array_equal(network.forward(X), Z)
    np.testing.assert_array_equal(Network(Dropout(0.3), random_state=1).forward(X), Z)
    np.testing.assert_array_equal(network.eval().forward(X), X)
    np.testing.assert_array_equal(network.backward(X), X)
    assert Network(Dropout(), dtype=np.float32).forward(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("learning", [True, False])
def test_batch_norm_by_central_differences(learning):
    rng = np.random.default_rng(0)
    X, dZ = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    network = Network(Sequential(Linear(3, 3), BatchNorm1d(3)))
    if not learning:
        network.forward(X)
        network.eval()

    def at(theta):
        network.parameters.flat[...] = theta
        return float(np.sum(network.forward(X) * dZ))

    theta = rng.normal(size=network.parameters.flat.shape)
    expected = numerical_gradient(at, theta)
    at(theta)
    network.backward(dZ)
    np.testing.assert_allclose(network.gradients.flat, expected, atol=1e-7)


def test_what_a_layer_cannot_take_is_told():
    with pytest.raises(DataError, match=r"BatchNorm1d 3 got a batch of 1 value"):
        Network(BatchNorm1d(3)).forward(np.ones((1, 3)))
    with pytest.raises(DataError, match=r"LayerNorm 3 got X of shape \(2, 4\)"):
        Network(LayerNorm(3)).forward(np.ones((2, 4)))
    with pytest.raises(DataError, match=r"from 0 to 9, needs 0 to 4"):
        Network(Embedding(5, 2)).forward(np.array([[0, 9]]))
    with pytest.raises(DataTypeError, match="float64, needs an array of whole numbers"):
        Network(Embedding(5, 2)).forward(np.array([[0.0]]))
    with pytest.raises(ParameterError, match="p is 1"):
        Dropout(1.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("approximate", [True, False])
def test_a_gelu_of_any_size(approximate, dtype):
    huge = np.finfo(dtype).max / 2
    Z = np.array([-huge, -1e20, -20, 20, 1e20, huge], dtype)
    dA = np.ones_like(Z)
    A, Phi = gelu_and_share(Z, approximate=approximate)
    for found in (A, gelu(Z, approximate=approximate)):
        np.testing.assert_allclose(found, np.maximum(Z, 0), rtol=1e-6)
    for slopes in (
        gelu_backward(dA, Z, approximate=approximate),
        gelu_backward_from(dA, Z, Phi, approximate=approximate),
    ):
        np.testing.assert_allclose(slopes, Z > 0, atol=1e-30)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("approximate", [True, False])
def test_what_is_no_number_stays_none(approximate, dtype):
    Z = np.array([0.5, np.nan, -1], dtype)
    np.testing.assert_array_equal(np.isnan(erf(Z)), [False, True, False])
    A, Phi = gelu_and_share(Z, approximate=approximate)
    dZ = gelu_backward_from(np.ones_like(Z), Z, Phi, approximate=approximate)
    for found in (A, dZ):
        np.testing.assert_array_equal(np.isnan(found), [False, True, False])
