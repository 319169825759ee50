"""Random forests and extra trees as estimators, against scikit-learn's."""

import numpy as np
import pytest
from sklearn import ensemble
from sklearn.datasets import load_breast_cancer, load_diabetes, make_classification, make_regression

from firsthand.scratch import ensembles
from firsthand.scratch.errors import ParameterError

FORESTS = ["RandomForest", "ExtraTrees"]
SEEDS = 5
# Scores differ by chance: over seeds by four standard errors, of which five say little.
SLACK = 0.01


def both(name, seed, **settings):
    """Return our model and the library's."""
    return (
        getattr(ensembles, name)(random_state=seed, **settings),
        getattr(ensemble, name)(random_state=seed, **settings),
    )


def halves(X, y, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    known, new = order[: len(X) // 2], order[len(X) // 2 :]
    return X[known], y[known], X[new], y[new]


def means(name, data, value, **settings):
    """Return the mean of a value of both fitted models over seeds, and how far it may differ."""
    X, y, _, _ = data
    pairs = np.array(
        [
            [value(model.fit(X, y)) for model in both(name, seed, **settings)]
            for seed in range(SEEDS)
        ]
    )
    error = np.std(pairs[:, 0] - pairs[:, 1], ddof=1) / np.sqrt(SEEDS)
    return pairs[:, 0].mean(), pairs[:, 1].mean(), 4 * error + SLACK


@pytest.mark.parametrize("forest", FORESTS)
@pytest.mark.parametrize("criterion", ["gini", "entropy"])
def test_classifiers_score_as_the_library_does(forest, criterion):
    data = halves(*load_breast_cancer(return_X_y=True))
    ours, theirs, slack = means(
        f"{forest}Classifier",
        data,
        lambda m: m.score(*data[2:]),
        n_estimators=30,
        criterion=criterion,
    )
    assert ours == pytest.approx(theirs, abs=slack)


@pytest.mark.parametrize("forest", FORESTS)
def test_classes_in_numbers_score_as_the_library_does(forest):
    data = halves(*make_classification(800, 10, n_informative=6, n_classes=4, random_state=1))
    ours, theirs, slack = means(
        f"{forest}Classifier", data, lambda m: m.score(*data[2:]), n_estimators=40
    )
    assert ours == pytest.approx(theirs, abs=slack)


@pytest.mark.parametrize("forest", FORESTS)
@pytest.mark.parametrize("max_features", [1.0, 0.4])
def test_regressors_score_as_the_library_does(forest, max_features):
    data = halves(*load_diabetes(return_X_y=True))
    ours, theirs, slack = means(
        f"{forest}Regressor",
        data,
        lambda m: m.score(*data[2:]),
        n_estimators=30,
        max_features=max_features,
    )
    assert ours == pytest.approx(theirs, abs=slack)


@pytest.mark.parametrize("kind", ["Classifier", "Regressor"])
def test_trees_are_as_large_as_the_library_grows_them(kind):
    X, y = make_classification(1500, 12, n_informative=5, flip_y=0.1, random_state=2)
    for forest in FORESTS:
        ours, theirs = both(forest + kind, 0, n_estimators=30)
        here = np.mean([tree.node_count for tree in ours.fit(X, y).trees_])
        there = np.mean([tree.tree_.node_count for tree in theirs.fit(X, y).estimators_])
        assert here == pytest.approx(there, rel=0.04)


def test_scores_out_of_the_bag_are_the_library_s():
    X, y = make_classification(500, 10, n_informative=5, flip_y=0.1, random_state=3)
    data = X, y, X, y
    for kind in ("Classifier", "Regressor"):
        ours, theirs, slack = means(
            f"RandomForest{kind}", data, lambda m: m.oob_score_, n_estimators=60, oob_score=True
        )
        assert ours == pytest.approx(theirs, abs=slack)


def test_scores_out_of_the_bag_are_those_on_new_data():
    X, y, new, truth = halves(
        *make_classification(2000, 10, n_informative=5, flip_y=0.1, random_state=4)
    )
    model = ensembles.RandomForestClassifier(60, oob_score=True, random_state=0).fit(X, y)
    error = np.sqrt(2 * 0.15 * 0.85 / 1000)
    assert model.oob_score_ == pytest.approx(model.score(new, truth), abs=3 * error)
    assert model.score(X, y) > 0.99  # the training data is no judge
    shares = model.oob_decision_function_
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert model.oob_score_ == np.mean(shares.argmax(axis=1) == y)


def test_out_of_the_bag_is_what_the_bootstrap_left_out():
    X, y = make_regression(60, 3, random_state=0)
    model = ensembles.RandomForestRegressor(40, oob_score=True, random_state=0).fit(X, y)
    # a tree grown to the end predicts what it has seen exactly
    exact = np.stack([tree.predict(X)[:, 0] == y for tree in model.trees_])
    predicted = np.stack([tree.predict(X)[:, 0] for tree in model.trees_])
    expected = [predicted[~exact[:, i], i].mean() for i in range(60)]
    np.testing.assert_allclose(model.oob_prediction_, expected, rtol=1e-12)


def test_too_few_trees_for_an_estimate_are_told():
    X, y = make_classification(50, 5, random_state=0)
    model = ensembles.RandomForestClassifier(2, oob_score=True, random_state=0)
    with pytest.warns(UserWarning, match="raise n_estimators"):
        model.fit(X, y)
    unknown = np.isnan(model.oob_decision_function_[:, 0])
    assert unknown.any()
    assert 0 <= model.oob_score_ <= 1


@pytest.mark.parametrize("forest", FORESTS)
@pytest.mark.parametrize("kind", ["Classifier", "Regressor"])
def test_threads_change_nothing(forest, kind):
    X, y = make_classification(300, 6, random_state=5)
    model = getattr(ensembles, forest + kind)
    one, two = (model(12, random_state=3, n_jobs=n).fit(X, y).forest_.predict(X) for n in (None, 2))
    np.testing.assert_array_equal(one, two)


def test_importances_are_those_of_the_library():
    X, y = make_classification(
        1000, 8, n_informative=3, n_redundant=0, shuffle=False, random_state=6
    )
    for name in ("RandomForestClassifier", "ExtraTreesClassifier"):
        ours, theirs = both(name, 0, n_estimators=60)
        here, there = ours.fit(X, y).feature_importances_, theirs.fit(X, y).feature_importances_
        np.testing.assert_allclose(here, there, atol=0.04)
        assert here.sum() == pytest.approx(1.0)
        assert set(np.argsort(here)[-3:]) == {0, 1, 2}


def test_fewer_samples_make_smaller_trees():
    X, y = make_regression(200, 3, random_state=0)
    for max_samples in (50, 0.25):
        model = ensembles.RandomForestRegressor(5, max_samples=max_samples, random_state=0)
        roots = [tree.weighted_n_node_samples[0] for tree in model.fit(X, y).trees_]
        assert roots == [50.0] * 5


def test_without_bootstrap_each_tree_sees_all():
    X, y = make_regression(100, 3, random_state=0)
    model = ensembles.RandomForestRegressor(3, bootstrap=False, random_state=0).fit(X, y)
    assert [tree.n_node_samples[0] for tree in model.trees_] == [100] * 3
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-12)


def test_what_weighs_nothing_is_never_drawn():
    X, y = make_classification(200, 5, random_state=7)
    weight = np.ones(200)
    weight[100:] = 0
    upset = y.copy()
    upset[100:] = 1 - y[100:]
    for forest in FORESTS:
        model = getattr(ensembles, f"{forest}Classifier")
        one, two = (
            model(10, random_state=0).fit(X, labels, weight).predict_proba(X)
            for labels in (y, upset)
        )
        np.testing.assert_array_equal(one, two)


def test_each_tree_draws_as_many_samples_as_count():
    X, y = make_regression(100, 3, random_state=0)
    weight = np.repeat([1.0, 0.0], 50)
    model = ensembles.RandomForestRegressor(5, random_state=0).fit(X, y, weight)
    assert [tree.weighted_n_node_samples[0] for tree in model.trees_] == [50.0] * 5


@pytest.mark.parametrize("forest", FORESTS)
def test_weights_shift_what_is_predicted(forest):
    y = np.repeat([0, 1], 500)
    weight = np.where(y == 1, 3.0, 1.0)
    model = getattr(ensembles, f"{forest}Classifier")(30, random_state=0)
    shares = model.fit(np.zeros((1000, 1)), y, weight).predict_proba([[0.0]])
    np.testing.assert_allclose(shares, [[0.25, 0.75]], atol=0.02)
    numbers = getattr(ensembles, f"{forest}Regressor")(30, random_state=0)
    assert numbers.fit(np.zeros((1000, 1)), y, weight).predict([[0.0]]) == pytest.approx(
        0.75, abs=0.02
    )


def test_class_weights_are_weights():
    X, y = make_classification(300, 5, weights=[0.9], random_state=8)
    one = ensembles.ExtraTreesClassifier(5, class_weight={1: 3.0}, random_state=0).fit(X, y)
    two = ensembles.ExtraTreesClassifier(5, random_state=0).fit(X, y, np.where(y == 1, 3.0, 1.0))
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))


