"""Pairwise distances against SciPy's, and blocks that cover everything once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from firsthand.scratch.distances import distances, row_blocks, squared_distances


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_squares_are_scipys(scale):
    rng = np.random.default_rng(0)
    X, Y = scale * rng.normal(size=(30, 4)), scale * rng.normal(size=(7, 4))
    expected = cdist(X, Y, "sqeuclidean")
    np.testing.assert_allclose(squared_distances(X, Y), expected, rtol=0, atol=1e-13 * scale**2)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev"])
def test_distances_are_scipys(metric):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(30, 4)), rng.normal(size=(7, 4))
    expected = cdist(X, Y, "cityblock" if metric == "manhattan" else metric)
    np.testing.assert_allclose(distances(X, Y, metric), expected, rtol=1e-12)


def test_a_sample_is_never_less_than_nothing_from_itself():
    X = 1e6 + np.random.default_rng(1).normal(size=(50, 3))  # squares cancel badly here
    assert squared_distances(X, X).min() == 0.0


@given(st.integers(1, 200), st.integers(1, 50), st.integers(1, 1000))
def test_blocks_cover_every_row_once_and_stay_small(n_rows, n_columns, n_values):
    blocks = list(row_blocks(n_rows, n_columns, n_values))
    assert np.concatenate([np.arange(n_rows)[b] for b in blocks]).tolist() == list(range(n_rows))
    assert all(b.stop - b.start == 1 or (b.stop - b.start) * n_columns <= n_values for b in blocks)
