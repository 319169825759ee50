"""Many trees walked together, against each tree alone."""

import pickle

import numpy as np
import pytest

from firsthand.scratch.ensembles import Forest, RandomForestClassifier, RandomForestRegressor


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))
    return X, RandomForestClassifier(13, random_state=0).fit(X, rng.integers(3, size=300))


def test_predicts_the_mean_of_its_trees(fitted):
    X, model = fitted
    new = np.random.default_rng(1).normal(size=(700, 4))
    for rows in (X, new, new[:1]):
        alone = np.mean([tree.predict(rows) for tree in model.trees_], axis=0)
        np.testing.assert_allclose(model.forest_.predict(rows), alone, rtol=1e-12, atol=1e-15)
        leaves = np.stack([tree.apply(rows) for tree in model.trees_], axis=1)
        np.testing.assert_array_equal(model.forest_.apply(rows), leaves)


def test_a_row_is_predicted_the_same_in_any_company(fitted, monkeypatch):
    X, model = fitted
    whole = model.forest_.predict(X)
    np.testing.assert_array_equal(model.forest_.predict(X[40:41]), whole[40:41])
    monkeypatch.setattr("firsthand.scratch.ensembles.forest.ROWS", 64)
    monkeypatch.setattr("firsthand.scratch.ensembles.forest.TREES", 3)
    np.testing.assert_array_equal(model.forest_.predict(X), whole)
    np.testing.assert_array_equal(model.forest_.predict(np.tile(X, (4, 1)), 3)[:300], whole)


def test_a_threshold_itself_goes_left(fitted):
    _, model = fitted
    tree = model.trees_[0]
    row = np.zeros((1, 4))
    row[0, tree.feature[0]] = tree.threshold[0]
    below = tree.decision_path(row)[0]
    assert below[tree.children_left[0]]
    assert model.forest_.apply(row)[0, 0] == tree.apply(row)[0]


def test_forests_join_in_order(fitted):
    X, model = fitted
    rng = np.random.default_rng(2)
    other = RandomForestClassifier(4, random_state=1).fit(X, rng.integers(3, size=300))
    both = Forest.join([model.forest_, other.forest_])
    expected = (13 * model.forest_.predict(X) + 4 * other.forest_.predict(X)) / 17
    np.testing.assert_allclose(both.predict(X), expected, rtol=1e-12, atol=1e-15)


def test_a_forest_of_one_leaf_predicts_it():
    model = RandomForestRegressor(3, random_state=0).fit(np.ones((4, 2)), np.full(4, 7.0))
    assert model.forest_.max_depth == 0
    np.testing.assert_array_equal(model.predict(np.zeros((2, 2))), [7.0, 7.0])


def test_a_pickle_holds_each_array_once(fitted):
    X, model = fitted
    before = len(pickle.dumps(model.forest_))
    model.predict(X)
    assert len(pickle.dumps(model.forest_)) == before
