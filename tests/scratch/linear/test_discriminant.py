"""Linear discriminant analysis against scikit-learn's, and its parts by what they promise."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.covariance import ledoit_wolf
from sklearn.covariance import shrunk_covariance as library_shrunk
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis as Library

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.linear import LinearDiscriminantAnalysis
from firsthand.scratch.linear.discriminant import (
    discriminant_directions,
    ledoit_wolf_shrinkage,
    shrunk,
    whitening,
)
from firsthand.scratch.linear.scores import log_probabilities, probabilities

# rounding times the condition number of the covariance, which breast_cancer has at 1e6
CLOSED_FORM = 1e-9


def same(ours, theirs, X, tolerance=CLOSED_FORM):
    for name in ("coef_", "intercept_", "means_", "priors_", "explained_variance_ratio_"):
        assert_allclose(
            getattr(ours, name), getattr(theirs, name), rtol=tolerance, atol=tolerance, err_msg=name
        )
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=tolerance)
    assert np.array_equal(ours.predict(X), theirs.predict(X))
    mine, library = ours.transform(X), theirs.transform(X)
    signs = np.sign(np.sum(mine * library, axis=0))  # a direction has no sign of its own
    assert_allclose(mine * signs, library, rtol=tolerance, atol=10 * tolerance)


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, load_digits])
def test_is_scikit_learns(load):
    X, y = load(return_X_y=True)
    same(LinearDiscriminantAnalysis().fit(X, y), Library().fit(X, y), X, 1e-8)


@pytest.mark.parametrize("shrinkage", [None, 0.0, 0.3, 1.0, "auto"])
@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_by_eigenvectors_and_shrunk_it_is_scikit_learns(load, shrinkage):
    X, y = load(return_X_y=True)
    how = {"solver": "eigen", "shrinkage": shrinkage}
    ours, theirs = (model(**how).fit(X, y) for model in (LinearDiscriminantAnalysis, Library))
    assert_allclose(ours.covariance_, theirs.covariance_, rtol=1e-9, atol=1e-12)
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=CLOSED_FORM)
    assert_allclose(
        ours.decision_function(X),
        theirs.decision_function(X)
        + np.mean(ours.decision_function(X) - theirs.decision_function(X), axis=1, keepdims=True),
        atol=1e-6,
    )
    mine, library = ours.transform(X), theirs.transform(X)
    assert_allclose(np.abs(mine), np.abs(library), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("how", [{"priors": [0.2, 0.5, 0.3]}, {"n_components": 1}])
@pytest.mark.parametrize("solver", ["svd", "eigen"])
def test_priors_and_components_are_scikit_learns(how, solver):
    X, y = load_iris(return_X_y=True)
    ours, theirs = (m(solver, **how).fit(X, y) for m in (LinearDiscriminantAnalysis, Library))
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=CLOSED_FORM)
    assert_allclose(np.abs(ours.transform(X)), np.abs(theirs.transform(X)), atol=1e-8)
    assert ours.transform(X).shape[1] == len(ours.explained_variance_ratio_)
    assert len(ours.get_feature_names_out()) == ours.transform(X).shape[1]


def test_both_solvers_give_one_answer():
    X, y = load_wine(return_X_y=True)
    svd, eigen = (LinearDiscriminantAnalysis(s).fit(X, y) for s in ("svd", "eigen"))
    assert_allclose(svd.predict_proba(X), eigen.predict_proba(X), atol=1e-9)
    assert_allclose(svd.explained_variance_ratio_, eigen.explained_variance_ratio_, rtol=1e-9)


def test_units_and_dependent_columns_are_no_trouble():
    X, y = load_iris(return_X_y=True)
    plain = LinearDiscriminantAnalysis().fit(X, y).predict_proba(X)
    units = X * np.array([1e-8, 1e8, 1.0, 1e3]) + 1e3 * np.array([0.0, 1e8, 1.0, 0.0])
    assert_allclose(LinearDiscriminantAnalysis().fit(units, y).predict_proba(units), plain, 1e-5)
    padded = np.column_stack([X, X[:, 0] + X[:, 1], np.full(len(X), 3.0)])
    assert_allclose(LinearDiscriminantAnalysis().fit(padded, y).predict_proba(padded), plain, 1e-6)
    with pytest.raises(DataError, match="set shrinkage"):
        LinearDiscriminantAnalysis("eigen").fit(padded, y)
    few = LinearDiscriminantAnalysis().fit(
        np.random.default_rng(0).normal(size=(6, 20)), [0, 1] * 3
    )
    assert np.isfinite(few.coef_).all()


def test_whitening_whitens_and_directions_are_uncorrelated():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 4))
    W = whitening(A, 1e-4)
    assert_allclose(W.T @ (A.T @ A / 50) @ W, np.eye(4), atol=1e-10)
    means, priors = rng.normal(size=(3, 4)), np.array([0.2, 0.3, 0.5])
    directions, shares = discriminant_directions(means, priors, W, 1e-4)
    assert directions.shape == (4, 2)
    centred = means - priors @ means
    between = directions.T @ (centred.T * priors) @ centred @ directions
    assert_allclose(between - np.diag(np.diag(between)), 0, atol=1e-10)
    assert_allclose(np.diag(between) / np.trace(between), shares[:2])


@pytest.mark.parametrize("shape", [(30, 5), (10, 40)])
def test_shrinking_is_scikit_learns(shape):
    X = np.random.default_rng(1).normal(size=shape) * np.linspace(1, 3, shape[1])
    X = X - X.mean(axis=0)
    S = X.T @ X / len(X)
    assert_allclose(shrunk(S, 0.3), library_shrunk(S, 0.3))
    expected, amount = ledoit_wolf(X)
    assert_allclose(ledoit_wolf_shrinkage(X), amount)
    assert_allclose(shrunk(S, amount), expected, atol=1e-12)


def test_log_probabilities_keep_their_digits():
    Z = np.array([-800.0, 0.0, 800.0])
    assert_allclose(log_probabilities(Z)[:, 1], [-800.0, -np.log(2), 0.0])
    two = np.column_stack([np.zeros(3), Z / 100])
    assert_allclose(np.exp(log_probabilities(two)), probabilities(Z / 100), rtol=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"solver": "qr"},
        {"shrinkage": 0.5},
        {"solver": "eigen", "shrinkage": 1.5},
        {"solver": "eigen", "shrinkage": "much"},
        {"n_components": 3},
        {"priors": [0.5, 0.5]},
        {"tol": -1.0},
    ],
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError):
        LinearDiscriminantAnalysis(**wrong).fit(*load_iris(return_X_y=True))


def test_as_many_classes_as_samples_are_refused():
    with pytest.raises(DataError, match="more than the number of classes"):
        LinearDiscriminantAnalysis().fit(np.eye(3), [0, 1, 2])
