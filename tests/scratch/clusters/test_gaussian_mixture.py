"""Gaussian mixtures: each step against SciPy's densities, whole fits against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.datasets import load_iris, load_wine
from sklearn.mixture import GaussianMixture as Theirs

from firsthand.scratch.clusters import GaussianMixture
from firsthand.scratch.clusters.gaussian_mixture import (
    TYPES,
    Mixture,
    e_step,
    log_densities,
    log_sum_exp,
    m_step,
    precision_cholesky,
    precision_matrices,
)
from firsthand.scratch.errors import ConvergenceWarning, DataError, ParameterError

IRIS = load_iris().data
WINE = load_wine().data
DATA = {"iris": IRIS, "wine": WINE, "far": IRIS + 100, "one feature": IRIS[:, :1]}
FITTED = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")


def parameters(covariance_type, k=3, d=2, seed=0):
    """Return means and covariances of random shape, and the latter as k full matrices."""
    rng = np.random.default_rng(seed)
    means, roots = rng.normal(size=(k, d)), rng.normal(size=(k, d, d))
    full = roots @ roots.swapaxes(1, 2) + 0.1 * np.eye(d)
    variances = np.diagonal(full, axis1=1, axis2=2)
    C = {"full": full, "tied": full[0], "diag": variances, "spherical": variances[:, 0]}
    whole = {
        "full": full,
        "tied": np.stack([full[0]] * k),
        "diag": np.stack([np.diag(v) for v in variances]),
        "spherical": np.stack([v * np.eye(d) for v in variances[:, 0]]),
    }
    return means, C[covariance_type], whole[covariance_type]


@pytest.mark.parametrize("covariance_type", TYPES)
def test_densities_are_the_normal_ones(covariance_type):
    means, C, whole = parameters(covariance_type, d=3)
    X = np.random.default_rng(1).normal(size=(20, 3))
    P = precision_cholesky(C, covariance_type)
    expected = [multivariate_normal(m, c).logpdf(X) for m, c in zip(means, whole, strict=True)]
    found = log_densities(X, means, P, covariance_type)
    np.testing.assert_allclose(found, np.transpose(expected), rtol=1e-10)
    inverses = precision_matrices(P, covariance_type)
    if covariance_type in ("full", "tied"):
        np.testing.assert_allclose(inverses, np.linalg.inv(C), rtol=1e-10)
        np.testing.assert_array_equal(P, np.triu(P))
    else:
        np.testing.assert_allclose(inverses, 1 / C)


@given(st.lists(st.lists(st.floats(-1e5, 1e5), min_size=3, max_size=3), min_size=1, max_size=5))
def test_log_sum_exp_is_scipys(rows):
    Z = np.array(rows)
    np.testing.assert_allclose(log_sum_exp(Z), logsumexp(Z, axis=1), rtol=1e-13, atol=1e-15)


def test_a_component_without_weight_is_responsible_for_nothing():
    means, C, _ = parameters("full")
    mixture = Mixture(np.array([0.5, 0.5, 0.0]), means, C, precision_cholesky(C, "full"))
    log_likelihoods, log_responsibilities = e_step(means, mixture, "full")
    assert np.isfinite(log_likelihoods).all()
    assert np.exp(log_responsibilities)[:, 2].tolist() == [0.0] * 3


@pytest.mark.parametrize("covariance_type", TYPES)
def test_the_m_step_is_the_weighted_moments(covariance_type):
    rng = np.random.default_rng(2)
    X, R = rng.normal(size=(40, 3)), rng.dirichlet([1, 1], size=40)
    mixture = m_step(X, R, 0.01, covariance_type)
    np.testing.assert_allclose(mixture.weights, R.mean(axis=0))
    full = np.stack([np.cov(X.T, aweights=r, bias=True) + 0.01 * np.eye(3) for r in R.T])
    for k in range(2):
        np.testing.assert_allclose(mixture.means[k], np.average(X, axis=0, weights=R[:, k]))
    variances = np.diagonal(full, axis1=1, axis2=2)
    expected = {
        "full": full,
        "tied": np.einsum("k,kij->ij", R.mean(axis=0), full),
        "diag": variances,
        "spherical": variances.mean(axis=1),
    }
    np.testing.assert_allclose(mixture.covariances, expected[covariance_type], rtol=1e-10)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from(TYPES))
def test_the_likelihood_never_falls(seed, covariance_type):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 2)) * rng.uniform(0.1, 3, size=2)
    how = {"covariance_type": covariance_type, "init_params": "random", "reg_covar": 0.0}
    model = GaussianMixture(2, **how, tol=0.0, max_iter=30, random_state=seed)
    with pytest.warns(ConvergenceWarning, match="30 rounds"):
        model.fit(X)
    assert np.diff(model.lower_bounds_).min() > -1e-10


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize("name", DATA)
def test_same_start_same_mixture(name, covariance_type):
    X, rng = DATA[name], np.random.default_rng(0)
    k = 3
    spread = X.var(axis=0)
    precisions = {
        "full": np.stack([np.diag(1 / spread)] * k),
        "tied": np.diag(1 / spread),
        "diag": np.tile(1 / spread, (k, 1)),
        "spherical": np.full(k, 1 / spread.mean()),
    }[covariance_type]
    how = {
        "n_components": k,
        "covariance_type": covariance_type,
        "weights_init": np.array([0.2, 0.3, 0.5]),
        "means_init": X[rng.choice(len(X), k, replace=False)] + 0.0,
        "precisions_init": precisions,
        "tol": 1e-5,
        "max_iter": 500,
    }
    ours, theirs = GaussianMixture(**how).fit(X), Theirs(**how).fit(X)
    for attribute in FITTED:
        expected = getattr(theirs, attribute)
        np.testing.assert_allclose(
            getattr(ours, attribute), expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max()
        )
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.converged_ == theirs.converged_
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-8)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-6)
    np.testing.assert_allclose(ours.score_samples(X), theirs.score_samples(X), rtol=1e-6)
    for criterion in ("bic", "aic", "score"):
        expected = getattr(theirs, criterion)(X)
        assert getattr(ours, criterion)(X) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("covariance_type", TYPES)
def test_where_the_data_lies_does_not_matter(covariance_type):
    """At 10,000 scikit-learn's tied and diagonal covariances have but six digits left."""
    how = {"n_components": 3, "covariance_type": covariance_type, "random_state": 0}
    near, far = GaussianMixture(**how).fit(IRIS), GaussianMixture(**how).fit(IRIS + 1e4)
    np.testing.assert_allclose(far.means_ - 1e4, near.means_, atol=1e-8)
    np.testing.assert_allclose(far.covariances_, near.covariances_, atol=1e-8)


