"""Modules put together freely: what they compute, their states, their seeds, their training."""

from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn import Module, Network, Progress, Sequential, check_gradients, train
from firsthand.scratch.nn.layers import (
    GRU,
    LSTM,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    MaxPool2d,
    MultiHeadAttention,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
)
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.optimizers import SGD, Adam
from firsthand.scratch.nn.safetensors import load_safetensors, save_safetensors
from tests.scratch.nn.layers.twins import agree, side_by_side


class Gated(Module):
    """Two branches of one input: one says what, the other how much; then a list of layers."""

    def __init__(self) -> None:
        self.what = Sequential(Linear(4, 6), Tanh())
        self.much = Sequential(Linear(4, 6), Sigmoid())
        self.after = [Linear(6, 5), Linear(5, 3)]

    def forward(self, X: Any) -> Any:
        self.A, self.G = self.what.forward(X), self.much.forward(X)
        Z = self.A * self.G
        for layer in self.after:
            Z = layer.forward(Z)
        return Z

    def backward(self, dZ: Any) -> Any:
        for layer in reversed(self.after):
            dZ = layer.backward(dZ)
        return self.what.backward(dZ * self.G) + self.much.backward(dZ * self.A)


class TorchGated(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.what = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh())
        self.much = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Sigmoid())
        self.after = torch.nn.ModuleList([torch.nn.Linear(6, 5), torch.nn.Linear(5, 3)])

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        Z = self.what(X) * self.much(X)
        for layer in self.after:
            Z = layer(Z)
        return Z


def test_any_module_that_says_its_forward_and_backward() -> None:
    X = np.random.default_rng(0).normal(size=(7, 4))
    network = agree(Gated(), TorchGated(), X)
    assert "after.1.W" in network.parameters
    assert check_gradients(Network(Gated()), X).rung == "right"
    side_by_side(Gated, X)


def whole(**how: Any) -> Network:
    """Return a network with every kind of state: rows, images, cells, heads, running means."""
    parts = (
        *(Conv2d(1, 4, 3, padding=1), BatchNorm2d(4), ReLU(), MaxPool2d(2)),
        *(ConvTranspose2d(4, 2, 2), Flatten(), Linear(50, 12), BatchNorm1d(12)),
        *(Residual(Sequential(LayerNorm(12), Dropout(0.2), Linear(12, 12))), Linear(12, 3)),
    )
    return Network(Sequential(*parts), **how)


def twin_of_whole() -> torch.nn.Module:
    nn = torch.nn

    class Around(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Sequential(nn.LayerNorm(12), nn.Dropout(0.2), nn.Linear(12, 12))

        def forward(self, X: torch.Tensor) -> torch.Tensor:
            return X + self.inner(X)

    return nn.Sequential(
        *(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.ConvTranspose2d(4, 2, 2), nn.Flatten(), nn.Linear(50, 12), nn.BatchNorm1d(12)),
        *(Around(), nn.Linear(12, 3)),
    )


@pytest.fixture
def images() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=60)
    X = rng.normal(scale=0.5, size=(60, 1, 8, 8))
    X[np.arange(60), 0, 2 * y, 2 * y] += 3
    return X, y


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_trained_state_goes_to_torch_and_comes_back(images, tmp_path, dtype) -> None:
    X, y = images[0].astype(dtype), images[1]
    network = whole(dtype=dtype)
    train(network, CrossEntropy(), Adam(0.01), X, y, n_epochs=2, batch_size=20)
    save_safetensors(tmp_path / "ours", network.to_torch())
    twin = twin_of_whole().to(torch.float64 if dtype == np.float64 else torch.float32).eval()
    twin.load_state_dict(safetensors.torch.load_file(tmp_path / "ours"))
    there, close = torch.from_numpy(X), 1e-12 if dtype == np.float64 else 1e-5
    Z = twin(there).detach().numpy()
    np.testing.assert_allclose(network.forward(X), Z, rtol=close, atol=close)

    twin.train()
    theirs = torch.optim.SGD(twin.parameters(), 0.1)  # and now it learns there
    for _ in range(3):
        theirs.zero_grad()
        torch.nn.functional.cross_entropy(twin(there), torch.from_numpy(y)).backward()
        theirs.step()
    twin.eval()
    safetensors.torch.save_file(twin.state_dict(), tmp_path / "theirs")
    again = whole(dtype=dtype, random_state=9).eval()
    again.from_torch(load_safetensors(tmp_path / "theirs"))
    Z = twin(there).detach().numpy()
    np.testing.assert_allclose(again.forward(X), Z, rtol=close, atol=close)
    for name, value in again.to_torch().items():
        np.testing.assert_array_equal(value, twin.state_dict()[name].numpy())


