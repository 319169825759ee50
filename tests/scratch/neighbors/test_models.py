"""Both models by neighbours against scikit-learn's."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import neighbors as library
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.neighbors import KNeighborsClassifier, KNeighborsRegressor

HOWS = [
    {},
    {"n_neighbors": 1},
    {"n_neighbors": 30, "weights": "distance"},
    {"metric": "manhattan"},
    {"metric": "chebyshev", "weights": "distance"},
    {"metric": "minkowski", "p": 3},
    {"metric": "cosine"},
    {"weights": lambda distances: 1.0 / (1.0 + distances**2)},
]


def halves(load, jitter=0.0):
    X, y = load(return_X_y=True)
    rng = np.random.default_rng(0)
    order = rng.permutation(len(y))
    X, y = X[order] + jitter * rng.normal(size=X.shape), y[order]
    return X[::2], y[::2], X[1::2]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("load", [load_wine, load_breast_cancer])
def test_classes_are_scikit_learns(load, how):
    X, y, Q = halves(load, jitter=1e-4)  # no ties, which the library breaks by chance
    ours = KNeighborsClassifier(**how).fit(X, y)
    theirs = library.KNeighborsClassifier(**how).fit(X, y)
    assert_allclose(ours.predict_proba(Q), theirs.predict_proba(Q), atol=1e-10)
    assert_array_equal(ours.predict(Q), theirs.predict(Q))
    assert_allclose(ours.kneighbors(Q)[0], theirs.kneighbors(Q)[0], atol=1e-10)


@pytest.mark.parametrize("how", HOWS)
def test_numbers_are_scikit_learns(how):
    X, y, Q = halves(load_diabetes, jitter=1e-4)
    ours = KNeighborsRegressor(**how).fit(X, y)
    theirs = library.KNeighborsRegressor(**how).fit(X, y)
    assert_allclose(ours.predict(Q), theirs.predict(Q), rtol=1e-10)
    assert_array_equal(ours.kneighbors(Q)[1], theirs.kneighbors(Q)[1])


def test_digits_with_their_ties_have_the_same_distances():
    X, y, Q = halves(load_digits)
    ours, theirs = KNeighborsClassifier().fit(X, y), library.KNeighborsClassifier().fit(X, y)
    assert_array_equal(ours.kneighbors(Q)[0], theirs.kneighbors(Q)[0])
    assert np.mean(ours.predict(Q) == theirs.predict(Q)) > 0.998


def test_without_queries_a_sample_is_not_its_own_neighbour():
    X, y, _ = halves(load_wine)
    X[5] = X[9] = X[60]  # twins find each other, at distance 0
    ours, theirs = KNeighborsClassifier().fit(X, y), library.KNeighborsClassifier().fit(X, y)
    distances, indices = ours.kneighbors()
    assert_allclose(distances, theirs.kneighbors()[0], atol=1e-10)
    assert not np.any(indices == np.arange(len(X))[:, None])
    assert indices[5, :2].tolist() == [9, 60]


def test_more_twins_than_neighbours_leave_as_many_entries():
    X = np.append(np.zeros(6), [1.0, 2.0])[:, None]
    model = KNeighborsRegressor(n_neighbors=2).fit(X, np.arange(8.0))
    distances, indices = model.kneighbors()
    assert distances.shape == indices.shape == (8, 2)
    assert_array_equal(distances[:6], 0.0)
    assert not np.any(indices[:2] == np.arange(2)[:, None])


def test_the_first_class_wins_a_tied_vote():
    model = KNeighborsClassifier(n_neighbors=2).fit([[0.0], [1.0], [9.0]], ["b", "a", "b"])
    assert model.predict([[0.5]]).tolist() == ["a"]
    assert model.predict_proba([[0.5]]).tolist() == [[0.5, 0.5]]


def test_integers_are_data_and_the_number_of_neighbours_can_be_asked_for():
    X = np.arange(12).reshape(6, 2)
    model = KNeighborsClassifier(n_neighbors=2).fit(X, [0, 0, 0, 1, 1, 1])
    assert model.kneighbors([[4, 5]], n_neighbors=3, return_distance=False).tolist() == [[2, 1, 3]]


def test_memory_is_bounded_by_blocks():
    import tracemalloc

    rng = np.random.default_rng(0)
    X, Q = rng.normal(size=(20_000, 4)), rng.normal(size=(2_000, 4))
    model = KNeighborsRegressor().fit(X, X[:, 0])
    tracemalloc.start()
    model.predict(Q)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6  # all distances at once would be 320 MB


def test_is_pickled_whole():
    X, y, Q = halves(load_wine)
    model = KNeighborsClassifier(metric="manhattan").fit(X, y)
    assert_array_equal(pickle.loads(pickle.dumps(model)).predict(Q), model.predict(Q))


@pytest.mark.parametrize(
    "how",
    [{"n_neighbors": 0}, {"n_neighbors": 2.5}, {"weights": "far"}, {"metric": "l7"}, {"p": 0}],
)
@pytest.mark.parametrize("model", [KNeighborsClassifier, KNeighborsRegressor])
def test_bad_parameters_are_refused(model, how):
    with pytest.raises(ParameterError, match=next(iter(how))):
        model(**how).fit([[0.0], [1.0]], [0, 1])


def test_too_many_neighbours_are_refused():
    model = KNeighborsClassifier(n_neighbors=3).fit([[0.0], [1.0], [2.0]], [0, 1, 1])
    assert model.predict([[0.0]]).tolist() == [1]
    with pytest.raises(DataError, match="n_neighbors is 3, but there are 2"):
        model.kneighbors()
    with pytest.raises(DataError, match="n_neighbors is 4, but there are 3"):
        model.kneighbors([[0.0]], n_neighbors=4)


def test_weights_that_leave_nothing_are_refused():
    model = KNeighborsRegressor(n_neighbors=1, weights=np.zeros_like).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(DataError, match="weight 0"):
        model.predict([[0.0]])
