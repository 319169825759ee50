"""The steps of k-means against their definitions, against scikit-learn, and its fast form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.cluster import kmeans_plusplus as sklearn_plus_plus
from sklearn.datasets import load_iris

from firsthand.scratch.clusters import _lloyd
from firsthand.scratch.clusters._lloyd import _Sides, fast_lloyd
from firsthand.scratch.clusters.kmeans import (
    assign,
    cluster_sums,
    fill_empty_clusters,
    inertia,
    kmeans_plus_plus,
    lloyd,
    means,
    update_centers,
)

LLOYDS = [lloyd, fast_lloyd]


def blobs(n=300, d=4, k=5, spread=1.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(k, d))[rng.integers(k, size=n)] + spread * rng.normal(size=(n, d))
    X -= X.mean(axis=0)
    return X, X[rng.choice(n, k, replace=False)], rng.integers(1, 4, size=n).astype(float)


def test_assign_is_the_nearest():
    X, centers, _ = blobs()
    np.testing.assert_array_equal(assign(X, centers), cdist(X, centers).argmin(axis=1))


def test_assign_takes_the_first_of_equally_near_centres():
    assert assign(np.array([[0.0]]), np.array([[3.0], [-1.0], [1.0]])).tolist() == [1]


def test_sums_and_inertia_are_what_a_loop_finds():
    X, centers, w = blobs()
    labels = assign(X, centers)
    sums, weights = cluster_sums(X, labels, len(centers), w)
    for j in range(len(centers)):
        np.testing.assert_allclose(sums[j], (w[:, None] * X)[labels == j].sum(0), atol=1e-12)
        assert weights[j] == w[labels == j].sum()
    expected = sum(w[i] * np.sum((X[i] - centers[labels[i]]) ** 2) for i in range(len(X)))
    assert inertia(X, labels, centers, w) == pytest.approx(expected, rel=1e-12)


def test_an_empty_cluster_gets_the_farthest_sample():
    X = np.array([[0.0], [1.0], [9.0]])
    labels, centers = np.zeros(3, np.intp), np.array([[0.0], [50.0]])
    sums, weights = cluster_sums(X, labels, 2)
    filled, counts = fill_empty_clusters(X, labels, centers, sums, weights)
    assert means(filled, counts).tolist() == [[0.5], [9.0]]
    assert weights.tolist() == [3.0, 0.0], "what came in is left as it was"
    same = np.zeros((3, 1))
    unfilled = fill_empty_clusters(same, labels, np.zeros((2, 1)), *cluster_sums(same, labels, 2))
    assert unfilled[1].tolist() == [3.0, 0.0]


@pytest.mark.parametrize("solve", LLOYDS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("tol", "max_iter"), [(0.0, 300), (0.0, 3), (1e-2, 300)])
def test_lloyd_is_sklearns(solve, weighted, tol, max_iter):
    X, start, w = blobs(spread=1.5)
    w = w if weighted else None
    labels, centers, n_iter = solve(X, start, w, max_iter, tol * X.var(axis=0).mean())
    theirs = KMeans(len(start), init=start, n_init=1, tol=tol, max_iter=max_iter)
    theirs.fit(X, sample_weight=w)
    np.testing.assert_allclose(centers, theirs.cluster_centers_, atol=1e-12)
    np.testing.assert_array_equal(labels, theirs.labels_)
    assert n_iter == theirs.n_iter_
    assert inertia(X, labels, centers, w) == pytest.approx(theirs.inertia_, rel=1e-12)


@pytest.mark.parametrize("solve", LLOYDS)
def test_lloyd_fills_empty_clusters_as_sklearn_does(solve):
    X, start, w = blobs(k=6)
    start[1], start[4] = 100.0, -90.0  # nobody's nearest
    labels, centers, n_iter = solve(X, start, w)
    theirs = KMeans(6, init=start, n_init=1, tol=0).fit(X, sample_weight=w)
    np.testing.assert_allclose(centers, theirs.cluster_centers_, atol=1e-12)
    np.testing.assert_array_equal(labels, theirs.labels_)
    assert n_iter == theirs.n_iter_


tables = st.tuples(st.integers(2, 40), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-3, 3).map(float))
)


@settings(deadline=None)
@given(tables, st.integers(2, 6), st.sampled_from([1e-150, 1e-8, 1.0, 1e8, 1e150]), st.data())
def test_a_fast_round_is_exact_on_ties_and_on_any_scale(X, k, scale, data):
    """Whole numbers hold all that single precision cannot settle: ties and copies."""
    n, d = X.shape
    X = scale * X
    whole = st.integers(-3, 3).map(float)
    weight = data.draw(st.none() | arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0, 2.5])))
    if weight is not None:
        weight[0] = 1.0  # somebody counts
    first, second = (scale * data.draw(arrays(np.float64, (k, d), elements=whole)) for _ in "12")
    sides = _Sides(X, first, weight)
    for centers in (first, second):
        sides.assign(centers)
        labels, D = sides.labels(), cdist(X, centers, "sqeuclidean")
        chosen = D[np.arange(n), labels]
        np.testing.assert_allclose(chosen, D.min(axis=1), rtol=0, atol=1e-13 * scale**2)
        sums, weights = cluster_sums(X, labels, k, weight)
        np.testing.assert_allclose(sides.sums, sums, rtol=0, atol=1e-13 * scale)
        np.testing.assert_allclose(sides.weights, weights, rtol=0, atol=1e-13)
    assert not sides.assign(second), "nobody moves without a reason"


def test_what_single_precision_cannot_tell_apart_is_told_in_double():
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(2, 3))
    across = centers[1] - centers[0]
    along = np.cross(across, rng.normal(size=3))  # on the plane between both, and far out
    side = rng.choice([-1.0, 1.0], size=400)
    X = centers.mean(axis=0) + np.outer(rng.uniform(-9, 9, 400), along)
    X += np.outer(1e-9 * side, across)
    sides = _Sides(X, centers, None)
    sides.assign(centers)
    np.testing.assert_array_equal(sides.labels(), side > 0)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-150, 1e-8, 1.0, 1e8, 1e150]))
def test_the_fast_form_finds_the_same(seed, scale):
    X, start, w = blobs(150, seed=seed)
    X = np.repeat(scale * X, 2, axis=0)  # copies, and yet no ties
    labels, centers, n_iter = lloyd(X, scale * start, np.repeat(w, 2))
    fast, found, taken = fast_lloyd(X, scale * start, np.repeat(w, 2))
    np.testing.assert_array_equal(fast, labels)
    np.testing.assert_allclose(found, centers, rtol=0, atol=1e-13 * scale)
    assert taken == n_iter


def test_the_fast_form_works_in_blocks_that_threads_share(monkeypatch, openblas):
    X, start, w = blobs(1000, k=7)
    expected = lloyd(X, start, w)
    monkeypatch.setattr(_lloyd, "BLOCK", 64 * 7)
    alone = None
    for n_threads in (1, 2, 3):
        openblas[1](n_threads)
        labels, centers, n_iter = fast_lloyd(X, start, w)
        np.testing.assert_array_equal(labels, expected[0])
        np.testing.assert_allclose(centers, expected[1], atol=1e-13)
        assert n_iter == expected[2]
        sides = _Sides(X, start, w)
        sides.assign(start)
        alone = sides.sums if alone is None else alone
        np.testing.assert_array_equal(sides.sums, alone)  # added up in the order of the blocks


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_inertia_never_rises(seed):
    X, centers, w = blobs(80, seed=seed)
    last = np.inf
    for _ in range(8):
        labels = assign(X, centers)
        assert (now := inertia(X, labels, centers, w)) <= last + 1e-9
        centers = update_centers(X, labels, centers, w)
        assert (last := inertia(X, labels, centers, w)) <= now + 1e-9


def test_plus_plus_takes_distinct_samples_and_is_as_good_as_sklearns():
    X = load_iris().data
    ours, theirs = [], []
    for seed in range(60):
        centers, indices = kmeans_plus_plus(X, 5, np.random.default_rng(seed))
        np.testing.assert_array_equal(centers, X[indices])
        assert len(np.unique(centers, axis=0)) == 5
        ours.append(inertia(X, assign(X, centers), centers))
        other, _ = sklearn_plus_plus(X, 5, random_state=seed)
        theirs.append(inertia(X, assign(X, other), other))
    error = np.sqrt((np.var(ours) + np.var(theirs)) / 60)
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * error


def test_plus_plus_draws_by_weight_and_by_squared_distance():
    X = np.array([[0.0], [1.0], [3.0]])
    weight = np.array([1.0, 2.0, 1.0])
    rng = np.random.default_rng(3)
    n = 4000
    drawn = np.array([kmeans_plus_plus(X, 2, rng, weight, n_trials=1)[1] for _ in range(n)])
    first = np.bincount(drawn[:, 0], minlength=3) / n
    np.testing.assert_allclose(first, [0.25, 0.5, 0.25], atol=4 * 0.5 / np.sqrt(n))
    second = drawn[drawn[:, 0] == 0, 1]  # w D^2 is 2 and 9 there
    share = np.mean(second == 2)
    assert share == pytest.approx(9 / 11, abs=4 * 0.4 / np.sqrt(len(second)))


def test_plus_plus_on_copies_of_one_sample_gives_copies():
    centers, _ = kmeans_plus_plus(np.ones((4, 2)), 3, np.random.default_rng(0))
    assert centers.tolist() == [[1.0, 1.0]] * 3
