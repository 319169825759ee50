"""Attention, positions and the block against PyTorch, and what each of them promises."""

import tracemalloc
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.gradcheck import check_gradients
from firsthand.scratch.nn.layers import (
    LearnedPositions,
    Linear,
    MultiHeadAttention,
    SinusoidalPositions,
    TransformerBlock,
    _attention,
)
from firsthand.scratch.nn.layers.attention import attend, attend_backward, causal_mask
from firsthand.scratch.nn.layers.positions import rotate, rotate_backward
from tests.scratch.nn.layers.twins import EXACT, agree, side_by_side

torch.set_num_threads(1)
CLOSE = {"rtol": 1e-8, "atol": 1e-8}  # long sums of products of softmaxes
small = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=50, deadline=None)


@many
@given(small, small, st.integers(1, 9), small, small, st.booleans(), seeds)
def test_attend(n_samples, n_queries, n_keys, d, d_value, masked, seed):
    rng = np.random.default_rng(seed)
    Q, K = rng.normal(size=(n_samples, n_queries, d)), rng.normal(size=(n_samples, n_keys, d))
    V, dA = (
        rng.normal(size=(n_samples, n_keys, d_value)),
        rng.normal(size=(n_samples, n_queries, d_value)),
    )
    mask = rng.random((n_queries, n_keys)) < 0.6 if masked else None
    if masked:
        mask[:, 0] = True
    parts = [torch.tensor(part, requires_grad=True) for part in (Q, K, V)]
    theirs = functional.scaled_dot_product_attention(
        *parts, attn_mask=None if mask is None else torch.tensor(mask)
    )
    theirs.backward(torch.tensor(dA))
    A, P = attend(Q, K, V, mask)
    np.testing.assert_allclose(A, theirs.detach(), **CLOSE)
    for ours, part in zip(attend_backward(dA, Q, K, V, P), parts, strict=True):
        np.testing.assert_allclose(ours, part.grad, **CLOSE)


@pytest.mark.parametrize("block", [1, 40, 10**6])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("padded", [True, False])
def test_blocks_compute_what_attend_says(causal, padded, block, monkeypatch):
    """With blocks of one head and few queries, of several samples, and one of all."""
    monkeypatch.setattr(_attention, "QUERIES", 3)
    monkeypatch.setattr(_attention, "BLOCK", block)
    rng = np.random.default_rng(0)
    Q, dA = rng.normal(size=(2, 4, 2, 7, 3))
    K, V = rng.normal(size=(2, 4, 2, 9, 3))
    known = np.arange(9) < rng.integers(3, 10, size=(4, 1)) if padded else None
    mask = causal_mask(7, 9) if causal else np.ones((7, 9), bool)
    A, P = attend(Q, K, V, mask if known is None else mask & known[:, None, None])
    tiles = _attention.Tiles(Q, K, causal=causal, known=known)
    fast, L = np.empty_like(A), np.empty((4, 2, 7, 1))
    _attention.attend_blocks(Q, K, V, tiles, fast, L)
    np.testing.assert_allclose(fast, A, **EXACT)
    gradients = np.empty_like(Q), np.empty_like(K), np.empty_like(V)
    _attention.attend_blocks_backward(dA, (Q, K, V, fast, L), tiles, gradients)
    for ours, expected in zip(gradients, attend_backward(dA, Q, K, V, P), strict=True):
        np.testing.assert_allclose(ours, expected, **EXACT)


def test_where_it_looked_can_be_asked():
    network = Network(MultiHeadAttention(8, 2, causal=True))
    X = np.random.default_rng(0).normal(size=(3, 6, 8))
    network.forward(X)
    P = network.module.P
    assert P.shape == (3, 2, 6, 6)
    np.testing.assert_allclose(P.sum(axis=-1), 1)
    assert not np.triu(P, 1).any()
    network.module.start_cache()
    for t in range(6):
        network.forward(X[:, t : t + 1])
        np.testing.assert_allclose(network.module.P[..., 0, :], P[..., t, : t + 1], **EXACT)


def test_memory_does_not_grow_with_the_square_of_the_steps():
    network = Network(MultiHeadAttention(8, 2, causal=True), dtype=np.float32)
    X = np.ones((1, 4000, 8), np.float32)  # shares of all pairs are 128 MB
    tracemalloc.start()
    network.backward(network.forward(X))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16e6


