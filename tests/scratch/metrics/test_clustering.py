"""Silhouettes and the agreement of partitions, against scikit-learn's and by counting."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from firsthand.scratch import metrics
from firsthand.scratch.errors import DataError
from tests.scratch.metrics.inputs import agree, label_columns

MANY = settings(deadline=None, max_examples=30)


@MANY
@given(label_columns())
def test_partitions_are_compared_as_sklearn_does(data):
    one, other, _ = data
    for name in ("adjusted_rand_score", "mutual_info_score", "normalized_mutual_info_score"):
        agree(getattr(metrics, name), getattr(sklearn.metrics, name), one, other)


@MANY
@given(label_columns(min_size=2))
def test_rand_counts_pairs(data):
    one, other, _ = data
    here = np.array([i == j for i, j in combinations(one, 2)])
    there = np.array([i == j for i, j in combinations(other, 2)])
    expected = here.mean() * there.mean()
    most = (here.mean() + there.mean()) / 2
    if most != expected:
        adjusted = (np.mean(here & there) - expected) / (most - expected)
        assert metrics.adjusted_rand_score(one, other) == pytest.approx(adjusted)


def test_names_of_clusters_do_not_matter():
    one, other = np.array([0, 0, 1, 2]), np.array(["x", "x", "z", "y"])
    assert metrics.adjusted_rand_score(one, other) == 1.0
    assert metrics.normalized_mutual_info_score(one, other) == pytest.approx(1.0)


def test_as_many_clusters_as_samples_need_no_table_of_them():
    y = np.arange(20_000)  # a table of all pairs would hold 400 million
    assert metrics.adjusted_rand_score(y, y[::-1]) == 1.0
    assert metrics.adjusted_rand_score(np.zeros(20_000, int), y) == 0.0


@MANY
@given(
    arrays(float, (9, 2), elements=st.integers(-3, 3)), arrays(int, 9, elements=st.integers(0, 3))
)
def test_silhouettes_are_sklearns_with_duplicates(X, labels):
    agree(metrics.silhouette_samples, sklearn.metrics.silhouette_samples, X, labels)
    agree(metrics.silhouette_score, sklearn.metrics.silhouette_score, X, labels)


def test_silhouettes_over_several_blocks():
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(1500, 4)), rng.integers(0, 5, 1500)
    expected = sklearn.metrics.silhouette_samples(X, labels)
    np.testing.assert_allclose(metrics.silhouette_samples(X, labels), expected, atol=1e-12)
    np.testing.assert_allclose(metrics.silhouette_samples(X + 1e6, labels), expected, atol=1e-7)


def test_silhouettes_hold_no_table_of_all_distances():
    X, labels = np.random.default_rng(0).normal(size=(6000, 2)), np.arange(6000) % 3
    tracemalloc.start()
    metrics.silhouette_score(X, labels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6000 * 6000 * 8 / 8


def test_a_sample_of_the_silhouettes_is_repeated_by_its_seed():
    rng = np.random.default_rng(1)
    X = np.concatenate([rng.normal(size=(100, 2)), rng.normal(size=(100, 2)) + 9])
    labels = np.repeat([0, 1], 100)
    some = [metrics.silhouette_score(X, labels, sample_size=50, random_state=3) for _ in range(2)]
    assert some[0] == some[1] == pytest.approx(metrics.silhouette_score(X, labels), abs=0.05)


def test_what_is_refused():
    with pytest.raises(DataError, match="1 clusters of 3 samples"):
        metrics.silhouette_score([[0.0], [1.0], [2.0]], [0, 0, 0])
    with pytest.raises(DataError, match="3 clusters of 3 samples"):
        metrics.silhouette_score([[0.0], [1.0], [2.0]], [0, 1, 2])
    with pytest.raises(DataError, match="X has 2 samples, but labels has 3"):
        metrics.silhouette_score([[0.0], [1.0]], [0, 1, 2])
    with pytest.raises(DataError, match="labels_true has 2 samples"):
        metrics.adjusted_rand_score([0, 1], [0])
