"""What a layer or a loss cannot take is refused by its name, with what came and what it needs."""

from typing import Any

import numpy as np
import pytest

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, Sequential, train
from firsthand.scratch.nn.errors import DivergenceError
from firsthand.scratch.nn.layers import (
    LSTM,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Embedding,
    LayerNorm,
    Linear,
    MultiHeadAttention,
    ReLU,
    Residual,
)
from firsthand.scratch.nn.losses import CrossEntropy, MeanSquaredError
from firsthand.scratch.nn.optimizers import SGD
from tests.scratch.nn.every import LAYERS, LOSSES, fed, targets

EVERY = pytest.mark.parametrize("name", LAYERS)
EVERY_LOSS = pytest.mark.parametrize("name", LOSSES)
OF_ANY_SHAPE = {  # entry by entry, or along the last axis
    *("relu", "leaky relu", "sigmoid", "tanh", "gelu", "gelu by tanh", "softmax", "dropout"),
}
OPEN = {  # any axes may stand in front of the features
    *("linear", "linear without a bias", "layer norm", "rms norm", "unflatten", "residual"),
}
OF_ANY_WIDTH = {
    *("flatten", "sinusoidal positions", "embedding", "global average pool"),
    *(name for name in LAYERS if "pool" in name),
}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def refused(error: type[Exception], network: Network, call: Any, array: Any, *says: str) -> None:
    """Check that the error names the innermost module that took the array, and says all this."""
    with pytest.raises(error) as caught:
        call(array)
    told = str(caught.value)
    leaves = [part for part in network.modules.values() if not any(part.children())]
    composed = network.module.describe().startswith(("RNN", "LSTM", "GRU", "Residual"))
    named = [repr(part) for part in (*leaves, *([network.module] if composed else []))]
    assert any(one in told for one in named), told
    for text in says:
        assert text in told, told


@EVERY
def test_backward_before_forward(name: str, rng: np.random.Generator) -> None:
    make, shape = LAYERS[name]
    network = Network(make())
    refused(RuntimeError, network, network.backward, np.ones(shape), "call forward(X) first")


@EVERY
def test_other_numbers(name: str, rng: np.random.Generator) -> None:
    make, shape = LAYERS[name]
    network, X = Network(make()), fed(shape, rng)
    if isinstance(shape, list):
        refused(DataTypeError, network, network.forward, X * 1.0, "float64", "whole numbers")
    else:
        call = network.forward
        refused(DataTypeError, network, call, X.astype(np.float32), "dtype float32, needs float64")
        refused(DataTypeError, network, call, np.ones(shape, int), "dtype int64, needs float64")
    refused(DataTypeError, network, network.forward, X.tolist(), "list", "needs an array")
    single = Network(make(), dtype=np.float32)
    if not isinstance(shape, list):
        refused(DataTypeError, single, single.forward, X, "dtype float64, needs float32")


@EVERY
def test_an_empty_batch(name: str, rng: np.random.Generator) -> None:
    make, shape = LAYERS[name]
    network = Network(make())
    X = fed(shape, rng)[:0]
    refused(DataError, network, network.forward, X, f"of shape {X.shape}", "needs (")


@pytest.mark.parametrize("name", sorted(set(LAYERS) - OF_ANY_SHAPE))
def test_other_shapes(name: str, rng: np.random.Generator) -> None:
    make, shape = LAYERS[name]
    X = fed(shape, rng)
    wrong = [X[..., 0]] if name in OPEN else [X[0], X[None]]
    if name not in OF_ANY_WIDTH:
        wrong.append(np.concatenate([X, X], axis=1 if X.ndim == 4 or "rows" in name else -1))
    for one in wrong:
        network = Network(make())
        refused(DataError, network, network.forward, one, f"of shape {one.shape}")


@pytest.mark.parametrize("name", sorted(set(LAYERS) - OF_ANY_SHAPE))
def test_axes_of_other_trials(name: str, rng: np.random.Generator) -> None:
    make, shape = LAYERS[name]
    network = Network(make(), trials=(3,))
    X = fed(shape, rng)
    X = np.ones((2, 5, 4)) if name in OPEN else np.stack([X, X])
    refused(DataError, network, network.forward, X, f"of shape {X.shape}")


