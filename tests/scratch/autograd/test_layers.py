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
    RNN,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Embedding,
    Flatten,
    GlobalAvgPool2d,
    LayerNorm,
    LeakyReLU,
    LearnedPositions,
    Linear,
    MaxPool2d,
    MultiHeadAttention,
    ReLU,
    Residual,
    RMSNorm,
    Sigmoid,
    SinusoidalPositions,
    Softmax,
    Tanh,
    TransformerBlock,
    Unflatten,
)
from firsthand.scratch.nn.layers.positions import rotate, rotate_backward
from firsthand.scratch.nn.losses.cross_entropy import CrossEntropy
from tests.scratch.autograd import on_tape
from tests.scratch.autograd.on_tape import LOSSES, RULES, Tape

EXACT = {"rtol": 1e-10, "atol": 1e-10}  # both exact; other orders of a few hundred additions

ROWS, STEPS, IMAGES = (5, 4), (3, 6, 4), (3, 4, 7, 6)


def padded(heads: int = 2) -> MultiHeadAttention:
    attention = MultiHeadAttention(4, heads)
    attention.padding = np.arange(6) < np.array([[6], [2], [4]])
    return attention


def of_lengths(module):
    module.lengths = np.array([6, 1, 4])
    return module


# name: (what makes the module, the shape of its input)
LAYERS = {
    "linear": (lambda: Linear(4, 3), STEPS),
    "linear without a bias": (lambda: Linear(4, 3, bias=False), ROWS),
    "relu": (ReLU, ROWS),
    "leaky relu": (lambda: LeakyReLU(0.2), ROWS),
    "sigmoid": (Sigmoid, ROWS),
    "tanh": (Tanh, ROWS),
    "gelu": (GELU, ROWS),
    "gelu by tanh": (lambda: GELU(approximate=True), ROWS),
    "softmax": (Softmax, STEPS),
    "dropout": (lambda: Dropout(0.4), STEPS),
    "flatten": (Flatten, IMAGES),
    "unflatten": (lambda: Unflatten(2, 1, 2), ROWS),
    "residual": (lambda: Residual(Sequential(Linear(4, 4), Tanh()), Linear(4, 4)), ROWS),
    "layer norm": (lambda: LayerNorm(4), STEPS),
    "rms norm": (lambda: RMSNorm(4), STEPS),
    "batch norm of rows": (lambda: BatchNorm1d(4), ROWS),
    "batch norm of images": (lambda: BatchNorm2d(4), IMAGES),
    "convolution": (lambda: Conv2d(4, 3, 3), IMAGES),
    "convolution, all settings": (
        lambda: Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), groups=2),
        IMAGES,
    ),
    "convolution of rows": (lambda: Conv1d(4, 6, 3, 2, 1, 1, groups=2), (3, 4, 9)),
    "convolution, one image each": (lambda: Conv2d(4, 4, 2, groups=4, bias=False), IMAGES),
    "transposed convolution": (lambda: ConvTranspose2d(4, 3, 3), IMAGES),
    "transposed convolution, strides": (lambda: ConvTranspose2d(4, 2, 4, 2, 1), IMAGES),
    "max pool": (lambda: MaxPool2d(2), IMAGES),
    "max pool that overlaps": (lambda: MaxPool2d(3, 2, 1), IMAGES),
    "average pool": (lambda: AvgPool2d(2), IMAGES),
    "average pool that overlaps": (lambda: AvgPool2d(3, 2, 1), IMAGES),
    "global average pool": (GlobalAvgPool2d, IMAGES),
    "rnn": (lambda: RNN(4, 3), STEPS),
    "rnn, both ways": (lambda: of_lengths(RNN(4, 3, 2, bidirectional=True)), STEPS),
    "lstm": (lambda: LSTM(4, 3), STEPS),
    "lstm, both ways, dropout": (lambda: LSTM(4, 3, 2, bidirectional=True, dropout=0.3), STEPS),
    "lstm, lengths": (lambda: of_lengths(LSTM(4, 3, 2)), STEPS),
    "gru": (lambda: GRU(4, 3), STEPS),
    "gru, both ways, lengths": (lambda: of_lengths(GRU(4, 3, 2, bidirectional=True)), STEPS),
    "attention": (lambda: MultiHeadAttention(4, 2), STEPS),
    "attention, causal": (lambda: MultiHeadAttention(4, 1, causal=True), STEPS),
    "attention, padded": (padded, STEPS),
    "sinusoidal positions": (SinusoidalPositions, STEPS),
    "learned positions": (lambda: LearnedPositions(8, 4), STEPS),
    "transformer block": (lambda: TransformerBlock(4, 2, causal=True, dropout=0.2), STEPS),
}


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


