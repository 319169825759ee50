"""Points on a sphere and the triplets that move them: PyTorch's, with the same slopes."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.library.networks import siamese as siamese_twins
from firsthand.scratch.errors import DataError, DataTypeError
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import BatchHardTriplet, hardest
from firsthand.scratch.nn.mlp import numerical_gradient
from firsthand.scratch.nn.models import (
    nearest,
    pair_distances,
)
from firsthand.scratch.nn.models.siamese import UnitLength
from tests.scratch.nn.layers.twins import EXACT, agree

torch.set_num_threads(1)
seeds = st.integers(0, 2**32 - 1)


def test_rows_of_unit_length() -> None:
    class Twin(torch.nn.Module):
        def forward(self, X):
            return torch.nn.functional.normalize(X, dim=-1)

    for seed in range(5):
        agree(UnitLength(), Twin(), np.random.default_rng(seed).normal(size=(4, 6)), seed=seed)
    zero = Network(UnitLength())
    assert not zero.forward(np.zeros((1, 3))).any()
    assert np.isfinite(zero.backward(np.ones((1, 3)))).all()


@given(st.integers(3, 12), st.integers(1, 5), st.integers(2, 4), seeds)
@settings(max_examples=50, deadline=None)
def test_the_hardest_triplets_are_torchs_with_their_slope(n, n_features, n_classes, seed) -> None:
    rng = np.random.default_rng(seed)
    Z, y = rng.normal(size=(n, n_features)), rng.integers(n_classes, size=n)
    y[:2] = 0, 1
    loss = BatchHardTriplet(0.7)
    there = torch.from_numpy(Z).requires_grad_()
    J = siamese_twins.batch_hard_triplet(there, torch.from_numpy(y), 0.7)
    J.backward()
    assert loss.forward(Z, y) == pytest.approx(J.item(), rel=1e-10)
    np.testing.assert_allclose(loss.backward(), there.grad.numpy(), **EXACT)


def test_the_hardest_are_the_farthest_alike_and_the_nearest_other() -> None:
    Z = np.array([[0.0], [1.0], [5.0], [6.0], [20.0]])
    positive, negative = hardest(Z, np.array([0, 0, 0, 1, 2]))
    assert positive.tolist() == [2, 2, 0, 3, 4]
    assert negative.tolist() == [3, 3, 3, 2, 3]


def test_triplets_with_trials_and_by_differences() -> None:
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(3, 7, 4)), np.array([0, 0, 1, 1, 2, 2, 2])
    many = BatchHardTriplet()
    many.trials = (3,)
    J = many.forward(Z, y)
    slope = many.backward()
    for trial in range(3):
        one = BatchHardTriplet()
        assert one.forward(Z[trial], y) == pytest.approx(J[trial])
        np.testing.assert_allclose(one.backward(), slope[trial], **EXACT)
        numeric = numerical_gradient(
            lambda flat, one=one: float(one.forward(flat.reshape(7, 4), y)), Z[trial].ravel()
        )
        np.testing.assert_allclose(slope[trial].ravel(), numeric, atol=1e-8)


def test_what_no_triplet_can_be_made_of_is_told() -> None:
    Z = np.zeros((3, 2))
    with pytest.raises(DataError, match="one class alone"):
        BatchHardTriplet().forward(Z, np.array([1, 1, 1]))
    with pytest.raises(DataError, match=r"labels of shape \(2,\)"):
        BatchHardTriplet().forward(Z, np.array([1, 2]))
    with pytest.raises(DataTypeError, match="whole numbers"):
        BatchHardTriplet().forward(Z, np.array([0.5, 1.0, 2.0]))


def test_pairs_and_the_nearest() -> None:
    U, y = np.array([[0.0, 0], [3, 4], [0, 1]]), np.array([0, 1, 0])
    d, same = pair_distances(U, y)
    np.testing.assert_allclose(d, [5, 1, np.sqrt(18)])
    assert same.tolist() == [False, True, False]
    assert nearest(U, np.array([[0.0, 0.9], [3, 3]])).tolist() == [0, 1, 0]


def test_nothing_is_nearest_where_nothing_is_known() -> None:
    with pytest.raises(DataError, match="no row is known"):
        nearest(np.ones((2, 3)), np.ones((0, 3)))