@EVERY
def test_gradients_that_do_not_belong_to_the_output(name: str, rng: np.random.Generator) -> None:
    make, shape = LAYERS[name]
    network = Network(make())
    Z = network.forward(fed(shape, rng))
    for wrong in (Z[:1], Z[..., :1], Z[None], Z.ravel()):
        if wrong.shape != Z.shape:
            says = (f"dZ of shape {wrong.shape}", f"needs {Z.shape}")
            refused(DataError, network, network.backward, wrong, *says)
    call = network.backward
    refused(
        DataTypeError, network, call, Z.astype(np.float32), "dZ of dtype float32, needs float64"
    )
    network.backward(Z)


@EVERY_LOSS
def test_what_a_loss_cannot_take(name: str, rng: np.random.Generator) -> None:
    made, kind = LOSSES[name]
    loss = type(made)()
    Z = rng.normal(size=(5, 3))
    y = targets(kind, Z.shape, rng)

    def refuses(error: type[Exception], says: str, Z: Any, y: Any) -> None:
        with pytest.raises(error) as caught:
            loss.forward(Z, y)
        assert repr(loss) in str(caught.value)
        assert says in str(caught.value)

    with pytest.raises(RuntimeError, match=f"{type(loss).__name__}.*forward pass first"):
        loss.backward()
    refuses(DataTypeError, "int64, needs an array of floats", np.ones((5, 3), int), y)
    refuses(DataTypeError, "type list", Z.tolist(), y)
    refuses(DataError, "(0, 3)", Z[:0], y[:0])
    refuses(DataError, "needs (n_samples, n_outputs)", np.array(1.0), y)
    refuses(DataError, f"of shape {y[1:].shape}, needs {y.shape}", Z, y[1:])
    refuses(DataTypeError, "dtype", Z, np.full(y.shape, "a"))
    if kind == "classes":
        refuses(DataTypeError, "float64, needs whole numbers", Z, y * 1.0)
        refuses(DataError, f"of shape {Z.shape}", Z, np.zeros(Z.shape, int))
    loss.trials = (2,)
    refuses(DataError, "of shape (5, 3), needs (2, n_samples, n_outputs)", Z, y)


@pytest.mark.parametrize("loss", [LOSSES["cross-entropy"][0], LOSSES["hinge"][0]], ids=repr)
@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_that_is_no_class(loss: Any, label: int) -> None:
    with pytest.raises(DataError, match=f"the label {label}, but there are 3 outputs"):
        loss.forward(np.zeros((2, 3)), np.array([0, label]))


def test_what_is_no_number_is_traced_to_where_it_began() -> None:
    network = Network(Sequential(Linear(2, 3), ReLU(), Linear(3, 1)))
    X, y = np.ones((4, 2)), np.ones((4, 1))
    X[2, 1] = np.nan
    how = MeanSquaredError(), SGD(0.1)
    with pytest.raises(DivergenceError, match="X"):
        train(network, *how, X, y, n_epochs=1)
    network.modules["2"].W[0] = np.nan
    with pytest.raises(DivergenceError, match=r"beyond all bounds, 2\.W first"):
        train(network, *how, np.ones((4, 2)), y, n_epochs=1)


@pytest.mark.parametrize(
    ("norm", "shape"), [(BatchNorm1d(3), (1, 3)), (BatchNorm2d(3), (1, 3, 1, 1))]
)
def test_one_value_has_no_variance(norm: Any, shape: tuple[int, ...]) -> None:
    network = Network(norm)
    before = network.state_dict()
    with pytest.raises(DataError, match=r"BatchNorm.d 3 got a batch of 1 value a feature"):
        network.forward(np.ones(shape))
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    assert network.eval().forward(np.ones(shape)).shape == shape


def padded(padding: Any) -> Network:
    attention = MultiHeadAttention(4, 2)
    attention.padding = padding
    return Network(attention)


