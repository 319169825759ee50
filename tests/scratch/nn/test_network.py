"""A network of modules: its buffers, its modes, its errors, and PyTorch's twin of it."""

import copy
import pickle

import numpy as np
import pytest
import torch

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.gradcheck import check_gradients
from firsthand.scratch.nn.layers import BatchNorm1d, Linear, ReLU, Tanh
from firsthand.scratch.nn.module import Module


def layers() -> Sequential:
    return Sequential(Linear(4, 8), ReLU(), Sequential(Linear(8, 8), Tanh()), Linear(8, 3, gain=1))


def twin() -> torch.nn.Module:
    inner = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Tanh())
    made = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), inner, torch.nn.Linear(8, 3))
    return made.double()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_torch_computes_the_same_forward_and_backward(rng: np.random.Generator) -> None:
    network, other = Network(layers()), twin()
    other.load_state_dict({k: torch.from_numpy(v) for k, v in network.to_torch().items()})
    X, dZ = rng.normal(size=(5, 6, 4)), rng.normal(size=(5, 6, 3))
    there = torch.from_numpy(X).requires_grad_()
    Z = other(there)
    Z.backward(torch.from_numpy(dZ))
    np.testing.assert_allclose(network.forward(X), Z.detach().numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(network.backward(dZ), there.grad.numpy(), rtol=0, atol=1e-12)
    theirs = {name: p.grad.numpy() for name, p in other.named_parameters()}
    for name, gradient in network.gradients.items():
        expected = theirs[name.replace("W", "weight").replace("b", "bias")]
        expected = expected.T if expected.ndim == 2 else expected
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-12)


def test_the_state_comes_back_from_torch(rng: np.random.Generator) -> None:
    network, other = Network(layers()), twin()
    network.from_torch(other.state_dict())
    X = rng.normal(size=(5, 4))
    expected = other(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(network.forward(X), expected, rtol=0, atol=1e-12)
    for name, value in network.to_torch().items():
        np.testing.assert_array_equal(value, other.state_dict()[name].numpy())


def test_a_step_over_the_buffer_is_seen_by_every_layer() -> None:
    network = Network(layers())
    network.parameters.flat[...] = 0.5
    for name in ("0.W", "2.0.b", "3.W"):
        place, _, parameter = name.rpartition(".")
        assert (getattr(network.modules[place], parameter) == 0.5).all()


def test_trials_are_networks_side_by_side(rng: np.random.Generator) -> None:
    many = Network(layers(), trials=(3,), random_state=1)
    X, dZ = rng.normal(size=(7, 4)), rng.normal(size=(3, 7, 3))
    Z = many.forward(X)
    dX = many.backward(dZ)
    assert Z.shape == (3, 7, 3)
    assert not np.allclose(Z[0], Z[1])
    for trial in range(3):
        one = Network(layers())
        one.load_state_dict({name: value[trial] for name, value in many.state_dict().items()})
        np.testing.assert_allclose(one.forward(X), Z[trial], rtol=0, atol=1e-12)
        np.testing.assert_allclose(one.backward(dZ[trial]), dX[trial], rtol=0, atol=1e-12)
        np.testing.assert_allclose(
            one.gradients.flat, many.gradients.flat[trial], rtol=0, atol=1e-12
        )


def test_seeds_reproduce_bit_for_bit() -> None:
    first, second = Network(layers(), random_state=4), Network(layers(), random_state=4)
    np.testing.assert_array_equal(first.parameters.flat, second.parameters.flat)
    assert not np.array_equal(first.parameters.flat, Network(layers()).parameters.flat)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_keeps_its_views(again, rng: np.random.Generator) -> None:
    network = Network(layers())
    other = again(network)
    other.parameters.flat[...] = 0.0
    X = rng.normal(size=(2, 4))
    assert not other.forward(X).any()
    assert network.forward(X).any()


def test_errors_name_the_layer_and_what_it_needs(rng: np.random.Generator) -> None:
    network = Network(layers())
    with pytest.raises(DataError, match=r"0 \(Linear 4 -> 8\) got X of shape \(5, 3\), needs"):
        network.forward(np.ones((5, 3)))
    with pytest.raises(DataTypeError, match="float32, needs float64"):
        network.forward(np.ones((5, 4), np.float32))
    network.forward(np.ones((5, 4)))
    with pytest.raises(DataError, match=r"3 \(Linear 8 -> 3\) got dZ"):
        network.backward(np.ones((5, 4)))
    with pytest.raises(ParameterError, match="float32 or float64"):
        Network(layers(), dtype=np.int64)
    shared = ReLU()
    with pytest.raises(ParameterError, match="two places"):
        Network(Sequential(shared, shared))
    with pytest.raises(ParameterError, match="belongs to another network"):
        Network(network.module)


def test_a_state_that_does_not_fit_changes_nothing() -> None:
    network = Network(layers())
    before = network.state_dict()
    with pytest.raises(DataError, match=r"missing 0\.W"):
        network.load_state_dict({k: v for k, v in before.items() if k != "0.W"})
    wrong = {k: np.zeros_like(v) for k, v in before.items()} | {"3.b": np.zeros(4)}
    with pytest.raises(DataError, match=r"3\.b has shape \(3,\)"):
        network.load_state_dict(wrong)
    for kind in (str, complex):
        with pytest.raises(DataTypeError, match=r"3\.b holds real numbers"):
            network.load_state_dict(wrong | {"3.b": np.zeros(3).astype(kind)})
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("trials", [(), (2,)])
def test_the_state_counts_the_batches_that_were_seen(trials, rng: np.random.Generator) -> None:
    first, second = (Network(BatchNorm1d(4), trials=trials) for _ in range(2))
    for _ in range(3):
        first.forward(rng.normal(size=(5, 4)))
    second.load_state_dict(first.state_dict())
    counted = second.to_torch()["num_batches_tracked"]
    np.testing.assert_array_equal(counted, np.full(trials, 3))
    assert counted.dtype == np.int64


def test_modules_are_found_in_lists_and_dicts(rng: np.random.Generator) -> None:
    class Heads(Module):
        def __init__(self) -> None:
            self.heads = {"left": Linear(4, 2), "right": [(Linear(4, 2),)]}

        def forward(self, X: np.ndarray) -> np.ndarray:
            return self.heads["left"].forward(X) + self.heads["right"][0][0].forward(X)

        def backward(self, dZ: np.ndarray) -> np.ndarray:
            return self.heads["left"].backward(dZ) + self.heads["right"][0][0].backward(dZ)

    network = Network(Heads())
    assert {"heads.left.W", "heads.right.0.0.b"} <= set(network.parameters)
    assert check_gradients(network, rng.normal(size=(3, 4))).rung == "right"
