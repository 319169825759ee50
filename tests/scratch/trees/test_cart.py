"""The idea of CART against closed forms, brute force and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy as scipy_entropy
from sklearn.tree import DecisionTreeClassifier

from firsthand.scratch.trees.cart import (
    best_split,
    entropy,
    gini,
    grow,
    indicators,
    midpoint,
    moments,
    predict,
    squared_error,
)

EXACT = 1e-12

counts = arrays(float, st.integers(1, 5), elements=st.integers(0, 50)).filter(lambda c: c.sum() > 0)
few = arrays(float, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=st.integers(0, 4))


@given(counts)
def test_gini_is_the_chance_that_two_draws_differ(counts):
    draws = np.repeat(np.arange(len(counts)), counts.astype(int))
    differ = np.mean(draws[:, None] != draws[None, :])
    assert gini(counts) == pytest.approx(differ, abs=EXACT)


@given(counts)
def test_entropy_is_scipys(counts):
    assert entropy(counts) == pytest.approx(scipy_entropy(counts, base=2), abs=EXACT)


@given(arrays(float, st.integers(1, 20), elements=st.floats(-100, 100)))
def test_squared_error_is_the_variance(y):
    assert squared_error(moments(y).sum(axis=0)) == pytest.approx(np.var(y), abs=1e-9)


@pytest.mark.parametrize("impurity", [gini, entropy])
def test_impurities_are_zero_for_one_class_and_largest_for_equal_shares(impurity):
    assert impurity(np.array([0.0, 7.0, 0.0])) == 0
    assert not np.signbit(impurity(np.array([0.0, 7.0, 0.0])))
    equal, near = impurity(np.array([[4.0, 4.0, 4.0], [4.0, 5.0, 3.0]]))
    assert equal > near
    assert equal == pytest.approx({gini: 2 / 3, entropy: np.log2(3)}[impurity])


def brute_force(X, y, classes, min_samples_leaf=1):
    """Return the least J of all questions, by asking each of them."""

    def impurity(part):
        shares = [np.mean(part == k) for k in range(classes)]
        return 1 - sum(p**2 for p in shares)

    found = [
        (np.sum(yes) * impurity(y[yes]) + np.sum(~yes) * impurity(y[~yes])) / len(y)
        for j in range(X.shape[1])
        for threshold in np.unique(X[:, j])[:-1]
        for yes in [X[:, j] <= threshold]
        if min(np.sum(yes), np.sum(~yes)) >= min_samples_leaf
    ]
    return min(found, default=None)


@given(few, st.integers(1, 3), st.randoms(use_true_random=False))
def test_best_split_is_the_best_of_all(X, min_samples_leaf, random):
    y = np.array([random.randrange(3) for _ in X])
    split = best_split(X, indicators(y, 3), gini, min_samples_leaf)
    expected = brute_force(X, y, 3, min_samples_leaf)
    if expected is None:
        assert split is None
        return
    assert split.impurity == pytest.approx(expected, abs=EXACT)
    yes = X[:, split.feature] <= split.threshold
    assert min(yes.sum(), (~yes).sum()) >= min_samples_leaf


def test_of_equal_questions_the_first_feature_and_lowest_threshold_is_taken():
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    split = best_split(X, indicators(np.array([0, 1, 0]), 2), gini)
    assert (split.feature, split.threshold) == (0, 0.5)


def test_nothing_is_asked_where_nothing_divides():
    X, S = np.ones((4, 2)), indicators(np.array([0, 1, 0, 1]), 2)
    assert best_split(X, S, gini) is None
    assert grow(X, S, gini).split is None
    assert best_split(X[:1], S[:1], gini) is None


@pytest.mark.parametrize(
    ("below", "above"),
    [(1.0, np.nextafter(1.0, 2.0)), (-1e308, 1.7e308), (0.0, 5e-324), (5e-324, 1e-323), (3.0, 4.0)],
)
def test_a_threshold_lies_between(below, above):
    threshold = float(midpoint(np.float64(below), np.float64(above)))
    assert below <= threshold < above


def test_grows_sklearns_tree():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3)).astype(np.float32).astype(float)
    y = (X[:, 0] + 0.3 * rng.normal(size=80) > 0).astype(int)
    node = grow(X, indicators(y, 2), gini, max_depth=3, min_samples_leaf=5)
    model = DecisionTreeClassifier(max_depth=3, min_samples_leaf=5, random_state=0).fit(X, y)
    np.testing.assert_allclose(predict(node, X), model.predict_proba(X), atol=EXACT)
    assert node.split.threshold == model.tree_.threshold[0]


@given(few)
def test_a_grown_tree_remembers_what_can_be_told_apart(X):
    y = np.arange(len(X), dtype=float)
    means = predict(grow(X, moments(y), squared_error), X)[:, 1]
    for row, mean in zip(X, means, strict=True):
        assert mean == pytest.approx(y[(row == X).all(axis=1)].mean())
