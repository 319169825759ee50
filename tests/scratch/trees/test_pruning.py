"""Pruning against scikit-learn, and against every subtree of a small tree."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.tree import DecisionTreeClassifier as TheirClassifier
from sklearn.tree import DecisionTreeRegressor as TheirRegressor

from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor, grow_tree
from firsthand.scratch.trees.pruning import best_first, collapse, prune, pruning_path
from firsthand.scratch.trees.tree import LEAF

PAIRS = [
    (DecisionTreeClassifier, TheirClassifier, load_breast_cancer),
    (DecisionTreeRegressor, TheirRegressor, load_diabetes),
]


def small(seed, n=9):
    rng = np.random.default_rng(seed)
    return grow_tree(rng.normal(size=(n, 2)), rng.normal(size=n), criterion="squared_error")


def cost(tree, alpha):
    leaf = tree.children_left == LEAF
    share = tree.weighted_n_node_samples / tree.weighted_n_node_samples[0]
    return float((share * tree.impurity)[leaf].sum() + alpha * leaf.sum())


def subtrees(tree):
    inner = np.flatnonzero(tree.children_left != LEAF)
    chosen = chain.from_iterable(combinations(inner, k) for k in range(len(inner) + 1))
    return [collapse(tree, np.array(nodes, np.intp)) for nodes in chosen]


@settings(max_examples=25)
@given(st.integers(0, 500), st.floats(0, 1))
def test_no_subtree_is_better(seed, alpha):
    tree = small(seed)
    pruned = prune(tree, alpha)
    best = min(cost(other, alpha) for other in subtrees(tree))
    assert cost(pruned, alpha) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize(("ours", "theirs", "load"), PAIRS)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_path_is_sklearns(ours, theirs, load, weighted):
    X, y = load(return_X_y=True)
    X = X.astype(np.float32).astype(float)
    weight = np.random.default_rng(0).uniform(0.5, 2, len(y)) if weighted else None
    limits = {"min_samples_leaf": 8, "max_depth": 6, "random_state": 0}
    mine = ours(**limits).cost_complexity_pruning_path(X, y, weight)
    expected = theirs(**limits).cost_complexity_pruning_path(X, y, weight)
    np.testing.assert_allclose(mine.ccp_alphas, expected.ccp_alphas, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(mine.impurities, expected.impurities, rtol=1e-8)
    for alpha in expected.ccp_alphas[[0, 1, len(expected.ccp_alphas) // 2, -1]]:
        for nearby in (alpha * 0.999, alpha * 1.001):
            mine_pruned = ours(ccp_alpha=nearby, **limits).fit(X, y, weight)
            theirs_pruned = theirs(ccp_alpha=nearby, **limits).fit(X, y, weight)
            assert mine_pruned.get_n_leaves() == theirs_pruned.get_n_leaves()
            np.testing.assert_allclose(mine_pruned.predict(X), theirs_pruned.predict(X), atol=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 500))
def test_an_alpha_of_the_path_gives_the_tree_of_its_step(seed):
    tree = small(seed, 30)
    path = pruning_path(tree)
    assert path.ccp_alphas[0] == 0
    assert path.impurities[-1] == pytest.approx(tree.impurity[0])
    for alpha, following, impurity in zip(
        path.ccp_alphas, [*path.ccp_alphas[1:], np.inf], path.impurities, strict=True
    ):
        if following > alpha:
            assert cost(prune(tree, alpha), 0) == pytest.approx(impurity, abs=1e-12)


def test_the_path_does_not_fit_the_model():
    model = DecisionTreeRegressor()
    model.cost_complexity_pruning_path([[1.0], [2.0]], [1.0, 2.0])
    assert not hasattr(model, "tree_")
    assert not hasattr(model, "n_features_in_")


def test_collapsing_keeps_the_rest_as_it_was():
    tree = small(0, 40)
    X = np.random.default_rng(1).normal(size=(100, 2))
    node = int(tree.children_left[0])
    rest = collapse(tree, np.array([node, node + 1]))
    inside = tree.decision_path(X)[:, node]
    assert rest.node_count == tree.node_count - (tree.ends[node] - node - 1)
    np.testing.assert_array_equal(
        rest.predict(X[inside]), np.tile(tree.value[node], (inside.sum(), 1))
    )
    np.testing.assert_array_equal(rest.predict(X[~inside]), tree.predict(X[~inside]))
    assert rest.feature[rest.children_left == LEAF].tolist() == [-2] * rest.n_leaves


@given(st.integers(0, 300), st.integers(1, 12))
def test_best_first_has_the_leaves_it_may_have(seed, max_leaf_nodes):
    tree = small(seed)
    kept = best_first(tree, max_leaf_nodes)
    assert kept.n_leaves == min(max_leaf_nodes, tree.n_leaves)


def test_a_large_tree_is_pruned_to_its_root():
    rng = np.random.default_rng(0)
    tree = grow_tree(rng.normal(size=(5000, 3)), rng.normal(size=5000), criterion="squared_error")
    assert prune(tree, 1.0).node_count == 1
