"""What is kept of the next token's probabilities, and what is drawn from them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import Sampler
from firsthand.scratch.nn.sampling import draw, surprises, temperature_softmax, top_k, top_p

many = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def shares(seed, n_tokens):
    return np.random.default_rng(seed).dirichlet(np.full(n_tokens, 0.5), size=3)


@many
@given(seeds, st.integers(1, 9), st.floats(0.05, 20))
def test_temperature(seed, n_tokens, temperature):
    Z = np.random.default_rng(seed).normal(size=(3, n_tokens)) * 5
    expected = torch.softmax(torch.tensor(Z) / temperature, dim=-1)
    np.testing.assert_allclose(temperature_softmax(Z, temperature), expected, atol=1e-12)
    coldest = temperature_softmax(Z, 0)
    np.testing.assert_array_equal(coldest.argmax(axis=-1), Z.argmax(axis=-1))
    np.testing.assert_array_equal(coldest.sum(axis=-1), 1)


@many
@given(seeds, st.integers(1, 9), st.integers(1, 12))
def test_top_k_keeps_the_likeliest(seed, n_tokens, k):
    P = shares(seed, n_tokens)
    values, where = torch.topk(torch.tensor(P), min(k, n_tokens), dim=-1)
    expected = torch.zeros(P.shape, dtype=torch.float64).scatter(-1, where, values)
    expected /= expected.sum(dim=-1, keepdim=True)
    np.testing.assert_allclose(top_k(P, k), expected, atol=1e-12)


@many
@given(seeds, st.integers(1, 9), st.floats(0.01, 0.99))
def test_top_p_keeps_the_fewest_that_reach_p(seed, n_tokens, p):
    P = shares(seed, n_tokens)
    kept = top_p(P, p)
    np.testing.assert_allclose(kept.sum(axis=-1), 1)
    for row, left in zip(P, kept > 0, strict=True):
        assert row[left].sum() >= p - 1e-12
        assert row[left].sum() - row[left].min() < p + 1e-12  # one fewer would not do
        assert row[left].min() >= row[~left].max(initial=0)


@many
@given(seeds, st.integers(1, 9), st.sampled_from([1.0, 30.0, 1e4]))
def test_surprises(seed, n_tokens, scale):
    rng = np.random.default_rng(seed)
    Z, y = rng.normal(size=(3, 4, n_tokens)) * scale, rng.integers(n_tokens, size=(3, 4))
    expected = torch.nn.functional.cross_entropy(
        torch.tensor(Z).flatten(0, 1), torch.tensor(y).flatten(), reduction="none"
    )
    np.testing.assert_allclose(surprises(Z, y).ravel(), expected, rtol=1e-12, atol=1e-12)


def test_of_equals_the_first_stay():
    P = np.full(4, 0.25)
    np.testing.assert_array_equal(top_k(P, 2), [0.5, 0.5, 0, 0])
    np.testing.assert_array_equal(top_p(P, 0.5), [0.5, 0.5, 0, 0])
    np.testing.assert_array_equal(top_p(P, 1.0), P)
    np.testing.assert_array_equal(top_k(P, 4), P)


def test_draws_have_the_frequencies_of_the_shares():
    P = np.array([[0.1, 0.0, 0.6, 0.3], [0.0, 1.0, 0.0, 0.0]])
    drawn = draw(np.broadcast_to(P, (40_000, 2, 4)), np.random.default_rng(0))
    for column, expected in zip(drawn.T, P, strict=True):
        seen = np.bincount(column, minlength=4) / len(column)
        np.testing.assert_allclose(seen, expected, atol=0.01)  # four standard errors
        assert not seen[expected == 0].any()


def test_a_sampler_applies_all_in_their_order():
    Z = np.log([[0.1, 0.4, 0.2, 0.3]])
    np.testing.assert_allclose(Sampler().probabilities(Z), np.exp(Z))
    np.testing.assert_allclose(
        Sampler(top_k=3, top_p=0.5).probabilities(Z), [[0, 4 / 7, 0, 3 / 7]]
    )  # of 4/9, 2/9, 3/9 the first does not reach a half
    rng = np.random.default_rng(0)
    assert (Sampler(0.0)(np.repeat(Z, 9, axis=0), rng) == 1).all()
    assert Sampler(0.5)(Z.astype(np.float32), rng).shape == (1,)


@pytest.mark.parametrize(
    "wrong",
    [{"temperature": -1.0}, {"top_k": 0}, {"top_k": 1.5}, {"top_p": 0.0}, {"top_p": 1.1}],
)
def test_what_is_out_of_range_is_refused(wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        Sampler(**wrong)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 1e-46, 1e-38, 1e-5])
def test_the_coldest_temperatures_choose_the_likeliest(dtype, temperature):
    Z = np.array([[1e3, -1e4, 1e3 + 1]], dtype)
    np.testing.assert_array_equal(temperature_softmax(Z, temperature), [[0, 0, 1]])


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_scores_that_are_no_numbers_choose_nothing(temperature):
    hidden = np.array([[-np.inf, 0.0, -np.inf]])
    np.testing.assert_array_equal(temperature_softmax(hidden, temperature), [[0, 1, 0]])
    for Z in ([[0, np.nan]], [[0, np.inf]], [[-np.inf, -np.inf]]):
        with pytest.raises(DataError, match="largest score is no finite number"):
            Sampler(temperature)(np.array(Z), np.random.default_rng(0))
    for P in ([[0.0, 0.0]], [[0.5, np.nan]]):
        with pytest.raises(DataError, match="adds up to nothing, or to no number"):
            draw(np.array(P), np.random.default_rng(0))
