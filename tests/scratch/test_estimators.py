"""One test over every estimator that scratch exports, found by walking the package.

Two tiny models that stand here keep the contract honest where no exported one needs a part
of it (sample weights, a nested model).
"""

import importlib
import inspect
import pickle
import pkgutil
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier, is_clusterer, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_blobs, make_regression
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model import Ridge as RidgeOfTheirs
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils import get_tags
from sklearn.utils._test_common.instance_generator import PER_ESTIMATOR_XFAIL_CHECKS
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    parametrize_with_checks,
)

import firsthand.scratch
from firsthand.scratch import model_selection
from firsthand.scratch.base import Classifier, Estimator, Regressor
from firsthand.scratch.compose import Pipeline as OurPipeline
from firsthand.scratch.errors import NotFittedError
from firsthand.scratch.validation import check_sample_weight, check_X, check_X_labels, check_X_y
from tests.scratch.examples import EXPECTED_FAILURES, example


class NearestMean(Classifier, Estimator):
    def __init__(self, shrink=0.0):
        self.shrink = shrink

    def fit(self, X, y):
        X, classes, codes = check_X_labels(self, X, y)
        means = np.array([X[codes == c].mean(axis=0) for c in range(len(classes))])
        self.classes_ = classes
        self.means_ = (1 - self.shrink) * means + self.shrink * X.mean(axis=0)
        return self

    def predict(self, X):
        X = check_X(self, X)
        distance = ((X[:, None, :] - self.means_) ** 2).sum(axis=-1)
        return self.classes_[distance.argmin(axis=1)]


class LeastSquares(Regressor, Estimator):
    def __init__(self, inner=None):
        self.inner = inner

    def fit(self, X, y, sample_weight=None):
        X, y = check_X_y(self, X, y)
        root = np.sqrt(check_sample_weight(sample_weight, len(y)))
        X1 = np.column_stack([X, np.ones(len(y))])
        self.coef_ = np.linalg.pinv(X1 * root[:, None]) @ (y * root)
        return self

    def predict(self, X):
        X = check_X(self, X)
        return X @ self.coef_[:-1] + self.coef_[-1]


def exported():
    """Return every class that keeps the contract, from the module that defines it."""
    walk = pkgutil.walk_packages(firsthand.scratch.__path__, "firsthand.scratch.")
    modules = [importlib.import_module(found.name) for found in walk]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Estimator)
        and value is not Estimator
        and value.__module__ == module.__name__
    ]


MODELS = [NearestMean, LeastSquares, *exported()]
CLASSIFIERS = [model for model in MODELS if model.kind == "classifier"]
REGRESSORS = [model for model in MODELS if model.kind == "regressor"]
# t-SNE has no transform: a map has no place for samples that it was not drawn of
TRANSFORMERS = [m for m in MODELS if m.kind == "transformer" and hasattr(m, "transform")]
CLUSTERERS = [model for model in MODELS if model.kind == "clusterer"]
# what a model of each kind gives for rows of X; clusterers need not have one for new rows
OUTPUTS = ("predict", "transform")


def counts_only(model):
    """Whether the model takes no negative numbers."""
    return get_tags(example(model)).input_tags.positive_only


