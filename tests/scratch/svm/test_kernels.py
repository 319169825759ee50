"""Kernels against scikit-learn's and against what an inner product must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import pairwise

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.svm import kernels

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 5))
def test_kernels_are_scikit_learns(seed, degree):
    rng = np.random.default_rng(seed)
    X, Z = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    gamma, coef0 = rng.uniform(0.01, 2.0), rng.normal()
    for name, theirs in {
        "linear": pairwise.linear_kernel(X, Z),
        "poly": pairwise.polynomial_kernel(X, Z, degree, gamma, coef0),
        "rbf": pairwise.rbf_kernel(X, Z, gamma),
        "sigmoid": pairwise.sigmoid_kernel(X, Z, gamma, coef0),
    }.items():
        ours = kernels.named_kernel(name, gamma, coef0, degree)(X, Z)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@given(seeds)
def test_factors_give_the_kernel(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(9, 4)) * 10.0 ** rng.integers(-3, 3)
    gamma = kernels.scale_gamma(X)
    K = kernels.exp_product(*kernels.rbf_factors(X, gamma))
    np.testing.assert_allclose(K, kernels.rbf(X, X, gamma), rtol=1e-12)
    np.testing.assert_allclose(np.diag(K), 1.0, rtol=1e-14)
    assert K.max() <= 1.0 + 1e-14
    assert np.linalg.eigvalsh(K).min() > -1e-12


def test_gamma_takes_the_scale_away():
    X = np.random.default_rng(1).normal(size=(20, 3))
    one = kernels.rbf(X, X, kernels.scale_gamma(X))
    np.testing.assert_allclose(kernels.rbf(7 * X, 7 * X, kernels.scale_gamma(7 * X)), one)
    assert kernels.scale_gamma(np.ones((4, 2))) == 1.0


def test_an_unknown_kernel_is_refused():
    with pytest.raises(ParameterError, match="'cubic'"):
        kernels.named_kernel("cubic", 1.0, 0.0, 3)
