"""AdaBoost: its functions against what they promise, its estimators against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import ensemble
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine, make_regression
from sklearn.linear_model import Perceptron
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier as LibraryTree

from firsthand.scratch.ensembles import AdaBoostClassifier, AdaBoostRegressor
from firsthand.scratch.ensembles.adaboost import (
    decision,
    error_of,
    losses,
    reweigh,
    reweigh_by_loss,
    say,
    say_by_loss,
    weighted_median,
)
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor


@settings(max_examples=50)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_after_an_update_a_model_is_as_good_as_chance(n_classes, seed):
    rng = np.random.default_rng(seed)
    w = rng.random(30) + 0.01
    w /= w.sum()
    missed = rng.random(30) < 0.4
    missed[:2] = True, False
    after = reweigh(w, missed, say(error_of(missed, w), n_classes))
    assert after.sum() == pytest.approx(1.0)
    assert error_of(missed, after) == pytest.approx(1 - 1 / n_classes)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_guess_has_nothing_to_say(n_classes):
    assert say(1 - 1 / n_classes, n_classes) == pytest.approx(0.0, abs=1e-12)
    assert say(0.1, n_classes, 0.5) == pytest.approx(0.5 * say(0.1, n_classes))


def test_a_sample_that_is_missed_for_ever_overflows_nothing():
    after = reweigh(np.full(4, 0.25), np.array([True, False, False, False]), 800.0)
    np.testing.assert_allclose(after, [1.0, 0.0, 0.0, 0.0], atol=1e-300)


def test_decisions_sum_to_zero_and_agree_with_a_loop():
    rng = np.random.default_rng(0)
    predicted, amounts = rng.integers(0, 4, (6, 20)), rng.random(6)
    F = decision(predicted, amounts, 4)
    np.testing.assert_allclose(F.sum(axis=1), 0.0, atol=1e-12)
    expected = sum(
        a * np.where(p == k, 1.0, -1 / 3)
        for p, a in zip(predicted, amounts, strict=True)
        for k in [2]
    )
    np.testing.assert_allclose(F[:, 2], expected / amounts.sum(), rtol=1e-9, atol=1e-12)


def test_a_loss_of_one_keeps_its_weight_best():
    distance = np.array([0.0, 1.0, 4.0])
    assert losses(distance).tolist() == [0.0, 0.25, 1.0]
    assert losses(distance, "square").tolist() == [0.0, 0.0625, 1.0]
    np.testing.assert_allclose(losses(distance, "exponential"), 1 - np.exp([0.0, -0.25, -1.0]))
    after = reweigh_by_loss(np.full(3, 1 / 3), losses(distance), say_by_loss(0.2))
    assert (np.diff(after) > 0).all()
    assert after[2] / after[0] == pytest.approx(4.0)  # (1 - 0.2) / 0.2


def test_a_weighted_median_repeats_by_weight():
    rng = np.random.default_rng(1)
    predictions, counts = rng.normal(size=(5, 40)), np.array([1, 2, 3, 2, 1])
    repeated = np.repeat(predictions, counts, axis=0)
    np.testing.assert_array_equal(
        weighted_median(predictions, counts.astype(float)), np.median(repeated, axis=0)
    )


def jittered(load):
    """Return bundled data whose values are distinct, so that the best split is one."""
    X, y = load(return_X_y=True)
    X = X + 1e-3 * X.std(axis=0) * np.random.default_rng(0).normal(size=X.shape)
    return X.astype(np.float32).astype(np.float64), y


@pytest.mark.parametrize("load", [load_breast_cancer, load_wine])
@pytest.mark.parametrize("learning_rate", [1.0, 0.3])
def test_is_the_library_s_where_the_best_split_is_one(load, learning_rate):
    X, y = jittered(load)
    settings = {"n_estimators": 10, "learning_rate": learning_rate, "random_state": 0}
    ours, theirs = AdaBoostClassifier(**settings), ensemble.AdaBoostClassifier(**settings)
    ours.fit(X, y)
    theirs.fit(X, y)
    np.testing.assert_allclose(ours.estimator_errors_, theirs.estimator_errors_, rtol=1e-6)
    np.testing.assert_allclose(ours.estimator_weights_, theirs.estimator_weights_, rtol=1e-6)
    for output in ("decision_function", "predict_proba", "predict_log_proba"):
        here, there = getattr(ours, output)(X), getattr(theirs, output)(X)
        np.testing.assert_allclose(here, there, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(
        ours.feature_importances_, theirs.feature_importances_, rtol=1e-6, atol=1e-9
    )
    stages = zip(ours.staged_predict(X), theirs.staged_predict(X), strict=True)
    assert all(np.array_equal(here, there) for here, there in stages)


def test_the_training_error_keeps_its_bound():
    X, y = load_breast_cancer(return_X_y=True)
    model = AdaBoostClassifier(n_estimators=20).fit(X, y)
    e = model.estimator_errors_
    bounds = np.cumprod(2 * np.sqrt(e * (1 - e)))  # Freund & Schapire (1997), theorem 6
    errors = [np.mean(predicted != y) for predicted in model.staged_predict(X)]
    assert (np.array(errors) <= bounds + 1e-12).all()


def test_fitting_ends_with_a_perfect_member():
    X = np.arange(10.0)[:, None]
    y = np.array(["no"] * 5 + ["yes"] * 5)
    model = AdaBoostClassifier(DecisionTreeClassifier()).fit(X, y)
    assert len(model.estimators_) == 1
    assert model.estimator_errors_.tolist() == [0.0]
    assert model.predict(X).tolist() == y.tolist()


@pytest.mark.parametrize("member", [LogisticRegression(), LibraryTree(max_depth=1), Perceptron()])
def test_takes_any_classifier_with_weights(member):
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    model = AdaBoostClassifier(member, n_estimators=5, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.9


def test_weights_move_the_answer():
    X = np.array([[0.0], [0.0], [1.0], [1.0]])
    y = np.array([0, 1, 0, 1])
    model = AdaBoostClassifier(n_estimators=3)
    assert model.fit(X, y, [3, 1, 1, 3]).predict([[0.0], [1.0]]).tolist() == [0, 1]
    assert model.fit(X, y, [1, 3, 3, 1]).predict([[0.0], [1.0]]).tolist() == [1, 0]


def test_a_first_member_no_better_than_chance_is_refused():
    with pytest.raises(DataError, match="no better than chance"):
        AdaBoostClassifier().fit(np.zeros((4, 1)), [0, 1, 0, 1])


def test_a_member_that_takes_no_weights_is_refused():
    with pytest.raises(ParameterError, match="sample weights"):
        AdaBoostClassifier(KNeighborsClassifier()).fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize("loss", ["linear", "square", "exponential"])
def test_regressors_score_as_the_library_does(loss):
    X, y = load_diabetes(return_X_y=True)
    known, new = slice(0, 300), slice(300, None)
    pairs = []
    for seed in range(4):
        settings = {"n_estimators": 20, "loss": loss, "random_state": seed}
        pairs.append(
            [
                model.fit(X[known], y[known]).score(X[new], y[new])
                for model in (AdaBoostRegressor(**settings), ensemble.AdaBoostRegressor(**settings))
            ]
        )
    ours, theirs = np.mean(pairs, axis=0)
    assert ours == pytest.approx(theirs, abs=0.05)


def test_regressors_tell_their_stages_and_importances():
    X, y = make_regression(150, 4, n_informative=2, shuffle=False, random_state=0)
    model = AdaBoostRegressor(n_estimators=15, random_state=0).fit(X, y)
    *_, last = model.staged_predict(X)
    np.testing.assert_array_equal(last, model.predict(X))
    assert model.feature_importances_[:2].sum() > 0.9
    perfect = AdaBoostRegressor(DecisionTreeRegressor(), random_state=0).fit([[0], [1]], [2, 2])
    assert perfect.predict([[5]]).tolist() == [2.0]
    assert perfect.estimator_errors_.tolist() == [0.0]


def test_fitting_ends_where_the_mean_loss_is_one_half():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(80, 1)), rng.integers(2, size=80).astype(float)  # nothing to learn
    model = AdaBoostRegressor(DecisionTreeRegressor(max_depth=1), random_state=0).fit(X, y)
    assert len(model.estimators_) < 50
    errors, amounts = model.estimator_errors_, model.estimator_weights_
    assert (errors[1:] < 0.5).all()
    assert (amounts > 0).all()


def test_what_weighs_nothing_sets_no_largest_distance():
    X, y = make_regression(60, 2, noise=5.0, random_state=0)
    far = y.copy()
    far[0] = 1e6
    weight = np.ones(60)
    weight[0] = 0
    models = [AdaBoostRegressor(n_estimators=5, random_state=0) for _ in range(2)]
    one, two = (m.fit(X, t, weight).predict(X) for m, t in zip(models, (y, far), strict=True))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"n_estimators": 0}, "n_estimators"), ({"learning_rate": 0}, "learning_rate")],
)
def test_says_what_is_wrong(settings, message):
    for model in (AdaBoostClassifier, AdaBoostRegressor):
        with pytest.raises(ParameterError, match=message):
            model(**settings).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ParameterError, match="loss"):
        AdaBoostRegressor(loss="cubic").fit([[0.0], [1.0]], [0, 1])
