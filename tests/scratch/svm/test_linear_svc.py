"""The linear machine against scikit-learn's LinearSVC, as exactly as that one can be had."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.datasets import make_classification as make
from sklearn.exceptions import ConvergenceWarning as LibraryConvergenceWarning
from sklearn.svm import LinearSVC as Library

from firsthand.scratch.errors import ConvergenceWarning, ParameterError
from firsthand.scratch.svm import LinearSVC
from firsthand.scratch.svm.hinge import hinge_loss, squared_hinge_loss
from tests.scratch.loading import standardised

SAME_MODEL = 1e-6


def fitted(X, y, sample_weight=None, **how):
    exact = {"dual": how.get("loss") == "hinge", "tol": 1e-11, "max_iter": 300_000}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LibraryConvergenceWarning)
        theirs = Library(random_state=0, **exact, **how).fit(X, y, sample_weight)
    return LinearSVC(**how).fit(X, y, sample_weight), theirs


def primal(model, X, y):
    """Return the sum of the objectives of all classes."""
    price = hinge_loss if model.loss == "hinge" else squared_hinge_loss
    positive = model.classes_[1:] if len(model.classes_) == 2 else model.classes_
    total = 0.0
    for c, w, b in zip(positive, model.coef_, model.intercept_, strict=True):
        m = np.where(y == c, 1.0, -1.0) * (X @ w + b)
        total += 0.5 * (w @ w + b * b) + model.C * price(m).sum()
    return total


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
@pytest.mark.parametrize(
    "how",
    [
        {"C": 0.1},
        {"C": 0.05, "class_weight": "balanced"},
        {"C": 0.1, "intercept_scaling": 3.0},
        {"C": 0.1, "fit_intercept": False},
    ],
)
@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_coefficients_are_scikit_learns(load, how, loss):
    X, y = standardised(load)
    ours, theirs = fitted(X, y, loss=loss, **how)
    assert_allclose(ours.coef_, theirs.coef_, atol=SAME_MODEL)
    assert_allclose(ours.intercept_, theirs.intercept_, atol=SAME_MODEL)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=1e-5)
    assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_sample_weights(loss):
    X, y = make(150, 5, n_informative=3, n_classes=3, random_state=2)
    weight = np.random.default_rng(0).integers(0, 4, len(y))
    ours, theirs = fitted(X, y, weight, loss=loss, C=0.1)
    assert_allclose(ours.coef_, theirs.coef_, atol=SAME_MODEL)
    repeated = LinearSVC(C=0.1, loss=loss).fit(X.repeat(weight, axis=0), y.repeat(weight))
    assert_allclose(ours.coef_, repeated.coef_, atol=1e-8)


DEGENERATE = {
    "one feature": lambda X: X[:, :1],
    "constant column": lambda X: np.column_stack([X, np.full(len(X), 7.0)]),
    "twin columns": lambda X: np.column_stack([X, X]),
    "twins": lambda X: X[np.arange(len(X)) // 2 * 2],
    "wide": lambda X: X @ np.random.default_rng(1).normal(size=(X.shape[1], 200)),
    "integers": lambda X: np.round(3 * X).astype(int),
    "huge": lambda X: 1e8 * X,
    "tiny": lambda X: 1e-8 * X,
}


@pytest.mark.parametrize("case", DEGENERATE)
@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_degenerate_data_is_solved_at_least_as_well(case, loss):
    X, y = make(80, 4, flip_y=0.2, random_state=3)
    X = DEGENERATE[case](X)
    ours = LinearSVC(loss=loss).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LibraryConvergenceWarning)
        theirs = Library(loss=loss, dual=True, max_iter=5000, random_state=0).fit(X, y)
    assert primal(ours, X, y) <= primal(theirs, X, y) * (1 + 1e-9)


def test_one_sample_a_class_and_text_labels():
    model = LinearSVC().fit(np.eye(3), ["c", "a", "b"])
    assert model.predict(np.eye(3)).tolist() == ["c", "a", "b"]
    assert model.coef_.shape == (3, 3)


def test_a_thousand_to_one():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(1000, 3)), np.full((1, 3), 6.0)])
    y = np.append(np.zeros(1000), 1)
    ours, theirs = fitted(X, y, loss="squared_hinge")
    assert_allclose(ours.coef_, theirs.coef_, atol=1e-5)


def test_too_few_steps_warn():
    X, y = make(100, 5, random_state=0)
    with pytest.warns(ConvergenceWarning, match="After 1 steps the objective may still be"):
        LinearSVC(max_iter=1).fit(X, y)


@pytest.mark.parametrize(
    "how",
    [
        {"C": 0},
        {"loss": "log"},
        {"fit_intercept": "yes"},
        {"intercept_scaling": 0},
        {"tol": 0},
        {"max_iter": 0},
        {"class_weight": "heavy"},
    ],
)
def test_bad_parameters_are_refused(how):
    with pytest.raises(ParameterError, match=next(iter(how))):
        LinearSVC(**how).fit([[0.0], [1.0]], [0, 1])
