"""The check passes what is right, fails what is wrong, and knows what only looks wrong."""

import numpy as np
import pytest

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.gradcheck import check_gradients
from firsthand.scratch.nn.layers import (
    GELU,
    LSTM,
    BatchNorm1d,
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    ReLU,
    Residual,
    Tanh,
)
from firsthand.scratch.nn.losses import CrossEntropy, Huber, MeanSquaredError


@pytest.fixture
def X() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(6, 4))


def test_what_is_right_is_right(X) -> None:
    parts = Linear(4, 5), GELU(), Residual(Sequential(LayerNorm(5), Linear(5, 5), Tanh()))
    network = Network(Sequential(*parts, Linear(5, 3)))
    found = check_gradients(network, X)
    assert found.rung == "right"
    assert {row.name for row in found.rows} == {*network.parameters, "X"}
    with_loss = check_gradients(network, X, loss=CrossEntropy(0.1), y=np.arange(6) % 3)
    assert with_loss.rung == "right"
    assert "right" in str(found)


@pytest.mark.parametrize("factor", [2.0, -1.0, 1.01])
def test_a_wrong_gradient_is_named(X, factor) -> None:
    class Wrong(Tanh):
        def backward(self, dZ):
            return factor * super().backward(dZ)

    found = check_gradients(Network(Sequential(Linear(4, 3), Wrong(), Linear(3, 2))), X)
    assert found.rung == "wrong"
    rungs = {row.name: row.rung for row in found.rows}
    assert rungs["0.W"] == "wrong"
    assert rungs["2.W"] == "right"


def test_a_slightly_wrong_gradient_is_suspicious(X) -> None:
    class Rough(Tanh):
        def backward(self, dZ):
            return (1 + 1e-5) * super().backward(dZ)

    assert check_gradients(Network(Sequential(Linear(4, 3), Rough())), X).rung == "suspicious"


def test_a_kink_is_not_a_mistake(X) -> None:
    network = Network(Sequential(Linear(4, 3), ReLU(), Linear(3, 2)))
    Z = X @ network.parameters["0.W"]
    network.parameters["0.b"][...] = -Z[0] + 3e-6  # a sample that crosses the kink within a step
    found = check_gradients(network, X)
    assert found.rung == "right"
    assert sum(row.n_kinks for row in found.rows) > 0
    assert "at a kink" in str(found)


@pytest.mark.parametrize("scale", [1e-5, 1e-3, 1e-2, 1.0, 1e2, 1e5])
@pytest.mark.parametrize("activation", [None, ReLU, Tanh])
@pytest.mark.parametrize("loss", [None, MeanSquaredError()])
def test_the_verdict_has_no_scale(scale, activation, loss) -> None:
    class Half(Linear):
        def backward(self, dZ):
            dX = super().backward(dZ)
            self.dW *= 0.5
            return dX

    X = np.random.default_rng(0).normal(size=(40, 3)) * scale
    for layer, rung in ((Linear, "right"), (Half, "wrong")):
        parts = [layer(3, 2), *([activation()] if activation else [])]
        network = Network(Sequential(*parts))
        if activation is Tanh and scale > 1:
            network.parameters["0.W"] /= scale  # or every unit is flat, and every slope 0
        found = check_gradients(network, X, loss=loss, y=np.zeros((40, 2)) if loss else None)
        assert found.rung == rung, str(found)


def test_rounding_excuses_nothing(X) -> None:
    class Flat(Linear):
        def backward(self, dZ):
            dX = super().backward(dZ)
            self.dW[...] = 0
            return dX

    network = Network(Flat(4, 1))
    network.parameters["b"][...] = 1e7  # with a step of 1e-9 nothing would be left of W
    found = check_gradients(network, X)
    assert (found.rung, found.rows[0].n_kinks) == ("wrong", 0)
    assert found.rows[0].error == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_wrong(X, bad) -> None:
    class Broken(Linear):
        def backward(self, dZ):
            dX = super().backward(dZ)
            self.dW[1, 1] = bad
            return dX

    found = check_gradients(Network(Broken(4, 2)), X)
    assert (found.rung, found.rows[0].name, found.rows[0].where) == ("wrong", "W", (1, 1))


def test_a_state_that_is_carried_is_left_as_it_was(X) -> None:
    network = Network(LSTM(4, 3))
    network.module.start_carrying()
    network.forward(X[None])
    carried = network.module.carried
    assert check_gradients(network, X[None]).rung == "right"
    assert network.module.carried is carried


def test_dropout_is_frozen_or_seen_to_fail(X) -> None:
    network = Network(Sequential(Linear(4, 20), Dropout(0.5), Linear(20, 2)))
    assert check_gradients(network, X).rung == "right"
    assert check_gradients(network, X, freeze=False).rung == "wrong"


@pytest.mark.parametrize("learning", [True, False])
def test_batch_norm_in_both_modes_and_left_as_it_was(X, learning) -> None:
    network = Network(Sequential(Linear(4, 5), BatchNorm1d(5), Tanh(), Linear(5, 2)))
    network.forward(X)
    if not learning:
        network.eval()
    before = network.state_dict()
    assert check_gradients(network, X, loss=Huber(), y=np.zeros((6, 2))).rung == "right"
    with pytest.raises(DataError):
        check_gradients(network, X, loss=CrossEntropy(), y=np.array([0, 1, 5, 0, 0, 0]))
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_an_index_has_no_slope_and_large_tensors_are_sampled() -> None:
    network = Network(Sequential(Embedding(30, 20), Linear(20, 2)))
    found = check_gradients(network, np.array([[1, 2, 2], [0, 29, 1]]), most=50)
    assert found.rung == "right"
    assert {row.name: row.n_checked for row in found.rows} == {"0.W": 50, "1.W": 40, "1.b": 2}


def test_float32_and_trials_are_refused() -> None:
    with pytest.raises(ParameterError, match="without trials"):
        check_gradients(Network(Linear(2, 2), trials=(2,)), np.ones((1, 2)))
    with pytest.raises(DataTypeError, match="float64"):
        check_gradients(Network(Linear(2, 2), dtype=np.float32), np.ones((1, 2), np.float32))