class Twin(torch.nn.Module):
    """Self-attention of PyTorch with the masks that ours makes itself."""

    def __init__(self, n_features, n_heads, causal, padding):
        super().__init__()
        self.inner = torch.nn.MultiheadAttention(n_features, n_heads, batch_first=True)
        self.causal, self.padding = causal, padding

    def state_dict(self, *args, **kwargs):
        return self.inner.state_dict(*args, **kwargs)

    def load_state_dict(self, state, *args, **kwargs):
        return self.inner.load_state_dict(state, *args, **kwargs)

    def named_parameters(self, *args, **kwargs):
        return self.inner.named_parameters(*args, **kwargs)

    def forward(self, X):
        steps = X.shape[1]
        causal = ~torch.tensor(causal_mask(steps, steps)) if self.causal else None
        padding = None if self.padding is None else ~torch.tensor(self.padding)
        return self.inner(X, X, X, padding, False, causal)[0]


@many
@given(small, st.integers(1, 9), small, small, st.booleans(), st.booleans(), seeds)
def test_multi_head(n_samples, n_steps, n_heads, d, causal, padded, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_steps, n_heads * d))
    module = MultiHeadAttention(n_heads * d, n_heads, causal=causal)
    if padded:
        module.padding = np.arange(n_steps) < rng.integers(1, n_steps + 1, size=(n_samples, 1))
    twin = Twin(n_heads * d, n_heads, causal, module.padding)
    agree(module, twin, X, seed=seed, exact=CLOSE)


def test_long_sequences():
    X = np.random.default_rng(0).normal(size=(2, 300, 12))
    agree(MultiHeadAttention(12, 3, causal=True), Twin(12, 3, True, None), X, exact=CLOSE)


class Block(torch.nn.Module):
    """The block of PyTorch's parts, named as ours are."""

    def __init__(self, n_features, n_heads, n_hidden, causal, approximate):
        super().__init__()
        self.norm_1 = torch.nn.LayerNorm(n_features)
        self.attention = torch.nn.MultiheadAttention(n_features, n_heads, batch_first=True)
        self.norm_2 = torch.nn.LayerNorm(n_features)
        self.wide = torch.nn.Linear(n_features, n_hidden)
        self.narrow = torch.nn.Linear(n_hidden, n_features)
        self.causal, self.bend = causal, "tanh" if approximate else "none"

    def forward(self, X):
        normed, steps = self.norm_1(X), X.shape[1]
        mask = ~torch.tensor(causal_mask(steps, steps)) if self.causal else None
        X = X + self.attention(normed, normed, normed, attn_mask=mask, need_weights=False)[0]
        thought = functional.gelu(self.wide(self.norm_2(X)), approximate=self.bend)
        return X + self.narrow(thought)


@many
@given(
    small, st.integers(1, 7), small, small, st.integers(1, 9), st.booleans(), st.booleans(), seeds
)
def test_the_block(n_samples, n_steps, n_heads, d, n_hidden, causal, approximate, seed):
    assume(n_heads * d > 1)  # one feature alone is always at mean 0
    X = np.random.default_rng(seed).normal(size=(n_samples, n_steps, n_heads * d))
    ours = TransformerBlock(n_heads * d, n_heads, n_hidden, causal=causal, approximate=approximate)
    twin = Block(n_heads * d, n_heads, n_hidden, causal, approximate)
    agree(ours, twin, X, seed=seed, exact=CLOSE)


@many
@given(small, st.integers(1, 7), st.integers(1, 4), st.integers(0, 5), seeds)
def test_positions(n_samples, n_steps, half, first, seed):
    rng = np.random.default_rng(seed)
    X, dA = rng.normal(size=(2, n_samples, n_steps, 2 * half))

    class Learned(torch.nn.Embedding):
        def forward(self, X):
            return X + super().forward(torch.arange(X.shape[1]))

    agree(LearnedPositions(9, 2 * half), Learned(9, 2 * half), X, seed=seed)

    places = torch.arange(first, first + n_steps, dtype=torch.float64)[:, None]
    turns = places / 10000.0 ** (torch.arange(half, dtype=torch.float64) / half)
    there = torch.tensor(X, requires_grad=True)
    pairs = torch.complex(there[..., :half], there[..., half:])
    turned = pairs * torch.polar(torch.ones_like(turns), turns)
    A = torch.cat([turned.real, turned.imag], -1)
    A.backward(torch.tensor(dA))
    np.testing.assert_allclose(rotate(X, first), A.detach(), **EXACT)
    np.testing.assert_allclose(rotate_backward(dA, first), there.grad, **EXACT)

    plain = Network(SinusoidalPositions())
    t, k = np.arange(n_steps)[:, None], np.arange(half)
    waves = np.stack([np.sin(t / 1e4 ** (k / half)), np.cos(t / 1e4 ** (k / half))], -1)
    np.testing.assert_allclose(plain.forward(X), X + waves.reshape(n_steps, -1), rtol=1e-12)
    np.testing.assert_array_equal(plain.backward(dA), dA)


