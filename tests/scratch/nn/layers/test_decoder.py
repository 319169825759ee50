"""Cross-attention and the decoder block against PyTorch, and what each of them promises."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import Network, check_gradients
from firsthand.scratch.nn.layers import CrossAttention, DecoderBlock, _attention
from firsthand.scratch.nn.layers.attention import causal_mask
from tests.scratch.nn.every import Reading
from tests.scratch.nn.layers.twins import EXACT, agree, side_by_side

torch.set_num_threads(1)
small = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=50, deadline=None)


class Twin(torch.nn.Module):
    """PyTorch's layer, fed as ``Reading`` feeds ours."""

    def __init__(self, inner, ours):
        super().__init__()
        self.inner, self.ours = inner, ours

    def forward(self, both):
        X, memory = both[:, self.ours.asks], both[:, self.ours.held]
        known = getattr(self.ours.inner, "multihead_attn", self.ours.inner).padding
        unknown = None if known is None else ~torch.tensor(known)
        if isinstance(self.inner, torch.nn.MultiheadAttention):
            return self.inner(X, memory, memory, unknown, need_weights=False)[0]
        held = self.ours.inner.self_attn.padding
        return self.inner(
            X,
            memory,
            tgt_mask=~torch.tensor(causal_mask(X.shape[1], X.shape[1])),
            tgt_key_padding_mask=None if held is None else ~torch.tensor(held),
            memory_key_padding_mask=unknown,
        )


def posed(inner, n_samples, n_queries, n_keys, padded, seed):
    """Return ``Reading`` of X and a memory, and both in one array."""
    rng = np.random.default_rng(seed)
    both = rng.normal(size=(n_samples, n_queries + n_keys, features(inner)))
    known = np.arange(n_keys) < rng.integers(1, n_keys + 1, size=(n_samples, 1))
    parts = slice(n_queries), slice(n_queries, None)
    return Reading(inner, *parts, known if padded else None), both


def features(inner):
    return getattr(inner, "multihead_attn", inner).n_features


def torch_block(n_features, n_heads, n_hidden, dropout=0.0):
    return torch.nn.TransformerDecoderLayer(
        *(n_features, n_heads, n_hidden, dropout, "gelu"), batch_first=True, norm_first=True
    )


@many
@given(small, st.integers(1, 6), st.integers(1, 9), small, small, st.booleans(), seeds)
def test_cross_attention(n_samples, n_queries, n_keys, n_heads, d, padded, seed):
    inner = CrossAttention(n_heads * d, n_heads)
    ours, both = posed(inner, n_samples, n_queries, n_keys, padded, seed)
    theirs = torch.nn.MultiheadAttention(n_heads * d, n_heads, batch_first=True)
    agree(ours, Twin(theirs, ours), both, seed=seed)


@many
@given(
    *(small, st.integers(1, 6), st.integers(1, 9), small, st.integers(2, 4), st.integers(1, 9)),
    *(st.booleans(), st.booleans(), seeds),
)
def test_the_block(n_samples, n_queries, n_keys, n_heads, d, n_hidden, padded, memory_padded, seed):
    inner = DecoderBlock(n_heads * d, n_heads, n_hidden)
    ours, both = posed(inner, n_samples, n_queries, n_keys, memory_padded, seed)
    if padded:
        lengths = np.random.default_rng(seed).integers(1, n_queries + 1, size=(n_samples, 1))
        inner.self_attn.padding = np.arange(n_queries) < lengths
    agree(ours, Twin(torch_block(n_heads * d, n_heads, n_hidden), ours), both, seed=seed)


def test_a_state_of_torch_comes_back():
    theirs = torch_block(6, 2, 5).double()
    network = Network(DecoderBlock(6, 2, 5))
    network.from_torch(theirs.state_dict())
    for name, value in network.to_torch().items():
        np.testing.assert_array_equal(value, theirs.state_dict()[name].numpy(), err_msg=name)
    assert network.to_torch().keys() == theirs.state_dict().keys()


@pytest.mark.parametrize("padded", [True, False])
def test_gradients_by_central_differences(padded):
    for inner in (CrossAttention(6, 3), DecoderBlock(6, 3, 8)):
        ours, both = posed(inner, 3, 2, 5, padded, 0)
        found = check_gradients(Network(ours), both, most=20)
        assert found.rung == "right", str(found)


@pytest.mark.parametrize("inner", [CrossAttention, DecoderBlock])
def test_trials_are_networks_side_by_side(inner):
    _, both = posed(inner(6, 2), 4, 3, 5, False, 0)

    def make():
        return posed(inner(6, 2), 4, 3, 5, True, 0)[0]

    side_by_side(make, both, shared=inner is CrossAttention)


def test_trials_may_share_the_memory_alone():
    rng = np.random.default_rng(0)
    X, memory = rng.normal(size=(3, 4, 2, 6)), rng.normal(size=(4, 5, 6))
    each = np.broadcast_to(memory, (3, *memory.shape))
    cross = Network(CrossAttention(6, 2), trials=(3,)).module
    Z = cross.forward(X, memory)
    dX, dmemory = cross.backward(Z), cross.dmemory
    np.testing.assert_allclose(cross.forward(X, each), Z, **EXACT)
    np.testing.assert_allclose(cross.backward(Z), dX, **EXACT)
    np.testing.assert_allclose(cross.dmemory, dmemory, **EXACT)
    assert cross.P.shape == (3, 4, 2, 2, 5)


