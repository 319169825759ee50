"""Matrix factorisation: its steps against ridge regression and differences, planted ratings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold

from firsthand.scratch.errors import ConvergenceWarning, DataError, ParameterError
from firsthand.scratch.recommend import MatrixFactorization
from firsthand.scratch.recommend.matrix_factorization import (
    als_step,
    objective,
    others,
    predict,
    same_count,
    sgd_step,
)


def planted(n_users=60, n_items=40, rank=2, share=0.5, noise=0.0, seed=0):
    """Return observed (user, item) pairs and ratings of a low-rank table, and the rest."""
    rng = np.random.default_rng(seed)
    table = 3 + rng.normal(size=(n_users, rank)) @ rng.normal(size=(rank, n_items))
    table += rng.normal(size=(n_users, 1)) + rng.normal(size=n_items)
    X = np.stack(np.meshgrid(np.arange(n_users), np.arange(n_items)), axis=-1).reshape(-1, 2)
    y = table[X[:, 0], X[:, 1]] + noise * rng.normal(size=len(X))
    seen = rng.random(len(X)) < share
    return X[seen].astype(float), y[seen], X[~seen].astype(float), y[~seen]


def problem(seed=0, n=50, sizes=(6, 5), n_factors=3):
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, size, n) for size in sizes])
    thetas = [rng.normal(size=(size, 1 + n_factors)) for size in sizes]
    return thetas, codes, rng.normal(size=n), rng.uniform(0.5, 2, size=n)


@pytest.mark.parametrize("sizes", [(6, 5), (4,), (4, 3, 5)])
def test_a_rating_is_its_definition(sizes):
    thetas, codes, _, _ = problem(sizes=sizes)
    for row, found in zip(codes, predict(thetas, codes, 2.0), strict=True):
        expected = 2.0 + sum(t[i, 0] for t, i in zip(thetas, row, strict=True))
        factors = [t[i, 1:] for t, i in zip(thetas, row, strict=True)]
        expected += sum(
            p @ q for a, p in enumerate(factors) for b, q in enumerate(factors) if a < b
        )
        assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sizes", [(6, 5), (4, 3, 5)])
def test_what_hangs_on_a_column_is_theta_z(sizes):
    thetas, codes, _, _ = problem(sizes=sizes)
    for c in range(len(sizes)):
        without = [*thetas[:c], 0 * thetas[c], *thetas[c + 1 :]]
        part = np.sum(thetas[c][codes[:, c]] * others(thetas, codes, c), axis=1)
        whole = predict(thetas, codes, 0.0)
        np.testing.assert_allclose(whole - predict(without, codes, 0.0), part, atol=1e-12)


@pytest.mark.parametrize("l2", [1e-3, 1.0, 100.0])
def test_an_als_step_is_a_ridge_regression_for_every_id(l2):
    thetas, codes, y, weight = problem(n=80)
    Z = others(thetas, codes, 0)
    theta = als_step(Z, y, codes[:, 0], 7, l2, weight)
    for user in range(6):
        mine = codes[:, 0] == user
        ridge = Ridge(alpha=l2, fit_intercept=False, solver="cholesky")
        ridge.fit(Z[mine], y[mine], sample_weight=weight[mine])
        np.testing.assert_allclose(theta[user], ridge.coef_, rtol=1e-9, atol=1e-12)
    assert theta[6].tolist() == [0.0] * 4, "who has no ratings is average"


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60))
def test_groups_of_equal_counts_hold_every_sample_once(code):
    code = np.array(code)
    seen = []
    for ids, samples in same_count(code, 9):
        assert len(ids) == len(samples)
        assert (code[samples] == ids[:, None]).all()
        seen += samples.ravel().tolist()
    assert sorted(seen) == list(range(len(code)))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(6, 5), (4, 3, 5)]), st.floats(0.01, 10))
def test_an_sgd_step_on_all_ratings_is_the_gradient(seed, sizes, l2):
    thetas, codes, y, weight = problem(seed, sizes=sizes)
    counts = [np.bincount(c, minlength=s) for c, s in zip(codes.T, sizes, strict=True)]
    shares = [l2 / np.maximum(n, 1) for n in counts]
    moved = [t.copy() for t in thetas]
    sgd_step(moved, codes, y, 0.3, shares, 1.0, weight)
    direction = [np.random.default_rng(seed).normal(size=t.shape) for t in thetas]
    for d, n in zip(direction, counts, strict=True):
        d[n == 0] = 0.0  # whom nobody rated, no step reaches

    def along(h):
        shifted = [t + h * d for t, d in zip(thetas, direction, strict=True)]
        return objective(shifted, codes, y, 0.3, l2, weight)

    central = (along(1e-6) - along(-1e-6)) / 2e-6
    slope = sum(np.sum((m - t) * d) for m, t, d in zip(moved, thetas, direction, strict=True))
    assert -2 * slope == pytest.approx(central, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("n_columns", [2, 3])
def test_als_never_goes_up(n_columns):
    rng = np.random.default_rng(1)
    X, y = rng.integers(0, 12, (300, n_columns)), rng.normal(size=300)
    model = MatrixFactorization(4, l2=0.5, tol=0, max_iter=40, random_state=0)
    with pytest.warns(ConvergenceWarning, match="40 rounds"):
        model.fit(X + 0.5, y, sample_weight=rng.uniform(0, 2, 300))
    assert np.diff(model.losses_).max() < 1e-9
    assert model.n_iter_ == 40


def test_one_column_is_a_shrunken_mean_of_each_id():
    X, y = np.array([[1.0], [1.0], [4.0]]), np.array([2.0, 4.0, 9.0])
    model = MatrixFactorization(3, l2=1.0, random_state=0).fit(X, y)
    np.testing.assert_allclose(model.mean_, 5.0)
    np.testing.assert_allclose(model.biases_[0], [(2 + 4 - 10) / 3, 4 / 2])
    assert model.factors_[0].ravel().tolist() == [0.0] * 6


def test_a_planted_table_is_recovered():
    X, y, hidden, truth = planted()
    model = MatrixFactorization(2, l2=0.05, max_iter=300, tol=1e-3, random_state=0).fit(X, y)
    assert model.score(hidden, truth) > 0.9999
    assert np.sqrt(np.mean((model.predict(X) - y) ** 2)) < 0.02


def test_descent_reaches_nearly_what_als_does():
    X, y, hidden, truth = planted(noise=0.3)
    how = {"n_factors": 2, "l2": 0.5, "random_state": 0}
    als = MatrixFactorization(**how, max_iter=300).fit(X, y)
    sgd = MatrixFactorization(**how, solver="sgd", max_iter=150, batch_size=32).fit(X, y)
    assert sgd.losses_[-1] < 1.05 * als.losses_[-1]
    assert sgd.score(hidden, truth) == pytest.approx(als.score(hidden, truth), abs=0.02)
    assert sgd.n_iter_ == 150


def test_the_penalty_helps_where_ratings_are_few():
    X, y, hidden, truth = planted(share=0.2, noise=1.0)
    model = MatrixFactorization(4, max_iter=1000, tol=1e-3, random_state=0)
    folds = KFold(3, shuffle=True, random_state=0)  # unshuffled, whole items would be unseen
    search = GridSearchCV(model, {"l2": [0.1, 3.0]}, cv=folds)
    assert search.fit(X, y).best_params_ == {"l2": 3.0}
    loose = MatrixFactorization(4, l2=0.1, max_iter=1000, tol=1e-3, random_state=0).fit(X, y)
    assert search.score(hidden, truth) > loose.score(hidden, truth)


def test_ids_are_any_values_and_the_unseen_are_average():
    X, y, _, _ = planted(20, 15)
    model = MatrixFactorization(2, random_state=0).fit(X, y)
    odd = MatrixFactorization(2, random_state=0).fit(X * [1e9, -0.25] - 7, y)
    flipped = model.predict(X)
    assert np.corrcoef(flipped, odd.predict(X * [1e9, -0.25] - 7))[0, 1] > 0.99
    assert odd.predict([[3.5, 99.0]]).tolist() == [odd.mean_]
    known = X[0]
    by_bias = model.mean_ + model.biases_[1][int(known[1])]
    assert model.predict([[-1.0, known[1]]])[0] == pytest.approx(by_bias)


def test_recommends_what_is_predicted_best_and_not_rated_yet():
    X, y, _, _ = planted(20, 15, share=0.4)
    model = MatrixFactorization(2, l2=0.1, max_iter=500, random_state=0).fit(X, y)
    for user in range(20):
        rated = set(X[X[:, 0] == user, 1])
        everything = model.recommend(user, 100, exclude_seen=False)
        assert sorted(everything) == sorted(set(X[:, 1]))
        ratings = model.predict(np.column_stack([np.full(len(everything), user), everything]))
        assert (np.diff(ratings) <= 1e-12).all()
        new = [i for i in everything if i not in rated]
        assert model.recommend(user, 4).tolist() == new[:4]
    popular = model.ids_[1][np.argsort(-model.biases_[1], kind="stable")]
    assert model.recommend(-5.0, 15).tolist() == popular.tolist(), "a new user"


def test_weights_count_as_copies_and_zero_as_absence():
    X, y, _, _ = planted(12, 9, noise=0.2)
    w = np.random.default_rng(0).integers(0, 3, len(y))
    how = {"n_factors": 2, "random_state": 0, "max_iter": 200}
    weighted = MatrixFactorization(**how).fit(X, y, sample_weight=w)
    copied = MatrixFactorization(**how).fit(np.repeat(X, w, axis=0), np.repeat(y, w))
    np.testing.assert_allclose(weighted.predict(X), copied.predict(X), atol=1e-8)


def test_divergence_is_told():
    X, y, _, _ = planted()
    with pytest.raises(ParameterError, match="learning_rate is 10"):
        MatrixFactorization(solver="sgd", learning_rate=10, max_iter=5).fit(X, y)


@pytest.mark.parametrize(
    ("how", "match"),
    [
        ({"n_factors": 0}, "n_factors"),
        ({"l2": 0}, "l2"),
        ({"solver": "newton"}, "'als' or 'sgd'"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"batch_size": 0}, "batch_size"),
        ({"max_iter": 0}, "max_iter"),
        ({"tol": -1}, "tol"),
    ],
)
def test_what_cannot_be_is_refused(how, match):
    with pytest.raises(ParameterError, match=match):
        MatrixFactorization(**how).fit([[1.0, 2.0]], [3.0])


def test_recommendations_need_users_and_items():
    model = MatrixFactorization(random_state=0).fit([[1.0], [2.0]], [1.0, 2.0])
    with pytest.raises(DataError, match="1 columns"):
        model.recommend(1.0)
