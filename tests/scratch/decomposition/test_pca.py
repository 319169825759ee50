"""Principal components against scikit-learn's, and the steps against their definitions."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn import decomposition
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from firsthand.scratch.decomposition import PCA
from firsthand.scratch.decomposition.pca import (
    axes_by_covariance,
    axes_by_svd,
    covariance,
    fast_covariance,
    fix_signs,
    minka_dimension,
    n_for_share,
)
from firsthand.scratch.errors import DataError, NotFittedError, ParameterError

IRIS = load_iris().data
RNG = np.random.default_rng(0)
DATA = {
    "iris": IRIS,
    "wine": load_wine().data,
    "cancer": load_breast_cancer().data,
    "wide": RNG.normal(size=(30, 80)) * np.geomspace(1, 10, 80),
    "one feature": IRIS[:, :1],
    "far from zero": IRIS + 1e5,
    "huge": IRIS * 1e8,
    "tiny": IRIS * 1e-8,
    "whole numbers": RNG.integers(0, 9, (40, 5)),
    "two samples": IRIS[[0, 100]],
}
FITTED = ("components_", "explained_variance_", "explained_variance_ratio_", "singular_values_")


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("solver", ["full", "auto"])
@pytest.mark.parametrize("whiten", [False, True])
def test_is_sklearns(name, solver, whiten):
    X = DATA[name]
    k = 1 if name == "two samples" else min(X.shape) - (name == "wide")  # the last is rounding
    ours = PCA(k, svd_solver=solver, whiten=whiten).fit(X)
    theirs = decomposition.PCA(k, svd_solver="full", whiten=whiten).fit(X)
    # rounding turns a direction by about eps mean |x|^2 over the gap to the next variance
    loose = 1e-6 if name == "far from zero" else 1e-8
    for attribute in FITTED:
        expected = getattr(theirs, attribute)
        np.testing.assert_allclose(
            getattr(ours, attribute), expected, rtol=loose, atol=1e-9 * np.abs(expected).max()
        )
    assert ours.n_components_ == k
    scale = ours.explained_variance_[0]
    assert ours.noise_variance_ == pytest.approx(theirs.noise_variance_, abs=1e-9 * scale)
    Z, expected = ours.fit_transform(X), theirs.transform(X)
    np.testing.assert_allclose(Z, expected, atol=loose * np.abs(expected).max())
    np.testing.assert_allclose(
        ours.inverse_transform(Z), theirs.inverse_transform(expected), rtol=1e-7, atol=1e-7
    )
    plain = decomposition.PCA(k, svd_solver="full").fit(
        X
    )  # its whitened model has another covariance
    np.testing.assert_allclose(
        ours.get_covariance(), plain.get_covariance(), atol=1e-9 * scale, rtol=1e-7
    )


@pytest.mark.parametrize("n_components", [2, 0.8, 0.95, 0.999999, "mle", None])
@pytest.mark.parametrize("solver", ["auto", "full", "covariance_eigh"])
def test_the_number_of_components_is_sklearns(n_components, solver):
    for X in (IRIS, load_wine().data, RNG.normal(size=(50, 6))):
        ours = PCA(n_components, svd_solver=solver).fit(X)
        theirs = decomposition.PCA(n_components, svd_solver=solver).fit(X)
        assert ours.n_components_ == theirs.n_components_
        np.testing.assert_allclose(ours.components_, theirs.components_, atol=1e-8)
        assert ours.noise_variance_ == pytest.approx(theirs.noise_variance_, rel=1e-6)


def test_a_randomised_fit_is_near_the_exact_one():
    X = load_digits().data
    exact = PCA(8, svd_solver="full").fit(X)
    for iterated_power, near in (("auto", 1e-4), (20, 1e-8)):
        how = {"iterated_power": iterated_power, "random_state": 0}
        found = PCA(8, svd_solver="randomized", **how).fit(X)
        for attribute in FITTED[1:]:
            expected = getattr(exact, attribute)
            np.testing.assert_allclose(getattr(found, attribute), expected, rtol=near)
        np.testing.assert_allclose(found.components_, exact.components_, atol=100 * near)
        assert found.noise_variance_ == pytest.approx(exact.noise_variance_, rel=near)
    again = PCA(8, svd_solver="randomized", iterated_power=20, random_state=0).fit(X)
    np.testing.assert_array_equal(again.components_, found.components_)


def test_auto_takes_the_randomised_svd_where_sklearn_does():
    X = RNG.normal(size=(300, 600))
    a, b = (PCA(5, random_state=s).fit(X) for s in (0, 1))
    assert not np.array_equal(a.components_, b.components_), "the seed decides"
    assert np.array_equal(*(PCA(280, random_state=s).fit(X).components_ for s in (0, 1)))


@pytest.mark.parametrize("name", ["iris", "wine", "huge"])
def test_the_density_is_the_normal_one(name):
    X = DATA[name]
    for k in (1, 2, X.shape[1]):
        pca = PCA(k).fit(X)
        normal = multivariate_normal(pca.mean_, pca.get_covariance(), allow_singular=False)
        np.testing.assert_allclose(pca.score_samples(X), normal.logpdf(X), rtol=1e-7)
        assert pca.score(X) == pytest.approx(decomposition.PCA(k).fit(X).score(X), rel=1e-7)


def test_data_without_a_density_is_told():
    X = np.column_stack([IRIS, IRIS[:, 0]])
    with pytest.raises(DataError, match="does not vary"):
        PCA(4, svd_solver="full").fit(np.eye(5)[:4]).score(np.eye(5))
    with pytest.raises(DataError, match="does not vary"):
        PCA().fit(np.column_stack([IRIS, np.ones(150)])).score_samples(X)


def test_small_variances_are_right_where_auto_looks_closer():
    """1e-10 of the largest spread: from the covariance nothing would be left of it."""
    rng = np.random.default_rng(4)
    turned = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    Z = rng.normal(size=(500, 3))
    Z = np.linalg.qr(Z - Z.mean(axis=0))[0]  # uncorrelated, and of equal length
    spread = np.array([1.0, 1e-5, 1e-10])
    found = PCA().fit(Z * spread @ turned).explained_variance_
    np.testing.assert_allclose(found, spread**2 / 499, rtol=1e-4)
    drowned = PCA(svd_solver="covariance_eigh").fit(Z * spread @ turned).explained_variance_
    np.testing.assert_allclose(drowned[:2], spread[:2] ** 2 / 499, rtol=1e-4)
    assert abs(drowned[2] * 499 - 1e-20) > 0.5e-20


@pytest.mark.parametrize("middle", [0.0, 2.0, 1e6])
def test_without_a_copy_it_is_the_same_covariance(middle):
    X = middle + RNG.normal(size=(5000, 40)) * np.geomspace(0.1, 10, 40)
    mean = X.mean(axis=0)
    expected = covariance(X, mean)
    spreads = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(
        fast_covariance(X, mean) / np.outer(spreads, spreads),
        expected / np.outer(spreads, spreads),
        atol=1e-12 if middle < 1e3 else 1e-9,
    )


def test_steps_do_what_they_say():
    mean = IRIS.mean(axis=0)
    np.testing.assert_allclose(covariance(IRIS, mean), np.cov(IRIS.T), rtol=1e-12)
    for find in (axes_by_covariance, axes_by_svd):
        variances, components = find(IRIS, mean)
        np.testing.assert_allclose(components @ components.T, np.eye(4), atol=1e-14)
        np.testing.assert_allclose((components.T * variances) @ components, np.cov(IRIS.T))
    assert fix_signs(np.array([[-1.0, 1.0]])).tolist() == [[1.0, -1.0]], "the first of equals"
    assert n_for_share(np.array([5.0, 5.0]), 0.5) == 2, "more than the share"
    assert n_for_share(np.array([1.0, 0.0]), 1.0 - 1e-17) == 2
    assert minka_dimension(np.array([2.0]), 10) == 0


def test_large_data_is_never_centred_whole():
    X = RNG.normal(size=(3000, 60)) + 100.0  # more than one block
    np.testing.assert_allclose(covariance(X, X.mean(axis=0)), np.cov(X.T), atol=1e-12)


def test_constant_data_has_no_directions_and_no_share():
    pca = PCA(0.5).fit(np.ones((20, 2)))
    assert pca.explained_variance_.tolist() == [0.0]
    assert pca.explained_variance_ratio_.tolist() == [0.0]
    assert PCA(whiten=True).fit_transform(np.ones((20, 2))).tolist() == [[0.0, 0.0]] * 20


@pytest.mark.parametrize(
    ("how", "error", "match"),
    [
        ({"n_components": 0}, ParameterError, "n_components is 0"),
        ({"n_components": 5}, ParameterError, "at most 4"),
        ({"n_components": 1.5}, ParameterError, "n_components is 1.5"),
        ({"n_components": "all"}, ParameterError, "n_components is 'all'"),
        ({"n_components": 0.5, "svd_solver": "randomized"}, ParameterError, "0.5"),
        ({"svd_solver": "arpack"}, ParameterError, "covariance_eigh"),
        ({"iterated_power": -1}, ParameterError, "iterated_power"),
        ({"n_oversamples": 0}, ParameterError, "n_oversamples"),
    ],
)
def test_what_cannot_be_is_refused(how, error, match):
    with pytest.raises(error, match=match):
        PCA(**how).fit(IRIS)


def test_data_that_cannot_be_is_refused():
    with pytest.raises(DataError, match="n_samples=1"):
        PCA().fit([[1.0, 2.0]])
    with pytest.raises(DataError, match="'mle'"):
        PCA("mle").fit(np.eye(3)[:2])
    with pytest.raises(DataError, match="2 components"):
        PCA(2).fit(IRIS).inverse_transform(IRIS)
    with pytest.raises(NotFittedError):
        PCA().inverse_transform(IRIS)
