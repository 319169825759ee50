"""DBSCAN label by label against scikit-learn's, and its neighbours against all pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn import cluster
from sklearn.datasets import load_iris, make_blobs, make_circles, make_moons

from firsthand.scratch.clusters import DBSCAN
from firsthand.scratch.clusters._boxes import boxed, fast_neighborhoods
from firsthand.scratch.clusters.dbscan import core_samples, grow_clusters, neighborhoods
from firsthand.scratch.distances import METRICS
from firsthand.scratch.errors import DataError, ParameterError

SCIPYS = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}
IRIS = load_iris().data
GRID = np.stack(np.meshgrid(np.arange(20.0), np.arange(15.0)), axis=-1).reshape(-1, 2)
DATA = {  # samples, eps
    "iris": (IRIS, 0.5),
    "moons": (make_moons(600, noise=0.08, random_state=0)[0], 0.12),
    "circles": (make_circles(500, noise=0.05, factor=0.5, random_state=0)[0], 0.13),
    "blobs": (make_blobs(700, 6, centers=7, random_state=0)[0], 1.8),
    "high dimension": (make_blobs(300, 30, centers=4, random_state=0)[0], 7.0),
    "one feature": (IRIS[:, :1], 0.05),
    "constant column": (np.column_stack([IRIS, np.ones(150)]), 0.4),
    "copies": (np.repeat(IRIS[::3], 3, axis=0), 0.4),
    "whole numbers": (GRID, 1.0),
    "just apart": (GRID, 0.999999),
    "far from zero": (GRID + 2**20, 1.0),
    "huge": (GRID * 2.0**27, 2.0**27),
    "tiny": (GRID * 2.0**-27, 2.0**-27),
    "all near": (IRIS, 100.0),
    "all alone": (IRIS, 1e-9),
}


def pairs(neighbors):
    """Return the neighbours of every sample as a set."""
    ends = neighbors.starts + neighbors.counts
    return [
        set(neighbors.indices[a:b].tolist()) for a, b in zip(neighbors.starts, ends, strict=True)
    ]


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("min_samples", [1, 4, 5])
@pytest.mark.parametrize("metric", METRICS)
def test_labels_are_sklearns(name, min_samples, metric):
    X, eps = DATA[name]
    ours = DBSCAN(eps=eps, min_samples=min_samples, metric=metric).fit(X)
    theirs = cluster.DBSCAN(eps=eps, min_samples=min_samples, metric=metric, algorithm="kd_tree")
    theirs.fit(X)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_array_equal(ours.core_sample_indices_, theirs.core_sample_indices_)
    np.testing.assert_array_equal(ours.components_, theirs.components_)


@pytest.mark.parametrize("name", ["iris", "moons", "whole numbers"])
def test_weighted_labels_are_sklearns(name):
    X, eps = DATA[name]
    w = np.random.default_rng(0).integers(0, 4, len(X)).astype(float)
    ours = DBSCAN(eps=eps).fit(X, sample_weight=w)
    theirs = cluster.DBSCAN(eps=eps).fit(X, sample_weight=w)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_array_equal(DBSCAN(eps=eps).fit_predict(X, sample_weight=w), ours.labels_)


tables = st.tuples(st.integers(1, 30), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-4, 4).map(float))
)


@settings(deadline=None)
@given(tables, st.sampled_from(METRICS), st.sampled_from([1.0, 2.0, np.sqrt(2), 5.0, 0.5]))
def test_boxes_find_the_neighbours_that_all_pairs_have(X, metric, eps):
    D = cdist(X, X, "sqeuclidean" if metric == "euclidean" else SCIPYS[metric])
    near = (eps * eps if metric == "euclidean" else eps) >= D  # (2^.5)^2 is more than 2
    expected = [set(np.flatnonzero(row)) for row in near]
    assert pairs(fast_neighborhoods(X, eps, metric)) == expected
    if eps != np.sqrt(2):
        assert pairs(neighborhoods(X, eps, metric)) == expected


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("d", [1, 2, 8])
def test_near_boxes_are_enough(metric, d):
    X = np.random.default_rng(d).normal(size=(900, d))
    eps = 0.05 if d == 1 else 0.3 * d
    assert pairs(fast_neighborhoods(X, eps, metric)) == pairs(neighborhoods(X, eps, metric))


def test_boxes_hold_everyone_once_and_never_too_many():
    X = np.random.default_rng(0).normal(size=(1000, 3))
    boxes = list(boxed(X, 50))
    np.testing.assert_array_equal(np.sort(np.concatenate(boxes)), np.arange(1000))
    assert max(map(len, boxes)) <= 50
    assert len(list(boxed(np.zeros((1000, 1)), 50))) < 1000 / 20, "copies are halved, too"


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_samples_changes_names_and_borders_only(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 2))
    order = rng.permutation(60)
    near, mixed = neighborhoods(X, 0.4), neighborhoods(X[order], 0.4)
    core, mixed_core = core_samples(near, 4), core_samples(mixed, 4)
    np.testing.assert_array_equal(core[order], mixed_core)
    labels, mixed_labels = grow_clusters(near, core)[order], grow_clusters(mixed, mixed_core)
    np.testing.assert_array_equal(labels == -1, mixed_labels == -1)
    named = set(zip(labels[mixed_core], mixed_labels[mixed_core], strict=True))
    assert len(named) == len(set(labels[mixed_core].tolist())), "core samples stay together"


def test_a_sample_may_be_a_core_by_its_weight():
    model = DBSCAN(eps=0.1, min_samples=3).fit([[0.0], [1.0]], sample_weight=[3.0, 2.0])
    assert model.labels_.tolist() == [0, -1]


@pytest.mark.parametrize(
    ("how", "error", "match"),
    [
        ({"eps": 0}, ParameterError, "eps is 0"),
        ({"min_samples": 0}, ParameterError, "min_samples is 0"),
        ({"min_samples": 2.5}, ParameterError, "whole number"),
        ({"metric": "cosine"}, ParameterError, "chebyshev"),
    ],
)
def test_what_cannot_be_is_refused(how, error, match):
    with pytest.raises(error, match=match):
        DBSCAN(**how).fit(IRIS)


def test_a_negative_weight_is_refused():
    with pytest.raises(DataError, match="negative"):
        DBSCAN().fit(IRIS, sample_weight=-np.ones(150))
