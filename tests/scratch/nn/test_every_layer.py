"""What holds for every layer and loss: slopes by central differences, trials, float32, copies."""

import copy
import inspect
import pickle

import numpy as np
import pytest

from firsthand.scratch.nn import Network, check_gradients, layers, losses
from firsthand.scratch.nn.mlp import numerical_gradient
from tests.scratch.nn.every import LAYERS, LOSSES, fed, started, targets
from tests.scratch.nn.layers.twins import side_by_side

EVERY = pytest.mark.parametrize("name", LAYERS)
# what is dropped is drawn for all trials at once
DROPPING = {"dropout", "lstm, both ways, dropout", "transformer block", "decoder block"}
OPEN = {"linear", "layer norm", "rms norm"}
EVERY_LOSS = pytest.mark.parametrize("name", LOSSES)


def test_nothing_is_left_out() -> None:
    shown = {type(part) for make, _ in LAYERS.values() for part in Network(make()).modules.values()}
    priced = {type(loss) for loss, _ in LOSSES.values()}
    for table, room in ((shown, layers), (priced, losses)):
        exported = {getattr(room, name) for name in room.__all__}
        known = {one for one in exported if inspect.isclass(one) and hasattr(one, "forward")}
        assert known - {layers.Recurrent, losses.Loss} <= table


@EVERY
@pytest.mark.parametrize("learning", [True, False], ids=["learning", "predicting"])
def test_slopes_by_central_differences(name: str, learning: bool) -> None:
    make, shape = LAYERS[name]
    network, rng = started(make), np.random.default_rng(0)
    network.parameters.flat *= 0.5  # less curved, so that differences are exact to more digits
    network.forward(fed(shape, rng))
    network = network if learning else network.eval()
    found = check_gradients(network, fed(shape, rng), most=12)
    assert found.rung == "right", str(found)


@EVERY_LOSS
def test_slopes_of_losses_by_central_differences(name: str) -> None:
    loss, kind = LOSSES[name]
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(5, 3))
    y = targets(kind, Z.shape, rng)
    expected = numerical_gradient(lambda flat: loss.forward(flat.reshape(Z.shape), y), Z.ravel())
    loss.forward(Z, y)
    np.testing.assert_allclose(loss.backward().ravel(), expected, atol=1e-8)


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in DROPPING])
def test_trials_are_networks_side_by_side(name: str) -> None:
    make, shape = LAYERS[name]
    # what has no parameters puts out one array for all, and an open layer shares matrices alone
    shared = Network(make()).parameters.flat.size > 0 and name not in OPEN
    side_by_side(make, fed(shape, np.random.default_rng(0)), shared=shared)


@EVERY_LOSS
def test_a_loss_of_trials_is_a_loss_of_each(name: str) -> None:
    loss, kind = copy.deepcopy(LOSSES[name])
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(3, 5, 4, 3))
    y = targets(kind, Z.shape, rng)
    loss.trials = (3,)
    J, dZ = loss.forward(Z, y), loss.backward()
    loss.trials = ()
    for trial in range(3):
        np.testing.assert_allclose(J[trial], loss.forward(Z[trial], y[trial]), rtol=1e-12)
        np.testing.assert_allclose(dZ[trial], loss.backward(), rtol=1e-12, atol=1e-15)


@EVERY
def test_float32_stays_float32(name: str) -> None:
    make, shape = LAYERS[name]
    network, rng = started(make, dtype=np.float32), np.random.default_rng(0)
    X = fed(shape, rng)
    X = X.astype(np.float32) if X.dtype.kind == "f" else X
    for mode in (network.train, network.eval):
        mode()
        Z = network.forward(X)
        dX = network.backward(Z)
        for array in (Z, dX, network.gradients.flat, *network.buffers.values()):
            assert array.dtype == np.float32
            assert np.isfinite(array).all()


@EVERY_LOSS
def test_losses_of_float32_are_float32(name: str) -> None:
    loss, kind = LOSSES[name]
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(5, 3)).astype(np.float32)
    J = loss.forward(Z, targets(kind, Z.shape, rng))  # targets of float64, as they often come
    assert J.dtype == loss.backward().dtype == np.float32


@EVERY
def test_what_was_put_out_stays_as_it_was(name: str) -> None:
    make, shape = LAYERS[name]
    network, rng = started(make), np.random.default_rng(0)
    X, other = fed(shape, rng), fed(shape, rng)
    start = X.copy()
    Z = network.forward(X)
    dZ = rng.normal(size=Z.shape)
    dX = network.backward(dZ)
    kept = Z.copy(), dX.copy(), dZ.copy()
    network.backward(network.forward(other) + 1)
    for now, before in zip((Z, dX, dZ, X), (*kept, start), strict=True):
        np.testing.assert_array_equal(now, before)


@EVERY
def test_copies_compute_the_same_and_are_their_own(name: str) -> None:
    make, shape = LAYERS[name]
    network = started(make).eval()
    X = fed(shape, np.random.default_rng(0))
    network.forward(X)
    again = pickle.loads(pickle.dumps(network))
    other = copy.deepcopy(network)
    twin = Network(make(), random_state=7).eval()
    twin.load_state_dict(network.state_dict())
    there = Network(make(), random_state=8).eval()
    there.from_torch(network.to_torch())
    Z = network.forward(X)
    for one in (again, other, twin, there):
        np.testing.assert_array_equal(one.forward(X), Z)
        one.parameters.flat[...] = 0
    np.testing.assert_array_equal(network.forward(X), Z)


@EVERY
def test_equal_seeds_are_equal_to_the_last_bit(name: str) -> None:
    make, shape = LAYERS[name]
    seen = []
    for _ in range(2):
        network, rng = Network(make(), random_state=5), np.random.default_rng(0)
        Z = network.forward(fed(shape, rng))
        dX = network.backward(rng.normal(size=Z.shape))
        seen.append((network.parameters.flat.copy(), Z, dX, network.gradients.flat))
    for first, second in zip(*seen, strict=True):
        np.testing.assert_array_equal(first, second)
