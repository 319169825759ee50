r"""How far samples lie apart: every row of one matrix from every row of another.

    |x - y|^2 = |x|^2 - 2 x.y + |y|^2          one matrix product for all pairs
    manhattan  sum_j |x_j - y_j|,  chebyshev  max_j |x_j - y_j|     a feature at a time

Far from the origin the product cancels: a square is wrong by up to about
eps (|x| + |y|)^2 with eps = 2.2e-16, so centre the data where differences are small.

Golub & Van Loan, Matrix Computations (2013), 2.7.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["METRICS", "distances", "row_blocks", "squared_distances"]

Array = NDArray[np.float64]

METRICS = ("euclidean", "manhattan", "chebyshev")


def squared_distances(X: Array, Y: Array) -> Array:
    """Return |x - y|^2 for all pairs of rows, of shape (n_rows of X, n_rows of Y).

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
    Y : ndarray of shape (n_others, n_features)

    Examples
    --------
    >>> squared_distances(np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])).tolist()
    [[0.0], [25.0]]
    """
    D = X @ (-2.0 * Y.T)
    D += np.einsum("ij,ij->i", X, X)[:, None]
    D += np.einsum("ij,ij->i", Y, Y)
    return np.maximum(D, 0.0, out=D)  # cancellation can leave a little less than nothing


def distances(X: Array, Y: Array, metric: str = "euclidean") -> Array:
    """Return the distance of all pairs of rows, of shape (n_rows of X, n_rows of Y).

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
    Y : ndarray of shape (n_others, n_features)
    metric : {"euclidean", "manhattan", "chebyshev"}
        Root of the sum of squared differences, sum of their sizes, or the largest of them.

    Examples
    --------
    >>> X, Y = np.array([[0.0, 0.0]]), np.array([[3.0, -4.0]])
    >>> [float(distances(X, Y, metric)[0, 0]) for metric in METRICS]
    [5.0, 7.0, 4.0]
    """
    if metric == "euclidean":
        return np.sqrt(squared_distances(X, Y))
    join = np.add if metric == "manhattan" else np.maximum
    D = np.zeros((len(X), len(Y)))
    for x, y in zip(X.T, Y.T, strict=True):  # never n_rows x n_others x n_features at once
        join(D, np.abs(x[:, None] - y), out=D)
    return D


def row_blocks(n_rows: int, n_columns: int, n_values: int = 1 << 20) -> Iterator[slice]:
    """Yield slices that cover ``n_rows``, each with about ``n_values`` values in its rows.

    What is computed for all pairs is computed a block at a time, so that n_rows x n_columns
    values never stand in memory at once.

    Examples
    --------
    >>> list(row_blocks(5, 10, n_values=20))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, n_values // n_columns)
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))