def sklearn_checks(models):
    """Return ``parametrize_with_checks``; an expected failure that does not happen is one too.

    At collection it warns of every class that does not inherit from scikit-learn's base. Ours
    do not, on purpose: that they need not is what the checks prove.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Estimator .* does not inherit from", UserWarning)
        return parametrize_with_checks(
            [example(model) for model in models],
            expected_failed_checks=lambda e: EXPECTED_FAILURES.get(type(e).__name__, {}),
            xfail_strict=True,
        )


# scikit-learn's checks fit on data chosen to be hard, where running out of iterations is fair,
# and on columns of two values, of which no five bins can be made
@pytest.mark.filterwarnings("ignore:Bins whose width are too small:UserWarning")
@pytest.mark.filterwarnings("ignore::firsthand.scratch.errors.ConvergenceWarning")
@sklearn_checks(MODELS)
def test_passes_sklearn(estimator, check):
    check(estimator)


def test_expected_failures_are_those_of_the_counterpart():
    listed = {model.__name__: checks for model, checks in PER_ESTIMATOR_XFAIL_CHECKS.items()}
    for name, checks in EXPECTED_FAILURES.items():
        assert set(checks) <= set(listed[name]), name


@pytest.mark.filterwarnings("ignore::firsthand.scratch.errors.ConvergenceWarning")
# a column transformer finds its columns again by name, in any order; its own test proves it
@pytest.mark.parametrize("model", [m for m in MODELS if m.__name__ != "ColumnTransformer"])
def test_column_names_are_kept_and_compared(model):
    check_dataframe_column_names_consistency(model.__name__, example(model))


@pytest.mark.parametrize("model", MODELS)
def test_is_one_final_class_above_one_abstract_base(model):
    assert [base for base in model.__mro__[1:] if issubclass(base, Estimator)] == [Estimator]


@pytest.mark.parametrize("model", MODELS)
def test_tags_say_what_the_model_is(model):
    made = example(model)
    tags = get_tags(made)
    assert tags.estimator_type == made.kind
    assert tags.target_tags.required == (made.kind in ("classifier", "regressor"))
    assert tags.requires_fit == made.requires_fit


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_classifiers_live_in_sklearn(model):
    X, y = make_blobs(120, centers=[[-4, 0], [4, 0]], random_state=3)
    assert is_classifier(example(model))
    scaler = MinMaxScaler() if counts_only(model) else StandardScaler()
    pipeline = make_pipeline(scaler, example(model))
    enough = 0.8 if get_tags(example(model)).classifier_tags.poor_score else 0.9
    assert cross_val_score(pipeline, X, y, cv=3).min() > enough
    _searches_clones_and_pickles(pipeline, X, np.where(y == 0, "left", "right"))


@pytest.mark.parametrize("model", REGRESSORS)
def test_regressors_live_in_sklearn(model):
    X, y = make_regression(120, 1, noise=1.0, random_state=3)  # a line: every kind can follow it
    assert is_regressor(example(model))
    pipeline = make_pipeline(StandardScaler(), example(model))
    if not get_tags(example(model)).regressor_tags.poor_score:  # as of ids it has not seen
        assert cross_val_score(pipeline, X, y, cv=3).min() > 0.9
    _searches_clones_and_pickles(pipeline, X, y)


@pytest.mark.filterwarnings("ignore::firsthand.scratch.errors.ConvergenceWarning")
@pytest.mark.parametrize("model", CLASSIFIERS + REGRESSORS)
def test_our_model_selection_gives_what_sklearns_gives(model):
    if model in CLASSIFIERS:
        X, y = make_blobs(60, centers=[[-2, 0], [2, 0]], cluster_std=1.5, random_state=4)
        X = np.abs(X) if counts_only(model) else X
    else:
        X, y = make_regression(60, 2, noise=5.0, random_state=4)
    expected = cross_val_score(example(model), X, y, cv=2)
    ours = model_selection.cross_val_score(example(model), X, y, cv=2)
    np.testing.assert_array_equal(ours, expected)
    search = model_selection.GridSearchCV(example(model), {}, cv=2).fit(X, y)
    assert search.best_score_ == pytest.approx(expected.mean(), rel=1e-12)
    again = example(model).fit(X, y)
    np.testing.assert_array_equal(search.predict(X), again.predict(X))


@pytest.mark.parametrize("model", TRANSFORMERS)
def test_transformers_live_in_sklearn(model):
    X, y = make_blobs(120, centers=[[-4, 0], [4, 0]], random_state=3)
    columns = ColumnTransformer([("both", example(model), [0, 1])], remainder="drop")
    found, expected = columns.fit_transform(X, y), example(model).fit_transform(X, y)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)  # sums in another order
    pipeline = make_pipeline(example(model), LogisticRegression())
    _searches_clones_and_pickles(pipeline, X, np.where(y == 0, "left", "right"), step=0)


@pytest.mark.parametrize("model", CLUSTERERS)
def test_clusterers_live_in_sklearn(model):
    X, y = make_blobs(120, centers=[[-4, 0], [4, 0]], cluster_std=0.5, random_state=3)
    assert is_clusterer(example(model))
    pipeline = make_pipeline(StandardScaler(), clone(example(model)))
    labels = pipeline.fit_predict(X)
    assert adjusted_rand_score(y, labels) > 0.95
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(pipeline))[-1].labels_, labels)
    if hasattr(model, "predict"):
        _searches_clones_and_pickles(pipeline, X, y)


@pytest.mark.filterwarnings("ignore::firsthand.scratch.errors.ConvergenceWarning")
@pytest.mark.parametrize("model", MODELS)
def test_our_pipeline_is_sklearns(model):
    X, y = make_blobs(60, centers=[[-4, 0], [4, 0]], random_state=5)
    ours, theirs = (
        kind([("scale", MinMaxScaler()), ("model", example(model))]).fit(X, y)
        for kind in (OurPipeline, Pipeline)
    )
    for output in OUTPUTS:
        assert hasattr(ours, output) == hasattr(theirs, output)
        if hasattr(theirs, output):
            np.testing.assert_array_equal(getattr(ours, output)(X), getattr(theirs, output)(X))
    assert get_tags(ours).estimator_type == ours.kind == get_tags(theirs).estimator_type


@pytest.mark.filterwarnings("ignore::firsthand.scratch.errors.ConvergenceWarning")
@pytest.mark.parametrize("model", CLASSIFIERS)
def test_classifiers_vote_and_are_calibrated_in_sklearn(model):
    X, y = make_blobs(90, centers=[[-4, 0], [4, 0]], random_state=3)
    if model.__name__ == "MultinomialNB":
        X -= X.min()  # which counts, and takes no negative numbers
    single = LogisticRegression()
    vote = VotingClassifier([("ours", clone(example(model))), ("theirs", single)])
    assert vote.fit(X, y).score(X, y) > 0.9
    if not hasattr(example(model), "predict_proba") and not hasattr(model, "decision_function"):
        return  # it gives labels alone, from which nothing can be calibrated
    calibrated = CalibratedClassifierCV(clone(example(model)), cv=2).fit(X, y)
    P = calibrated.predict_proba(X)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    assert np.mean(P.argmax(axis=1) == y) > 0.9


@pytest.mark.parametrize("model", REGRESSORS)
def test_regressors_vote_in_sklearn(model):
    X, y = make_regression(90, 1, noise=1.0, random_state=3)
    if model.__name__ == "MatrixFactorization":
        return  # its columns are two kinds of names, not numbers to learn a line from
    vote = VotingRegressor([("ours", clone(example(model))), ("theirs", RidgeOfTheirs())])
    assert vote.fit(X, y).score(X, y) > 0.9


def _searches_clones_and_pickles(pipeline, X, y, step=-1):
    step, model = pipeline.steps[step]
    grid = {f"{step}__{name}": [value] for name, value in model.get_params(deep=False).items()}
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X, y)
    fitted = search.best_estimator_
    expected = fitted.predict(X)

    assert repr(model) in repr(pipeline)
    assert type(model).__name__ in pipeline._repr_html_()
    again = clone(model)
    assert again is not model
    assert repr(again.get_params()) == repr(model.get_params())  # models inside are cloned, too
    assert again.__sklearn_is_fitted__() != again.requires_fit
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict(X), expected)
    jobs = joblib.Parallel(n_jobs=2, prefer="threads")(
        joblib.delayed(fitted.predict)(part) for part in np.array_split(X, 2)
    )
    np.testing.assert_array_equal(np.concatenate(jobs), expected)


@pytest.mark.parametrize("model", MODELS)
def test_a_table_and_its_values_give_the_same_model(model):
    X, y = make_blobs(60, centers=[[-4, 0], [4, 0]], random_state=5)
    X = np.abs(X) if counts_only(model) else X
    table = pd.DataFrame(X, columns=["height", "weight"])
    with_names, without = example(model).fit(table, y), example(model).fit(X, y)
    for output in OUTPUTS:
        if hasattr(without, output):
            named, plain = getattr(with_names, output)(table), getattr(without, output)(X)
            # pandas keeps columns, NumPy rows: a sum in another order may differ in its last digit
            np.testing.assert_allclose(named, plain, rtol=0, atol=1e-12)
    assert list(with_names.feature_names_in_) == ["height", "weight"]
    with_names.fit(X, y)
    assert not hasattr(with_names, "feature_names_in_")


@pytest.mark.parametrize("model", TRANSFORMERS)
def test_names_of_columns_are_known_once_it_is_fitted(model):
    made = example(model)
    if made.requires_fit and hasattr(made, "get_feature_names_out"):
        with pytest.raises(NotFittedError):
            made.get_feature_names_out()