def test_no_place_sees_what_comes_after_it():
    network = Network(TransformerBlock(8, 2, causal=True))
    X = np.random.default_rng(0).normal(size=(1, 6, 8))
    before = network.forward(X)
    X[0, 4] += 1
    after = network.forward(X)
    np.testing.assert_array_equal(before[0, :4], after[0, :4])
    assert (before[0, 4:] != after[0, 4:]).any()


def test_what_is_remembered_need_not_be_computed_again():
    network = Network(Sequential(LearnedPositions(9, 8), MultiHeadAttention(8, 2, causal=True)))
    positions, attention = network.module.parts
    X = np.random.default_rng(0).normal(size=(2, 7, 8))
    expected = network.forward(X)
    attention.start_cache()
    pieces = []
    for first, last in ((0, 3), (3, 4), (4, 7)):
        positions.first = first
        pieces.append(network.forward(X[:, first:last]))
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), expected, atol=1e-12)
    with pytest.raises(RuntimeError, match="stop_cache"):
        network.backward(pieces[-1])
    attention.stop_cache()
    positions.first = 0
    np.testing.assert_array_equal(network.forward(X), expected)


def test_trials_are_networks_side_by_side():
    X = np.random.default_rng(0).normal(size=(4, 5, 6))
    side_by_side(
        lambda: Sequential(Linear(6, 6), TransformerBlock(6, 2, causal=True)), X, shared=False
    )


def test_gradients_by_central_differences():
    parts = LearnedPositions(5, 6), TransformerBlock(6, 3), SinusoidalPositions(), Linear(6, 2)
    X = np.random.default_rng(0).normal(size=(2, 5, 6))
    assert check_gradients(Network(Sequential(*parts)), X, most=30).rung == "right"


def test_turned_pairs_only_know_their_distance():
    rng = np.random.default_rng(0)
    q, k = rng.normal(size=(2, 1, 8))
    at = {first: (rotate(q, first) @ rotate(k, first + 3).T).item() for first in (0, 5, 100)}
    assert at[5] == pytest.approx(at[0])
    assert at[100] == pytest.approx(at[0])
    X, dA = rng.normal(size=(2, 2, 5, 8))
    assert np.sum(rotate(X, 2) * dA) == pytest.approx(np.sum(X * rotate_backward(dA, 2)))


def test_float32_and_errors():
    network = Network(TransformerBlock(8, 2, causal=True, dropout=0.1), dtype=np.float32)
    X = np.ones((2, 3, 8), np.float32)
    assert network.forward(X).dtype == np.float32
    assert network.backward(X).dtype == np.float32
    with pytest.raises(ParameterError, match="n_heads is 3"):
        MultiHeadAttention(8, 3)
    with pytest.raises(DataError, match="MultiHeadAttention 8, 2 heads got X"):
        Network(MultiHeadAttention(8, 2)).forward(np.ones((2, 3, 4)))
    with pytest.raises(DataError, match=r"of shape \(5, 2, 3, 8\); in front"):
        Network(MultiHeadAttention(8, 2)).forward(np.ones((5, 2, 3, 8)))
    with pytest.raises(DataError, match="got 6 steps, and has 5 places"):
        Network(LearnedPositions(5, 4)).forward(np.ones((1, 6, 4)))
    padded = MultiHeadAttention(8, 2)
    padded.padding = np.ones((2, 4), bool)
    with pytest.raises(DataError, match=r"padding of shape \(2, 4\), needs \(2, 3\)"):
        Network(padded).forward(np.ones((2, 3, 8)))


class RotaryTwin(torch.nn.MultiheadAttention):
    """PyTorch's weights with places as complex numbers of length 1."""

    def __init__(self, n_features, n_heads, causal):
        super().__init__(n_features, n_heads, batch_first=True)
        self.causal = causal

    def forward(self, X):
        n_steps, half = X.shape[1], self.head_dim // 2
        joint = functional.linear(X, self.in_proj_weight, self.in_proj_bias)
        Q, K, V = joint.unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        speed = 10000.0 ** (-torch.arange(half).double() / half)
        angle = torch.outer(torch.arange(n_steps).double(), speed)
        turn = torch.polar(torch.ones_like(angle), angle)

        def turned(Y):
            Y = torch.complex(Y[..., :half], Y[..., half:]) * turn
            return torch.cat([Y.real, Y.imag], dim=-1)

        A = functional.scaled_dot_product_attention(turned(Q), turned(K), V, is_causal=self.causal)
        return self.out_proj(A.transpose(1, 2).flatten(2))


