"""The fast search against the plain one, on data chosen to break it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.scratch.neighbors import _search as fast
from firsthand.scratch.neighbors.nearest import minkowski_distances, nearest

seeds = st.integers(0, 2**32 - 1)


def exact(X, Q, k):
    """Return the neighbours by the differences themselves."""
    with np.errstate(over="ignore"):
        D = np.sqrt(((Q[:, None, :] - X) ** 2).sum(axis=-1))
    return nearest(D, k)


def assert_same(found, expected):
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-14)
    # of samples whose distances differ in the last digit only, either may come first
    parted = np.diff(expected[0], axis=1) > 1e-13 * expected[0][:, 1:]
    clear = np.ones(expected[1].shape, dtype=bool)
    clear[:, 1:] &= parted
    clear[:, :-1] &= parted
    clear[:, -1] = False
    np.testing.assert_array_equal(found[1][clear], expected[1][clear])


SPOILT = {
    "plain": lambda X: X,
    "far from zero": lambda X: X + 1e9,
    "huge": lambda X: 1e150 * X,
    "tiny": lambda X: 1e-150 * X,
    "one feature": lambda X: X[:, :1],
    "constant": lambda X: np.full_like(X, 0.1),
    "constant column": lambda X: np.column_stack([X, np.full(len(X), 1e6)]),
    "integers": lambda X: np.round(2 * X),
    "few different": lambda X: X[np.arange(len(X)) % 7],
    "one far away": lambda X: np.vstack([X[:-1], np.full((1, X.shape[1]), 1e12)]),
    "two small clouds": lambda X: 1e-5 * X + np.sign(X[:, :1]),
    "many features": lambda X: np.hstack([X] * 200),
}


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("k", [1, 5, 60])
def test_finds_what_the_differences_say(spoil, k):
    X = SPOILT[spoil](np.random.default_rng(0).normal(size=(530, 4)))
    Q, X = np.vstack([X[:20], X[500:]]), X[:500]
    assert_same(fast.EuclideanSearch(X).nearest(Q, k), exact(X, Q, k))


@given(seeds, st.integers(1, 300), st.integers(1, 5))
def test_any_size_works(seed, n_samples, n_features):
    rng = np.random.default_rng(seed)
    X, Q = rng.normal(size=(n_samples, n_features)), rng.normal(size=(9, n_features))
    k = int(rng.integers(1, n_samples + 1))
    assert_same(fast.EuclideanSearch(X).nearest(Q, k), exact(X, Q, k))


def test_several_tiles_and_blocks_are_joined(monkeypatch):
    monkeypatch.setattr(fast, "TILE", 80)
    monkeypatch.setattr(fast, "BLOCK", 80 * 7)
    monkeypatch.setattr(fast, "BATCH", 50)
    rng = np.random.default_rng(1)
    X, Q = rng.normal(size=(1001, 3)), rng.normal(size=(40, 3))
    for k in (1, 5, 100):
        assert_same(fast.EuclideanSearch(X).nearest(Q, k), exact(X, Q, k))


def test_a_query_is_at_distance_zero_of_itself_and_twins_come_in_order():
    X = np.random.default_rng(2).normal(size=(300, 6)) + 1e6
    X[[40, 250]] = X[7]
    distances, indices = fast.EuclideanSearch(X).nearest(X, 3)
    np.testing.assert_array_equal(distances[:, 0], 0.0)
    assert indices[40].tolist() == [7, 40, 250]


@pytest.mark.parametrize("far", [1e10, 1e20, 1e100, 1e290])
def test_a_query_far_from_all_finds_the_nearest(far):
    X = np.random.default_rng(3).normal(size=(200, 1))
    _, indices = fast.EuclideanSearch(X).nearest(np.array([[far], [-far], [0.0]]), 1)
    if far < 1e15:
        assert indices[:2, 0].tolist() == [int(X.argmax()), int(X.argmin())]
    assert indices[2, 0] == np.abs(X).argmin()


@given(seeds, st.sampled_from([1.0, 1.5, np.inf]))
def test_other_distances_are_searched_in_blocks(seed, p):
    rng = np.random.default_rng(seed)
    X, Q = np.round(rng.normal(size=(50, 2))), np.round(rng.normal(size=(30, 2)))

    def distance(A, B):
        return minkowski_distances(A, B, p)

    found = fast.search(distance, X, Q, 4)
    expected = nearest(distance(Q, X), 4)
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])
