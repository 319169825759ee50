"""RNN, LSTM and GRU against PyTorch and against the steps that they are made of."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, Sequential, check_gradients
from firsthand.scratch.nn.layers import GRU, LSTM, RNN, Linear
from firsthand.scratch.nn.layers.gru import gru_step, gru_step_backward
from firsthand.scratch.nn.layers.lstm import lstm_step, lstm_step_backward
from firsthand.scratch.nn.layers.recurrent import unroll, unroll_backward
from firsthand.scratch.nn.layers.rnn import rnn_step, rnn_step_backward
from tests.scratch.nn.layers.twins import EXACT, side_by_side

torch.set_num_threads(1)
LONG = {"rtol": 1e-8, "atol": 1e-8}  # rounding grows along hundreds of steps
TWINS = {RNN: torch.nn.RNN, LSTM: torch.nn.LSTM, GRU: torch.nn.GRU}
STEPS = {
    RNN: (rnn_step, rnn_step_backward),
    LSTM: (lstm_step, lstm_step_backward),
    GRU: (gru_step, gru_step_backward),
}
KINDS = pytest.mark.parametrize("kind", list(TWINS))
small = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=60, deadline=None)


def as_pair(states):
    return states if isinstance(states, tuple) else (states,)


def same_as_torch(kind, sizes, *, both, padded, started, seed, exact, scale=1.0):
    """Compare output, last states and every gradient for random numbers of these sizes."""
    n_samples, n_steps, n_in, n_hidden, n_layers = sizes
    rng = np.random.default_rng(seed)
    module = kind(n_in, n_hidden, n_layers, bidirectional=both)
    twin = TWINS[kind](n_in, n_hidden, n_layers, batch_first=True, bidirectional=both).double()
    network = Network(module)
    network.parameters.flat[...] = scale * rng.normal(size=network.parameters.flat.shape)
    twin.load_state_dict({k: torch.tensor(v) for k, v in network.to_torch().items()})
    X = rng.normal(size=(n_samples, n_steps, n_in))
    there = torch.tensor(X, requires_grad=True)
    n_states = 1 + (kind is LSTM)
    shape = n_layers * (1 + both), n_samples, n_hidden
    start = tuple(rng.normal(size=(n_states, *shape))) if started else None
    first = [torch.tensor(s, requires_grad=True) for s in start] if start else []
    given = [tuple(first) if kind is LSTM else first[0]] if start else []
    if padded:
        module.lengths = rng.integers(1, n_steps + 1, n_samples)
        packed = pack_padded_sequence(
            there, torch.tensor(module.lengths), batch_first=True, enforce_sorted=False
        )
        Z, last = twin(packed, *given)
        Z = pad_packed_sequence(Z, batch_first=True, total_length=n_steps)[0]
    else:
        Z, last = twin(there, *given)
    last = as_pair(last)
    dZ, dlast = rng.normal(size=tuple(Z.shape)), tuple(rng.normal(size=(n_states, *shape)))
    sum(
        (ours * torch.tensor(d)).sum() for ours, d in zip((Z, *last), (dZ, *dlast), strict=True)
    ).backward()

    np.testing.assert_allclose(module.forward(X, start), Z.detach(), **exact)
    np.testing.assert_allclose(module.backward(dZ, dlast), there.grad, **exact)
    for ours, theirs in zip(module.last, last, strict=True):
        np.testing.assert_allclose(ours, theirs.detach(), **exact)
    for ours, theirs in zip(module.dstart, first, strict=bool(first)):
        np.testing.assert_allclose(ours, theirs.grad, **exact)
    slopes = copy.deepcopy(network)  # carried to PyTorch's names as if they were weights
    slopes.parameters.flat[...] = network.gradients.flat
    theirs = dict(twin.named_parameters())
    assert set(theirs) == set(slopes.to_torch())
    for name, gradient in slopes.to_torch().items():
        np.testing.assert_allclose(gradient, theirs[name].grad, err_msg=name, **exact)


@KINDS
def test_torch_computes_the_same(kind):
    @many
    @given(
        st.tuples(small, st.integers(1, 7), small, small, st.integers(1, 3)),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        seeds,
    )
    def check(sizes, both, padded, started, seed):
        same_as_torch(
            kind, sizes, both=both, padded=padded, started=started, seed=seed, exact=EXACT
        )

    check()


@KINDS
def test_long_sequences(kind):
    sizes = 3, 300, 4, 8, 2
    how = {"padded": True, "started": True, "seed": 0, "exact": LONG, "scale": 0.4}
    same_as_torch(kind, sizes, both=True, **how)


@KINDS
def test_modules_compute_what_their_steps_say(kind):
    """The fast sweep beside backpropagation through time as it is written down."""
    rng = np.random.default_rng(0)
    module = kind(3, 5)
    network = Network(module)
    network.parameters.flat[...] = rng.normal(size=network.parameters.flat.shape)
    W, U, b, v = module.W_0, module.U_0, module.b_0, module.v_0
    biases = (b, v) if kind is GRU else (b + v,)
    n_states = 1 + (kind is LSTM)
    X, dH = rng.normal(size=(4, 7, 3)), rng.normal(size=(4, 7, 5))
    start, dlast = (tuple(rng.normal(size=(n_states, 4, 5))) for _ in range(2))
    step, step_backward = STEPS[kind]
    H, last, seen = unroll(step, X, start, W, U, *biases)
    dX, dstart, (dW, dU, *dbiases) = unroll_backward(step_backward, dH, dlast, seen, W, U)
    np.testing.assert_allclose(module.forward(X, tuple(s[None] for s in start)), H, **EXACT)
    np.testing.assert_allclose(module.backward(dH, tuple(d[None] for d in dlast)), dX, **EXACT)
    db, dv = dbiases if kind is GRU else dbiases * 2
    pairs = [(module.dW_0, dW), (module.dU_0, dU), (module.db_0, db), (module.dv_0, dv)]
    pairs += zip((s[0] for s in (*module.last, *module.dstart)), (*last, *dstart), strict=True)
    for fast, plain in pairs:
        np.testing.assert_allclose(fast, plain, **EXACT)


@KINDS
@pytest.mark.parametrize("padded", [True, False])
def test_trials_are_networks_side_by_side(kind, padded):
    def make():
        module = kind(3, 4, 2, bidirectional=True)
        module.lengths = np.array([5, 1, 3, 5]) if padded else None
        return module

    side_by_side(make, np.random.default_rng(0).normal(size=(4, 5, 3)))


@KINDS
def test_trials_have_states_of_their_own(kind):
    rng = np.random.default_rng(0)
    many = Network(kind(3, 4), trials=(2,))
    start = tuple(rng.normal(size=(1 + (kind is LSTM), 2, 1, 5, 4)))
    X, dZ = rng.normal(size=(2, 5, 6, 3)), rng.normal(size=(2, 5, 6, 4))
    Z, dX = many.module.forward(X, start), many.module.backward(dZ)
    for trial in range(2):
        one = Network(kind(3, 4))
        one.parameters.flat[...] = many.parameters.flat[trial]
        alone = one.module.forward(X[trial], tuple(s[trial] for s in start))
        np.testing.assert_allclose(Z[trial], alone, **EXACT)
        np.testing.assert_allclose(dX[trial], one.module.backward(dZ[trial]), **EXACT)
        for ours, expected in zip(many.module.dstart, one.module.dstart, strict=True):
            np.testing.assert_allclose(ours[trial], expected, **EXACT)


@KINDS
@pytest.mark.parametrize("padded", [True, False])
def test_gradients_by_central_differences(kind, padded):
    module = kind(3, 4, 2, bidirectional=True, dropout=0.3)
    module.lengths = np.array([4, 2]) if padded else None
    X = np.random.default_rng(0).normal(size=(2, 4, 3))
    network = Network(Sequential(module, Linear(8, 2)))
    assert check_gradients(network, X, most=20).rung == "right"


@KINDS
def test_numbers_stay_float32(kind):
    module = kind(3, 4, 2, bidirectional=True, dropout=0.5)
    network = Network(module, dtype=np.float32)
    module.lengths = np.array([5, 2])
    Z = network.forward(np.ones((2, 5, 3), np.float32))
    dX = network.backward(Z)
    for array in (Z, dX, *module.last, *module.dstart, network.gradients.flat):
        assert array.dtype == np.float32
        assert np.isfinite(array).all()


@KINDS
def test_what_comes_after_the_end_does_not_matter(kind):
    rng = np.random.default_rng(0)
    module = kind(3, 4, 2, bidirectional=True)
    network = Network(module)
    module.lengths = np.array([3, 6])
    X, dZ = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 6, 8))
    Z, dX, gradients = network.forward(X), network.backward(dZ), network.gradients.flat.copy()
    assert not Z[0, 3:].any()
    assert not dX[0, 3:].any()
    X[0, 3:], dZ[0, 3:] = np.nan, np.nan
    np.testing.assert_array_equal(network.forward(X), Z)
    np.testing.assert_array_equal(network.backward(dZ), dX)
    np.testing.assert_array_equal(network.gradients.flat, gradients)
    module.lengths = None
    alone = network.forward(X[:1, :3])
    np.testing.assert_allclose(alone, Z[:1, :3], **EXACT)


@KINDS
def test_pieces_go_on_where_the_last_one_ended(kind):
    module = kind(3, 4, 2)
    network = Network(module)
    X = np.random.default_rng(0).normal(size=(2, 7, 3))
    whole = network.forward(X)
    module.start_carrying()
    pieces = [network.forward(X[:, first:last]) for first, last in ((0, 3), (3, 4), (4, 7))]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, **EXACT)
    module.start_carrying()
    np.testing.assert_array_equal(network.forward(X), whole)
    module.stop_carrying()
    np.testing.assert_array_equal(network.forward(X), whole)


def test_dropout_is_between_layers_and_only_while_learning():
    X = np.random.default_rng(0).normal(size=(3, 5, 3))
    dropping, plain = Network(LSTM(3, 4, 2, dropout=0.5)), Network(LSTM(3, 4, 2))
    expected = plain.forward(X)
    assert not np.allclose(dropping.forward(X), expected)
    np.testing.assert_array_equal(dropping.module.last[0][0], plain.module.last[0][0])
    np.testing.assert_array_equal(dropping.eval().forward(X), expected)


@KINDS
def test_results_and_copies_are_their_own(kind):
    module = kind(1, 1)
    network = Network(module)
    X = np.ones((1, 1, 1))
    Z, dX = network.forward(X), network.backward(X)
    kept = Z.copy(), dX.copy(), module.last[0].copy()
    network.forward(5 * X)
    network.backward(5 * X)
    for before, expected in zip((Z, dX), kept, strict=False):
        np.testing.assert_array_equal(before, expected)
    other = pickle.loads(pickle.dumps(copy.deepcopy(network)))
    other.parameters.flat[...] = 0.0
    assert not other.forward(X).any()
    np.testing.assert_array_equal(network.forward(X), kept[0])


@KINDS
def test_the_state_comes_back_from_torch(kind):
    network = Network(Sequential(kind(3, 4, 2, bidirectional=True)))
    twin = torch.nn.Sequential(TWINS[kind](3, 4, 2, batch_first=True, bidirectional=True).double())
    network.from_torch(twin.state_dict())
    X = np.random.default_rng(0).normal(size=(2, 5, 3))
    np.testing.assert_allclose(network.forward(X), twin(torch.tensor(X))[0].detach(), **EXACT)
    for name, value in twin.state_dict().items():
        np.testing.assert_array_equal(network.to_torch()[name], value)


@KINDS
def test_errors_name_the_layer_and_what_it_needs(kind):
    module = kind(3, 4)
    network = Network(Sequential(module))
    X = np.ones((2, 5, 3))
    name = rf"0 \({kind.__name__} 3 -> 4\)"
    for shape in ((2, 5, 4), (5, 3), (0, 5, 3), (2, 0, 3)):
        with pytest.raises(DataError, match=rf"{name} got X of shape .*needs \(\.\.\., n_samples"):
            network.forward(np.ones(shape))
    with pytest.raises(DataError, match=rf"{name} got X of shape \(6, 2, 5, 3\); in front of"):
        network.forward(np.ones((6, 2, 5, 3)))
    with pytest.raises(DataTypeError, match=f"{name} got X of dtype float32"):
        network.forward(X.astype(np.float32))
    with pytest.raises(DataError, match=rf"{name} got start of shape \(1, 2, 3\), needs"):
        module.forward(X, (np.ones((1, 2, 3)),) * (1 + (kind is LSTM)))
    with pytest.raises(DataError, match=f"{name} got 3 arrays as start, has"):
        module.forward(X, (np.ones((1, 2, 4)),) * 3)
    network.forward(X)
    with pytest.raises(DataError, match=rf"{name} got dZ of shape \(2, 5, 3\), needs"):
        network.backward(X)
    for lengths in ([5], [0, 5], [5, 6], [2.0, 3.0]):
        module.lengths = np.array(lengths)
        with pytest.raises(DataError, match=f"{name} got lengths"):
            network.forward(X)
    with pytest.raises(ParameterError, match="n_layers"):
        kind(3, 4, 0)
    with pytest.raises(ParameterError, match="both ways reads backward"):
        kind(3, 4, bidirectional=True).start_carrying()


def test_equal_seeds_start_equal():
    first, second, other = (Network(GRU(3, 4), random_state=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.parameters.flat, second.parameters.flat)
    assert not np.allclose(first.parameters.flat, other.parameters.flat)
    assert np.abs(first.parameters.flat).max() <= 0.5
