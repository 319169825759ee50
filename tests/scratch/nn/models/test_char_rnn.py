"""The recurrent model of characters: PyTorch's twin, streams in pieces, and what it writes."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.library.networks.char_rnn import char_rnn
from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, check_gradients, generate, measure_surprises
from firsthand.scratch.nn.characters import decode, encode, make_vocabulary, streams
from firsthand.scratch.nn.layers import Linear
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import CharRNN, train_on_stream
from firsthand.scratch.nn.optimizers import SGD, Adam
from tests.scratch.nn.layers.twins import agree, side_by_side

torch.set_num_threads(1)
CELLS = pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
SIZES = {"n_features": 3, "n_hidden": 5, "n_layers": 2}


def tokens(*shape, n_tokens=7, seed=0):
    return np.random.default_rng(seed).integers(n_tokens, size=shape)


class Scores(torch.nn.Module):
    """The twin without its state."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        for part in ("state_dict", "load_state_dict", "named_parameters"):
            setattr(self, part, getattr(inner, part))

    def forward(self, X):
        return self.inner(X)[0]


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["rnn", "gru", "lstm"]),
    st.integers(1, 9),
    st.integers(1, 8),
    st.integers(1, 4),
    st.integers(1, 5),
    st.integers(1, 2),
)
def test_torch_computes_the_same(cell, n_tokens, n_steps, n_features, n_hidden, n_layers):
    sizes = {"n_features": n_features, "n_hidden": n_hidden, "n_layers": n_layers, "cell": cell}
    X = tokens(3, n_steps, n_tokens=n_tokens, seed=n_hidden)
    agree(CharRNN(n_tokens, **sizes), Scores(char_rnn(n_tokens, **sizes)), X)


@CELLS
def test_gradients_by_central_differences(cell):
    network = Network(CharRNN(7, **SIZES, cell=cell, dropout=0.2))
    checked = check_gradients(network, tokens(2, 6), loss=CrossEntropy(), y=tokens(2, 6), most=12)
    assert checked.rung == "right", str(checked)


def test_trials_are_networks_side_by_side():
    side_by_side(lambda: CharRNN(7, **SIZES), tokens(3, 5))