def test_text_is_a_label():
    X, y = make_classification(100, 4, random_state=9)
    model = ensembles.RandomForestClassifier(5, random_state=0).fit(X, np.array(["b", "a"])[y])
    assert model.classes_.tolist() == ["a", "b"]
    assert set(model.predict(X)) == {"a", "b"}
    with np.errstate(divide="raise"):
        assert model.predict_log_proba(X).max() <= 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_estimators": 0}, "n_estimators"),
        ({"max_depth": 0}, "max_depth"),
        ({"min_samples_leaf": 0}, "min_samples_leaf"),
        ({"min_weight_fraction_leaf": 0.6}, "min_weight_fraction_leaf"),
        ({"max_features": "many"}, "max_features"),
        ({"max_samples": 1.5}, "max_samples"),
        ({"criterion": "best"}, "criterion"),
        ({"bootstrap": False, "oob_score": True}, "bootstrap=True"),
        ({"bootstrap": False, "max_samples": 10}, "bootstrap=True"),
        ({"n_jobs": 0}, "n_jobs"),
        ({"random_state": "now"}, "random_state"),
    ],
)
def test_says_what_is_wrong(settings, message):
    X, y = make_classification(30, 4, random_state=0)
    with pytest.raises(ParameterError, match=message):
        ensembles.RandomForestClassifier(**settings).fit(X, y)