def started(make, seed: int = 0) -> Network:
    """Return a network whose numbers are all drawn, so that no term is 0."""
    network = Network(make(), random_state=seed)
    rng = np.random.default_rng(seed)
    network.parameters.flat[...] = rng.normal(size=network.parameters.flat.shape)
    return network


def same_gradients(network: Network, tape: Tape, slopes: list[Tensor]) -> None:
    for (name, ours), slope in zip(network.gradients.items(), slopes, strict=True):
        np.testing.assert_allclose(ours, slope.data, err_msg=name, **EXACT)


@pytest.mark.parametrize("learning", [True, False], ids=["learning", "predicting"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer(name, learning):
    make, shape = LAYERS[name]
    network, rng = started(make), np.random.default_rng(1)
    network.forward(rng.normal(1, 2, size=shape))  # running means that are not those of X
    network = network if learning else network.eval()
    X = rng.normal(size=shape)
    Z = network.forward(X)
    dZ = rng.normal(size=Z.shape)
    dX = network.backward(dZ)

    tape, x = Tape(network), Tensor(X, requires_grad=True)
    z = tape.run(x)
    np.testing.assert_allclose(Z, z.data, **EXACT)
    to_x, *slopes = grad(z, [x, *tape.leaves.values()], dZ)
    np.testing.assert_allclose(dX, to_x.data, **EXACT)
    same_gradients(network, tape, slopes)


def test_an_embedding():
    network, index = started(lambda: Embedding(5, 3)), np.array([[0, 3, 3], [3, 1, 0]])
    Z = network.forward(index)
    dZ = np.random.default_rng(0).normal(size=Z.shape)
    network.backward(dZ)
    tape = Tape(network)
    same_gradients(network, tape, grad(tape.run(index), list(tape.leaves.values()), dZ))


def test_rotary_positions():
    rng = np.random.default_rng(0)
    X, dA = rng.normal(size=(2, 5, 6)), rng.normal(size=(2, 5, 6))
    x = Tensor(X, requires_grad=True)
    a = on_tape.rotate(x)
    np.testing.assert_allclose(rotate(X), a.data, **EXACT)
    np.testing.assert_allclose(rotate_backward(dA), grad(a, [x], dA)[0].data, **EXACT)


OF_NUMBERS = [losses.MeanSquaredError(), losses.MeanAbsoluteError(), losses.Huber(0.7)]
OF_CLASSES = [
    losses.CrossEntropy(),
    losses.CrossEntropy(0.2, np.array([0.5, 2.0, 1.0]), ignore_index=1),
    losses.Hinge(0.6),
]
OF_SHARES = [losses.BinaryCrossEntropy(2.5), losses.KLDivergence()]


@pytest.mark.parametrize("ours", [*OF_NUMBERS, *OF_CLASSES, *OF_SHARES], ids=repr)
def test_a_loss(ours):
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(6, 4, 3))
    y = rng.normal(size=Z.shape)
    if ours in OF_CLASSES:
        y = rng.integers(3, size=(6, 4))
    elif ours in OF_SHARES:
        y = rng.dirichlet(np.ones(3), size=(6, 4))
    z = Tensor(Z, requires_grad=True)
    J = LOSSES[type(ours)](ours, z, y)
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
    return LOSSES[CrossEntropy](ours, tape.run(Tensor(X) if X.dtype.kind == "f" else X), y)


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
    known = {
        value
        for value in vars(layers).values()
        if inspect.isclass(value) and hasattr(value, "forward") and value is not layers.Recurrent
    }
    assert known <= set(RULES)
    shown = {type(part) for make, _ in LAYERS.values() for part in Network(make()).modules.values()}
    assert known - {Embedding} <= shown
    priced = {v for v in vars(losses).values() if inspect.isclass(v)} - {losses.Loss}
    assert priced == set(LOSSES) == {type(o) for o in (*OF_NUMBERS, *OF_CLASSES, *OF_SHARES)}
