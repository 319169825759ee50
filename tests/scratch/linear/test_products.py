"""Sums of products in one pass, against NumPy's covariance in exact or longer arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from firsthand.scratch.linear.products import ROWS, centred_products, near


def exact(X, y, weight):
    """Return (G, c, yy, x_mean, y_mean) in rational numbers."""
    Z = [[Fraction(v) for v in row] for row in np.column_stack([X, y]).tolist()]
    s = [Fraction(v) for v in weight.tolist()]
    k = len(Z[0])
    mean = [sum(s[i] * Z[i][j] for i in range(len(Z))) / sum(s) for j in range(k)]
    sums = [
        [
            float(sum(s[i] * (Z[i][a] - mean[a]) * (Z[i][b] - mean[b]) for i in range(len(Z))))
            for b in range(k)
        ]
        for a in range(k)
    ]
    S, m = np.array(sums), np.array([float(v) for v in mean])
    return S[:-1, :-1], S[:-1, -1], S[-1, -1], m[:-1], m[-1]


@given(st.integers(0, 10**6), st.sampled_from([0.0, 1e3, -1e8]), st.booleans())
def test_a_far_offset_costs_no_digits(seed, offset, weighted):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, 3)) + offset, rng.normal(size=12) - offset
    weight = rng.uniform(0.1, 2, 12) if weighted else np.ones(12)
    found = centred_products(X, y, weight if weighted else None)
    for ours, true in zip(vars(found).values(), exact(X, y, weight), strict=True):
        assert_allclose(ours, true, rtol=1e-12, atol=1e-11)


def test_sorted_data_and_several_blocks_are_no_trouble():
    rng = np.random.default_rng(0)
    X = np.sort(rng.normal(1e6, 1.0, (2 * ROWS + 17, 4)), axis=0)
    y = X @ np.arange(4.0)
    found = centred_products(X, y)
    Xc = X - X.mean(axis=0)
    assert_allclose(found.G, Xc.T @ Xc, rtol=1e-8)
    assert_allclose(found.x_mean, X.mean(axis=0), rtol=1e-14)
    about_zero = centred_products(X, y, about_mean=False)
    assert_allclose(about_zero.G, X.T @ X, rtol=1e-13)
    assert about_zero.y_mean == 0.0


@pytest.mark.parametrize("value", [0.1, 1e8 + 0.1, -1e-8])
def test_a_constant_column_has_no_products_at_all(value):
    X = np.column_stack([np.full(50, value), np.arange(50.0)])
    found = centred_products(X, np.arange(50.0), np.linspace(0.1, 1, 50))
    assert_allclose(found.G[0], 0, atol=0)
    assert near(X)[0] == value
