r"""Kernels: inner products in a space of features that is never written down.

    linear       k(x, z) = x.z
    polynomial   k(x, z) = (gamma x.z + coef0)^degree
    rbf          k(x, z) = exp(-gamma |x - z|^2)
    sigmoid      k(x, z) = tanh(gamma x.z + coef0)

A machine that meets its samples only in inner products can take k(x, z) for them: it then
draws a plane in the larger space, which is a curved surface in the space of X. The sigmoid is
an inner product in no space (its matrix has negative eigenvalues), and is used all the same.

Schölkopf & Smola, Learning with Kernels (2002), 2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.distances import squared_distances
from firsthand.scratch.errors import ParameterError

__all__ = [
    "Kernel",
    "exp_product",
    "linear",
    "named_kernel",
    "polynomial",
    "rbf",
    "rbf_factors",
    "scale_gamma",
    "sigmoid",
]

Array = NDArray[np.float64]
ONE_THREAD = 2**18  # multiplications up to which OpenBLAS does not share a product out
Kernel = Callable[[Array, Array], Array]  # (n, n_features), (m, n_features) -> (n, m)


def linear(X: Array, Z: Array) -> Array:
    """Return x.z for all pairs of rows, shape (n_rows of X, n_rows of Z)."""
    return X @ Z.T


def polynomial(X: Array, Z: Array, gamma: float, coef0: float = 0.0, degree: int = 3) -> Array:
    """Return (gamma x.z + coef0)^degree for all pairs of rows, shape (n_rows of X, n_rows of Z).

    With ``coef0`` above zero its features are all products of up to ``degree`` columns.

    Examples
    --------
    >>> polynomial(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), gamma=1.0, coef0=1.0, degree=2)
    array([[144.]])
    """
    K = (gamma * X) @ Z.T
    K += coef0
    return np.power(K, degree, out=K)


def rbf(X: Array, Z: Array, gamma: float) -> Array:
    """Return exp(-gamma |x - z|^2) for all pairs of rows, shape (n_rows of X, n_rows of Z).

    1 at distance zero, 1/e at distance 1/sqrt(gamma): a sample speaks for its surroundings.

    Examples
    --------
    >>> rbf(np.array([[0.0], [1.0]]), np.array([[0.0]]), gamma=1.0).round(4).tolist()
    [[1.0], [0.3679]]
    """
    K = squared_distances(X, Z)
    K *= -gamma
    return np.exp(K, out=K)


def rbf_factors(X: Array, gamma: float) -> tuple[Array, Array]:
    """Return (L, R), two matrices of shape (n_rows, n_features + 2): K = exp(L R').

    -gamma |x - z|^2 = 2 gamma x.z - gamma |x|^2 - gamma |z|^2 is one inner product, of x with two
    entries more and z with two others. What depends on one sample is computed once, and a block
    of the kernel is a product and an exponential: half the time of :func:`rbf` on a few rows.
    """
    squares = gamma * np.einsum("ij,ij->i", X, X)
    ones = np.ones(len(X))
    scaled = np.sqrt(2.0 * gamma) * X
    return np.column_stack([scaled, -squares, ones]), np.column_stack([scaled, ones, -squares])


def exp_product(L: Array, R: Array) -> Array:
    """Return exp(L R') for factors as :func:`rbf_factors` gives them; 1, but for rounding, at most.

    In slices that stay in the cache, and small enough for the product to run on one thread: two
    save little on so few rows, and on a busy machine each product would wait for the other's turn
    (a fit took up to ten times as long).
    """
    K = np.empty((len(L), len(R)))
    step = max(ONE_THREAD // L.size, 2**13 // len(L), 1)
    for start in range(0, len(R), step):
        np.exp(L @ R[start : start + step].T, out=K[:, start : start + step])
    return K


def sigmoid(X: Array, Z: Array, gamma: float, coef0: float = 0.0) -> Array:
    """Return tanh(gamma x.z + coef0) for all pairs of rows, shape (n_rows of X, n_rows of Z)."""
    K = (gamma * X) @ Z.T
    K += coef0
    return np.tanh(K, out=K)


def scale_gamma(X: Array) -> float:
    """Return 1 / (n_features variance of X): scaling the data changes no rbf kernel then.

    Where X is constant there is no scale, and the answer is 1.
    """
    variance = float(X.var())
    return 1.0 / (X.shape[1] * variance) if variance > 0 else 1.0


def named_kernel(name: str, gamma: float, coef0: float, degree: int) -> Kernel:
    """Return the kernel of that name as a function of two matrices.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    kernels: dict[str, Kernel] = {
        "linear": linear,
        "poly": partial(polynomial, gamma=gamma, coef0=coef0, degree=degree),
        "rbf": partial(rbf, gamma=gamma),
        "sigmoid": partial(sigmoid, gamma=gamma, coef0=coef0),
    }
    if name not in kernels:
        raise ParameterError(
            f"kernel is {name!r}; use {', '.join(map(repr, kernels))}, or a function (X, Z) -> K."
        )
    return kernels[name]
