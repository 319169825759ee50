"""Cross-validation and curves: with the same folds and model, scikit-learn's numbers exactly."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn.model_selection
from sklearn.datasets import load_iris, make_classification, make_regression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer as their_scorer
from sklearn.metrics import make_scorer as their_make_scorer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from firsthand.scratch import compose, linear, metrics, preprocessing
from firsthand.scratch.errors import (
    DataError,
    FitFailedWarning,
    ParameterError,
    ParameterTypeError,
)
from firsthand.scratch.model_selection import (
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    get_scorer,
    get_scorer_names,
    learning_curve,
    make_scorer,
    train_sizes_of,
    validation_curve,
)

CLASSES = make_classification(150, 5, weights=[0.7], flip_y=0.1, random_state=0)
THREE = load_iris(return_X_y=True)
NUMBERS = make_regression(90, 4, noise=20.0, random_state=0)
NEEDS_TWO = ("roc_auc", "average_precision", "precision", "recall", "f1")
OF_NUMBERS = ("r2", "explained_variance", "neg_m", "neg_root")


def data_for(scoring):
    """Return a model and data that a score is of."""
    if scoring.startswith(OF_NUMBERS) and scoring != "neg_max":
        return Ridge(), NUMBERS
    return LogisticRegression(max_iter=1000), CLASSES if scoring in NEEDS_TWO else THREE


@pytest.mark.parametrize("scoring", get_scorer_names())
def test_every_named_score_is_sklearns(scoring):
    model, (X, y) = data_for(scoring)
    ours = cross_val_score(model, X, y, cv=3, scoring=scoring)
    theirs = sklearn.model_selection.cross_val_score(model, X, y, cv=3, scoring=scoring)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    assert np.isfinite(ours).all()
    assert repr(get_scorer(scoring)).startswith("make_scorer(")


@pytest.mark.parametrize(
    ("scoring", "model"),
    [
        ("roc_auc", SVC()),  # by its decision function
        ("roc_auc", KNeighborsClassifier()),  # by probabilities, with ties
        ("neg_log_loss", KNeighborsClassifier()),
        (None, DecisionTreeClassifier(random_state=0)),
        ("f1", make_pipeline(StandardScaler(), SVC())),
    ],
)
def test_models_of_every_kind_are_asked_rightly(scoring, model):
    X, y = CLASSES
    theirs = sklearn.model_selection.cross_val_score(model, X, y, scoring=scoring)
    np.testing.assert_allclose(cross_val_score(model, X, y, scoring=scoring), theirs, rtol=1e-12)


def test_text_labels_and_a_positive_class_of_ones_own():
    X, y = CLASSES
    words = np.where(y == 1, "ant", "bee")  # the positive one is the second of the sorted labels
    for make, family in ((make_scorer, metrics), (their_make_scorer, sklearn.metrics)):
        scorers = [
            make(family.f1_score, pos_label="ant"),
            make(family.average_precision_score, pos_label="ant", response_method="predict_proba"),
            make(
                family.average_precision_score,
                pos_label="ant",
                response_method=("decision_function",),
            ),
            make(family.brier_score_loss, pos_label="ant", response_method="predict_proba"),
        ]
        model = LogisticRegression().fit(X, words)
        found = [scorer(model, X, words) for scorer in scorers]
        if family is metrics:
            ours = found
    np.testing.assert_allclose(ours, found, rtol=1e-12)


def test_several_scores_are_of_the_same_fits():
    X, y = CLASSES
    names = ["accuracy", "roc_auc", "neg_log_loss"]
    asked = {"scoring": names, "cv": 4, "return_train_score": True}
    more = {"return_estimator": True, "return_indices": True}
    ours = cross_validate(LogisticRegression(), X, y, **asked, **more)
    theirs = sklearn.model_selection.cross_validate(LogisticRegression(), X, y, **asked, **more)
    assert ours.keys() == theirs.keys()
    for name in names:
        for side in ("test", "train"):
            key = f"{side}_{name}"
            np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-12)
    for mine, library in zip(ours["estimator"], theirs["estimator"], strict=True):
        np.testing.assert_array_equal(mine.coef_, library.coef_)
    np.testing.assert_array_equal(ours["indices"]["test"][1], theirs["indices"]["test"][1])
    assert (ours["fit_time"] > 0).all()
    named = {"a": "accuracy", "b": lambda model, X, y: 0.25, "c": their_scorer("roc_auc")}
    found = cross_validate(LogisticRegression(), X, y, scoring=named)
    assert (found["test_b"] == 0.25).all()
    both = cross_validate(LogisticRegression(), X, y, scoring=lambda *_: {"p": 1, "q": 2.0})
    assert (both["test_p"] == 1).all()
    assert (both["test_q"] == 2).all()


def test_a_model_is_asked_once_for_all_scores():
    asked = []

    class Counting(LogisticRegression):
        def predict_proba(self, X):
            asked.append(len(X))
            return super().predict_proba(X)

    X, y = CLASSES
    cross_validate(Counting(), X, y, scoring=["neg_log_loss", "neg_brier_score"], cv=3)
    assert asked == [50, 50, 50]


def test_weights_are_split_with_the_samples():
    X, y = NUMBERS
    weight = np.linspace(0.1, 2, len(y))
    ours, theirs = (
        cross(Ridge(), X, y, params={"sample_weight": weight})
        for cross in (cross_val_score, sklearn.model_selection.cross_val_score)
    )
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("n_jobs", [2, 5, -1, -2])
def test_threads_change_nothing(n_jobs):
    X, y = CLASSES
    for model in (linear.LogisticRegression(), linear.Perceptron(max_iter=5, random_state=0)):
        cv = StratifiedKFold(4, shuffle=True, random_state=1)
        one = cross_val_score(model, X, y, cv=cv)
        np.testing.assert_array_equal(cross_val_score(model, X, y, cv=cv, n_jobs=n_jobs), one)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
@pytest.mark.parametrize("data", [CLASSES, THREE])
def test_predictions_out_of_fold_are_sklearns(method, data):
    X, y = data
    words = np.array(["cow", "ant", "bee"])[y]
    cv = StratifiedKFold(3, shuffle=True, random_state=0)
    folds = list(cv.split(X, y))
    ours, theirs = (
        cross(LogisticRegression(max_iter=500), X, words, cv=folds, method=method)
        for cross in (cross_val_predict, sklearn.model_selection.cross_val_predict)
    )
    np.testing.assert_array_equal(ours, theirs)


def test_a_class_missing_in_training_gets_a_column():
    X, y = THREE  # sorted by class, so three folds each lack one
    asked = {"cv": KFold(3), "method": "predict_proba"}
    with pytest.warns(RuntimeWarning, match="2 of 3 classes; stratify"):
        ours = cross_val_predict(KNeighborsClassifier(), X, y, **asked)
    with pytest.warns(RuntimeWarning):
        theirs = sklearn.model_selection.cross_val_predict(KNeighborsClassifier(), X, y, **asked)
    np.testing.assert_array_equal(ours, theirs)
    with pytest.warns(RuntimeWarning), pytest.raises(DataError, match="stratify the splits"):
        cross_val_predict(SVC(), X, y, cv=KFold(3), method="decision_function")


def test_tables_lists_and_sparse_matrices_are_split():
    X, y = CLASSES
    expected = cross_val_score(LogisticRegression(), X, y)
    model = make_pipeline(StandardScaler().set_output(transform="pandas"), LogisticRegression())
    table = pd.DataFrame(X, columns=list("abcde"))
    scored = cross_val_score(model, table, pd.Series(y))
    np.testing.assert_array_equal(
        scored, sklearn.model_selection.cross_val_score(model, table, pd.Series(y))
    )
    for other in (X.tolist(), scipy.sparse.coo_array(X)):
        found = cross_val_score(LogisticRegression(), other, list(y))
        np.testing.assert_allclose(found, expected)
    gram = X @ X.T
    ours, theirs = (
        cross(SVC(kernel="precomputed"), gram, y)
        for cross in (cross_val_score, sklearn.model_selection.cross_val_score)
    )
    np.testing.assert_array_equal(ours, theirs)


def test_a_learning_curve_is_sklearns():
    X, y = NUMBERS
    for how in ({}, {"train_sizes": [3, 20, 60], "cv": 3}):
        sizes, train, test = learning_curve(Ridge(), X, y, **how)
        expected = sklearn.model_selection.learning_curve(Ridge(), X, y, **how)
        for mine, library in zip((sizes, train, test), expected, strict=True):
            np.testing.assert_allclose(mine, library, rtol=1e-12)
    X, y = THREE  # sorted: the first samples are of one class, unless they are drawn
    curves = [
        learning_curve(linear.LogisticRegression(), X, y, cv=3, shuffle=True, random_state=2)[2]
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*curves)
    assert curves[0][-1].mean() > 0.9


def test_a_validation_curve_is_sklearns():
    X, y = NUMBERS
    how = {"param_name": "ridge__alpha", "param_range": [0.1, 10.0, 1000.0], "cv": 4}
    model = make_pipeline(StandardScaler(), Ridge())
    ours = validation_curve(model, X, y, **how)
    theirs = sklearn.model_selection.validation_curve(model, X, y, **how)
    for mine, library in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, library, rtol=1e-12)


def test_our_pipelines_are_judged_alike_by_both():
    X, y = CLASSES
    model = compose.make_pipeline(preprocessing.StandardScaler(), linear.LogisticRegression())
    np.testing.assert_array_equal(
        cross_val_score(model, X, y), sklearn.model_selection.cross_val_score(model, X, y)
    )


def test_a_fit_that_fails_says_with_what():
    X, y = NUMBERS
    how = {"param_name": "l2", "param_range": [0.1, -1.0], "cv": 2}
    with pytest.warns(FitFailedWarning, match="2 fits failed out of a total of 4") as told:
        train, test = validation_curve(linear.LinearRegression(), X, y, error_score=-9.0, **how)
    assert "LinearRegression with l2=-1.0" in str(told[0].message)
    assert (test[1] == -9).all()
    assert (train[1] == -9).all()
    with pytest.raises(ParameterError, match="l2 is -1") as raised:
        validation_curve(linear.LinearRegression(), X, y, error_score="raise", **how)
    assert "while fitting LinearRegression with l2=-1.0" in raised.value.__notes__[0]
    with pytest.raises(ParameterError, match="All the 5 fits failed"):
        cross_val_score(linear.LinearRegression(l2=-1), X, y)


def test_a_score_that_fails_is_told_and_replaced():
    X, y = THREE
    model = LogisticRegression(max_iter=999)
    with pytest.warns(UserWarning, match="Scoring failed.*say 'ovr' or 'ovo'"):
        scores = cross_val_score(model, X, y, scoring="roc_auc")
    assert np.isnan(scores).all()
    with pytest.raises(ParameterError, match="say 'ovr' or 'ovo'"):
        cross_val_score(model, X, y, scoring="roc_auc", error_score="raise")


def test_what_is_refused():
    X, y = NUMBERS
    model = Ridge()
    with pytest.raises(ParameterError, match=r"did you mean 'neg_mean_squared_error'"):
        cross_val_score(model, X, y, scoring="mean_squared_error")
    with pytest.raises(ParameterError, match="see get_scorer_names"):
        get_scorer("qqq")
    with pytest.raises(ParameterTypeError, match="has none of the following attributes"):
        cross_val_score(model, X, y, scoring="neg_log_loss", error_score="raise")
    with pytest.raises(ParameterError, match="cross_validate several"):
        cross_val_score(model, X, y, scoring=["r2"])
    with pytest.raises(ParameterError, match="different names"):
        cross_validate(model, X, y, scoring=["r2", "r2"])
    with pytest.raises(ParameterError, match="must return a number, got 'good'"):
        cross_val_score(model, X, y, scoring=lambda *_: "good")
    with pytest.raises(ParameterTypeError, match="has no score method"):
        cross_val_score(object(), X, y)
    with pytest.raises(DataError, match="inconsistent numbers of samples: X has 90, y has 80"):
        cross_val_score(model, X, y[:80])
    with pytest.raises(DataError, match="A split names sample 90"):
        cross_val_score(model, X, y, cv=[([0, 1, 2], [90])])
    with pytest.raises(DataError, match="only works for partitions"):
        cross_val_predict(model, X, y, cv=ShuffleSplit(2))
    with pytest.raises(ParameterError, match="n_jobs is 0"):
        cross_val_score(model, X, y, n_jobs=0)
    with pytest.raises(ParameterError, match="error_score is 'zero'"):
        cross_val_score(model, X, y, error_score="zero")
    with pytest.raises(ParameterError, match="train_sizes is"):
        train_sizes_of([0.5, 1.5], 10)
    with pytest.warns(RuntimeWarning, match="1 of 2 are left"):
        assert train_sizes_of([0.5, 0.51], 10).tolist() == [5]
