"""Mini-batch k-means: its steps against scikit-learn's, its result against all of Lloyd's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import cluster
from sklearn.datasets import load_digits, make_blobs

from firsthand.scratch.clusters import KMeans, MiniBatchKMeans
from firsthand.scratch.clusters.minibatch_kmeans import batch_update, restart_rare_centers
from firsthand.scratch.errors import DataError, ParameterError

X, Y = make_blobs(1200, 5, centers=6, cluster_std=2.0, random_state=0)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_same_batches_from_the_same_start_are_sklearns(weighted):
    rng = np.random.default_rng(1)
    how = {"n_clusters": 6, "init": X[:6], "n_init": 1, "reassignment_ratio": 0.0}
    ours, theirs = MiniBatchKMeans(**how), cluster.MiniBatchKMeans(**how)
    for _ in range(8):
        rows = rng.choice(len(X), 50)
        w = rng.uniform(0, 2, 50) if weighted else None
        ours.partial_fit(X[rows], sample_weight=w)
        theirs.partial_fit(X[rows], sample_weight=w)
        np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, atol=1e-10)
        np.testing.assert_allclose(ours.counts_, theirs._counts)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        assert ours.inertia_ == pytest.approx(theirs.inertia_)
    assert ours.n_steps_ == theirs.n_steps_ == 8
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X))
    assert ours.score(X) == pytest.approx(theirs.score(X))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_a_centre_is_the_mean_of_all_it_has_seen(seed, n_batches):
    rng = np.random.default_rng(seed)
    centers, counts = np.full((3, 2), 50.0), np.zeros(3)
    seen, labels, weights = rng.normal(size=(20 * n_batches, 2)), [], []
    for batch in np.split(seen, n_batches):
        labels.append(rng.integers(0, 2, len(batch)))
        weights.append(rng.uniform(0.1, 1, len(batch)))
        centers, counts = batch_update(batch, labels[-1], centers, counts, weights[-1])
    label, w = np.concatenate(labels), np.concatenate(weights)
    for j in set(label.tolist()):
        expected = np.average(seen[label == j], axis=0, weights=w[label == j])
        np.testing.assert_allclose(centers[j], expected, atol=1e-12)
    assert centers[2].tolist() == [50.0, 50.0], "who sees nobody stays"


def test_rare_centres_restart_at_different_samples_and_are_not_rare_again():
    batch = np.arange(8.0)[:, None]
    centers, counts = np.full((5, 1), -1.0), np.array([1000.0, 2.0, 700.0, 0.0, 400.0])
    moved, after = restart_rare_centers(batch, centers, counts, 0.01, np.random.default_rng(0))
    assert moved[[0, 2, 4]].tolist() == [[-1.0]] * 3
    assert len({*moved[[1, 3]].ravel().tolist()} & set(range(8))) == 2
    assert after.tolist() == [1000.0, 400.0, 700.0, 400.0, 400.0]
    assert counts[1] == 2.0, "what came in is left as it was"
    few = restart_rare_centers(batch[:2], centers, counts, 0.01, np.random.default_rng(0))
    assert few[1].tolist() == [1000.0, 2.0, 700.0, 2.0, 400.0], "half a batch, the rarest first"


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_is_nearly_as_good_as_all_of_lloyd(init):
    best = KMeans(6, n_init=5, random_state=0).fit(X).inertia_
    how = {"n_clusters": 6, "init": init, "batch_size": 200, "n_init": 3}
    ours = [MiniBatchKMeans(**how, random_state=s).fit(X).inertia_ for s in range(8)]
    theirs = [cluster.MiniBatchKMeans(**how, random_state=s).fit(X).inertia_ for s in range(8)]
    assert min(ours) < 1.03 * best
    assert np.mean(ours) < np.mean(theirs) + 4 * np.std(ours + theirs) / 2


def test_real_digits_cost_little_more_than_with_lloyd():
    D = load_digits().data
    lloyd = KMeans(10, random_state=0).fit(D).inertia_
    assert MiniBatchKMeans(10, batch_size=256, random_state=0).fit(D).inertia_ < 1.1 * lloyd


def test_a_seed_reproduces_and_a_weight_of_zero_is_never_drawn():
    w = (Y < 3).astype(float)
    a, b = (MiniBatchKMeans(3, random_state=7).fit(X, sample_weight=w) for _ in "ab")
    np.testing.assert_array_equal(a.cluster_centers_, b.cluster_centers_)
    within = KMeans(3, n_init=5, random_state=0).fit(X[w > 0]).inertia_
    assert a.inertia_ < 1.1 * within


def test_stops_when_told_to():
    how = {"n_clusters": 6, "batch_size": 100, "random_state": 0, "max_iter": 50}
    patient = MiniBatchKMeans(**how, max_no_improvement=None).fit(X)
    assert patient.n_steps_ == 50 * 12
    assert patient.n_iter_ == 50
    assert MiniBatchKMeans(**how, max_no_improvement=3).fit(X).n_steps_ < 600
    assert MiniBatchKMeans(**how, max_no_improvement=None, tol=0.1).fit(X).n_steps_ < 600


def test_labels_are_left_out_on_request():
    model = MiniBatchKMeans(3, compute_labels=False, random_state=0).fit(X)
    assert not hasattr(model, "labels_")


@pytest.mark.parametrize(
    ("how", "error", "match"),
    [
        ({"n_clusters": 0}, ParameterError, "n_clusters is 0"),
        ({"n_clusters": 4}, DataError, "3 samples"),
        ({"batch_size": 0}, ParameterError, "batch_size"),
        ({"max_iter": 0}, ParameterError, "max_iter"),
        ({"tol": -1}, ParameterError, "tol"),
        ({"init_size": 0}, ParameterError, "init_size"),
        ({"max_no_improvement": -1}, ParameterError, "max_no_improvement"),
        ({"reassignment_ratio": -0.1}, ParameterError, "reassignment_ratio"),
        ({"n_init": "few"}, ParameterError, "n_init"),
        ({"init": "near"}, ParameterError, "init"),
    ],
)
def test_what_cannot_be_is_refused(how, error, match):
    with pytest.raises(error, match=match):
        MiniBatchKMeans(**({"n_clusters": 2, "init": "random"} | how)).fit(X[:3])
