"""The classifier and the regressor: parameters, errors, weights, missing values."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.tree import DecisionTreeClassifier as TheirClassifier

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor

X, y = load_iris(return_X_y=True)

WRONG = [
    ("criterion", "gini impurity", "use 'gini', 'entropy' or 'log_loss'"),
    ("splitter", None, "use 'best' or 'random'"),
    ("max_depth", 0, "at least 1"),
    ("max_depth", 2.5, "a whole number"),
    ("min_samples_split", 1, "at least 2"),
    ("min_samples_leaf", 0, "at least 1"),
    ("min_samples_leaf", 1.5, "at most 1"),
    ("min_weight_fraction_leaf", 0.6, "at most 0.5"),
    ("max_features", 0, "at least 1"),
    ("max_features", 0.0, "above 0"),
    ("max_features", "auto", "use 'sqrt' or 'log2'"),
    ("max_leaf_nodes", 1, "at least 2"),
    ("min_impurity_decrease", -0.1, "at least 0"),
    ("ccp_alpha", -1.0, "at least 0"),
    ("random_state", "seed", "non-negative integer"),
    ("class_weight", "even", "'balanced', None, or a weight"),
    ("class_weight", {7: 2.0}, "names 7, which is no class"),
    ("class_weight", {0: 0.0}, "above 0"),
]


@pytest.mark.parametrize(("name", "value", "told"), WRONG)
def test_a_wrong_parameter_is_told(name, value, told):
    with pytest.raises(ParameterError, match=told):
        DecisionTreeClassifier(**{name: value}).fit(X, y)


def test_infinity_is_refused_and_missing_values_are_not():
    bad = X.copy()
    bad[3, 1] = np.inf
    with pytest.raises(DataError, match="infinity at row 3, column 1"):
        DecisionTreeClassifier().fit(bad, y)
    bad[3, 1] = np.nan
    assert DecisionTreeClassifier().fit(bad, y).predict(bad).shape == y.shape
    with pytest.raises(DataError, match="NaN"):
        DecisionTreeRegressor().fit(X, np.where(y > 1, np.nan, y))


@pytest.mark.parametrize(
    "parameters",
    [
        {"min_samples_leaf": 0.1},
        {"min_samples_split": 0.4},
        {"max_features": "sqrt"},
        {"max_features": "log2"},
        {"max_features": 0.75},
        {"max_features": 3},
        {"max_features": 100},
        {"class_weight": "balanced", "max_depth": 2},
        {"class_weight": {0: 5.0, 2: 0.1}, "max_depth": 2},
        {"criterion": "log_loss"},
    ],
    ids=str,
)
def test_parameters_mean_what_they_mean_to_sklearn(parameters):
    ours = DecisionTreeClassifier(random_state=0, **parameters).fit(X, y)
    theirs = TheirClassifier(random_state=0, **parameters).fit(X, y)
    assert ours.max_features_ == min(theirs.max_features_, 4)
    assert ours.tree_.weighted_n_node_samples[0] == pytest.approx(
        theirs.tree_.weighted_n_node_samples[0]
    )
    assert abs(ours.score(X, y) - theirs.score(X, y)) < 0.03
    if "min_samples_leaf" in parameters:
        leaves = ours.tree_.n_node_samples[ours.tree_.children_left == -1]
        assert leaves.min() >= 15


def test_probabilities_are_shares_and_their_logarithms_need_no_warning():
    model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    proba = model.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    np.testing.assert_array_equal(np.exp(model.predict_log_proba(X)), proba)
    np.testing.assert_array_equal(model.classes_[proba.argmax(axis=1)], model.predict(X))
    np.testing.assert_array_equal(model.decision_path(X).sum(axis=1) - 1 <= 2, True)


def test_class_weights_multiply_sample_weights():
    weight = np.random.default_rng(0).uniform(0.5, 2, len(y))
    both = DecisionTreeClassifier(class_weight={0: 3.0}, max_depth=2).fit(X, y, weight)
    once = DecisionTreeClassifier(max_depth=2).fit(X, y, weight * np.where(y == 0, 3.0, 1.0))
    np.testing.assert_array_equal(both.tree_.value, once.tree_.value)


def test_seeds_reproduce_and_matter():
    Xb, yb = load_breast_cancer(return_X_y=True)
    how = {"splitter": "random", "max_features": "sqrt", "max_depth": 5}
    trees = [DecisionTreeClassifier(random_state=s, **how).fit(Xb, yb).tree_ for s in (1, 1, 2)]
    np.testing.assert_array_equal(trees[0].threshold, trees[1].threshold)
    assert trees[0].threshold[0] != trees[2].threshold[0]
    generator = DecisionTreeClassifier(random_state=np.random.default_rng(1), **how).fit(Xb, yb)
    np.testing.assert_array_equal(trees[0].threshold, generator.tree_.threshold)
