"""Histogram boosting: scikit-learn's with the same bins; XGBoost's and LightGBM's by score."""

import numpy as np
import pytest
from sklearn import ensemble
from sklearn.datasets import make_classification, make_regression

from firsthand.scratch.boosting import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from firsthand.scratch.errors import ParameterError

FLOAT32 = {"rtol": 1e-5, "atol": 1e-5}  # in which the library keeps gradients; 1e-7 a stage


def numbers(n=600):
    X, y = make_regression(n, 6, noise=10.0, random_state=1)
    return X, y / y.std()


def classes(n_classes=2, n=600):
    return make_classification(
        n, 6, n_informative=4, n_classes=n_classes, flip_y=0.1, random_state=1
    )


def with_gaps(X, share=0.2):
    rng = np.random.default_rng(3)
    X = X.copy()
    X[:, :3][rng.random((len(X), 3)) < share] = np.nan
    return X


def weights(n):
    return np.random.default_rng(5).uniform(0.5, 2.0, n)  # which leave no two splits equal


SETTINGS = [
    {"max_bins": 255},
    {"max_bins": 32, "max_depth": 4, "max_leaf_nodes": None, "l2_regularization": 1.0},
    {"max_bins": 64, "max_leaf_nodes": 8, "min_samples_leaf": 5, "learning_rate": 0.4},
]


def same_stages(ours, theirs, X, method):
    for mine, library in zip(getattr(ours, method)(X), getattr(theirs, method)(X), strict=True):
        np.testing.assert_allclose(mine, library, **FLOAT32)


@pytest.mark.parametrize("how", SETTINGS)
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_stage_of_a_regressor_is_the_librarys(how, gaps, weighted):
    X, y = numbers()
    X = with_gaps(X) if gaps else X
    w = weights(len(y)) if weighted else None
    how = {"max_iter": 10, **how}
    ours = HistGradientBoostingRegressor(**how).fit(X, y, sample_weight=w)
    theirs = ensemble.HistGradientBoostingRegressor(**how).fit(X, y, sample_weight=w)
    same_stages(ours, theirs, X, "staged_predict")


@pytest.mark.parametrize("how", SETTINGS)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_every_stage_of_a_classifier_is_the_librarys(how, n_classes):
    X, y = classes(n_classes)
    w = weights(len(y))
    how = {"max_iter": 8, **how}
    ours = HistGradientBoostingClassifier(**how).fit(X, y, sample_weight=w)
    theirs = ensemble.HistGradientBoostingClassifier(**how).fit(X, y, sample_weight=w)
    same_stages(ours, theirs, X, "staged_predict_proba")
    same_stages(ours, theirs, X, "staged_decision_function")
    same_stages(ours, theirs, X, "staged_predict")
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), **FLOAT32)


def test_the_absolute_error_is_the_librarys():
    X, y = numbers()
    how = {"loss": "absolute_error", "max_iter": 10, "max_bins": 64}
    w = weights(len(y))
    ours = HistGradientBoostingRegressor(**how).fit(X, y, sample_weight=w)
    theirs = ensemble.HistGradientBoostingRegressor(**how).fit(X, y, sample_weight=w)
    same_stages(ours, theirs, X, "staged_predict")


@pytest.mark.parametrize("q", [0.1, 0.9])
def test_a_quantile_leaves_its_share_below(q):
    X, y = numbers(1500)
    model = HistGradientBoostingRegressor("quantile", quantile=q, max_iter=60).fit(X, y)
    assert abs(np.mean(y <= model.predict(X)) - q) < 0.03


def test_missing_values_tell_something_where_they_do():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 2)), rng.integers(0, 2, 400)
    X[y == 1, 0] = np.nan
    model = HistGradientBoostingClassifier(max_iter=20).fit(X, y)
    assert model.score(X, y) == 1.0
    np.testing.assert_array_equal(model.predict([[np.nan, 0.0], [0.3, 0.0]]), [1, 0])


def test_where_none_was_missing_it_goes_as_in_the_library():
    X, y = numbers()
    how = {"max_iter": 5, "max_bins": 64}
    ours = HistGradientBoostingRegressor(**how).fit(X, y)
    theirs = ensemble.HistGradientBoostingRegressor(**how).fit(X, y)
    gaps = with_gaps(X)
    np.testing.assert_allclose(ours.predict(gaps), theirs.predict(gaps), **FLOAT32)


