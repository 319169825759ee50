"""Growing level by level: the tree of ``cart.grow`` and of scikit-learn; what weights mean."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from firsthand.compare.classic.trees import impurity_after, shared_nodes, worst_question
from firsthand.scratch.trees import Limits, grow_tree, presort
from firsthand.scratch.trees.cart import (
    entropy,
    gini,
    grow,
    indicators,
    moments,
    squared_error,
)

ROUNDING = 1e-9  # of the root's impurity: sums are rounded in another order
IMPURITIES = {"gini": gini, "entropy": entropy, "squared_error": squared_error}

rows = st.tuples(st.integers(2, 14), st.integers(1, 3))
few = arrays(float, rows, elements=st.integers(0, 4))
holey = arrays(float, rows, elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan]))
seeds = st.integers(0, 2**32 - 1)
each_criterion = pytest.mark.parametrize("criterion", IMPURITIES)


def target(criterion, n, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=n) if criterion == "squared_error" else rng.integers(0, 3, n)


def grown(X, y, criterion, weight=None, *, splitter="best", ordered=None, rng=None, **limits):
    return grow_tree(
        X,
        y,
        weight,
        criterion=criterion,
        n_classes=3,
        limits=Limits(**limits),
        splitter=splitter,
        ordered=ordered,
        rng=rng,
    )


def sklearns(X, y, criterion, weight=None, **limits):
    kind = DecisionTreeRegressor if criterion == "squared_error" else DecisionTreeClassifier
    return kind(criterion=criterion, random_state=0, **limits).fit(X, y, weight).tree_


def uneven(n):
    """Return weights with which no two questions about labels are equally good."""
    return np.random.default_rng(99).uniform(0.5, 2, n)


def same(one, other):
    for name in vars(one).keys() & vars(other).keys():
        if name not in ("levels", "ends", "parents"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def single_precision(X):
    """Return X in numbers that float32 holds, since the library rounds to these."""
    return X.astype(np.float32).astype(np.float64)


def as_arrays(node):
    """Return a tree of the idea under the names of flat arrays, in preorder."""
    nodes, links = [], []

    def visit(node):
        here = len(nodes)
        nodes.append(node)
        links.append([-1, -1])
        if node.split is not None:
            links[here] = [visit(node.left), visit(node.right)]
        return here

    visit(node)
    asked = [(-2, -2.0) if n.split is None else (n.split.feature, n.split.threshold) for n in nodes]
    feature, threshold = np.transpose(asked)
    n_samples = np.array([n.n_samples for n in nodes])
    return SimpleNamespace(
        feature=feature,
        threshold=threshold,
        children_left=np.array(links)[:, 0],
        children_right=np.array(links)[:, 1],
        impurity=np.array([n.impurity for n in nodes]),
        n_node_samples=n_samples,
        weighted_n_node_samples=n_samples,
        mean=np.array([n.mean for n in nodes]),
    )


@each_criterion
@settings(max_examples=60)
@given(X=few, seed=seeds, max_depth=st.integers(1, 6), min_samples_leaf=st.integers(1, 3))
def test_grows_the_tree_of_the_idea(criterion, X, seed, max_depth, min_samples_leaf):
    y = target(criterion, len(X), seed)
    limits = {"max_depth": max_depth, "min_samples_leaf": min_samples_leaf}
    tree = grown(X, y, criterion, **limits)
    S = moments(y) if criterion == "squared_error" else indicators(y, 3)
    idea = as_arrays(grow(X, S, IMPURITIES[criterion], **limits))
    assert abs(worst_question(tree, idea)) < ROUNDING  # they part at equally good questions only
    assert abs(worst_question(idea, tree)) < ROUNDING
    for i, j in shared_nodes(tree, idea):
        assert tree.n_node_samples[i] == idea.n_node_samples[j]
        assert tree.impurity[i] == pytest.approx(idea.impurity[j], abs=1e-9)
        mean = idea.mean[j, 1:2] if criterion == "squared_error" else idea.mean[j]
        np.testing.assert_allclose(tree.value[i], mean, atol=1e-12)


@each_criterion
def test_is_exactly_the_tree_of_the_idea_where_no_two_questions_are_equal(criterion):
    X = np.random.default_rng(1).normal(size=(150, 4))
    y = target(criterion, 150, 2)
    tree = grown(X, y, criterion, min_samples_leaf=4)
    S = moments(y) if criterion == "squared_error" else indicators(y, 3)
    idea = as_arrays(grow(X, S, IMPURITIES[criterion], min_samples_leaf=4))
    assert tree.node_count > 30
    for name in ("feature", "threshold", "children_left", "children_right", "n_node_samples"):
        np.testing.assert_array_equal(getattr(tree, name), getattr(idea, name), err_msg=name)


DATA = {
    "random": lambda: (np.random.default_rng(0).normal(size=(400, 6)), None),
    "iris": lambda: load_iris(return_X_y=True),
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits": lambda: tuple(part[:600] for part in load_digits(return_X_y=True)),
    "diabetes": lambda: load_diabetes(return_X_y=True),
}


def library_grid():
    for name in DATA:
        for criterion in IMPURITIES:
            if name == "random" or (criterion == "squared_error") == (name == "diabetes"):
                yield name, criterion


@pytest.mark.parametrize(("name", "criterion"), list(library_grid()))
@pytest.mark.parametrize(
    "limits",
    [{}, {"min_samples_leaf": 7}, {"min_samples_split": 30}, {"min_impurity_decrease": 0.004}],
    ids=str,
)
@pytest.mark.parametrize("weighted", [False, True])
def test_asks_what_sklearn_asks_or_as_good(name, criterion, limits, weighted):
    X, y = DATA[name]()
    X = single_precision(X)
    y = target(criterion, len(X), 5) if y is None or criterion == "squared_error" else y
    weight = uneven(len(X)) if weighted else None
    n_classes = 0 if criterion == "squared_error" else int(y.max()) + 1
    tree = grow_tree(
        X, y, weight, criterion=criterion, n_classes=n_classes, limits=Limits(**limits)
    )
    theirs = sklearns(X, y, criterion, weight, **limits)
    shared = shared_nodes(tree, theirs)
    assert worst_question(tree, theirs) < ROUNDING
    here, there = np.transpose(shared)
    np.testing.assert_allclose(tree.impurity[here], theirs.impurity[there], atol=1e-9)
    np.testing.assert_allclose(tree.value[here], theirs.value[there, 0], atol=1e-9)
    asked = [(i, j) for i, j in shared if tree.feature[i] == theirs.feature[j] >= 0]
    assert len(asked) >= (0 if name == "iris" else 3)  # two features part iris equally well
    for i, j in asked:
        assert tree.threshold[i] == theirs.threshold[j]
        assert tree.missing_go_to_left[i] == theirs.missing_go_to_left[j]


@each_criterion
def test_is_sklearns_tree_node_by_node_where_questions_differ(criterion):
    X = single_precision(np.random.default_rng(7).normal(size=(500, 5)))
    y = target(criterion, 500, 8)
    weight = uneven(500)
    tree = grown(X, y, criterion, weight, min_samples_leaf=6)
    theirs = sklearns(X, y, criterion, weight, min_samples_leaf=6)
    assert tree.node_count > 50
    for name in ("feature", "threshold", "children_left", "children_right", "n_node_samples"):
        np.testing.assert_array_equal(getattr(tree, name), getattr(theirs, name), err_msg=name)
    np.testing.assert_allclose(
        tree.feature_importances(), theirs.compute_feature_importances(), atol=1e-10
    )


@each_criterion
def test_missing_values_go_where_sklearn_sends_them(criterion):
    rng = np.random.default_rng(11)
    X, y = rng.normal(size=(500, 5)), target(criterion, 500, 12)
    X[:, 0] += 2 * (y > np.median(y))
    X = single_precision(X)
    X[rng.random(X.shape) < 0.15 * np.array([1, 1, 0, 2, 1])] = np.nan
    X[y == y.max(), 1] = np.nan
    weight = uneven(500)
    tree = grown(X, y, criterion, weight, min_samples_leaf=6)
    theirs = sklearns(X, y, criterion, weight, min_samples_leaf=6)
    assert np.isinf(tree.threshold).any() or criterion == "squared_error"
    shared = shared_nodes(tree, theirs)
    assert len(shared) == tree.node_count > 50
    for i, j in shared:
        if tree.impurity[i] > 0:  # rounding makes the library split nodes of one class, too
            assert tree.feature[i] == theirs.feature[j]
            assert tree.threshold[i] == theirs.threshold[j]
            assert tree.missing_go_to_left[i] == theirs.missing_go_to_left[j]
    fresh = single_precision(rng.normal(size=(300, 5)))
    fresh[rng.random(fresh.shape) < 0.2] = np.nan
    expected = theirs.predict(fresh.astype(np.float32))
    np.testing.assert_allclose(tree.predict(fresh), expected, atol=1e-12)


@each_criterion
@settings(max_examples=60)
@given(X=holey, seed=seeds)
def test_a_missing_value_is_worth_as_much_as_to_sklearn(criterion, X, seed):
    y = target(criterion, len(X), seed)
    tree = grown(X, y, criterion)
    if criterion != "squared_error" and len(np.unique(y)) < 2:
        assert tree.node_count == 1
        return
    theirs = sklearns(X, y, criterion)
    assert worst_question(tree, theirs) < ROUNDING
    leaves = tree.apply(X)
    counts = np.bincount(leaves, minlength=tree.node_count)
    leaf = tree.children_left == -1
    np.testing.assert_array_equal(counts[leaf], tree.n_node_samples[leaf])


@each_criterion
@settings(max_examples=40)
@given(X=holey, seed=seeds)
def test_a_weight_of_two_is_a_sample_twice_and_of_zero_is_none(criterion, X, seed):
    y = target(criterion, len(X), seed)
    weight = np.random.default_rng(seed).integers(0, 4, len(X)).astype(float)
    weight[0] += 1
    repeated = np.repeat(np.arange(len(X)), weight.astype(int))
    tree = grown(X, y, criterion, weight)
    expected = grown(X[repeated], y[repeated], criterion)
    assert abs(worst_question(tree, expected)) < ROUNDING
    assert tree.weighted_n_node_samples[0] == expected.n_node_samples[0]


@each_criterion
def test_the_unit_of_weights_does_not_matter(criterion):
    X = np.random.default_rng(0).normal(size=(200, 3))
    y, weight = target(criterion, 200, 1), uneven(200)
    tree = grown(X, y, criterion, weight, min_samples_leaf=3)
    for unit in (0.3, 1e-12, 1e12):
        scaled = grown(X, y, criterion, weight * unit, min_samples_leaf=3)
        np.testing.assert_array_equal(tree.feature, scaled.feature)
        np.testing.assert_array_equal(tree.threshold, scaled.threshold)
        np.testing.assert_allclose(tree.value, scaled.value, atol=1e-12)


@pytest.mark.parametrize("scale", [1e-150, 1e-8, 1e8, 1e150])
def test_scales_do_not_matter(scale):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.normal(size=200)
    tree = grown(X, y, "squared_error", min_samples_leaf=2)
    scaled = grown(X * scale, y * scale, "squared_error", min_samples_leaf=2)
    np.testing.assert_array_equal(tree.feature, scaled.feature)
    asked = tree.feature >= 0
    np.testing.assert_allclose(tree.threshold[asked], scaled.threshold[asked] / scale)
    np.testing.assert_allclose(tree.value, scaled.value / scale)


def test_small_differences_beside_an_outlier_and_far_from_zero_are_seen():
    X = np.arange(40.0)[:, None]
    y = np.where(X[:, 0] < 20, 1e6, 1e6 + 1e-3)
    y[0] = 1e12
    tree = grown(X, y, "squared_error", max_leaf_nodes=3)
    assert sorted(tree.threshold[tree.feature >= 0]) == [0.5, 19.5]


def test_constant_targets_and_constant_features_make_one_leaf():
    X = np.random.default_rng(0).normal(size=(50, 2))
    assert grown(X, np.full(50, 0.1), "squared_error").node_count == 1
    assert grown(X, np.zeros(50, int), "gini").node_count == 1
    assert grown(np.ones((50, 2)), np.arange(50) % 2, "gini").node_count == 1
    assert grown(np.full((50, 2), np.nan), np.arange(50) % 2, "gini").node_count == 1
    assert grown(X[:1], np.ones(1), "squared_error").node_count == 1


@each_criterion
@pytest.mark.parametrize("max_leaf_nodes", [2, 3, 7, 20, 1000])
def test_best_first_keeps_the_leaves_that_sklearn_keeps(criterion, max_leaf_nodes):
    X = single_precision(np.random.default_rng(3).normal(size=(300, 4)))
    y = target(criterion, 300, 4)
    limits = {"max_leaf_nodes": max_leaf_nodes, "min_samples_leaf": 6}
    weight = uneven(300)
    tree = grown(X, y, criterion, weight, **limits)
    theirs = sklearns(X, y, criterion, weight, **limits)
    shared = shared_nodes(tree, theirs)
    assert len(shared) == tree.node_count == theirs.node_count
    assert tree.n_leaves <= max_leaf_nodes
    assert tree.node_count == tree.ends[0] == len(np.unique(np.transpose(shared)[0]))


@each_criterion
def test_a_least_weight_is_kept_to_as_by_sklearn(criterion):
    X = single_precision(np.random.default_rng(3).normal(size=(300, 4)))
    y, weight = target(criterion, 300, 4), np.random.default_rng(5).uniform(0, 2, 300)
    tree = grown(X, y, criterion, weight, min_weight_leaf=0.05 * weight.sum())
    theirs = sklearns(X, y, criterion, weight, min_weight_fraction_leaf=0.05)
    np.testing.assert_array_equal(tree.feature, theirs.feature)
    np.testing.assert_array_equal(tree.threshold, theirs.threshold)


@pytest.mark.parametrize("missing", [False, True])
def test_a_known_order_gives_the_same_tree_and_is_not_changed(missing):
    rng = np.random.default_rng(0)
    X, y = np.round(rng.normal(size=(200, 3)), 1), rng.integers(0, 3, 200)
    if missing:
        X[rng.random(X.shape) < 0.2] = np.nan
    ordered = presort(X)
    before = ordered.order.copy()
    weight = rng.integers(0, 3, 200).astype(float)
    for w in (None, weight, None):
        same(grown(X, y, "gini", w, ordered=ordered), grown(X, y, "gini", w))
        np.testing.assert_array_equal(ordered.order, before)


def test_drawn_features_are_drawn_anew_at_every_node_and_by_the_seed():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(600, 8)), rng.integers(0, 3, 600)
    trees = [
        grown(X, y, "gini", max_features=1, max_depth=6, rng=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    ]
    same(trees[0], trees[1])
    assert not np.array_equal(trees[0].feature[:20], trees[2].feature[:20])
    used = np.bincount(trees[0].feature[trees[0].feature >= 0], minlength=8)
    assert used.min() > 0
    roots = [
        grown(X, y, "gini", max_features=1, max_depth=1, rng=np.random.default_rng(s)).feature[0]
        for s in range(200)
    ]
    assert np.bincount(roots, minlength=8).min() > 8  # 25 are expected; 8 is 3.6 deviations off


@pytest.mark.parametrize("splitter", ["best", "random"])
def test_a_drawn_feature_that_cannot_be_cut_makes_way_for_one_that_can(splitter):
    rng = np.random.default_rng(0)
    X = np.zeros((50, 6))
    X[:, 4] = rng.normal(size=50)
    X[:3, 5] = np.nan
    y = rng.integers(0, 3, 50)
    tree = grown(X, y, "gini", max_features=1, splitter=splitter, rng=rng)
    assert tree.impurity[tree.children_left == -1].max() == 0


@each_criterion
@settings(max_examples=60)
@given(X=holey, seed=seeds, min_samples_leaf=st.integers(1, 3), weighted=st.booleans())
def test_random_thresholds_lie_within_and_keep_the_limits(
    criterion, X, seed, min_samples_leaf, weighted
):
    rng = np.random.default_rng(seed)
    y = target(criterion, len(X), seed)
    weight = rng.uniform(0.5, 2, len(X)) if weighted else None
    how = {"splitter": "random", "min_samples_leaf": min_samples_leaf}
    tree = grown(X, y, criterion, weight, rng=rng, **how)
    assert tree.n_node_samples.min() >= min(min_samples_leaf, len(X))
    path = tree.decision_path(X)
    np.testing.assert_array_equal(path.sum(axis=0), tree.n_node_samples)
    for node in np.flatnonzero(tree.feature >= 0):
        x = X[path[:, node], tree.feature[node]]
        assert np.nanmin(x) <= tree.threshold[node] < np.nanmax(x) or np.isnan(x).any()
        assert impurity_after(tree, node) <= tree.impurity[node] + 1e-12


def test_random_thresholds_are_uniform():
    X = np.array([[0.0], [10.0], [10.0]])
    y, rng = np.array([0, 1, 1]), np.random.default_rng(0)
    drawn = [grown(X, y, "gini", splitter="random", rng=rng).threshold[0] for _ in range(1000)]
    assert abs(np.mean(drawn) - 5) < 4 * 10 / np.sqrt(12 * 1000)
    assert np.std(drawn) == pytest.approx(10 / np.sqrt(12), rel=0.1)


def test_random_thresholds_score_as_sklearns():
    X, y = load_breast_cancer(return_X_y=True)
    ours, theirs = [], []
    for seed in range(20):
        part = np.random.default_rng(seed).permutation(len(X))
        known, rest = part[:380], part[380:]
        tree = grown(X[known], y[known], "gini", splitter="random", rng=np.random.default_rng(seed))
        ours.append(np.mean(tree.predict(X[rest]).argmax(axis=1) == y[rest]))
        model = DecisionTreeClassifier(splitter="random", random_state=seed)
        theirs.append(model.fit(X[known], y[known]).score(X[rest], y[rest]))
    apart = np.subtract(ours, theirs)
    assert abs(apart.mean()) <= 4 * apart.std(ddof=1) / np.sqrt(len(apart))


def test_missing_values_go_to_a_side_at_random():
    X = np.array([[0.0], [0.0], [1.0], [1.0], [np.nan], [np.nan]])
    y, rng = np.array([0, 0, 1, 1, 0, 1]), np.random.default_rng(0)
    how = {"splitter": "random", "max_depth": 1, "rng": rng}
    left = [grown(X, y, "gini", **how).missing_go_to_left[0] for _ in range(400)]
    assert 160 < sum(left) < 240  # four deviations
