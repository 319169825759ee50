"""Voting, against scikit-learn's and Condorcet's theorem."""

import numpy as np
import pytest
from scipy.stats import binom
from sklearn import ensemble
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression as LibraryLogistic
from sklearn.neighbors import KNeighborsClassifier

from firsthand.scratch.ensembles import VotingClassifier, VotingRegressor
from firsthand.scratch.ensembles.voting import majority, weighted_average
from firsthand.scratch.errors import DataTypeError, ParameterError
from firsthand.scratch.linear import LinearRegression, LogisticRegression
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor


def members():
    return [
        ("near", KNeighborsClassifier(3)),
        ("line", LogisticRegression()),
        ("tree", DecisionTreeClassifier(max_depth=2)),
    ]


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return X[:, 1:3], np.array(["setosa", "versicolor", "virginica"])[y]


def test_the_majority_is_right_as_often_as_condorcet_says():
    rng = np.random.default_rng(0)
    right = rng.random((11, 50_000)) < 0.6
    share = majority(right.astype(int), 2).mean()
    expected = 1 - binom.cdf(5, 11, 0.6)
    assert share == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 50_000))


def test_of_equal_votes_the_first_class_wins():
    assert majority(np.array([[2], [1]]), 3).tolist() == [1]


def test_weights_are_votes():
    rng = np.random.default_rng(1)
    predicted, weights = rng.integers(0, 4, (5, 100)), np.array([1, 2, 3, 1, 2])
    repeated = np.repeat(predicted, weights, axis=0)
    np.testing.assert_array_equal(
        majority(predicted, 4, weights.astype(float)), majority(repeated, 4)
    )
    shares = rng.random((5, 100, 4))
    np.testing.assert_allclose(
        weighted_average(shares, weights.astype(float)),
        np.repeat(shares, weights, axis=0).mean(axis=0),
    )


@pytest.mark.parametrize("voting", ["hard", "soft"])
@pytest.mark.parametrize("weights", [None, [1.0, 3.0, 1.5]])
def test_votes_as_the_library_does(voting, weights, iris):
    X, y = iris
    ours = VotingClassifier(members(), voting=voting, weights=weights).fit(X, y)
    theirs = ensemble.VotingClassifier(members(), voting=voting, weights=weights).fit(X, y)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    assert hasattr(ours, "predict_proba") == (voting == "soft")
    if voting == "soft":
        np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-12)


def test_numbers_are_averaged_as_the_library_does():
    X, y = load_diabetes(return_X_y=True)
    named = [("line", LinearRegression()), ("tree", DecisionTreeRegressor(max_depth=3))]
    for weights in (None, [2.0, 1.0]):
        ours = VotingRegressor(named, weights=weights, n_jobs=2).fit(X, y)
        theirs = ensemble.VotingRegressor(named, weights=weights).fit(X, y)
        np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-9)


def test_what_is_dropped_has_no_vote(iris):
    X, y = iris
    model = VotingClassifier(members(), voting="soft", weights=[1, 2, 3])
    model.set_params(line="drop").fit(X, y)
    assert list(model.named_estimators_) == ["near", "tree"]
    near, tree = (m.predict_proba(X) for m in model.estimators_)
    np.testing.assert_allclose(model.predict_proba(X), (near + 3 * tree) / 4, rtol=1e-12)
    assert model.named_estimators_.tree is model.estimators_[1]


def test_members_are_parameters(iris):
    X, y = iris
    model = VotingClassifier(members())
    assert model.get_params()["tree__max_depth"] == 2
    model.set_params(tree__max_depth=1).fit(X, y)
    assert model.named_estimators_.tree.get_depth() == 1


def test_weights_reach_the_members(iris):
    X, y = iris
    named = [("line", LibraryLogistic()), ("tree", DecisionTreeClassifier())]
    weight = (y != "virginica").astype(float)
    model = VotingClassifier(named, voting="soft").fit(X, y, weight)
    assert "virginica" not in model.predict(X)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (VotingClassifier([]), "estimators"),
        (VotingClassifier([("one", "drop")]), "dropped"),
        (VotingClassifier(members(), voting="loud"), "voting"),
        (VotingClassifier(members(), weights=[1, 2]), "weights"),
        (VotingClassifier([("a", LogisticRegression()), ("a", LogisticRegression())]), "unique"),
    ],
    ids=["none", "all dropped", "voting", "weights", "names"],
)
def test_says_what_is_wrong(model, message, iris):
    with pytest.raises(ParameterError, match=message):
        model.fit(*iris)


def test_says_which_member_takes_no_weights(iris):
    X, y = iris
    with pytest.raises(DataTypeError, match="'near' does not support sample weights"):
        VotingClassifier(members()).fit(X, y, np.ones(len(y)))


def test_says_which_member_failed(iris):
    X, y = iris
    X = X.copy()
    X[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN") as caught:
        VotingClassifier(members()).fit(X, y)
    assert "near" in caught.value.__notes__[0]