@pytest.mark.parametrize("block", [1, 10**6])
def test_where_it_looked_can_be_asked(block, monkeypatch):
    monkeypatch.setattr(_attention, "BLOCK", block)
    rng = np.random.default_rng(0)
    X, memory = rng.normal(size=(2, 4, 6)), rng.normal(size=(2, 5, 6))
    network = Network(CrossAttention(6, 2))
    cross = network.module
    cross.padding = np.arange(5) < np.array([[5], [2]])
    Z = cross.forward(X, memory)
    P = cross.P
    np.testing.assert_allclose(P.sum(axis=-1), 1)
    assert not P[1, ..., 2:].any()
    V = (memory @ cross.W[:, 12:]).reshape(2, 5, 2, 3)
    A = np.einsum("nhqk,nkhd->nqhd", P, V).reshape(2, 4, 6)
    np.testing.assert_allclose(Z, A @ cross.W_out, **EXACT)


def test_padding_holds_nothing():
    """What stands in the memory behind its end changes nothing, and gets no gradient."""
    rng = np.random.default_rng(0)
    X, memory = rng.normal(size=(2, 4, 6)), rng.normal(size=(2, 5, 6))
    block = Network(DecoderBlock(6, 2)).module
    block.multihead_attn.padding = np.arange(5) < np.array([[5], [2]])
    before = block.forward(X, memory)
    memory[1, 2:] = 1e6
    np.testing.assert_array_equal(block.forward(X, memory), before)
    block.backward(before)
    assert not block.dmemory[1, 2:].any()
    assert block.dmemory[0].all()


def test_no_place_sees_what_comes_after_it_and_each_sees_all_of_the_memory():
    rng = np.random.default_rng(0)
    X, memory = rng.normal(size=(1, 6, 8)), rng.normal(size=(1, 3, 8))
    block = Network(DecoderBlock(8, 2)).module
    before = block.forward(X, memory)
    X[0, 4] += 1
    after = block.forward(X, memory)
    np.testing.assert_array_equal(before[0, :4], after[0, :4])
    assert (before[0, 4:] != after[0, 4:]).any()
    memory[0, -1] += 1
    assert (block.forward(X, memory) != after).any(axis=-1).all()


def test_step_by_step_is_the_same():
    rng = np.random.default_rng(0)
    X, memory = rng.normal(size=(2, 6, 8)), rng.normal(size=(2, 3, 8))
    block = Network(DecoderBlock(8, 2)).module
    whole = block.forward(X, memory)
    block.self_attn.start_cache()
    steps = [block.forward(X[:, t : t + 1], memory) for t in range(6)]
    np.testing.assert_allclose(np.concatenate(steps, axis=1), whole, **EXACT)


def test_memory_does_not_grow_with_the_product_of_the_lengths():
    network = Network(CrossAttention(8, 2), dtype=np.float32)
    X = np.ones((1, 4000, 8), np.float32)  # shares of all pairs are 128 MB
    tracemalloc.start()
    network.module.backward(network.module.forward(X, X))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16e6


def test_float32():
    rng = np.random.default_rng(0)
    X, memory = (rng.normal(size=(2, n, 8)).astype(np.float32) for n in (3, 5))
    for made in (CrossAttention(8, 2), DecoderBlock(8, 2, dropout=0.1)):
        network = Network(made, dtype=np.float32)
        Z = made.forward(X, memory)
        for array in (Z, made.backward(Z), made.dmemory, network.gradients.flat):
            assert array.dtype == np.float32


def test_errors_name_the_layer():
    X, memory = np.ones((2, 3, 8)), np.ones((2, 5, 8))
    with pytest.raises(ParameterError, match="n_heads is 3, which does not part 8"):
        CrossAttention(8, 3)
    for made in (CrossAttention(8, 2), DecoderBlock(8, 2)):
        network = Network(made)

        def refused(error, says, *inputs, made=made):
            with pytest.raises(error, match=says):
                made.forward(*inputs)

        named = r"CrossAttention 8, 2 heads\)? got "
        refused(DataTypeError, named + "memory of type NoneType, needs an array", X)
        refused(DataTypeError, named + "memory of dtype float32", X, memory.astype(np.float32))
        refused(DataError, named + r"memory of shape \(2, 5, 7\), needs", X, memory[..., :7])
        refused(DataError, named + r"memory of shape \(2, 0, 8\), needs", X, memory[:, :0])
        refused(DataError, named + r"memory of shape \(1, 2, 5, 8\)", X, memory[None])
        refused(DataError, named + "2 samples in X and 1 in the memory", X, memory[:1])
        cross = getattr(made, "multihead_attn", made)
        cross.padding = np.ones((2, 3), bool)
        refused(DataError, named + r"padding of shape \(2, 3\), needs \(2, 5\)", X, memory)
        cross.padding = np.arange(5) < np.array([[5], [0]])
        refused(DataError, named + "padding that leaves sample 1 no step", X, memory)
        cross.padding = None
        made.forward(X, memory)
        with pytest.raises(DataError, match=r"got dZ of shape \(2, 5, 8\), needs \(2, 3, 8\)"):
            network.backward(memory)
