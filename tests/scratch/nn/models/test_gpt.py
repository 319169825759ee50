"""The GPT against PyTorch's, against differences, and generating with what it remembers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.library.networks.gpt import gpt
from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, check_gradients, generate
from firsthand.scratch.nn.layers import Linear
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import GPT
from firsthand.scratch.nn.optimizers import AdamW
from tests.scratch.nn.layers.twins import agree, side_by_side

torch.set_num_threads(1)
CLOSE = {"rtol": 1e-8, "atol": 1e-8}  # softmaxes over several blocks
SIZES = {"context": 8, "n_features": 12, "n_heads": 2, "n_layers": 2}


def small(n_tokens=7, **more):
    return GPT(n_tokens, **SIZES, **more)


def tokens(*shape, n_tokens=7, seed=0):
    return np.random.default_rng(seed).integers(n_tokens, size=shape)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 9), st.integers(1, 8), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)
)
def test_torch_computes_the_same(n_tokens, n_steps, n_heads, n_layers, n_samples):
    sizes = {"context": 8, "n_features": 4 * n_heads, "n_heads": n_heads, "n_layers": n_layers}
    X = tokens(n_samples, n_steps, n_tokens=n_tokens, seed=n_steps)
    agree(GPT(n_tokens, **sizes), gpt(n_tokens, **sizes), X, exact=CLOSE)


def test_gradients_by_central_differences():
    network = Network(small(std=0.3, dropout=0.1))
    checked = check_gradients(network, tokens(2, 6), loss=CrossEntropy(), y=tokens(2, 6), most=12)
    assert checked.rung == "right", str(checked)


def test_trials_are_networks_side_by_side():
    side_by_side(small, tokens(3, 5))


def test_it_starts_as_gpt_2_does():
    model = Network(GPT(50, context=64, n_features=64, n_heads=4, n_layers=8)).module
    for W in (model.embedding.W, model.positions.W, model.head.W, model.blocks[3].attention.W):
        assert W.std() == pytest.approx(0.02, rel=0.1)
    for W in (model.blocks[0].narrow.W, model.blocks[7].attention.W_out):
        assert W.std() == pytest.approx(0.02 / 4, rel=0.1)
    for b in (model.head.b, model.blocks[0].wide.b, model.blocks[0].attention.b):
        assert not b.any()
    assert np.all(model.norm.gamma == 1)
    # so little is said at first that the loss is that of a guess
    y = tokens(2, 64, n_tokens=50)
    assert CrossEntropy().forward(model.forward(y), y) == pytest.approx(np.log(50), abs=0.05)


def test_it_learns_by_heart():
    network = Network(small(), dtype=np.float32)
    text = tokens(4, 9)
    X, y = text[:, :-1], text[:, 1:]
    loss, optimizer = CrossEntropy(), AdamW(1e-2, weight_decay=0)
    for _ in range(150):
        Z = network.forward(X)
        J = loss.forward(Z, y)
        network.backward(loss.backward())
        optimizer.step(network.parameters.flat, network.gradients.flat)
    assert Z.dtype == network.gradients.flat.dtype == np.float32
    assert J < 0.4  # what is left is the choice among four texts at the first place
    np.testing.assert_array_equal(generate(network, X[:, :3], 6, temperature=0), text[:, 3:])


@pytest.mark.parametrize("length", [1, 3, 8, 11])
@pytest.mark.parametrize("how", [{}, {"temperature": 0}, {"top_k": 3, "temperature": 2.0}])
def test_what_is_remembered_changes_nothing(length, how):
    """Over the length of the context, too, where the window has to move."""
    network = Network(small(std=0.5))
    prompt = tokens(3, length)
    with_cache = generate(network, prompt, 14, random_state=5, **how)
    without = generate(network, prompt, 14, random_state=5, cache=False, **how)
    np.testing.assert_array_equal(with_cache, without)
    assert with_cache.shape == (3, 14)


def test_scores_are_the_same_from_a_cache():
    network = Network(small(std=0.5))
    X = tokens(2, 8)
    expected = network.forward(X)
    network.module.start_cache()
    pieces = [network.forward(X[:, first:last]) for first, last in ((0, 3), (3, 4), (4, 8))]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), expected, atol=1e-12)
    network.module.stop_cache()
    np.testing.assert_array_equal(network.forward(X), expected)


def test_only_the_context_is_seen():
    network = Network(small(std=0.5))
    prompt = tokens(2, 12)
    ends = generate(network, prompt[:, -8:], 5, random_state=1)
    np.testing.assert_array_equal(generate(network, prompt, 5, random_state=1), ends)


def test_generating_is_seeded_and_leaves_the_network_as_it_was():
    network = Network(small(std=0.5, dropout=0.5))
    first = generate(network, tokens(1, 2), 30, random_state=3)
    np.testing.assert_array_equal(generate(network, tokens(1, 2), 30, random_state=3), first)
    assert not np.array_equal(generate(network, tokens(1, 2), 30, random_state=4), first)
    assert network.training
    assert not network.module.caching
    assert network.module.positions.first == 0
    network.backward(network.forward(tokens(1, 2)))  # which is refused while anything remembers
    assert generate(network, tokens(1, 2), 0).shape == (1, 0)


def test_errors_say_what_is_needed():
    network = Network(small())
    with pytest.raises(DataError, match=r"positions \(LearnedPositions 8 x 12\) got 9 steps"):
        network.forward(tokens(1, 9))
    with pytest.raises(DataError, match=r"embedding \(Embedding 7 x 12\) got numbers from 0 to 7"):
        network.forward(np.array([[0, 7]]))
    with pytest.raises(DataTypeError, match="float64, needs an array of whole numbers"):
        generate(network, np.ones((1, 2)), 3)
    for empty in (np.ones((1, 0), int), np.ones((0, 1), int), np.ones(3, int)):
        with pytest.raises(DataError, match="The prompt has shape"):
            generate(network, empty, 3)
    with pytest.raises(DataError, match="embedding"):
        generate(network, np.array([[7]]), 3)
    assert network.training
    with pytest.raises(ParameterError, match="n_layers is 0"):
        GPT(7, n_layers=0)
    with pytest.raises(ParameterError, match="n_tokens is -1"):
        generate(network, tokens(1, 2), -1)
    with pytest.raises(ParameterError, match="n_heads is 5"):
        GPT(7, n_features=12, n_heads=5)
    with pytest.raises(ParameterError, match="without trials"):
        generate(Network(small(), trials=(2,)), tokens(1, 2), 3)
    with pytest.raises(ParameterError, match="needs a model of tokens"):
        generate(Network(Linear(2, 3)), tokens(1, 2), 3)
