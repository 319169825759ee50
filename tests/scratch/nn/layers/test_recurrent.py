"""RNN, LSTM and GRU against PyTorch and against the steps that they are made of."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from firsthand.scratch.nn import Network
from firsthand.scratch.nn.layers import GRU, LSTM, RNN
from firsthand.scratch.nn.layers.gru import gru_step, gru_step_backward
from firsthand.scratch.nn.layers.lstm import lstm_step, lstm_step_backward
from firsthand.scratch.nn.layers.rnn import rnn_step, rnn_step_backward
from tests.scratch.nn.layers.twins import EXACT

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
