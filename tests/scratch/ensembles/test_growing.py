"""The fast forest: the same trees as ``cart``, and what each of its draws promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.ensembles._criteria import ClassEntropy, ClassGini, SquaredError
from firsthand.scratch.ensembles.growing import Growth, Least, grow_trees
from firsthand.scratch.trees import cart
from firsthand.scratch.trees.cart import entropy, gini, indicators, moments, squared_error
from firsthand.scratch.trees.tree import LEAF


def grown(X, criterion, n_trees=1, weight=None, seed=0, n_threads=1, **growth):
    """Grow trees on all samples, with all features unless told otherwise."""
    weight = np.ones(len(X)) if weight is None else weight
    growth = Growth(**{"n_drawn": X.shape[1], **growth})
    rngs = [np.random.default_rng([seed, tree]) for tree in range(n_trees)]
    return grow_trees(X, criterion, lambda _: weight, growth, rngs, n_threads)


def as_node(tree, i=0):
    """Return a flat tree in the form of ``cart``: nested tuples that can be compared."""
    if tree.children_left[i] == LEAF:
        return int(tree.n_node_samples[i])
    question = int(tree.feature[i]), float(tree.threshold[i])
    return (*question, as_node(tree, tree.children_left[i]), as_node(tree, tree.children_right[i]))


def as_tuple(node):
    if node.split is None:
        return node.n_samples
    question = node.split.feature, node.split.threshold
    return (*question, as_tuple(node.left), as_tuple(node.right))


def problem(n=300, n_features=5, n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_features))
    z = X @ rng.normal(size=n_features) + 0.5 * rng.normal(size=n)
    return X, z, np.digitize(z, np.quantile(z, np.arange(1, n_classes) / n_classes))


def test_numbers_grow_the_tree_of_cart():
    X, z, _ = problem()
    tree = next(grown(X, SquaredError(z), least=Least(5)).trees())
    idea = cart.grow(X, moments(z - z.mean()), squared_error, min_samples_leaf=5)
    assert as_node(tree) == as_tuple(idea)


@pytest.mark.parametrize(("kind", "impurity"), [(ClassGini, gini), (ClassEntropy, entropy)])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_classes_grow_the_tree_of_cart(kind, impurity, n_classes):
    X, _, codes = problem(n_classes=n_classes)
    tree = next(grown(X, kind(codes, n_classes), max_depth=3, least=Least(20)).trees())
    idea = cart.grow(X, indicators(codes, n_classes), impurity, 3, min_samples_leaf=20)
    assert as_node(tree) == as_tuple(idea)
    leaves = cart.predict(idea, X)
    np.testing.assert_allclose(tree.predict(X), leaves, rtol=1e-12)


@pytest.mark.parametrize("random_thresholds", [False, True])
@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_every_node_is_what_it_says(task, random_thresholds):
    X, z, codes = problem(200)
    X = np.round(X, 1)  # ties
    criterion = ClassGini(codes, 3) if task == "classes" else SquaredError(z)
    S, impurity = (indicators(codes, 3), gini) if task == "classes" else (moments(z), squared_error)
    weight = np.random.default_rng(1).integers(0, 3, len(X)).astype(float)
    forest = grown(X, criterion, 3, weight, n_drawn=2, random_thresholds=random_thresholds)
    for tree in forest.trees():
        pending = [(0, np.flatnonzero(weight))]
        while pending:
            i, rows = pending.pop()
            sums = weight[rows] @ S[rows]
            assert tree.n_node_samples[i] == len(rows)
            assert tree.weighted_n_node_samples[i] == pytest.approx(weight[rows].sum(), rel=1e-12)
            assert tree.impurity[i] == pytest.approx(float(impurity(sums)), abs=1e-9)
            mean = sums / weight[rows].sum()
            np.testing.assert_allclose(tree.value[i], mean if task == "classes" else mean[1:2])
            if tree.children_left[i] == LEAF:
                alike = len(np.unique(X[rows], axis=0)) == 1
                assert alike or tree.impurity[i] < 1e-12
                continue
            below = X[rows, tree.feature[i]] <= tree.threshold[i]
            assert 0 < below.sum() < len(rows)
            assert tree.children_left[i] == i + 1  # preorder
            pending.append((int(tree.children_left[i]), rows[below]))
            pending.append((int(tree.children_right[i]), rows[~below]))


def test_each_cut_is_the_best_of_its_feature():
    X, z, _ = problem(150)
    tree = next(grown(X, SquaredError(z), n_drawn=1, least=Least(3)).trees())
    pending = [(0, np.arange(len(X)))]
    while pending:
        i, rows = pending.pop()
        if tree.children_left[i] == LEAF:
            continue
        feature = tree.feature[i]
        best = cart.best_split(X[rows][:, [feature]], moments(z[rows]), squared_error, 3)
        assert tree.threshold[i] == best.threshold
        below = X[rows, feature] <= tree.threshold[i]
        pending.append((int(tree.children_left[i]), rows[below]))
        pending.append((int(tree.children_right[i]), rows[~below]))


def test_each_feature_is_asked_first_as_often_as_any_other():
    X, _, codes = problem(30)
    forest = grown(X, ClassGini(codes, 3), 2000, n_drawn=1, max_depth=1)
    counts = np.bincount([tree.feature[0] for tree in forest.trees()], minlength=5)
    assert np.abs(counts - 400).max() < 4 * np.sqrt(2000 * 0.2 * 0.8)


def test_of_equally_good_features_each_is_taken_as_often():
    X = np.repeat(np.random.default_rng(0).normal(size=(30, 1)), 4, axis=1)
    forest = grown(X, ClassGini((X[:, 0] > 0).astype(int), 2), 1000, max_depth=1)
    counts = np.bincount([tree.feature[0] for tree in forest.trees()], minlength=4)
    assert np.abs(counts - 250).max() < 4 * np.sqrt(1000 * 0.25 * 0.75)


def test_random_thresholds_are_spread_evenly():
    X = np.array([[0.0], [1.0]])
    forest = grown(X, ClassGini(np.array([0, 1]), 2), 2000, random_thresholds=True)
    thresholds = np.array([tree.threshold[0] for tree in forest.trees()])
    assert thresholds.mean() == pytest.approx(0.5, abs=4 / np.sqrt(12 * 2000))
    assert thresholds.var() == pytest.approx(1 / 12, rel=0.1)


@pytest.mark.parametrize("random_thresholds", [False, True])
def test_constant_features_end_no_branch(random_thresholds):
    X = np.ones((40, 30))
    X[:, 17] = np.arange(40)
    codes = np.arange(40) % 2
    growth = {"n_drawn": 1, "random_thresholds": random_thresholds}
    for tree in grown(X, ClassGini(codes, 2), 5, **growth).trees():
        assert tree.n_leaves == 40
        assert set(tree.feature[tree.children_left != LEAF]) == {17}


def test_a_weight_counts_as_that_many_samples():
    X, z, codes = problem(120)
    weight = np.random.default_rng(5).integers(0, 4, 120)
    rows = np.repeat(np.arange(120), weight)
    for here, repeated in (
        (ClassGini(codes, 3), ClassGini(codes[rows], 3)),
        (SquaredError(z), SquaredError(z[rows])),
    ):
        one = next(grown(X, here, weight=weight.astype(float), max_depth=4).trees())
        other = next(grown(X[rows], repeated, max_depth=4).trees())
        np.testing.assert_array_equal(one.feature, other.feature)
        np.testing.assert_array_equal(one.threshold, other.threshold)
        np.testing.assert_allclose(one.value, other.value, rtol=1e-9)


def test_the_unit_of_weights_and_of_numbers_changes_nothing():
    X, z, _ = problem(150)
    weight = np.random.default_rng(6).random(150)
    trees = [
        next(grown(X, SquaredError(z * scale), weight=weight * unit).trees())
        for scale, unit in ((1.0, 1.0), (2.0**27, 2.0**40), (2.0**-27, 2.0**-60))
    ]
    for tree in trees[1:]:
        np.testing.assert_array_equal(tree.feature, trees[0].feature)
        np.testing.assert_array_equal(tree.threshold, trees[0].threshold)


def test_an_offset_costs_no_digits():
    X, z, _ = problem(150)
    z, least = np.round(z * 2**10) / 2**10, Least(4)  # exact in float64 with the offset, too
    one, far = (next(grown(X, SquaredError(z + by), least=least).trees()) for by in (0, 2.0**30))
    np.testing.assert_array_equal(one.threshold, far.threshold)
    np.testing.assert_allclose(far.value - 2.0**30, one.value, atol=1e-6)


@pytest.mark.parametrize("random_thresholds", [False, True])
def test_limits_hold(random_thresholds):
    X, _, codes = problem(400)
    weight = np.random.default_rng(7).random(400)
    growth = {"random_thresholds": random_thresholds, "n_drawn": 2}
    least = Least(7, 10.0)
    forest = grown(X, ClassGini(codes, 3), 4, weight, least=least, min_samples_split=30, **growth)
    assert forest.n_node_samples.min() >= 7
    assert forest.weighted_n_node_samples.min() >= 10
    assert forest.n_node_samples[forest.children_left != LEAF].min() >= 30
    assert grown(X, ClassGini(codes, 3), 4, max_depth=3, **growth).max_depth == 3


def test_how_many_grow_at_once_changes_nothing(monkeypatch):
    X, _, codes = problem(400)
    forests = [grown(X, ClassGini(codes, 3), 6, n_drawn=2)]
    forests.append(grown(X, ClassGini(codes, 3), 6, n_drawn=2, n_threads=3))
    monkeypatch.setattr("firsthand.scratch.ensembles.growing.AT_ONCE", 500)
    monkeypatch.setattr("firsthand.scratch.ensembles._level.AT_ONCE", 100)
    forests.append(grown(X, ClassGini(codes, 3), 6, n_drawn=2))
    for forest in forests[1:]:
        np.testing.assert_array_equal(forest.first_node, forests[0].first_node)
        np.testing.assert_array_equal(forest.threshold, forests[0].threshold)
        np.testing.assert_array_equal(forest.children_right, forests[0].children_right)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 25), st.integers(1, 4), st.integers(1, 4), st.integers(0, 1000), st.booleans()
)
def test_what_can_be_told_apart_is(n, n_features, n_values, seed, random_thresholds):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, n_values, (n, n_features)).astype(float)
    codes = np.unique(X, axis=0, return_inverse=True)[1].ravel()  # a class for each distinct row
    n_classes = int(codes.max()) + 1
    growth = {"n_drawn": 1, "random_thresholds": random_thresholds}
    tree = next(grown(X, ClassGini(codes, max(n_classes, 2)), seed=seed, **growth).trees())
    assert tree.n_leaves == n_classes
    np.testing.assert_array_equal(tree.predict(X).argmax(axis=1), codes)