def test_a_stream_is_read_as_torch_reads_it():
    """The state goes on from piece to piece, and the gradient does not."""
    network = Network(CharRNN(7, **SIZES, cell="gru"))
    twin = char_rnn(7, **SIZES, cell="gru").double()
    twin.load_state_dict({k: torch.tensor(v) for k, v in network.to_torch().items()})
    text = tokens(40)
    stepping, state, losses = torch.optim.SGD(twin.parameters(), lr=0.5), None, []
    for X, y in streams(text, 2, 5):
        stepping.zero_grad()
        Z, state = twin(torch.tensor(X), state)
        state = state.detach()
        loss = torch.nn.functional.cross_entropy(Z.flatten(0, 1), torch.tensor(y).flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(twin.parameters(), 0.3)
        stepping.step()
        losses.append(loss.item())
    J = train_on_stream(
        network, CrossEntropy(), SGD(0.5), text, n_samples=2, n_steps=5, clip_norm=0.3
    )
    assert pytest.approx(np.mean(losses), abs=1e-10) == J
    for name, value in network.to_torch().items():
        np.testing.assert_allclose(value, twin.state_dict()[name], rtol=0, atol=1e-10)
    assert not network.module.recurrent.carrying


@CELLS
def test_it_learns_a_text_and_writes_it(cell):
    text = "to be or not to be, that is the question. " * 12
    vocabulary = make_vocabulary(text)
    network = Network(CharRNN(len(vocabulary), n_features=16, n_hidden=48, cell=cell))
    optimizer, loss = Adam(1e-2), CrossEntropy()
    read = encode(text, vocabulary)
    for _ in range(25):
        J = train_on_stream(network, loss, optimizer, read, n_samples=4, n_steps=16)
    assert J < 0.2
    prompt = encode("to be or ", vocabulary)[None]
    said = generate(network, prompt, 33, temperature=0)
    assert decode(said[0], vocabulary) == "not to be, that is the question. "


@CELLS
@pytest.mark.parametrize("length", [1, 4])
def test_what_is_remembered_changes_nothing(cell, length):
    network = Network(CharRNN(7, **SIZES, cell=cell))
    network.parameters.flat[...] *= 3
    prompt = tokens(3, length)
    with_state = generate(network, prompt, 12, random_state=5)
    np.testing.assert_array_equal(
        generate(network, prompt, 12, random_state=5, cache=False), with_state
    )
    assert network.module.n_read == 0
    np.testing.assert_array_equal(generate(network, prompt, 12, random_state=5), with_state)


def test_what_a_text_costs_is_the_loss():
    network = Network(CharRNN(7, **SIZES, dropout=0.5))
    X, y = tokens(5, 6), tokens(5, 6, seed=1)
    y[2, 3:] = -1
    cost = measure_surprises(network, X, y, batch_size=2)
    assert cost.shape == y.shape
    assert not cost[2, 3:].any()
    assert network.training
    expected = CrossEntropy(ignore_index=-1).forward(network.eval().forward(X), y)
    assert cost.sum() / (y >= 0).sum() == pytest.approx(expected)


def test_numbers_stay_float32():
    network = Network(CharRNN(7, **SIZES, dropout=0.5), dtype=np.float32)
    Z = network.forward(tokens(2, 3))
    network.backward(Z)
    assert Z.dtype == network.gradients.flat.dtype == np.float32
    assert network.gradients.flat.any()


def test_errors_say_what_is_needed():
    network = Network(CharRNN(7, **SIZES))
    with pytest.raises(DataError, match=r"embedding \(Embedding 7 x 3\) got numbers from 0 to 7"):
        network.forward(np.array([[0, 7]]))
    with pytest.raises(DataError, match="The prompt has shape"):
        generate(network, np.ones((1, 0), int), 3)
    with pytest.raises(ParameterError, match="cell is 'lsmt'; use 'rnn', 'gru' or 'lstm'"):
        CharRNN(7, cell="lsmt")
    how = {"n_samples": 2, "n_steps": 3}
    with pytest.raises(DataError, match="do not fill 2 rows of 3"):
        train_on_stream(network, CrossEntropy(), SGD(0.1), tokens(6), **how)
    for other in (Network(Linear(2, 3)), Network(CharRNN(7), trials=(2,))):
        with pytest.raises(ParameterError, match="A stream is read by a CharRNN without trials"):
            train_on_stream(other, CrossEntropy(), SGD(0.1), tokens(60), **how)


def test_a_text_starts_from_nothing():
    network = Network(CharRNN(7, **SIZES))
    network.parameters.flat[...] *= 3
    prompt = tokens(2, 3)
    alone = generate(network, prompt, 5)
    for cache in (True, False):
        network.module.scores_of_next(tokens(2, 2, seed=1), cache=True)  # somebody's own text
        np.testing.assert_array_equal(generate(network, prompt, 5, cache=cache), alone)
    scores = network.forward(prompt)[:, -1]
    network.module.scores_of_next(tokens(2, 2, seed=1), cache=True)
    np.testing.assert_array_equal(network.module.scores_of_next(prompt, cache=False), scores)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint64])
def test_a_prompt_of_any_whole_numbers(dtype):
    network = Network(CharRNN(7, **SIZES))
    prompt = tokens(2, 3)
    said = generate(network, prompt, 5)
    np.testing.assert_array_equal(generate(network, prompt.astype(dtype), 5), said)
    with pytest.raises(DataTypeError, match="prompt is of float64"):
        generate(network, prompt * 1.0, 5)


def test_nothing_is_carried_on_after_an_error():
    network = Network(CharRNN(7, **SIZES))
    how = {"n_samples": 2, "n_steps": 3}
    with pytest.raises(DataError, match="numbers from"):
        train_on_stream(network, CrossEntropy(), SGD(0.1), tokens(60) + 5, **how)
    assert not network.module.recurrent.carrying
