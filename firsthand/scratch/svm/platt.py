r"""Probabilities for a machine that only decides: Platt's sigmoid, and pairs made whole.

    P(first class | f) = 1 / (1 + exp(A f + B))            f the decision, A below 0

A and B are a logistic regression on the one feature f, with labels a little softened, since
a sample that was met once is not certain:

    t = (n_1 + 1) / (n_1 + 2)  for the first class,   1 / (n_2 + 2)  for the second

The decisions must come from machines that have not seen the samples, or they look too sure.
Of more than two classes, each pair tells r_ij = P(i | i or j), and p is sought with
r_ji p_i = r_ij p_j for all pairs, as nearly as it goes:

    min   1/2 sum_i sum_{j != i} (r_ji p_i - r_ij p_j)^2     with  sum p = 1

Platt, Probabilistic outputs for support vector machines (1999); Lin, Lin & Weng, A note on
Platt's probabilistic outputs, Machine Learning 68 (2007); Wu, Lin & Weng, Probability
estimates for multi-class classification by pairwise coupling, JMLR 5 (2004).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.linear.logistic_regression import sigmoid

__all__ = ["couple", "fit_sigmoid", "pair_probability", "soft_targets"]

Array = NDArray[np.float64]


def soft_targets(first: NDArray[np.bool_]) -> Array:
    """Return Platt's target for each sample, shape (n_samples,).

    Parameters
    ----------
    first : ndarray of bool of shape (n_samples,)
        Whether a sample is of the first class.

    Examples
    --------
    >>> soft_targets(np.array([True, True, False])).tolist()
    [0.75, 0.75, 0.3333333333333333]
    """
    n_first, n_second = int(np.sum(first)), int(np.sum(~first))
    return np.where(first, (n_first + 1.0) / (n_first + 2.0), 1.0 / (n_second + 2.0))


def fit_sigmoid(decisions: Array, first: NDArray[np.bool_]) -> tuple[float, float]:
    """Return (A, B) at which the cross-entropy against the soft targets is least.

    Parameters
    ----------
    decisions : ndarray of shape (n_samples,)
        Of samples that the machine was not fitted on.
    first : ndarray of bool of shape (n_samples,)
    """
    t = soft_targets(first)
    n_samples = len(t)
    model = LogisticRegression(l2=0.0, tol=1e-14)
    # a target between 0 and 1 is the sample once as each, with these weights
    model.fit(
        np.tile(decisions, 2)[:, None], np.repeat([1, 0], n_samples), np.concatenate([t, 1.0 - t])
    )
    return -float(model.coef_[0, 0]), -float(model.intercept_[0])


def pair_probability(decisions: Array, A: float | Array, B: float | Array) -> Array:
    """Return 1 / (1 + exp(A f + B)), the probability of the first class of a pair."""
    return sigmoid(-(A * decisions + B))


def couple(R: Array) -> Array:
    """Return class probabilities that fit those of the pairs, shape (n_samples, n_classes).

    Parameters
    ----------
    R : ndarray of shape (n_samples, n_classes, n_classes)
        ``R[:, i, j]`` is P(i | i or j), in (0, 1), and ``R[:, j, i]`` is 1 minus it; the
        diagonal is not read.

    Examples
    --------
    >>> p = np.array([0.5, 0.3, 0.2])
    >>> couple((p[:, None] / (p[:, None] + p))[None]).round(6).tolist()
    [[0.5, 0.3, 0.2]]
    """
    n_samples, n_classes, _ = R.shape
    away = R * (1.0 - np.eye(n_classes))  # r_ij, and 0 on the diagonal
    Q = -away.transpose(0, 2, 1) * away  # -r_ji r_ij
    Q += np.eye(n_classes) * np.sum(away**2, axis=1)[:, None, :]  # sum over j of r_ji^2
    # the slope Q p is the same for every class at the optimum, and the p sum to one
    system = np.ones((n_samples, n_classes + 1, n_classes + 1))
    system[:, :-1, :-1] = Q
    system[:, -1, -1] = 0.0
    right = np.zeros((n_samples, n_classes + 1, 1))
    right[:, -1] = 1.0
    p = np.maximum(np.linalg.solve(system, right)[:, :-1, 0], 0.0)
    return p / np.sum(p, axis=1, keepdims=True)