@pytest.mark.parametrize("causal", [True, False])
def test_a_sample_of_padding_alone(causal: bool) -> None:
    X = np.ones((2, 3, 4))
    network = padded(np.array([[True, True, False], [False, False, False]]))
    network.module.causal = causal
    with pytest.raises(DataError, match="MultiHeadAttention 4, 2 heads got padding that leaves"):
        network.forward(X)
    with pytest.raises(DataError, match=r"padding of shape \(3, 3\).*needs \(2, 3\)"):
        padded(np.ones((3, 3), bool)).forward(X)
    with pytest.raises(DataTypeError, match="padding of dtype int64, needs bool"):
        padded(np.ones((2, 3), int)).forward(X)


@pytest.mark.parametrize("lengths", [[0, 3], [2, 4], [2], [1.0, 2.0]])
def test_lengths_that_cannot_be(lengths: list[float]) -> None:
    cells = LSTM(4, 2)
    network = Network(Sequential(cells))
    cells.lengths = np.array(lengths)
    with pytest.raises(DataError, match=r"0 \(LSTM 4 -> 2\) got lengths"):
        network.forward(np.ones((2, 3, 4)))


def test_a_way_around_of_another_shape() -> None:
    network = Network(Sequential(Residual(Linear(4, 1))))
    with pytest.raises(DataError, match=r"0 \(Residual.*\(5, 1\) from inside and \(5, 4\)"):
        network.forward(np.ones((5, 4)))


def test_numbers_that_name_no_row() -> None:
    network = Network(Sequential(Embedding(3, 2)))
    for index in ([[0, 3]], [[-1, 0]]):
        with pytest.raises(DataError, match=r"0 \(Embedding 3 x 2\) got numbers from"):
            network.forward(np.array(index))


def test_targets_of_another_network_are_not_taken() -> None:
    network = Network(Linear(2, 3))
    with pytest.raises(DataError, match=r"CrossEntropy.* got labels of shape \(5,\), needs \(4,\)"):
        CrossEntropy().forward(network.forward(np.ones((4, 2))), np.zeros(5, int))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Linear(0, 3), "n_in is 0"),
        (lambda: Linear(3, -1), "n_out is -1"),
        (lambda: Linear(2.5, 3), r"n_in is 2\.5; it has to be a whole number at least 1"),
        (lambda: Conv2d(2, 2, 3, groups=0), "groups is 0"),
        (lambda: MultiHeadAttention(6, 0), "n_heads is 0"),
        (lambda: Embedding(0, 3), "n_rows is 0"),
        (lambda: LayerNorm(0), "n_features is 0"),
        (lambda: BatchNorm1d(-2), "n_features is -2"),
        (lambda: LSTM(2, 0), "n_hidden is 0"),
        (lambda: Network(ReLU(), trials=3), r"trials is 3; pass \(T,\)"),
        (lambda: Network(ReLU(), trials=[3]), r"trials is \[3\]; pass \(T,\)"),
        (lambda: Network(ReLU(), trials=(0,)), "trials is 0; it has to be a whole number"),
    ],
)
def test_sizes_that_cannot_be(make: Any, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        make()


def test_a_network_that_failed_owns_nothing() -> None:
    class Fails(Linear):
        broken = True

        def initialize(self, rng: np.random.Generator) -> None:
            if self.broken:
                raise RuntimeError("no draws")
            super().initialize(rng)

    part = Fails(2, 3)
    with pytest.raises(RuntimeError, match="no draws"):
        Network(Sequential(ReLU(), part))
    part.broken = False
    assert Network(Sequential(ReLU(), part)).forward(np.ones((1, 2))).shape == (1, 3)


def test_a_part_that_takes_an_axis_away() -> None:
    class FirstSample(ReLU):
        def forward(self, X: np.ndarray) -> np.ndarray:
            return X[0]

    with pytest.raises(DataError, match=r"\(3, 3\) from inside and \(3, 3, 3\) from its way"):
        Network(Residual(FirstSample())).forward(np.ones((3, 3, 3)))
