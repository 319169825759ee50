"""Exact boosting against scikit-learn's: every stage, where no two splits are equally good."""

import numpy as np
import pytest
from sklearn import ensemble
from sklearn.datasets import make_classification, make_regression

from firsthand.scratch.boosting import GradientBoostingClassifier, GradientBoostingRegressor
from firsthand.scratch.errors import ParameterError

SAME = {"rtol": 1e-9, "atol": 1e-9}  # sums in another order, over a score of stages


def numbers(n=400, noise=10.0):
    X, y = make_regression(n, 6, noise=noise, random_state=1)
    return X.astype(np.float32).astype(float), y  # as exactly as the library keeps X


def classes(n_classes=2, n=400):
    X, y = make_classification(
        n, 6, n_informative=4, n_classes=n_classes, flip_y=0.1, random_state=1
    )
    return X.astype(np.float32).astype(float), y


def weights(n):
    return np.random.default_rng(5).uniform(0.5, 2.0, n)  # which leave no two splits equal


SETTINGS = [
    {},
    {"max_depth": 6, "min_samples_leaf": 7},
    {"max_depth": None, "min_samples_split": 40, "learning_rate": 0.5},
    {"max_leaf_nodes": 6, "max_depth": None},
]


@pytest.mark.parametrize("how", SETTINGS)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_stage_of_a_regressor_is_the_librarys(how, weighted):
    X, y = numbers()
    w = weights(len(y)) if weighted else None
    how = {"n_estimators": 15, **how}
    ours = GradientBoostingRegressor(**how).fit(X, y, sample_weight=w)
    theirs = ensemble.GradientBoostingRegressor(**how, random_state=0).fit(X, y, sample_weight=w)
    staged = zip(ours.staged_predict(X), theirs.staged_predict(X), strict=True)
    for mine, library in staged:
        np.testing.assert_allclose(mine, library, **SAME)
    np.testing.assert_allclose(ours.train_score_, theirs.train_score_, rtol=1e-9)


@pytest.mark.parametrize("how", SETTINGS[:3])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_every_stage_of_a_classifier_is_the_librarys(how, n_classes):
    X, y = classes(n_classes)
    w = weights(len(y))
    how = {"n_estimators": 10, **how}
    ours = GradientBoostingClassifier(**how).fit(X, y, sample_weight=w)
    theirs = ensemble.GradientBoostingClassifier(**how, random_state=0).fit(X, y, sample_weight=w)
    for method in ("staged_predict_proba", "staged_decision_function", "staged_predict"):
        staged = zip(getattr(ours, method)(X), getattr(theirs, method)(X), strict=True)
        for mine, library in staged:
            library = library.reshape(mine.shape)  # staged log-odds stand in a column there
            np.testing.assert_allclose(mine, library, **SAME)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), **SAME)
    np.testing.assert_allclose(ours.train_score_, theirs.train_score_, rtol=1e-9)
    assert ours.n_trees_per_iteration_ == theirs.n_trees_per_iteration_


def test_importances_are_the_librarys():
    X, y = numbers(1000)
    how = {"n_estimators": 10, "min_samples_leaf": 20}
    ours = GradientBoostingRegressor(**how).fit(X, y)
    theirs = ensemble.GradientBoostingRegressor(**how, random_state=0).fit(X, y)
    np.testing.assert_allclose(ours.feature_importances_, theirs.feature_importances_, **SAME)


@pytest.mark.parametrize(("alpha", "tolerance"), [(0.1, 0.03), (0.5, 0.03), (0.9, 0.03)])
def test_a_quantile_leaves_its_share_below(alpha, tolerance):
    X, y = numbers(1000, noise=50.0)
    model = GradientBoostingRegressor(loss="quantile", alpha=alpha, n_estimators=60).fit(X, y)
    assert abs(np.mean(y <= model.predict(X)) - alpha) < tolerance


@pytest.mark.parametrize("loss", ["absolute_error", "quantile"])
def test_losses_of_rank_reach_as_low_as_the_librarys(loss):
    X, y = numbers()
    how = {"loss": loss, "n_estimators": 40, "alpha": 0.7}
    ours = GradientBoostingRegressor(**how).fit(X, y)
    theirs = ensemble.GradientBoostingRegressor(**how, random_state=0).fit(X, y)
    assert ours.train_score_[-1] < 1.02 * theirs.train_score_[-1]


