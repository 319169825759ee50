"""Searches: scikit-learn's tables, ranks and choices, and what hides behind them."""

import pickle

import numpy as np
import pytest
import scipy.stats
import sklearn.model_selection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import make_classification, make_regression
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeRegressor

from firsthand.scratch import compose, linear, preprocessing
from firsthand.scratch.errors import (
    FitFailedWarning,
    NotFittedError,
    ParameterError,
    ParameterTypeError,
)
from firsthand.scratch.metrics import balanced_accuracy_score
from firsthand.scratch.model_selection import (
    GridSearchCV,
    GroupKFold,
    LogUniform,
    ParameterGrid,
    ParameterSampler,
    RandomizedSearchCV,
    Uniform,
    make_scorer,
    ranks,
)

CLASSES = make_classification(120, 5, flip_y=0.2, random_state=1)
NUMBERS = make_regression(80, 4, noise=30.0, random_state=1)
GRIDS = [
    {"a": [1, 2, 3], "c": [True], "b": ["x", "y"]},
    [{"a": [1]}, {}, {"b": np.array([0.5, 1.0]), "a": (1, 2)}],
]


@pytest.mark.parametrize("grid", GRIDS)
def test_a_grid_is_sklearns(grid):
    ours, theirs = ParameterGrid(grid), sklearn.model_selection.ParameterGrid(grid)
    assert list(ours) == list(theirs)
    assert len(ours) == len(theirs)
    assert [ours[i] for i in range(len(ours))] == list(ours)
    assert ours[-1] == list(ours)[-1]
    with pytest.raises(IndexError):
        ours[len(ours)]


@settings(deadline=None)
@given(arrays(float, 6, elements=st.sampled_from([0.1, 0.5, 0.7, np.nan])))
def test_ranks_are_scipys_with_nan_last(scores):
    filled = np.where(np.isnan(scores), -1, scores)
    expected = scipy.stats.rankdata(-filled, method="min")
    np.testing.assert_array_equal(ranks(scores), expected)


LOGISTIC = LogisticRegression()
STRENGTHS = {"C": [1.0, 0.01]}
TABLES = {
    "numbers": (Ridge(), {"alpha": [0.1, 10.0, 1000.0]}, NUMBERS, {"cv": 4}),
    "two grids": (
        DecisionTreeRegressor(random_state=0),
        [{"max_depth": [1, 3, None]}, {"min_samples_leaf": [2, 9], "max_features": ["sqrt", 2]}],
        NUMBERS,
        {"return_train_score": True},
    ),
    "classes": (
        LOGISTIC,
        {"C": [0.01, 1.0], "fit_intercept": [True, False]},
        CLASSES,
        {"scoring": "roc_auc"},
    ),
    "pipeline": (
        make_pipeline(PCA(), Ridge()),
        {"pca__n_components": [1, 3], "ridge": [Ridge(0.1), Ridge(99.0)]},
        NUMBERS,
        {},
    ),
    "two scores": (
        LOGISTIC,
        STRENGTHS,
        CLASSES,
        {
            "scoring": ["accuracy", "neg_log_loss"],
            "refit": "neg_log_loss",
            "return_train_score": True,
        },
    ),
    "no refit": (LOGISTIC, STRENGTHS, CLASSES, {"scoring": {"a": "f1"}, "refit": False}),
    "own choice": (
        LOGISTIC,
        STRENGTHS,
        CLASSES,
        {"refit": lambda results: int(np.argmin(results["mean_test_score"]))},
    ),
}


@pytest.mark.parametrize(("model", "grid", "data", "how"), TABLES.values(), ids=TABLES)
def test_the_table_is_sklearns(model, grid, data, how):
    X, y = data
    ours = GridSearchCV(model, grid, **how).fit(X, y)
    theirs = sklearn.model_selection.GridSearchCV(model, grid, **how).fit(X, y)
    assert set(ours.cv_results_) == set(theirs.cv_results_)
    for key, expected in theirs.cv_results_.items():
        got = ours.cv_results_[key]
        if key == "params" or key.startswith("param_"):
            assert repr(got) == repr(expected)
        elif "time" not in key:
            assert got.dtype == expected.dtype
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)
    for name in ("best_index_", "best_score_", "n_splits_", "multimetric_"):
        assert hasattr(ours, name) == hasattr(theirs, name)
        if hasattr(theirs, name):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name))
    assert repr(getattr(ours, "best_params_", None)) == repr(getattr(theirs, "best_params_", None))
    if how.get("refit", True):
        np.testing.assert_allclose(ours.predict(X), theirs.predict(X))
        assert ours.score(X, y) == pytest.approx(theirs.score(X, y))