def test_a_state_of_torch_that_does_not_fit_changes_nothing() -> None:
    network = Network(Sequential(Embedding(5, 4), GRU(4, 4), MultiHeadAttention(4, 2)))
    before, state = network.state_dict(), network.to_torch()
    wrong = {k: np.zeros_like(v) for k, v in state.items()}
    with pytest.raises(DataError, match=r"2\.in_proj_bias has shape \(12,\), .* holds \(11,\)"):
        network.from_torch(wrong | {"2.in_proj_bias": np.zeros(11)})
    with pytest.raises(DataError, match=r"missing 1\.bias_hh_l0; unknown 1\.bias"):
        network.from_torch({k.replace("bias_hh_l0", "bias"): v for k, v in wrong.items()})
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("trials", [(), (3,)])
def test_equal_seeds_train_alike_to_the_last_bit(images, dtype, trials) -> None:
    X, y = images[0].astype(dtype), images[1]

    def trained(weights: int, order: int) -> tuple[list[Any], dict[str, np.ndarray]]:
        network = whole(dtype=dtype, trials=trials, random_state=weights)
        how = {"n_epochs": 2, "batch_size": 20, "held_out": (X[:20], y[:20])}
        seen = train(network, CrossEntropy(), Adam(0.01), X, y, random_state=order, **how)
        return [*seen.loss, *seen.held_out], network.state_dict()

    (losses, state), (again, same) = trained(1, 2), trained(1, 2)
    np.testing.assert_array_equal(losses, again)
    for name, value in state.items():
        np.testing.assert_array_equal(value, same[name], err_msg=name)
        assert value.dtype == dtype
    for other in (trained(3, 2), trained(1, 3)):
        assert not np.array_equal(losses, other[0])


def test_sequences_with_dropout_train_alike_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.integers(6, size=(30, 7)), rng.integers(6, size=(30, 7))
    flats = []
    for _ in range(2):
        cells = LSTM(5, 8, 2, dropout=0.4), Dropout(0.3), Linear(8, 6)
        network = Network(Sequential(Embedding(6, 5), *cells), random_state=3)
        train(network, CrossEntropy(), Adam(0.01), X, y, n_epochs=2, random_state=4)
        flats.append(network.parameters.flat)
    np.testing.assert_array_equal(*flats)


def test_patience_waits_for_every_trial_and_each_keeps_its_best() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=80)
    X = rng.normal(size=(80, 2)) + 2.0 * y[:, None]
    rates = np.array([[0.0], [0.1], [1.0]])
    network = Network(Sequential(Linear(2, 8), ReLU(), Linear(8, 2)), trials=(3,))
    start = network.state_dict()
    held_out = X[:20], 1 - y[:20]  # the better it learns, the worse these become
    states: list[np.ndarray] = []

    def keep(seen: Progress) -> None:
        if seen.held_out is not None:
            states.append(network.parameters.flat.copy())

    seen = train(
        *(network, CrossEntropy(), SGD(rates), X[20:], y[20:]),
        n_epochs=30,
        held_out=held_out,
        patience=3,
        callbacks=[keep],
    )
    held = np.array(seen.held_out)
    np.testing.assert_array_equal(seen.best_epoch, held.argmin(axis=0) + 1)
    assert seen.stopped_early
    assert len(held) == max(seen.best_epoch) + 3
    np.testing.assert_array_equal(network.parameters["0.W"][0], start["0.W"][0])
    for trial, epoch in enumerate(seen.best_epoch):
        np.testing.assert_array_equal(network.parameters.flat[trial], states[epoch - 1][trial])


@pytest.mark.parametrize("learning", [True, False])
def test_float32_walks_beside_torch_as_far_as_it_can(images, learning) -> None:
    X, y = images[0].astype(np.float32), images[1]
    network, twin = whole(dtype=np.float32), twin_of_whole().float()
    twin.load_state_dict({k: torch.tensor(v) for k, v in network.to_torch().items()})
    for side in (network.module.parts[8].inner.parts[1], twin[8].inner[1]):
        side.p = 0.0
    if not learning:
        network.eval()
        twin.eval()
    J, ours = CrossEntropy(), SGD(0.05)
    theirs = torch.optim.SGD(twin.parameters(), 0.05)
    for _ in range(5):
        J.forward(network.forward(X), y)
        network.backward(J.backward())
        ours.step(network.parameters.flat, network.gradients.flat)
        theirs.zero_grad()
        torch.nn.functional.cross_entropy(twin(torch.from_numpy(X)), torch.from_numpy(y)).backward()
        theirs.step()
    for name, value in network.to_torch().items():
        expected = twin.state_dict()[name].numpy()
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-4, err_msg=name)
        assert value.dtype == expected.dtype
