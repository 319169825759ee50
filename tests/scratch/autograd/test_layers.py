"""Every hand-written gradient, of layers, losses and whole networks, is what the tape finds."""

import inspect

import numpy as np
import pytest

from firsthand.scratch.autograd import Tensor, grad
from firsthand.scratch.nn import Network, Sequential, layers, losses
from firsthand.scratch.nn.layers import (
    GELU,
    GRU,
    LSTM,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    LearnedPositions,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    TransformerBlock,
)
from firsthand.scratch.nn.layers.positions import rotate, rotate_backward
from firsthand.scratch.nn.losses.cross_entropy import CrossEntropy
from tests.scratch.autograd import on_tape
from tests.scratch.autograd.on_tape import RULES, Tape
from tests.scratch.nn.every import IMAGES, LAYERS, LOSSES, fed, started, targets

EXACT = {"rtol": 1e-10, "atol": 1e-10}  # both exact; other orders of a few hundred additions


def image_net() -> Sequential:
    return Sequential(
        Conv2d(4, 5, 3, padding=1, bias=False),
        BatchNorm2d(5),
        ReLU(),
        MaxPool2d(2),
        Residual(Sequential(Conv2d(5, 5, 3, padding=1), GELU())),
        Dropout(0.3),
        Flatten(),
        Linear(45, 3),
    )


def language_model() -> Sequential:
    return Sequential(
        Embedding(3, 4),
        LearnedPositions(6, 4),
        TransformerBlock(4, 2, causal=True),
        TransformerBlock(4, 1, causal=True, approximate=True),
        LayerNorm(4),
        Linear(4, 3),
    )


def recurrent_model() -> Sequential:
    return Sequential(Embedding(3, 4), LSTM(4, 5, 2), GRU(5, 4, bidirectional=True), Linear(8, 3))


NETWORKS = {
    "of images": (image_net, IMAGES, (3,)),
    "with attention": (language_model, (3, 6), (3, 6)),
    "with states": (recurrent_model, (3, 6), (3, 6)),
}


def same_gradients(network: Network, tape: Tape, slopes: list[Tensor]) -> None:
    for (name, ours), slope in zip(network.gradients.items(), slopes, strict=True):
        np.testing.assert_allclose(ours, slope.data, err_msg=name, **EXACT)


@pytest.mark.parametrize("learning", [True, False], ids=["learning", "predicting"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer(name, learning):
    make, shape = LAYERS[name]
    network, rng = started(make), np.random.default_rng(1)
    network.forward(fed(shape, rng))  # running means that are not those of X
    network = network if learning else network.eval()
    X = fed(shape, rng)
    Z = network.forward(X)
    dZ = rng.normal(size=Z.shape)
    dX = network.backward(dZ)

    tape, x = Tape(network), Tensor(X, requires_grad=X.dtype.kind == "f")
    z = tape.run(x)
    np.testing.assert_allclose(Z, z.data, **EXACT)
    to_x, *slopes = grad(z, [x, *tape.leaves.values()], dZ)
    if X.dtype.kind == "f":
        np.testing.assert_allclose(dX, to_x.data, **EXACT)
    same_gradients(network, tape, slopes)


def test_rotary_positions():
    rng = np.random.default_rng(0)
    X, dA = rng.normal(size=(2, 5, 6)), rng.normal(size=(2, 5, 6))
    x = Tensor(X, requires_grad=True)
    a = on_tape.rotate(x)
    np.testing.assert_allclose(rotate(X), a.data, **EXACT)
    np.testing.assert_allclose(rotate_backward(dA), grad(a, [x], dA)[0].data, **EXACT)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss(name):
    ours, kind = LOSSES[name]
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(6, 4, 3))
    y = targets(kind, Z.shape, rng)
    z = Tensor(Z, requires_grad=True)
    J = on_tape.LOSSES[type(ours)](ours, z, y)
    np.testing.assert_allclose(ours.forward(Z, y), J.data, **EXACT)
    np.testing.assert_allclose(ours.backward(), grad(J, [z])[0].data, **EXACT)


def test_losses_of_distances():
    rng = np.random.default_rng(0)
    arrays = rng.normal(size=(3, 7, 2))
    same = rng.integers(2, size=7).astype(float)
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    J = on_tape.contrastive(*tensors[:2], same, 1.5)
    np.testing.assert_allclose(losses.contrastive(*arrays[:2], same, 1.5), J.data, **EXACT)
    ours = losses.contrastive_backward(*arrays[:2], same, 1.5)
    for slope, expected in zip(ours, grad(J, tensors[:2]), strict=True):
        np.testing.assert_allclose(slope, expected.data, **EXACT)
    J = on_tape.triplet(*tensors, 0.8)
    np.testing.assert_allclose(losses.triplet(*arrays, 0.8), J.data, **EXACT)
    for slope, expected in zip(
        losses.triplet_backward(*arrays, 0.8), grad(J, tensors), strict=True
    ):
        np.testing.assert_allclose(slope, expected.data, **EXACT)


def posed(name: str) -> tuple[Network, np.ndarray, np.ndarray]:
    """Return a whole network, an input and labels."""
    make, shape, labels = NETWORKS[name]
    rng = np.random.default_rng(2)
    X = rng.integers(3, size=shape) if len(shape) == 2 else rng.normal(size=shape)
    network = Network(make(), random_state=3)
    network.parameters.flat += 0.1 * rng.normal(size=network.parameters.flat.shape)
    return network, X, rng.integers(3, size=labels)


def slope_of(network: Network, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the gradient by hand, flat."""
    J = CrossEntropy(0.1)
    J.forward(network.forward(X), y)
    network.backward(J.backward())
    return network.gradients.flat.copy()


def cost_on(tape: Tape, X: np.ndarray, y: np.ndarray) -> Tensor:
    ours = CrossEntropy(0.1)
    return on_tape.LOSSES[CrossEntropy](ours, tape.run(Tensor(X)), y)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_whole_network(name):
    network, X, y = posed(name)
    slope_of(network, X, y)
    tape = Tape(network)
    same_gradients(network, tape, grad(cost_on(tape, X, y), list(tape.leaves.values())))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_second_derivative_is_the_slope_of_the_gradient_by_hand(name):
    network, X, y = posed(name)
    network.eval()  # every forward draws other units to drop
    slope_of(network, X, y)
    tape, rng = Tape(network), np.random.default_rng(4)
    leaves = list(tape.leaves.values())
    first = grad(cost_on(tape, X, y), leaves, create_graph=True)
    v = rng.normal(size=network.parameters.flat.shape)
    v /= np.linalg.norm(v)
    parts = np.split(v, np.cumsum([leaf.data.size for leaf in leaves])[:-1])
    along = Tensor(0.0)
    for slope, part in zip(first, parts, strict=True):
        along = along + (slope * part.reshape(slope.shape)).sum()
    curved = np.concatenate([part.data.ravel() for part in grad(along, leaves)])

    theta, h = network.parameters.flat.copy(), 1e-5
    network.parameters.flat[...] = theta + h * v
    above = slope_of(network, X, y)
    network.parameters.flat[...] = theta - h * v
    below = slope_of(network, X, y)
    assert np.abs(curved).max() > 1e-3
    np.testing.assert_allclose(curved, (above - below) / (2 * h), rtol=1e-6, atol=1e-8)


def test_nothing_is_left_out():
    for table, room in ((RULES, layers), (on_tape.LOSSES, losses)):
        exported = {getattr(room, name) for name in room.__all__}
        known = {one for one in exported if inspect.isclass(one) and hasattr(one, "forward")}
        assert known - {layers.Recurrent, losses.Loss} <= set(table)