def test_outliers_move_the_absolute_error_less():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(300, 1))
    truth = np.where(X[:, 0] > 0.5, 1.0, 0.0)
    y = truth + 1e4 * (rng.random(300) < 0.05)
    apart = {}
    for loss in ("absolute_error", "squared_error"):
        model = GradientBoostingRegressor(loss=loss, min_samples_leaf=50).fit(X, y)
        apart[loss] = np.abs(model.predict(X) - truth).max()
    assert apart["absolute_error"] < 0.1
    assert apart["squared_error"] > 100


def test_stochastic_boosting_scores_as_the_librarys_does():
    X, y = classes(n=800)
    scores = []
    for model in (GradientBoostingClassifier, ensemble.GradientBoostingClassifier):
        how = {"subsample": 0.5, "n_estimators": 30, "max_features": "sqrt"}
        fits = [model(**how, random_state=seed).fit(X[:500], y[:500]) for seed in range(6)]
        scores.append([fit.score(X[500:], y[500:]) for fit in fits])
    apart = np.subtract(*scores)
    assert abs(apart.mean()) < 4 * apart.std(ddof=1) / np.sqrt(6) + 0.01


def test_samples_not_drawn_tell_the_loss_on_new_ones():
    X, y = classes()
    model = GradientBoostingClassifier(subsample=0.5, n_estimators=20, random_state=0).fit(X, y)
    assert model.oob_scores_.shape == model.train_score_.shape == (20,)
    assert model.oob_scores_[-1] > model.train_score_[-1]
    assert not hasattr(model.set_params(subsample=1.0).fit(X, y), "oob_scores_")


def test_it_stops_when_held_out_samples_gain_no_more():
    X, y = classes(n=300)
    how = {"n_estimators": 500, "learning_rate": 0.5, "n_iter_no_change": 5, "random_state": 0}
    model = GradientBoostingClassifier(**how).fit(X, y)
    assert 5 < model.n_estimators_ == len(model.train_score_) < 500
    scores = model.validation_score_
    assert len(scores) == model.n_estimators_ + 1
    assert scores[-6] + 1e-4 >= scores[-5:].max()  # the last five brought nothing


def test_one_seed_one_model():
    X, y = classes()
    how = {"subsample": 0.5, "max_features": 2, "n_estimators": 5}
    fits = [GradientBoostingClassifier(**how, random_state=s).fit(X, y) for s in (0, 0, 1)]
    first, same, other = (fit.decision_function(X) for fit in fits)
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_samples_of_no_weight_are_as_if_they_were_not_there():
    X, y = numbers()
    w = np.arange(len(y)) % 2 * 1.0
    weighted = GradientBoostingRegressor(n_estimators=5).fit(X, y, sample_weight=w)
    without = GradientBoostingRegressor(n_estimators=5).fit(X[1::2], y[1::2])
    np.testing.assert_allclose(weighted.predict(X), without.predict(X), **SAME)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_units_do_not_matter(scale):
    X, y = numbers()
    expected = GradientBoostingRegressor(n_estimators=10).fit(X, y).predict(X)
    scaled = GradientBoostingRegressor(n_estimators=10).fit(scale * X, scale * y)
    np.testing.assert_allclose(scaled.predict(scale * X) / scale, expected, rtol=1e-6, atol=1e-6)


def test_a_constant_target_is_predicted():
    X, _ = numbers()
    model = GradientBoostingRegressor(n_estimators=3).fit(X, np.full(len(X), 7.5))
    np.testing.assert_array_equal(model.predict(X), 7.5)
    np.testing.assert_array_equal(model.feature_importances_, 0.0)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"n_estimators": 2.5}, "n_estimators is 2.5"),
        ({"subsample": 1.5}, "subsample is 1.5"),
        ({"max_depth": 0}, "max_depth is 0"),
        ({"max_features": 0}, "max_features is 0"),
        ({"max_features": "half"}, "max_features is 'half'"),
        ({"max_leaf_nodes": 1}, "max_leaf_nodes is 1"),
        ({"n_iter_no_change": 0}, "n_iter_no_change is 0"),
        ({"alpha": 2.0, "loss": "quantile"}, "alpha is 2.0"),
        ({"loss": "huber"}, "loss is 'huber'"),
    ],
)
def test_parameters_out_of_range_are_named(how, words):
    with pytest.raises(ParameterError, match=words):
        GradientBoostingRegressor(**how).fit(*numbers(20))
