"""KMeans as a model: equal to scikit-learn's from the same start, and what it refuses."""

import warnings

import numpy as np
import pytest
from sklearn.cluster import KMeans as Theirs
from sklearn.datasets import load_digits, load_iris, make_blobs
from sklearn.metrics import adjusted_rand_score

from firsthand.scratch.clusters import KMeans
from firsthand.scratch.errors import ConvergenceWarning, DataError, ParameterError

IRIS = load_iris().data
DATA = {
    "iris": IRIS,
    "digits": load_digits().data[:500],
    "one feature": IRIS[:, :1] + 1e-3 * np.arange(150)[:, None],
    "constant column": np.column_stack([IRIS, np.full(150, 7.0)]),
    "collinear": np.column_stack([IRIS, IRIS[:, 0] - 2 * IRIS[:, 1]]),
    "far from zero": IRIS + 1e6,
    "huge": IRIS * 1e8,
    "tiny": IRIS * 1e-8,
    "mixed scales": IRIS * [1e8, 1.0, 1e-8, 1.0],
    "whole numbers": np.random.default_rng(3).integers(0, 1000, (200, 3)),
    "one outlier": np.vstack([IRIS, [1e6] * 4]),
}


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("weighted", [False, True])
def test_same_start_same_centres(name, weighted):
    X = DATA[name]
    w = np.random.default_rng(0).uniform(0.5, 2, len(X)) if weighted else None
    start = X[:: len(X) // 4][:4]
    ours = KMeans(4, init=start).fit(X, sample_weight=w)
    theirs = Theirs(4, init=start, n_init=1).fit(X, sample_weight=w)
    scale = np.abs(X).max(axis=0) + (X == 0).all(axis=0)
    np.testing.assert_allclose(
        ours.cluster_centers_ / scale, theirs.cluster_centers_ / scale, atol=1e-10
    )
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-10)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-7)
    assert ours.score(X, sample_weight=w) == pytest.approx(
        theirs.score(X, sample_weight=w), rel=1e-9
    )


def test_a_class_of_one_in_a_thousand_is_found():
    X, y = make_blobs([1000, 1], centers=[[0, 0], [50, 50]], random_state=0)
    labels = KMeans(2, n_init=5, random_state=0).fit_predict(X)
    assert adjusted_rand_score(y, labels) == 1.0


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_over_seeds_as_good_as_sklearns(init):
    ours = [KMeans(4, init=init, n_init=2, random_state=s).fit(IRIS).inertia_ for s in range(15)]
    theirs = [Theirs(4, init=init, n_init=2, random_state=s).fit(IRIS).inertia_ for s in range(15)]
    error = np.sqrt((np.var(ours) + np.var(theirs)) / 15)
    assert np.mean(ours) <= np.mean(theirs) + 4 * error + 0.1


def test_the_best_of_several_starts_is_kept():
    how = {"n_clusters": 6, "init": "random"}
    one = [KMeans(**how, n_init=1, random_state=rng).fit(IRIS).inertia_ for rng in _stream(5)]
    many = KMeans(**how, n_init=5, random_state=np.random.default_rng(0)).fit(IRIS)
    assert many.inertia_ == min(one)


def _stream(n):
    rng = np.random.default_rng(0)
    return [rng] * n


def test_a_function_may_start():
    seen = []

    def first(X, n_clusters, random_state):
        seen.append(random_state)
        return X[:n_clusters]

    model = KMeans(3, init=first, n_init=2, random_state=0).fit(IRIS)
    assert len(seen) == 2
    assert isinstance(seen[0], np.random.Generator)
    np.testing.assert_allclose(
        model.cluster_centers_, KMeans(3, init=IRIS[:3]).fit(IRIS).cluster_centers_, atol=1e-12
    )


def test_weights_count_as_copies():
    w = np.random.default_rng(1).integers(1, 4, len(IRIS))
    weighted = KMeans(3, init=IRIS[:3]).fit(IRIS, sample_weight=w)
    copied = KMeans(3, init=IRIS[:3]).fit(np.repeat(IRIS, w, axis=0))
    np.testing.assert_allclose(weighted.cluster_centers_, copied.cluster_centers_, atol=1e-12)


def test_random_starts_leave_out_samples_without_weight():
    w = np.zeros(len(IRIS))
    w[[3, 70, 140]] = 1.0
    model = KMeans(3, init="random", random_state=0).fit(IRIS, sample_weight=w)
    assert model.inertia_ == pytest.approx(0.0, abs=1e-20)
    with pytest.warns(ConvergenceWarning, match="3 of n_clusters=5"):
        more = KMeans(5, init="random", n_init=1, random_state=0).fit(IRIS, sample_weight=w)
    assert np.isfinite(more.cluster_centers_).all()


def test_too_few_distinct_samples_are_told():
    X = np.repeat([[1.0, 2.0], [3.0, 4.0]], 5, axis=0)
    with pytest.warns(ConvergenceWarning, match="Only 2 of n_clusters=3"):
        model = KMeans(3, random_state=0).fit(X)
    assert model.inertia_ == 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        KMeans(2, random_state=0).fit(X)


@pytest.mark.parametrize(
    ("how", "error", "match"),
    [
        ({"n_clusters": 0}, ParameterError, "n_clusters is 0"),
        ({"n_clusters": 4}, DataError, "3 samples"),
        ({"n_init": 0}, ParameterError, "n_init is 0"),
        ({"max_iter": 0}, ParameterError, "max_iter is 0"),
        ({"tol": -1.0}, ParameterError, "tol is -1"),
        ({"init": "far"}, ParameterError, "'k-means\\+\\+', 'random'"),
        ({"init": [[0.0]]}, ParameterError, r"\(1, 1\)"),
        ({"init": [[0.0, 1.0], [np.nan, 0.0]]}, ParameterError, "finite"),
        ({"init": lambda X, n_clusters, random_state: X[:1]}, ParameterError, r"\(1, 2\)"),
    ],
)
def test_what_cannot_be_is_refused(how, error, match):
    with pytest.raises(error, match=match):
        KMeans(**({"n_clusters": 2} | how)).fit([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
