"""Bagging of trees and of other models, ours and scikit-learn's."""

import numpy as np
import pytest
from sklearn import ensemble
from sklearn.datasets import load_diabetes, make_classification, make_regression
from sklearn.linear_model import Perceptron as LibraryPerceptron
from sklearn.linear_model import Ridge as LibraryRidge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from firsthand.scratch.ensembles import BaggingClassifier, BaggingRegressor
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.linear import LinearRegression, LogisticRegression
from firsthand.scratch.trees import DecisionTreeClassifier


@pytest.fixture(scope="module")
def classes():
    X, y = make_classification(600, 8, n_informative=4, n_classes=3, random_state=0)
    return X[:300], y[:300], X[300:], y[300:]


def test_scores_as_the_library_does(classes):
    X, y, new, truth = classes
    pairs = []
    for seed in range(5):
        settings = {"n_estimators": 25, "oob_score": True, "random_state": seed}
        ours = BaggingClassifier(**settings).fit(X, y)
        theirs = ensemble.BaggingClassifier(**settings).fit(X, y)
        pairs.append([[m.score(new, truth), m.oob_score_] for m in (ours, theirs)])
    apart = np.subtract(*np.swapaxes(pairs, 0, 1))
    error = apart.std(axis=0, ddof=1) / np.sqrt(5)
    assert (np.abs(apart.mean(axis=0)) <= 4 * error + 0.01).all()


def test_regressors_score_as_the_library_does():
    X, y = load_diabetes(return_X_y=True)
    settings = {"n_estimators": 40, "max_features": 0.5, "random_state": 0, "oob_score": True}
    ours, theirs = BaggingRegressor(**settings), ensemble.BaggingRegressor(**settings)
    ours.fit(X[:300], y[:300])
    theirs.fit(X[:300], y[:300])
    assert ours.score(X[300:], y[300:]) == pytest.approx(theirs.score(X[300:], y[300:]), abs=0.05)
    assert ours.oob_score_ == pytest.approx(theirs.oob_score_, abs=0.05)


@pytest.mark.parametrize(
    "member",
    [
        LogisticRegression(),
        DecisionTreeClassifier(max_depth=3, max_features=2),
        KNeighborsClassifier(3),
        LibraryPerceptron(),
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
    ],
    ids=["ours", "ours seeded", "no weights", "no probabilities", "pipeline"],
)
def test_takes_any_classifier(member, classes):
    X, y, new, truth = classes
    model = BaggingClassifier(member, n_estimators=8, random_state=0, oob_score=True)
    with pytest.warns(UserWarning, match="raise n_estimators"):
        model.fit(X, np.array(["a", "b", "c"])[y])
    shares = model.predict_proba(new)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    assert np.mean(model.predict(new) == np.array(["a", "b", "c"])[truth]) > 0.45
    assert type(model.estimators_[0]) is type(member)
    assert not hasattr(member, "classes_")  # copies were fitted
    again = BaggingClassifier(member, n_estimators=8, random_state=0, n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(new), shares)


@pytest.mark.parametrize("member", [LinearRegression(), LibraryRidge()])
def test_the_mean_of_linear_models_is_one(member):
    X, y = make_regression(100, 3, noise=5.0, random_state=1)
    model = BaggingRegressor(member, n_estimators=7, random_state=0).fit(X, y)
    coef = np.mean([np.ravel(m.coef_) for m in model.estimators_], axis=0)
    intercept = np.mean([m.intercept_ for m in model.estimators_])
    np.testing.assert_allclose(model.predict(X), X @ coef + intercept, rtol=1e-9)


def test_members_are_fitted_on_what_was_drawn():
    X, y = make_regression(50, 4, noise=5.0, random_state=2)
    model = BaggingRegressor(LinearRegression(), n_estimators=3, max_features=2, random_state=0)
    model.fit(X, y)
    drawn = zip(
        model.estimators_, model.estimators_samples_, model.estimators_features_, strict=True
    )
    for member, rows, features in drawn:
        assert len(rows) == 50
        assert len(set(features.tolist())) == 2
        alone = LinearRegression().fit(X[rows][:, features], y[rows])
        np.testing.assert_allclose(member.coef_, alone.coef_, rtol=1e-8)


def test_without_bootstrap_nothing_is_drawn_twice():
    X, y = make_regression(50, 4, random_state=2)
    model = BaggingRegressor(bootstrap=False, max_samples=0.6, random_state=0).fit(X, y)
    assert all(len(set(rows.tolist())) == 30 for rows in model.estimators_samples_)


def test_weights_are_chances():
    X, y = make_regression(40, 2, random_state=3)
    weight = np.arange(40.0)
    model = BaggingRegressor(LinearRegression(), n_estimators=400, random_state=0)
    rows = np.concatenate(model.fit(X, y, weight).estimators_samples_)
    share = weight / weight.sum()
    counts = np.bincount(rows, minlength=40)
    assert counts[0] == 0
    assert (np.abs(counts - 16_000 * share) <= 4 * np.sqrt(16_000 * share)).all()


def test_a_draw_of_one_class_predicts_it():
    X = np.arange(40.0)[:, None]
    y = (np.arange(40) == 39).astype(int)  # about a third of all draws lack the one
    model = BaggingClassifier(KNeighborsClassifier(1), n_estimators=30, random_state=0).fit(X, y)
    assert {len(member.classes_) for member in model.estimators_} == {1, 2}
    assert model.predict_proba(X[:1])[0, 0] == 1.0
    assert 0.3 < model.predict_proba(X[39:])[0, 1] < 0.95


def test_a_draw_without_the_first_class_gives_it_no_share():
    X = np.concatenate([[0.0], np.arange(10.0, 30.0)])[:, None]
    y = np.array(["a"] + ["b"] * 10 + ["c"] * 10)
    model = BaggingClassifier(KNeighborsClassifier(1), n_estimators=20, random_state=0).fit(X, y)
    assert {len(member.classes_) for member in model.estimators_} == {2, 3}
    np.testing.assert_array_equal(model.predict_proba([[29.0]]), [[0.0, 0.0, 1.0]])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_estimators": 0}, "n_estimators"),
        ({"max_samples": 0}, "max_samples"),
        ({"max_samples": 40, "bootstrap": False}, "max_samples"),
        ({"max_features": 5}, "max_features"),
        ({"oob_score": True, "bootstrap": False}, "bootstrap=True"),
        ({"estimator": "tree"}, "no estimator"),
    ],
)
def test_says_what_is_wrong(settings, message):
    X, y = make_classification(30, 4, random_state=0)
    with pytest.raises(ParameterError, match=message):
        BaggingClassifier(**settings).fit(X, y)