@pytest.mark.parametrize("n_jobs", [2, -1])
def test_threads_change_nothing(n_jobs):
    X, y = CLASSES
    model = linear.Perceptron(max_iter=3, random_state=0)
    grid = {"average": [True, False], "learning_rate": [0.1, 1.0]}
    one = GridSearchCV(model, grid).fit(X, y)
    more = GridSearchCV(model, grid, n_jobs=n_jobs).fit(X, y)
    np.testing.assert_array_equal(
        one.cv_results_["mean_test_score"], more.cv_results_["mean_test_score"]
    )
    assert one.best_params_ == more.best_params_


def test_weights_reach_fits_and_scores():
    X, y = NUMBERS
    weight = np.linspace(0.01, 3, len(y))
    grid = {"alpha": [0.1, 10.0, 1000.0]}
    ours = GridSearchCV(Ridge(), grid).fit(X, y, sample_weight=weight)
    theirs = sklearn.model_selection.GridSearchCV(Ridge(), grid).fit(X, y, sample_weight=weight)
    for key in ("mean_test_score", "std_test_score"):
        np.testing.assert_allclose(ours.cv_results_[key], theirs.cv_results_[key], rtol=1e-12)
    unweighted = make_scorer(lambda y, p: balanced_accuracy_score(y, p))
    search = GridSearchCV(linear.LogisticRegression(), {"l2": [0.1]}, scoring=unweighted)
    with pytest.warns(UserWarning, match="cannot weigh samples"):
        search.fit(*CLASSES, sample_weight=np.ones(120))


def test_groups_reach_the_splitter():
    X, y = NUMBERS
    groups = np.arange(len(y)) // 8
    how = {"param_grid": {"alpha": [1.0]}}
    ours = GridSearchCV(Ridge(), cv=GroupKFold(3), **how).fit(X, y, groups=groups)
    cv = sklearn.model_selection.GroupKFold(3)
    theirs = sklearn.model_selection.GridSearchCV(Ridge(), cv=cv, **how).fit(X, y, groups=groups)
    assert ours.best_score_ == theirs.best_score_


def test_a_search_can_do_what_its_model_can():
    X, y = CLASSES
    for model, has in ((LogisticRegression(), True), (LinearSVC(), False)):
        search = GridSearchCV(model, {"C": [1.0]})
        assert hasattr(search, "predict_proba") is has
        assert hasattr(search.fit(X, y), "predict_proba") is has
        assert hasattr(search, "decision_function")
        assert not hasattr(search, "transform")
        assert is_classifier(search)
        assert search.kind == "classifier"
        assert search.classes_.tolist() == [0, 1]
        assert search.n_features_in_ == 5
    assert is_regressor(GridSearchCV(linear.LinearRegression(), {}))
    scaler = GridSearchCV(
        preprocessing.StandardScaler(), {"with_mean": [True]}, scoring=lambda model, X: 1.0
    )
    assert scaler.fit(X).transform(X).shape == X.shape
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(X)), X)
    without = GridSearchCV(Ridge(), {"alpha": [1.0]}, refit=False).fit(*NUMBERS)
    assert not hasattr(without, "predict")
    assert not hasattr(without, "score")
    assert without.best_params_ == {"alpha": 1.0}


def test_our_search_over_our_pipeline_inside_sklearns_cross_validation():
    X, y = CLASSES
    model = compose.make_pipeline(preprocessing.StandardScaler(), linear.LogisticRegression())
    search = GridSearchCV(model, {"logisticregression__l2": [0.001, 0.1]}, cv=3)
    scores = sklearn.model_selection.cross_val_score(search, X, y, cv=3)
    assert scores.mean() > 0.7
    fitted = pickle.loads(pickle.dumps(clone(search).fit(X, y)))
    np.testing.assert_array_equal(fitted.predict(X), search.fit(X, y).predict(X))
    assert fitted.best_params_ == search.best_params_


