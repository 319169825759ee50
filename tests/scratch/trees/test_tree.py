"""Flat trees against a walk of one sample at a time, and against scikit-learn."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from firsthand.scratch.trees import grow_tree
from firsthand.scratch.trees._walking import BLOCK
from firsthand.scratch.trees.tree import LEAF


def walked(tree, x):
    """Return the nodes that one sample passes."""
    path = [0]
    while tree.children_left[path[-1]] != LEAF:
        node = path[-1]
        value = x[tree.feature[node]]
        left = tree.missing_go_to_left[node] if np.isnan(value) else value <= tree.threshold[node]
        path.append(int((tree.children_left if left else tree.children_right)[node]))
    return path


def made(seed=0, n=300, missing=0.2):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, 4)).astype(np.float32).astype(float), rng.integers(0, 3, n)
    X[rng.random(X.shape) < missing] = np.nan
    return X, y, grow_tree(X, y, criterion="gini", n_classes=3)


@settings(max_examples=30)
@given(st.integers(0, 100), st.sampled_from([0.0, 0.3]))
def test_samples_arrive_where_a_walk_ends(seed, missing):
    _, _, tree = made(seed, 60, missing)
    X, _, _ = made(seed + 1, 200, 0.3)  # may miss what fit has never missed
    paths = [walked(tree, x) for x in X]
    np.testing.assert_array_equal(tree.apply(X), [path[-1] for path in paths])
    passed = tree.decision_path(X)
    for row, path in zip(passed, paths, strict=True):
        assert np.flatnonzero(row).tolist() == path  # preorder: deeper is later


def test_blocks_and_deep_trees_make_no_difference():
    n = 200
    X, y = np.arange(n)[:, None] * 1.0, np.arange(n) % 2
    tree = grow_tree(X, y, criterion="gini", n_classes=2)
    assert tree.max_depth > n / 2  # a question parts off one sample, or two
    many = np.random.default_rng(0).integers(0, n, BLOCK + 5)
    np.testing.assert_array_equal(tree.predict(X[many]).argmax(axis=1), y[many])


def test_rows_need_not_be_contiguous():
    X, _, tree = made()
    np.testing.assert_array_equal(tree.apply(np.asfortranarray(X)), tree.apply(X))
    np.testing.assert_array_equal(tree.apply(X[::3]), tree.apply(X)[::3])
    assert tree.apply(X[:0]).shape == (0,)


def test_values_at_both_ends_of_the_numbers_find_their_way():
    X = np.array([[-1.5e308], [1.5e308], [1.7e308], [5e-324], [0.0]])
    tree = grow_tree(X, np.arange(5), criterion="gini", n_classes=5)
    np.testing.assert_array_equal(tree.predict(X).argmax(axis=1), np.arange(5))


def test_a_threshold_itself_goes_left():
    tree = grow_tree(np.array([[1.0], [3.0]]), np.array([0, 1]), criterion="gini", n_classes=2)
    assert tree.apply(np.array([[2.0], [np.nextafter(2.0, 3.0)]])).tolist() == [1, 2]


def test_subtrees_are_ranges_and_levels_are_depths():
    _, _, tree = made()
    for node in range(tree.node_count):
        below = [j for j in range(tree.node_count) if node in _above(tree, j)]
        assert below == list(range(node, tree.ends[node]))
    for depth, level in enumerate(tree.levels):
        assert all(len(_above(tree, node)) == depth + 1 for node in level)


def _above(tree, node):
    path = [node]
    while tree.parents[path[-1]] != LEAF:
        path.append(int(tree.parents[path[-1]]))
    return path


def test_importances_are_sklearns_and_zero_without_questions():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4)).astype(np.float32).astype(float)
    y = (X[:, 1] + X[:, 3] + 0.1 * rng.normal(size=400) > 0).astype(int)
    tree = grow_tree(X, y, criterion="gini", n_classes=2)
    theirs = DecisionTreeClassifier(random_state=0).fit(X, y).feature_importances_
    np.testing.assert_allclose(tree.feature_importances(), theirs, atol=0.02)  # ties below
    assert tree.feature_importances().sum() == pytest.approx(1)
    leaf = grow_tree(np.ones((3, 2)), np.array([0, 1, 1]), criterion="gini", n_classes=2)
    assert leaf.feature_importances().tolist() == [0, 0]


def test_other_values_can_stand_in_the_leaves_and_a_tree_pickles():
    X, _, tree = made()
    other = tree.with_value(np.arange(tree.node_count, dtype=float)[:, None])
    np.testing.assert_array_equal(other.predict(X)[:, 0], tree.apply(X))
    again = pickle.loads(pickle.dumps(tree))
    np.testing.assert_array_equal(again.predict(X), tree.predict(X))
    with pytest.raises(AttributeError):
        tree.value = None
