r"""Randomised SVD: the few largest singular values of a large matrix, from a few products.

    Y = (A A^T)^q A Omega          random mixtures of A's columns, the weak ones faded
    Q = orthonormal basis of Y     nearly all of A's strong part lies in it
    B = Q^T A = U_B S V^T          a small matrix; then A ~ (Q U_B) S V^T

Halko, Martinsson & Tropp, Finding structure with randomness (2011), algorithms 4.4 and 5.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["randomized_range", "randomized_svd"]

Array = NDArray[np.float64]


def randomized_range(A: Array, size: int, n_iter: int, rng: np.random.Generator) -> Array:
    """Return an orthonormal basis of about the space that A's strongest columns span.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
    size : int
        Vectors in the basis.
    n_iter : int
        Power iterations q: each multiplies by A A^T, which squares the ratios of the
        singular values. The basis is made orthonormal in between, else rounding would
        leave but the strongest direction in it.
    rng : numpy.random.Generator

    Returns
    -------
    Q : ndarray of shape (n_rows, size)
    """
    Q = np.linalg.qr(A @ rng.normal(size=(A.shape[1], size)))[0]
    for _ in range(n_iter):
        Q = np.linalg.qr(A.T @ Q)[0]
        Q = np.linalg.qr(A @ Q)[0]
    return Q


def randomized_svd(
    A: Array,
    n_components: int,
    rng: np.random.Generator,
    *,
    n_oversamples: int = 10,
    n_iter: int | None = None,
) -> tuple[Array, Array, Array]:
    """Return about the ``n_components`` largest singular values of A, with their vectors.

    Parameters
    ----------
    A : ndarray of shape (n_rows, n_columns)
    n_components : int
        At most min(n_rows, n_columns).
    rng : numpy.random.Generator
    n_oversamples : int
        Vectors beyond ``n_components`` that the random basis has, as a reserve.
    n_iter : int, optional
        Power iterations; by default 7 where few components are asked for, else 4.

    Returns
    -------
    U : ndarray of shape (n_rows, n_components)
    S : ndarray of shape (n_components,)
        From the largest down.
    Vt : ndarray of shape (n_components, n_columns)

    Examples
    --------
    >>> A = np.outer([3.0, 4.0], [1.0, 0.0, 0.0])
    >>> U, S, Vt = randomized_svd(A, 1, np.random.default_rng(0))
    >>> S.round(12).tolist()
    [5.0]
    """
    if A.shape[0] < A.shape[1]:  # products with the longer side first are the fewer
        V, S, Ut = randomized_svd(
            A.T, n_components, rng, n_oversamples=n_oversamples, n_iter=n_iter
        )
        return Ut.T, S, V.T
    size = min(n_components + n_oversamples, A.shape[1])
    if n_iter is None:
        n_iter = 7 if n_components < 0.1 * A.shape[1] else 4
    Q = randomized_range(A, size, n_iter, rng)
    U, S, Vt = np.linalg.svd(Q.T @ A, full_matrices=False)
    return (Q @ U)[:, :n_components], S[:n_components], Vt[:n_components]