def test_candidates_are_drawn_once_and_by_their_seed():
    space = {"alpha": list(range(30)), "fit_intercept": [True, False]}
    draws = [list(ParameterSampler(space, 20, random_state=4)) for _ in range(2)]
    assert draws[0] == draws[1]
    assert len({tuple(candidate.items()) for candidate in draws[0]}) == 20
    with pytest.warns(UserWarning, match="smaller than n_iter=99"):
        assert len(list(ParameterSampler(space, 99))) == 60
    assert len(ParameterSampler(space, 99)) == 60


def test_distributions_are_drawn_from():
    space = [
        {"x": Uniform(2, 3), "k": ["a", "b"]},
        {"y": scipy.stats.expon(5), "z": LogUniform(1, 10)},
    ]
    drawn = list(ParameterSampler(space, 200, random_state=0))
    x = [candidate["x"] for candidate in drawn if "x" in candidate]
    assert 60 < len(x) < 140
    assert min(x) >= 2
    assert max(x) <= 3
    assert abs(np.mean(x) - 2.5) < 0.1
    assert {candidate["k"] for candidate in drawn if "k" in candidate} == {"a", "b"}
    assert min(candidate["y"] for candidate in drawn if "y" in candidate) >= 5
    z = np.array([candidate["z"] for candidate in drawn if "z" in candidate])
    assert 0.35 < np.mean(z < np.sqrt(10)) < 0.65


def test_a_random_search_finds_what_a_grid_does():
    X, y = NUMBERS
    grid = {"alpha": [0.1, 1.0, 10.0, 100.0]}
    drawn = RandomizedSearchCV(Ridge(), grid, n_iter=4, random_state=0).fit(X, y)
    every = GridSearchCV(Ridge(), grid).fit(X, y)
    assert drawn.best_params_ == every.best_params_
    assert drawn.best_score_ == every.best_score_
    scores = [
        RandomizedSearchCV(Ridge(), {"alpha": LogUniform(1e-3, 1e3)}, random_state=7)
        .fit(X, y)
        .cv_results_["mean_test_score"]
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*scores)


def test_candidates_that_fail_come_last():
    X, y = NUMBERS
    search = GridSearchCV(linear.LinearRegression(), {"l2": [-1.0, 0.1, 100.0]}, cv=2)
    with (
        pytest.warns(FitFailedWarning, match="LinearRegression with l2=-1"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search.fit(X, y)
    assert search.cv_results_["rank_test_score"].tolist() == [3, 1, 2]
    assert search.best_params_ == {"l2": 0.1}
    with pytest.raises(ParameterError) as raised:
        search.set_params(error_score="raise").fit(X, y)
    assert "while fitting LinearRegression with l2=-1.0" in raised.value.__notes__[0]


def test_what_is_refused():
    X, y = NUMBERS
    with pytest.raises(ParameterTypeError, match=r"pass a list of values, or \[1\.0\]"):
        GridSearchCV(Ridge(), {"alpha": 1.0}).fit(X, y)
    with pytest.raises(ParameterTypeError, match="has to be a dict"):
        GridSearchCV(Ridge(), "alpha").fit(X, y)
    with pytest.raises(ParameterError, match="There are no values of 'alpha'"):
        GridSearchCV(Ridge(), {"alpha": []}).fit(X, y)
    with pytest.raises(ParameterError, match="one dimension"):
        GridSearchCV(Ridge(), {"alpha": np.ones((2, 2))}).fit(X, y)
    with pytest.raises(ParameterError, match="n_iter is 0"):
        RandomizedSearchCV(Ridge(), {"alpha": [1.0]}, n_iter=0).fit(X, y)
    with pytest.raises(ParameterError, match="refit has to name the one that decides"):
        GridSearchCV(Ridge(), {"alpha": [1.0]}, scoring=["r2", "neg_max_error"]).fit(X, y)
    with pytest.raises(IndexError, match="refit chose candidate 5 of 1"):
        GridSearchCV(Ridge(), {"alpha": [1.0]}, refit=lambda _: 5).fit(X, y)
    with pytest.raises(NotFittedError):
        GridSearchCV(Ridge(), {"alpha": [1.0]}).predict(X)
    with pytest.raises(ParameterError, match="has no parameter 'beta'"):
        GridSearchCV(linear.LinearRegression(), {"beta": [1.0]}).fit(X, y)