@pytest.mark.parametrize("given", ["weights_init", "means_init", "precisions_init"])
def test_a_part_of_the_start_may_be_given(given):
    full = {
        "weights_init": [0.2, 0.3, 0.5],
        "means_init": IRIS[[0, 60, 120]],
        "precisions_init": np.stack([np.diag([1.0, 2.0, 3.0, 4.0]) + 0.5] * 3),
    }
    how = {"n_components": 3, "random_state": 0, given: full[given], "tol": 1e-6, "max_iter": 300}
    # from k-means both reach the same optimum, whatever their random numbers
    ours, theirs = GaussianMixture(**how).fit(IRIS), Theirs(**how).fit(IRIS)
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, abs=1e-4)


@pytest.mark.parametrize("init_params", ["kmeans", "k-means++", "random", "random_from_data"])
def test_over_seeds_as_likely_as_sklearns(init_params):
    how = {"n_components": 3, "covariance_type": "diag", "init_params": init_params, "tol": 1e-2}
    ours = [GaussianMixture(**how, random_state=s).fit(IRIS).lower_bound_ for s in range(12)]
    theirs = [Theirs(**how, random_state=s).fit(IRIS).lower_bound_ for s in range(12)]
    error = np.sqrt((np.var(ours) + np.var(theirs)) / 12)
    assert abs(np.mean(ours) - np.mean(theirs)) <= 4 * error + 0.02


