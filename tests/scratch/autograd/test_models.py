"""Every model's gradient by hand is what the tape finds, with the operations that it has."""

import numpy as np
import pytest

from firsthand.compare.networks import NAMES, twin
from firsthand.scratch.autograd import Tensor, grad
from firsthand.scratch.autograd import operations as op
from firsthand.scratch.nn import Network, models
from tests.scratch.autograd.on_tape import Tape, rule

# sums of up to a few thousand terms, and sixteen layers deep, in other orders
EXACT = {"rtol": 1e-9, "atol": 1e-10}


@rule(models.Autoencoder)
def _autoencoder(tape, part, X, own):
    return tape.run(tape.run(X, part.encoder), part.decoder)


@rule(models.VAE)
def _vae(tape, part, X, own):
    n, clouds = part.n_latent, tape.run(X, part.encoder)
    h = clouds[:, :n] + op.exp(clouds[:, n:] / 2) * part.noise  # of the forward before
    return op.concatenate([tape.run(h, part.decoder), clouds], -1)


@rule(models.CharRNN)
def _char_rnn(tape, part, X, own):
    return tape.run(tape.run(tape.run(X, part.embedding), part.recurrent), part.head)


@rule(models.Forecaster)
def _forecaster(tape, part, X, own):
    return tape.run(tape.run(X, part.lstm)[:, -1], part.head)


@rule(models.GPT)
def _gpt(tape, part, X, own):
    H = tape.run(tape.run(X, part.embedding), part.positions)
    for block in part.blocks:
        H = tape.run(H, block)
    return tape.run(tape.run(H, part.norm), part.head)


@rule(models.PaddedShortcut)
def _padded_shortcut(tape, part, X, own):
    more = part.n_out - X.shape[1]
    kept = X[:, :, :: part.stride, :: part.stride]
    return op.pad(kept, [(0, 0), (more // 2, more - more // 2), (0, 0), (0, 0)])


@rule(models.ResidualBlock)
def _residual_block(tape, part, X, own):
    Z = X
    for layer in (part.conv1, part.bn1, part.relu, part.conv2, part.bn2):
        Z = tape.run(Z, layer)
    return op.maximum(Z + tape.run(X, part.shortcut), 0.0)


@rule(models.ResNet)
def _resnet(tape, part, X, own):
    for _, child in part.children():
        X = tape.run(X, child)
    return X


@rule(models.UnitLength)
def _unit_length(tape, part, X, own):
    return X / op.sqrt((X * X).sum(-1, keepdims=True) + 1e-12)


def check(network: Network, X: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    Z = network.train().forward(X)
    dZ = rng.normal(size=Z.shape)
    network.backward(dZ)
    tape = Tape(network)
    z = tape.run(Tensor(X))
    np.testing.assert_allclose(Z, z.data, **EXACT)
    slopes = grad(z, list(tape.leaves.values()), dZ)
    for (name, ours), slope in zip(network.gradients.items(), slopes, strict=True):
        np.testing.assert_allclose(ours, slope.data, err_msg=name, **EXACT)


@pytest.mark.parametrize("name", NAMES)
def test_a_model(name: str) -> None:
    networks, (batch,) = twin(name).ours().networks, twin(name).batches(1)
    if name == "gan":
        check(networks["discriminator"], batch[0])
        return check(networks["generator"], batch[1])
    return check(networks[""], batch[0])


def test_padded_shortcuts() -> None:
    block = models.ResidualBlock(3, 6, 2, shortcut="pad")
    check(Network(block, random_state=1), np.random.default_rng(0).normal(size=(2, 3, 6, 6)))
