"""The randomised SVD against the exact one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.decomposition.randomized_svd import randomized_range, randomized_svd


def decaying(n_rows, n_columns, seed=0, rate=0.5):
    rng = np.random.default_rng(seed)
    k = min(n_rows, n_columns)
    U = np.linalg.qr(rng.normal(size=(n_rows, k)))[0]
    V = np.linalg.qr(rng.normal(size=(n_columns, k)))[0]
    return (U * rate ** np.arange(k)) @ V.T


@pytest.mark.parametrize("shape", [(200, 50), (50, 200), (60, 60)])
def test_equals_the_exact_one_where_values_decay(shape):
    A = decaying(*shape)
    U, S, Vt = randomized_svd(A, 5, np.random.default_rng(1))
    np.testing.assert_allclose(S, 0.5 ** np.arange(5), rtol=1e-10)
    np.testing.assert_allclose((U * S) @ Vt @ Vt.T @ Vt, A @ Vt.T @ Vt, atol=1e-10)
    np.testing.assert_allclose(U.T @ U, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(Vt @ Vt.T, np.eye(5), atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_is_exact_where_the_basis_spans_everything(n_rows, n_columns, data):
    A = np.random.default_rng(n_rows * 31 + n_columns).normal(size=(n_rows, n_columns))
    k = data.draw(st.integers(1, min(n_rows, n_columns)))
    _, S, _ = randomized_svd(A, k, np.random.default_rng(0), n_oversamples=30)
    np.testing.assert_allclose(S, np.linalg.svd(A, compute_uv=False)[:k], rtol=1e-9)


def test_power_iterations_bring_the_basis_nearer():
    A = decaying(300, 100, rate=0.97)

    def missed(n_iter):
        Q = randomized_range(A, 10, n_iter, np.random.default_rng(2))
        return np.linalg.norm(A - Q @ (Q.T @ A), 2)

    errors = [missed(q) for q in range(4)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1.1 * 0.97**10 < errors[0]