@many
@given(small, st.integers(1, 9), st.integers(1, 3), st.integers(1, 3), st.booleans(), seeds)
def test_rotary_attention(n_samples, n_steps, n_heads, n_pairs, causal, seed):
    n_features = 2 * n_heads * n_pairs
    X = np.random.default_rng(seed).normal(size=(n_samples, n_steps, n_features))
    ours = MultiHeadAttention(n_features, n_heads, causal=causal, rotary=True)
    agree(ours, RotaryTwin(n_features, n_heads, causal), X, seed=seed, exact=CLOSE)


def test_rotary_attention_sees_distances_alone():
    network = Network(MultiHeadAttention(8, 2, rotary=True))
    attention, rng = network.module, np.random.default_rng(0)
    X = rng.normal(size=(2, 6, 8))
    attention.padding = np.ones((2, 9), bool)
    attention.padding[:, :3] = False
    later = network.forward(np.concatenate([rng.normal(size=(2, 3, 8)), X], axis=1))[:, 3:]
    attention.padding = None
    Z = network.forward(X)
    np.testing.assert_allclose(Z, later, **EXACT)
    network.module.rotary = False
    assert np.abs(network.forward(X) - Z).max() > 0.01


@pytest.mark.parametrize("pieces", [(1,) * 6, (4, 2), (2, 3, 1)])
def test_rotary_places_are_counted_on(pieces):
    network = Network(TransformerBlock(8, 2, causal=True, rotary=True))
    X = np.random.default_rng(0).normal(size=(3, 6, 8))
    whole = network.forward(X)
    network.module.attention.start_cache()
    ends = np.cumsum(pieces)
    parts = [network.forward(X[:, end - n : end]) for n, end in zip(pieces, ends, strict=True)]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, **EXACT)


def test_a_rotary_block():
    make = partial(TransformerBlock, 8, 2, causal=True, rotary=True)
    X = np.random.default_rng(0).normal(size=(4, 5, 8))
    side_by_side(make, X, shared=False)
    assert check_gradients(Network(make()), X, most=40).rung == "right"
    network = Network(make(), dtype=np.float32)
    Z = network.forward(X.astype(np.float32))
    assert Z.dtype == network.backward(Z).dtype == np.float32
    with pytest.raises(ParameterError, match="rotary needs pairs, but 2 heads have 3 features"):
        MultiHeadAttention(6, 2, rotary=True)


def test_features_that_are_no_pairs_are_not_turned():
    with pytest.raises(DataError, match="rotate got 3 features"):
        rotate(np.ones((2, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_who_may_look_nowhere_takes_nothing(dtype):
    rng = np.random.default_rng(0)
    Q, K, V = (rng.normal(size=(2, n, 4)).astype(dtype) for n in (3, 2, 2))
    A, P = attend(Q, K, V, causal_mask(3, 2))
    assert not A[:, 0].any()
    assert not P[:, 0].any()
    whole = attend(Q[:, 1:], K, V, causal_mask(2, 2))
    np.testing.assert_array_equal(A[:, 1:], whole[0])
    gradients = attend_backward(np.ones_like(A), Q, K, V, P)
    assert not gradients[0][:, 0].any()
    for ours, known in zip(
        gradients, attend_backward(np.ones_like(whole[0]), Q[:, 1:], K, V, whole[1]), strict=True
    ):
        np.testing.assert_allclose(ours[:, -2:], known, **(EXACT if dtype == np.float64 else {}))

    attention = MultiHeadAttention(4, 2, causal=True)
    attention.padding = np.array([[False, False, True, True], [True, True, True, True]])
    network = Network(attention, dtype=dtype)
    network.module.b[...] = rng.normal(size=12)
    network.module.b_out[...] = 7
    X, dZ = rng.normal(size=(2, 2, 4, 4)).astype(dtype)
    Z = network.forward(X)
    np.testing.assert_array_equal(Z[0, :2], 7)  # the bias of the output alone
    assert not attention.P[0, :, :2].any()
    dX = network.backward(dZ)
    assert not dX[0, :2].any()
    attention.padding = None
    np.testing.assert_allclose(network.forward(X[:1, 2:])[0], Z[0, 2:], rtol=1e-5)
    np.testing.assert_allclose(network.backward(dZ[:1, 2:])[0], dX[0, 2:], rtol=1e-4, atol=1e-6)


def test_a_cache_that_is_gone_or_of_others():
    network = Network(MultiHeadAttention(4, 2, causal=True))
    X = np.random.default_rng(0).normal(size=(3, 5, 4))
    network.module.start_cache()
    Z = network.forward(X[:2])
    with pytest.raises(DataError, match="remembers 2 samples, but got 3; start_cache"):
        network.forward(X)
    with pytest.raises(RuntimeError, match=r"stop_cache\(\) before you train"):
        network.backward(Z)
    network.module.stop_cache()
    with pytest.raises(RuntimeError, match=r"call forward\(X\) first"):
        network.backward(Z)
    network.backward(network.forward(X))
