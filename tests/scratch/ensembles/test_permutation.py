"""Permutation importance, against a closed form and scikit-learn's."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance as library_importance

from firsthand.scratch.ensembles import permutation_importance
from firsthand.scratch.ensembles.permutation import shuffled_scores
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.linear import LinearRegression


def test_of_a_linear_model_it_is_twice_the_share_of_variance():
    rng = np.random.default_rng(0)
    X, w = rng.normal(size=(4000, 3)), np.array([3.0, 1.0, 0.0])
    y = X @ w
    model = LinearRegression().fit(X, y)
    found = permutation_importance(model, X, y, n_repeats=10, random_state=0)
    assert found.shape == (3, 10)
    # a shuffled column is independent of the old one: E (w x - w x')^2 = 2 w^2 var x
    expected = 2 * w**2 * X.var(axis=0) / y.var()
    np.testing.assert_allclose(found.mean(axis=1), expected, atol=0.05)
    np.testing.assert_array_equal(found[2], found[2, 0])


def test_is_the_library_s_up_to_chance():
    X, y = make_classification(
        800, 6, n_informative=3, n_redundant=0, shuffle=False, random_state=0
    )
    model = RandomForestClassifier(20, random_state=0).fit(X[:400], y[:400])
    new = X[400:], y[400:]
    ours = permutation_importance(model, *new, n_repeats=20, random_state=0)
    theirs = library_importance(model, *new, n_repeats=20, random_state=0)
    error = np.sqrt(ours.var(axis=1) / 20 + theirs.importances_std**2 / 20)
    assert (np.abs(ours.mean(axis=1) - theirs.importances_mean) <= 4 * error + 1e-3).all()


def test_the_data_stays_as_it_is_and_columns_keep_their_values():
    X = np.random.default_rng(1).normal(size=(20, 2))
    before, seen = X.copy(), []
    shuffled_scores(lambda Z: seen.append(Z.copy()) or 0.0, X, 1, 3, np.random.default_rng(0))
    np.testing.assert_array_equal(X, before)
    for Z in seen:
        np.testing.assert_array_equal(Z[:, 0], X[:, 0])
        np.testing.assert_array_equal(np.sort(Z[:, 1]), np.sort(X[:, 1]))
        assert not np.array_equal(Z[:, 1], X[:, 1])


def test_takes_a_score_of_one_s_own():
    X = np.random.default_rng(2).normal(size=(50, 2))
    model = LinearRegression().fit(X, X[:, 0])

    def minus_error(model, X, y):
        return -np.abs(model.predict(X) - y).mean()

    found = permutation_importance(model, X, X[:, 0], random_state=0, score=minus_error)
    assert (found[0] > 0.5).all()


def test_says_what_is_wrong():
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(ParameterError, match="n_repeats"):
        permutation_importance(model, [[0.0]], [0.0], n_repeats=0)
    with pytest.raises(DataError, match="shape"):
        permutation_importance(model, [[0.0]], [0.0, 1.0])
