r"""Matrix factorisation: a rating is a mean, what is usual for both, and how they suit.

    y^ = mu + b_u + b_i + p_u . q_i
    J  = sum w (y - y^)^2 + l2 (sum b_u^2 + |p_u|^2 + sum b_i^2 + |q_i|^2)

Where the items are held fast, J is a ridge regression for every user by itself, on the vectors
z = [1, q_i] of what this user rated, and the other way round. Alternating least squares (ALS)
solves all of one kind exactly, then all of the other; J can only fall. Stochastic gradient
descent (SGD) steps along dJ of a few ratings instead.

Ids may come in more than two columns (user, item, shop, ...). Every pair of columns then has its
product p . q, and the z of one column is [1, the sum of the other columns' factors]: Rendle's
factorisation machine for ids.

Koren, Bell & Volinsky, Matrix factorization techniques for recommender systems (2009); Rendle,
Factorization machines (2010).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["als_step", "objective", "others", "predict", "same_count", "sgd_step"]

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
Thetas = list[Array]


def predict(thetas: Thetas, codes: Codes, mean: float) -> Array:
    """Return y^ = mean + sum of biases + sum over pairs of columns of p . q.

    Parameters
    ----------
    thetas : list of ndarray of shape (n_ids, 1 + n_factors)
        For each column of ids: the bias and the factors [b, p] of each.
    codes : ndarray of shape (n_samples, n_columns)
        Each id as its row of theta.
    mean : float

    Examples
    --------
    >>> users, items = np.array([[0.5, 2.0]]), np.array([[-1.0, 3.0], [0.0, 0.0]])
    >>> predict([users, items], np.array([[0, 0], [0, 1]]), 3.0).tolist()
    [8.5, 3.5]
    """
    ratings = np.full(len(codes), mean)
    before: Array | float = 0.0
    for theta, code in zip(thetas, codes.T, strict=True):
        rows = theta[code]
        ratings += rows[:, 0]
        ratings += np.sum(rows[:, 1:] * before, axis=1)  # with each of the columns before it
        before = before + rows[:, 1:]
    return ratings


def others(thetas: Thetas, codes: Codes, column: int) -> Array:
    """Return z = [1, sum of the other columns' factors] of every sample.

    The part of y^ that hangs on this column is theta . z.

    Parameters
    ----------
    thetas : list of ndarray of shape (n_ids, 1 + n_factors)
    codes : ndarray of shape (n_samples, n_columns)
    column : int

    Returns
    -------
    Z : ndarray of shape (n_samples, 1 + n_factors)
    """
    Z = np.zeros((len(codes), thetas[0].shape[1]))
    for c, theta in enumerate(thetas):
        if c != column:
            Z += theta[codes[:, c]]
    Z[:, 0] = 1.0
    return Z


def objective(
    thetas: Thetas, codes: Codes, y: Array, mean: float, l2: float, sample_weight: Array
) -> float:
    """Return J.

    Parameters
    ----------
    thetas : list of ndarray of shape (n_ids, 1 + n_factors)
    codes : ndarray of shape (n_samples, n_columns)
    y : ndarray of shape (n_samples,)
    mean : float
    l2 : float
    sample_weight : ndarray of shape (n_samples,)
    """
    error = y - predict(thetas, codes, mean)
    return float(sample_weight @ error**2 + l2 * sum(np.sum(theta**2) for theta in thetas))


def als_step(Z: Array, target: Array, code: Codes, n_ids: int, l2: float, weight: Array) -> Array:
    """Return the ridge solution of every id on its own samples.

        theta_u = (sum w z z^T + l2 I)^-1 sum w z t        over the samples of u

    Ids that were seen equally often are solved together, in one batch of small systems: with
    20 factors and 100,000 ratings of 943 users three times as fast as one after the other.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_coefficients)
    target : ndarray of shape (n_samples,)
        What is left for theta . z to explain.
    code : ndarray of shape (n_samples,)
        The id of each sample, below ``n_ids``.
    n_ids : int
    l2 : float
        Above zero.
    weight : ndarray of shape (n_samples,)

    Returns
    -------
    theta : ndarray of shape (n_ids, n_coefficients)
        0 for an id without samples.

    Examples
    --------
    >>> Z, ones = np.ones((3, 1)), np.ones(3)
    >>> als_step(Z, np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]), 2, 1e-9, ones).round(6).tolist()
    [[2.0], [5.0]]
    """
    theta = np.zeros((n_ids, Z.shape[1]))
    for ids, samples in same_count(code, n_ids):
        Zs, w = Z[samples], weight[samples]  # (n, count, n_coefficients), (n, count)
        weighted = np.swapaxes(Zs * w[:, :, None], 1, 2)
        A = weighted @ Zs + l2 * np.eye(Z.shape[1])
        right = weighted @ target[samples][:, :, None]
        theta[ids] = np.linalg.solve(A, right)[:, :, 0]
    return theta


def same_count(code: Codes, n_ids: int) -> Iterator[tuple[Codes, Codes]]:
    """Yield ids that have equally many samples, with the samples of each as a row.

    Examples
    --------
    >>> [(i.tolist(), s.tolist()) for i, s in same_count(np.array([2, 0, 1, 0]), 3)]
    [([1, 2], [[2], [0]]), ([0], [[1, 3]])]
    """
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code, minlength=n_ids)
    starts = np.cumsum(counts) - counts
    for count in np.unique(counts[counts > 0]):
        ids = np.flatnonzero(counts == count)
        yield ids, order[starts[ids][:, None] + np.arange(count)]


def sgd_step(
    thetas: Thetas,
    codes: Codes,
    y: Array,
    mean: float,
    l2_shares: list[Array],
    learning_rate: float,
    sample_weight: Array,
) -> None:
    """Step along the negative gradient of J on a batch of ratings, up to a factor of 2.

        theta <- theta + learning_rate sum over the batch (w (y - y^) z - share theta)

    Parameters
    ----------
    thetas : list of ndarray of shape (n_ids, 1 + n_factors)
        Changed in place, all from the same y^.
    codes : ndarray of shape (batch_size, n_columns)
    y : ndarray of shape (batch_size,)
    mean : float
    l2_shares : list of ndarray of shape (n_ids,)
        l2 over the number of samples of each id: in an epoch they sum to l2.
    learning_rate : float
    sample_weight : ndarray of shape (batch_size,)
    """
    error = sample_weight * (y - predict(thetas, codes, mean))
    pulls = [error[:, None] * others(thetas, codes, c) for c in range(len(thetas))]
    for theta, code, pull, share in zip(thetas, codes.T, pulls, l2_shares, strict=True):
        np.add.at(theta, code, learning_rate * (pull - share[code][:, None] * theta[code]))
