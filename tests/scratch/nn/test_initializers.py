"""Weights start with the spread that their rule says, and what depends on it holds."""

import numpy as np
import pytest
import torch

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn import initializers

SHAPE = (300, 500)


@pytest.mark.parametrize("uniform", [False, True])
@pytest.mark.parametrize("rule", ["xavier", "he"])
def test_the_spread_is_torchs(rule: str, uniform: bool) -> None:
    ours = getattr(initializers, rule)(SHAPE, np.random.default_rng(0), uniform=uniform)
    kind = "uniform_" if uniform else "normal_"
    there = torch.empty(SHAPE[::-1], dtype=torch.float64)  # PyTorch keeps weights transposed
    torch.manual_seed(0)
    if rule == "xavier":
        getattr(torch.nn.init, f"xavier_{kind}")(there)
    else:
        getattr(torch.nn.init, f"kaiming_{kind}")(there, nonlinearity="relu")
    assert ours.std() == pytest.approx(there.std().item(), rel=0.02)  # 150,000 draws each
    assert np.abs(ours).max() == pytest.approx(there.abs().max().item(), rel=0.2)
    assert abs(ours.mean()) < 0.01 * ours.std()


def test_a_signal_keeps_its_size_through_relus() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 400))
    for _ in range(20):
        X = np.maximum(X @ initializers.he((400, 400), rng), 0)
    assert 0.3 < np.mean(X**2) < 3


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5)])
def test_orthogonal_keeps_lengths(shape: tuple[int, int]) -> None:
    W = initializers.orthogonal(shape, np.random.default_rng(0), gain=2.0)
    assert W.shape == shape
    product = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(product, 4 * np.eye(min(shape)), atol=1e-12)


def test_orthogonal_takes_no_side() -> None:
    rng = np.random.default_rng(0)
    draws = np.array([initializers.orthogonal((3, 3), rng) for _ in range(2000)])
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=0.06)  # five standard errors


def test_plain_ones() -> None:
    rng = np.random.default_rng(0)
    assert not initializers.zeros((2, 3)).any()
    assert (initializers.constant((2, 3), 0.5) == 0.5).all()
    assert initializers.normal(SHAPE, rng, 0.2).std() == pytest.approx(0.2, rel=0.02)
    kernel = initializers.he((32, 16, 3, 3), rng, fan=(16 * 9, 32 * 9))
    assert kernel.std() == pytest.approx(np.sqrt(2 / 144), rel=0.05)
    with pytest.raises(ParameterError, match="two axes"):
        initializers.he((3,), rng)


def test_a_stack_of_orthogonal_matrices() -> None:
    W = initializers.orthogonal((2, 3, 5, 4), np.random.default_rng(0))
    assert W.shape == (2, 3, 5, 4)
    np.testing.assert_allclose(W.mT @ W, np.broadcast_to(np.eye(4), (2, 3, 4, 4)), atol=1e-12)
