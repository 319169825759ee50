r"""Bagging: fit the same model on samples of the sample, and average what they say.

    bootstrap    n rows drawn with replacement from n: a row is in it with probability
                 1 - (1 - 1/n)^n, about 63%, and out of the bag otherwise
    bagged       f(x) = (1/B) sum_b f_b(x)
    out of bag   f(x_i) = mean of the f_b that have not seen x_i

The mean of B models of variance s^2, any two of them correlated by rho, has the variance
rho s^2 + (1 - rho) s^2 / B: averaging takes away what models do not share. Their bias stays. A
model's error on what it has not seen is honest, so out-of-bag predictions estimate the error on new
data without a test set.

Breiman, Bagging predictors, Machine Learning 24 (1996); Out-of-bag estimation (1996).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["average", "average_out_of_bag", "bootstrap", "out_of_bag"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def bootstrap(n_samples: int, rng: np.random.Generator, n_drawn: int | None = None) -> Indices:
    """Return rows drawn with replacement, as many as there are.

    Parameters
    ----------
    n_samples : int
    rng : numpy.random.Generator
    n_drawn : int, optional
        How many to draw, if not ``n_samples``.

    Returns
    -------
    ndarray of shape (n_drawn,)

    Examples
    --------
    >>> bootstrap(6, np.random.default_rng(0))
    array([5, 3, 3, 1, 1, 0])
    """
    return rng.integers(n_samples, size=n_samples if n_drawn is None else n_drawn)


def out_of_bag(drawn: Indices, n_samples: int) -> NDArray[np.bool_]:
    """Return which samples were not drawn, of shape (n_samples,).

    Examples
    --------
    >>> out_of_bag(np.array([0, 3, 3]), 4)
    array([False,  True,  True, False])
    """
    return np.bincount(drawn, minlength=n_samples) == 0


def average(predictions: Sequence[Array]) -> Array:
    """Return the mean of the models' predictions.

    Parameters
    ----------
    predictions : sequence of ndarray of shape (n_samples, ...)
        One of each model: numbers, or probabilities of the classes.

    Examples
    --------
    >>> average([np.array([1.0, 2.0]), np.array([3.0, 2.0])])
    array([2., 2.])
    """
    return np.sum(predictions, axis=0) / len(predictions)


def average_out_of_bag(votes: Iterable[tuple[NDArray[np.bool_], Array]]) -> Array:
    """Return for each sample the mean over the models that have not seen it.

    Parameters
    ----------
    votes : iterable of (outside, predictions)
        Of each model: which samples it has not seen, (n_samples,), and what it predicts for
        these, (n_outside, ...).

    Returns
    -------
    ndarray of shape (n_samples, ...)
        NaN where every model has seen the sample.

    Examples
    --------
    >>> average_out_of_bag([
    ...     (np.array([True, False, False]), np.array([1.0])),
    ...     (np.array([True, True, False]), np.array([3.0, 4.0])),
    ... ])
    array([ 2.,  4., nan])
    """
    total, count = np.zeros(0), np.zeros(0)
    for outside, predictions in votes:
        if not count.size:
            total = np.zeros((len(outside), *predictions.shape[1:]))
            count = np.zeros(len(outside))
        total[outside] += predictions
        count += outside
    return (total.T / np.where(count > 0, count, np.nan)).T