def test_the_most_likely_of_several_starts_is_kept():
    how = {"n_components": 4, "init_params": "random_from_data"}
    rng = np.random.default_rng(0)
    single = [GaussianMixture(**how, random_state=rng).fit(IRIS).lower_bound_ for _ in range(5)]
    together = np.random.default_rng(0)
    best = GaussianMixture(**how, n_init=5, random_state=together).fit(IRIS)
    assert best.lower_bound_ == max(single)
    assert best.score(IRIS) >= best.lower_bound_


@pytest.mark.parametrize("covariance_type", TYPES)
def test_samples_have_the_moments_of_the_mixture(covariance_type):
    mixture = GaussianMixture(2, covariance_type=covariance_type, random_state=0).fit(IRIS)
    X, labels = mixture.sample(20_000)
    np.testing.assert_allclose(np.bincount(labels) / 20_000, mixture.weights_, atol=0.015)
    for k in range(2):
        C = mixture.covariances_ if covariance_type == "tied" else mixture.covariances_[k]
        C = C if C.ndim == 2 else np.diag(np.broadcast_to(C, 4))
        np.testing.assert_allclose(X[labels == k].mean(axis=0), mixture.means_[k], atol=0.05)
        np.testing.assert_allclose(np.cov(X[labels == k].T), C, atol=0.05)
    np.testing.assert_array_equal(mixture.sample(20_000)[0], X)


def test_a_planted_mixture_is_recovered():
    rng = np.random.default_rng(5)
    labels = rng.choice(2, p=[0.999, 0.001], size=5000)
    labels[:5] = 1
    X = np.where(labels[:, None], [30.0, 30.0], 0.0) + rng.normal(size=(5000, 2))
    mixture = GaussianMixture(2, n_init=3, random_state=0).fit(X)
    rare = mixture.weights_.argmin()
    assert mixture.weights_[rare] == pytest.approx(labels.mean())
    np.testing.assert_array_equal(mixture.predict(X) == rare, labels == 1)


def test_a_collapsed_component_is_told():
    X = np.column_stack([IRIS, IRIS[:, 0]])
    with pytest.raises(DataError, match="raise reg_covar"):
        GaussianMixture(2, reg_covar=0.0, random_state=0).fit(X)
    with pytest.raises(DataError, match="raise reg_covar"):
        GaussianMixture(1, covariance_type="diag", reg_covar=0.0).fit(np.ones((5, 2)))


@pytest.mark.parametrize(
    ("how", "error", "match"),
    [
        ({"n_components": 0}, ParameterError, "n_components is 0"),
        ({"n_components": 151}, DataError, "n_samples=150"),
        ({"tol": -1}, ParameterError, "tol"),
        ({"reg_covar": -1}, ParameterError, "reg_covar"),
        ({"max_iter": 0}, ParameterError, "max_iter"),
        ({"n_init": 0}, ParameterError, "n_init"),
        ({"init_params": "best"}, ParameterError, "k-means"),
        ({"covariance_type": "round"}, ParameterError, "spherical"),
        ({"weights_init": [0.5, 0.5]}, ParameterError, r"\(2,\)"),
        ({"weights_init": [0.5]}, ParameterError, "sum to 1"),
        ({"means_init": [[np.nan] * 4]}, ParameterError, "finite"),
        ({"precisions_init": [-np.eye(4)]}, ParameterError, "positive definite"),
        ({"precisions_init": [np.triu(np.ones((4, 4)))]}, ParameterError, "symmetric"),
        ({"precisions_init": [0.0], "covariance_type": "spherical"}, ParameterError, "above zero"),
    ],
)
def test_what_cannot_be_is_refused(how, error, match):
    with pytest.raises(error, match=match):
        GaussianMixture(**how).fit(IRIS)


def test_one_sample_is_not_enough():
    with pytest.raises(DataError, match="n_samples=1"):
        GaussianMixture().fit([[1.0, 2.0]])
