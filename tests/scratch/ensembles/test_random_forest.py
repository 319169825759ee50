"""The forest of one page: draws, splits, and the average."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from firsthand.scratch.ensembles.random_forest import (
    draw_features,
    forest_predict,
    grow_forest,
    random_split,
    split_among,
)
from firsthand.scratch.trees.cart import best_split, gini, indicators


def test_each_feature_is_drawn_as_often_as_any_other():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 6))
    drawn = np.concatenate([draw_features(X, 2, rng) for _ in range(6000)])
    counts = np.bincount(drawn, minlength=6)
    assert np.abs(counts - 2000).max() < 4 * np.sqrt(6000 * (1 / 3) * (2 / 3))


def test_features_are_drawn_until_one_varies():
    X = np.ones((5, 6))
    X[:, 3] = np.arange(5)
    for seed in range(20):
        features = draw_features(X, 2, np.random.default_rng(seed))
        assert 3 in features
        assert len(features) == 2 or features[-1] == 3
        assert len(set(features.tolist())) == len(features)


def test_where_nothing_varies_no_more_are_drawn():
    assert len(draw_features(np.ones((5, 6)), 2, np.random.default_rng(0))) == 2


def test_a_split_among_all_features_is_the_best_split():
    rng = np.random.default_rng(1)
    X, S = rng.normal(size=(40, 3)), indicators(rng.integers(2, size=40), 2)
    assert split_among(X, S, gini, np.arange(3)) == best_split(X, S, gini)
    one = split_among(X, S, gini, np.array([2]))
    alone = best_split(X[:, 2:], S, gini)
    assert (one.feature, one.threshold) == (2, alone.threshold)


def test_a_random_split_tells_its_own_impurity():
    rng = np.random.default_rng(2)
    X, codes = rng.normal(size=(60, 4)), rng.integers(2, size=60)
    S = indicators(codes, 2)
    for _ in range(20):
        split = random_split(X, S, gini, np.array([1, 3]), rng)
        assert split.feature in (1, 3)
        left = X[:, split.feature] <= split.threshold
        mean = (left.sum() * gini(S[left].sum(0)) + (~left).sum() * gini(S[~left].sum(0))) / 60
        assert split.impurity == pytest.approx(mean, rel=1e-12)
        assert split.impurity >= best_split(X, S, gini).impurity - 1e-12


def test_random_thresholds_are_spread_evenly():
    rng = np.random.default_rng(3)
    X, S = np.array([[0.0], [1.0]]), indicators(np.array([0, 1]), 2)
    thresholds = [random_split(X, S, gini, np.array([0]), rng).threshold for _ in range(2000)]
    assert np.mean(thresholds) == pytest.approx(0.5, abs=4 / np.sqrt(12 * 2000))
    assert np.var(thresholds) == pytest.approx(1 / 12, rel=0.1)


def test_where_nothing_divides_there_is_no_split():
    S = indicators(np.array([0, 1]), 2)
    assert split_among(np.ones((2, 2)), S, gini, np.arange(2)) is None
    assert random_split(np.ones((2, 2)), S, gini, np.arange(2), np.random.default_rng(0)) is None


def test_scores_as_the_library_does():
    X, y = make_classification(600, 8, n_informative=4, random_state=0)
    known, new = slice(0, 200), slice(200, 600)
    ours, theirs = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        forest = grow_forest(X[known], indicators(y[known], 2), gini, 15, 2, rng)
        ours.append(np.mean(forest_predict(forest, X[new]).argmax(axis=1) == y[new]))
        library = RandomForestClassifier(15, random_state=seed).fit(X[known], y[known])
        theirs.append(library.score(X[new], y[new]))
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.03)
