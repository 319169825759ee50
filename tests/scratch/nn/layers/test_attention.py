"""Attention, positions and the block against PyTorch, and what each of them promises."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
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
)
from firsthand.scratch.nn.layers.attention import attend, attend_backward, causal_mask
from firsthand.scratch.nn.layers.positions import rotate, rotate_backward
from tests.scratch.nn.layers.twins import agree, side_by_side

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


@pytest.mark.parametrize("causal", [True, False])
def test_the_block(causal):
    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.norm_1, self.norm_2 = torch.nn.LayerNorm(8), torch.nn.LayerNorm(8)
            self.attention = torch.nn.MultiheadAttention(8, 2, batch_first=True)
            self.wide, self.narrow = torch.nn.Linear(8, 32), torch.nn.Linear(32, 8)

        def forward(self, X):
            normed = self.norm_1(X)
            mask = ~torch.tensor(causal_mask(6, 6)) if causal else None
            X = X + self.attention(normed, normed, normed, attn_mask=mask, need_weights=False)[0]
            return X + self.narrow(functional.gelu(self.wide(self.norm_2(X))))

    X = np.random.default_rng(0).normal(size=(3, 6, 8))
    agree(TransformerBlock(8, 2, causal=causal), Block(), X, exact=CLOSE)


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
    with pytest.raises(DataError, match="got 6 steps, and has 5 places"):
        Network(LearnedPositions(5, 4)).forward(np.ones((1, 6, 4)))
    padded = MultiHeadAttention(8, 2)
    padded.padding = np.ones((2, 4), bool)
    with pytest.raises(DataError, match="padding for 4 steps of 3"):
        Network(padded).forward(np.ones((2, 3, 8)))
