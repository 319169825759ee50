"""Pipelines against scikit-learn's, with our steps and theirs, and what they refuse."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn.base
import sklearn.compose as their_compose
import sklearn.decomposition as their_decomposition
import sklearn.linear_model as their_linear
import sklearn.pipeline as theirs
import sklearn.preprocessing as their_preprocessing
from sklearn.datasets import load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score

from firsthand.scratch.base import clone
from firsthand.scratch.compose import Pipeline, make_pipeline
from firsthand.scratch.errors import DataError, NotFittedError, ParameterError, ParameterTypeError
from firsthand.scratch.linear import LinearRegression, LogisticRegression
from firsthand.scratch.preprocessing import MinMaxScaler, StandardScaler

X, y = load_iris(return_X_y=True)
METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "transform",
    "inverse_transform",
    "fit_transform",
    "fit_predict",
    "score",
)
LASTS = [
    their_linear.LogisticRegression(),
    their_linear.Ridge(),
    their_preprocessing.StandardScaler(),
    their_preprocessing.Normalizer(),
    their_decomposition.PCA(2),
    "passthrough",
    None,
]


def scaled_model():
    return Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())])


@pytest.mark.parametrize("last", LASTS, ids=str)
def test_can_exactly_what_sklearns_can(last):
    steps = [("scale", their_preprocessing.StandardScaler()), ("last", last)]
    mine, library = Pipeline(steps), theirs.Pipeline(steps)
    assert [hasattr(mine, m) for m in METHODS] == [hasattr(library, m) for m in METHODS]
    mine.fit(X, y)
    for method in ("predict", "predict_proba", "decision_function", "transform"):
        if hasattr(library, method):
            np.testing.assert_array_equal(getattr(mine, method)(X), getattr(library, method)(X))
    if hasattr(library, "score"):
        assert mine.score(X, y) == library.score(X, y)
    if hasattr(library, "predict"):
        weight = np.arange(len(X))
        assert mine.score(X, y, weight) == library.score(X, y, sample_weight=weight)
    # scikit-learn's pipeline claims to have it even where its last step does not
    assert hasattr(mine, "get_feature_names_out") == (not hasattr(last, "predict"))
    if hasattr(mine, "get_feature_names_out"):
        assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())
    if hasattr(library, "inverse_transform"):
        Z = library.transform(X)
        np.testing.assert_array_equal(mine.inverse_transform(Z), library.inverse_transform(Z))


def test_ours_and_theirs_are_one_model():
    ours = scaled_model().fit(X, y)
    apart = StandardScaler().fit(X)
    model = LogisticRegression().fit(apart.transform(X), y)
    np.testing.assert_array_equal(ours.predict_proba(X), model.predict_proba(apart.transform(X)))
    np.testing.assert_array_equal(ours.classes_, model.classes_)
    assert ours.n_features_in_ == 4
    inside_theirs = theirs.make_pipeline(their_preprocessing.StandardScaler(), scaled_model())
    np.testing.assert_allclose(inside_theirs.fit(X, y).predict_proba(X), ours.predict_proba(X))
    theirs_inside = make_pipeline(theirs.make_pipeline(StandardScaler()), LogisticRegression())
    np.testing.assert_allclose(theirs_inside.fit(X, y).predict_proba(X), ours.predict_proba(X))
    assert "StandardScaler" in inside_theirs._repr_html_()


def test_lives_in_sklearns_searches_and_ensembles():
    grid = {"model__l2": [0.01, 0.1], "scale": [StandardScaler(), "passthrough"]}
    search = GridSearchCV(scaled_model(), grid, cv=3, error_score="raise").fit(X, y)
    assert search.best_estimator_.named_steps.model.coef_.shape == (3, 4)
    assert cross_val_score(scaled_model(), X, y, cv=3).mean() > 0.9
    vote = VotingClassifier([("a", scaled_model()), ("b", scaled_model())], voting="soft")
    assert vote.fit(X, y).score(X, y) > 0.9
    assert sklearn.base.is_classifier(scaled_model())
    assert sklearn.base.is_regressor(make_pipeline(StandardScaler(), their_linear.Ridge()))
    assert their_compose.ColumnTransformer([("a", make_pipeline(StandardScaler()), [0])]).fit(X)


@pytest.mark.parametrize("copy", [clone, sklearn.base.clone])
def test_a_clone_is_unfitted_and_apart(copy):
    fitted = scaled_model().set_params(model__l2=0.5).fit(X, y)
    again = copy(fitted)
    assert again.get_params()["model__l2"] == 0.5
    assert again["model"] is not fitted["model"]
    assert not again.__sklearn_is_fitted__()
    with pytest.raises(NotFittedError):
        again.predict(X)
    stored = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(stored.predict(X), fitted.predict(X))


def test_parameters_reach_into_steps():
    pipeline = scaled_model()
    assert set(pipeline.get_params()) == {"steps", "scale", "model"} | {
        f"{name}__{key}" for name, step in pipeline.steps for key in step.get_params()
    }
    before = pipeline.steps
    pipeline.set_params(model=LinearRegression(), model__l2=0.25, scale__with_mean=False)
    assert repr(pipeline["model"]) == "LinearRegression(l2=0.25)"
    assert pipeline.steps is not before
    assert repr(before[1][1]) == "LogisticRegression()"
    pipeline.set_params(steps=[("only", MinMaxScaler())], only__clip=True)
    assert pipeline[0].clip
    with pytest.raises(
        ParameterError, match="Pipeline has no parameter 'model__l2'; it has steps, only"
    ):
        pipeline.set_params(model__l2=1.0)
    assert Pipeline("no list").get_params() == {"steps": "no list"}


def test_steps_by_place_name_and_slice():
    pipeline = scaled_model().fit(X, y)
    assert len(pipeline) == 2
    assert pipeline[0] is pipeline["scale"] is pipeline.named_steps.scale
    np.testing.assert_array_equal(pipeline[:-1].transform(X), pipeline["scale"].transform(X))
    with pytest.raises(AttributeError, match="no 'svm' among scale, model"):
        pipeline.named_steps.svm  # noqa: B018  # reading it is what is tested


def test_fit_parameters_go_to_the_step_they_name():
    weight = np.where(y == 0, 5.0, 1.0)
    given = {"scale__sample_weight": weight, "model__sample_weight": weight}
    weighted = scaled_model().fit(X, y, **given)
    library = theirs.Pipeline(scaled_model().steps).fit(X, y, **given)
    np.testing.assert_array_equal(weighted["model"].coef_, library["model"].coef_)
    mean = np.average(X, axis=0, weights=weight)
    np.testing.assert_allclose(weighted["scale"].mean_, mean, rtol=1e-12)
    scale = make_pipeline(StandardScaler())
    scale.fit_transform(X, standardscaler__sample_weight=weight)
    np.testing.assert_array_equal(scale[0].mean_, weighted["scale"].mean_)
    for wrong in ("sample_weight", "other__sample_weight"):
        with pytest.raises(
            ParameterError, match=rf"not accept the {wrong} .* model__sample_weight"
        ):
            scaled_model().fit(X, y, **{wrong: weight})


def test_names_of_columns_pass_through():
    table = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    pipeline = make_pipeline(StandardScaler(), their_decomposition.PCA(2)).fit(table)
    assert list(pipeline.feature_names_in_) == ["a", "b", "c", "d"]
    assert list(pipeline.get_feature_names_out()) == ["pca0", "pca1"]
    assert list(pipeline[:-1].get_feature_names_out(["a", "b", "c", "d"])) == ["a", "b", "c", "d"]
    assert not hasattr(make_pipeline(StandardScaler()), "n_features_in_")


def test_sparse_steps_of_sklearn_stay_sparse_between_them():
    words = np.array([["red"], ["blue"], ["red"], ["blue"]])
    chain = [their_preprocessing.OneHotEncoder(), their_linear.LogisticRegression()]
    assert make_pipeline(*chain).fit(words, [0, 1, 0, 1]).predict(words).tolist() == [0, 1, 0, 1]
    with pytest.raises(DataError, match="sparse") as caught:
        make_pipeline(chain[0], LogisticRegression()).fit(words, [0, 1, 0, 1])
    assert "step 'logisticregression' of the pipeline" in caught.value.__notes__[0]


def test_an_error_names_its_step():
    with pytest.raises(DataError) as caught:
        scaled_model().fit([[1.0], [np.inf]], [0, 1])
    assert caught.value.__notes__ == [
        "This happened in step 'scale' of the pipeline, StandardScaler."
    ]
    with pytest.raises(DataError) as caught:
        scaled_model().fit(X, y).predict(X[:, :2])
    assert "step 'scale'" in caught.value.__notes__[0]


class NoTransform:
    def fit(self, X, y=None):
        return self


@pytest.mark.parametrize(
    ("steps", "error", "told"),
    [
        ([], ParameterError, "it has to be a list of named models"),
        ("scale", ParameterError, "it has to be a list"),
        ([StandardScaler()], ParameterError, "has to be a tuple of 2, with a name first"),
        ([("a", StandardScaler(), 1)], ParameterError, "has to be a tuple of 2"),
        ([("a", MinMaxScaler()), ("a", MinMaxScaler())], ParameterError, "not unique: a"),
        ([("steps", MinMaxScaler())], ParameterError, "conflict with constructor arguments: steps"),
        ([("a__b", MinMaxScaler())], ParameterError, "must not contain __"),
        ([("a", NoTransform()), ("b", MinMaxScaler())], ParameterTypeError, "intermediate steps"),
        ([("a", MinMaxScaler()), ("b", object())], ParameterTypeError, "Last step of Pipeline"),
    ],
)
def test_refuses_what_is_no_chain(steps, error, told):
    with pytest.raises(error, match=told):
        Pipeline(steps).fit(X, y)
