"""The pieces: distances against scikit-learn's and SciPy's, order, weights and votes by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import cosine_distances as library_cosine

from firsthand.scratch.neighbors import nearest as ours

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, np.inf]))
def test_minkowski_is_scipys(seed, p):
    rng = np.random.default_rng(seed)
    X, Z = rng.normal(size=(6, 3)), rng.normal(size=(5, 3))
    how = ("chebyshev", {}) if p == np.inf else ("minkowski", {"p": p})
    D = cdist(X, Z, how[0], **how[1])
    np.testing.assert_allclose(ours.minkowski_distances(X, Z, p), D, rtol=1e-7)


@given(seeds)
def test_cosine_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    X, Z = rng.normal(size=(6, 3)), rng.normal(size=(5, 3))
    X[0] = 0.0
    D = library_cosine(X, Z)
    np.testing.assert_allclose(ours.cosine_distances(X, Z), D, atol=1e-14)
    np.testing.assert_allclose(ours.cosine_distances(1e200 * X, 1e-200 * Z), D, atol=1e-14)


@given(seeds, st.integers(1, 8))
def test_the_nearest_stand_in_order_and_equals_as_they_came(seed, k):
    D = np.random.default_rng(seed).integers(0, 4, size=(5, 8)).astype(float)
    distances, indices = ours.nearest(D, k)
    for row, found, places in zip(D, distances, indices, strict=True):
        expected = sorted(range(8), key=lambda j: (row[j], j))[:k]
        assert places.tolist() == expected
        np.testing.assert_array_equal(found, row[expected])


def test_a_neighbour_at_distance_zero_decides_alone():
    weights = ours.inverse_weights(
        np.array([[0.0, 0.0, 1e-3], [1e-320, 1.0, 2.0], [1.0, 2.0, 4.0]])
    )
    np.testing.assert_array_equal(weights, [[1, 1, 0], [1, 0, 0], [1, 0.5, 0.25]])


@given(seeds, st.integers(1, 5))
def test_votes_are_shares(seed, n_classes):
    rng = np.random.default_rng(seed)
    codes, weights = rng.integers(0, n_classes, size=(4, 3)), rng.uniform(0.1, 1, size=(4, 3))
    shares = ours.vote(codes, weights, n_classes)
    for row, code, weight in zip(shares, codes, weights, strict=True):
        by_class = [weight[code == c].sum() for c in range(n_classes)]
        np.testing.assert_allclose(row, np.array(by_class) / weight.sum())


def test_the_mean_is_weighted():
    mean = ours.average(np.array([[1.0, 3.0]]), np.array([[3.0, 1.0]]))
    assert mean == pytest.approx([1.5])