@pytest.mark.parametrize("name", ["xgboost", "lightgbm"])
def test_64_bins_score_as_the_others_do_with_255(name):
    library = pytest.importorskip(name)
    X, y = make_classification(3000, 10, n_informative=6, flip_y=0.1, random_state=0)
    theirs = {"n_estimators": 30, "n_jobs": 1, "learning_rate": 0.3, "reg_lambda": 1.0}
    ours = {
        "max_iter": 30,
        "max_leaf_nodes": None,
        "max_depth": 6,
        "learning_rate": 0.3,
        "l2_regularization": 1.0,
        "early_stopping": False,
    }
    if name == "xgboost":
        other = library.XGBClassifier(max_depth=6, tree_method="hist", **theirs)
    else:
        other = library.LGBMClassifier(max_depth=6, num_leaves=64, verbosity=-1, **theirs)
    apart = []
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(len(y))
        known, unseen = order[:2000], order[2000:]
        mine = HistGradientBoostingClassifier(**ours).fit(X[known], y[known])
        other.fit(X[known], y[known])
        apart.append(mine.score(X[unseen], y[unseen]) - other.score(X[unseen], y[unseen]))
    assert abs(np.mean(apart)) < 4 * np.std(apart, ddof=1) / 2 + 0.005


def test_it_stops_when_held_out_samples_gain_no_more():
    X, y = classes()
    how = {"early_stopping": True, "n_iter_no_change": 4, "learning_rate": 0.5, "max_iter": 300}
    model = HistGradientBoostingClassifier(**how, random_state=0).fit(X, y)
    assert model.do_early_stopping_
    assert 4 < model.n_iter_ < 300
    assert len(model.train_score_) == len(model.validation_score_) == model.n_iter_ + 1
    assert (np.diff(model.train_score_) > 0).all()
    assert model.validation_score_[-5] >= model.validation_score_[-4:].max() - 1e-7


def test_it_stops_by_itself_only_with_many_samples():
    for n, stops in ((10_000, False), (10_001, True)):
        X = np.random.default_rng(0).normal(size=(n, 1))
        model = HistGradientBoostingRegressor(max_iter=1, random_state=0).fit(X, X[:, 0])
        assert model.do_early_stopping_ == stops
        assert len(model.validation_score_) == 2 * stops


def test_a_seed_makes_the_draws_of_features_again():
    X, y = classes()
    how = {"max_features": 0.4, "max_iter": 5}
    fits = [HistGradientBoostingClassifier(**how, random_state=s).fit(X, y) for s in (0, 0, 1)]
    first, same, other = (fit.decision_function(X) for fit in fits)
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_importances_are_shares_and_find_what_matters():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 5))
    model = HistGradientBoostingRegressor(max_iter=20).fit(X, 3 * X[:, 1] + X[:, 4] ** 2)
    assert np.isclose(model.feature_importances_.sum(), 1.0)
    assert set(np.argsort(model.feature_importances_)[-2:]) == {1, 4}


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_units_do_not_matter(scale):
    X, y = numbers()
    expected = HistGradientBoostingRegressor(max_iter=10).fit(X, y).predict(X)
    scaled = HistGradientBoostingRegressor(max_iter=10).fit(scale * X, scale * y)
    np.testing.assert_allclose(scaled.predict(scale * X) / scale, expected, rtol=1e-6, atol=1e-6)


def test_rare_classes_and_constant_columns_are_borne():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=2002), np.zeros(2002)])
    y = np.argsort(np.argsort(X[:, 0])) >= 2000
    model = HistGradientBoostingClassifier(min_samples_leaf=1).fit(X, y)
    likely = model.predict_proba(X)[:, 1]
    assert likely[y].min() == likely.max()  # they share the last bin with others
    few = HistGradientBoostingClassifier(min_samples_leaf=1).fit(X[:4], np.arange(4))
    assert few.predict_proba(X[:4]).shape == (4, 4)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"learning_rate": -1.0}, "learning_rate is -1.0"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"max_leaf_nodes": 1}, "max_leaf_nodes is 1"),
        ({"max_depth": 0}, "max_depth is 0"),
        ({"min_samples_leaf": 0}, "min_samples_leaf is 0"),
        ({"l2_regularization": -1}, "l2_regularization is -1"),
        ({"max_bins": 256}, "max_bins is 256"),
        ({"max_features": 0.0}, "max_features is 0.0"),
        ({"early_stopping": "never"}, "early_stopping is 'never'"),
        ({"validation_fraction": 1.0}, "validation_fraction is 1"),
        ({"loss": "quantile"}, "quantile is None"),
        ({"loss": "gamma"}, "loss is 'gamma'"),
    ],
)
def test_parameters_out_of_range_are_named(how, words):
    with pytest.raises(ParameterError, match=words):
        HistGradientBoostingRegressor(**how).fit(*numbers(20))
