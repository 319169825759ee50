r"""Logistic regression with an l1 penalty: each Newton step is a lasso.

    J(w + d) + l1 |w + d|_1  is near  g' d + 1/2 d' H d + l1 |w + d|_1

with the gradient g and the Hessian H of J at w. What is on the right is a lasso on the
products G = H and c = H w - g, which coordinate descent solves; where it leads is where Newton's
method would go next. The intercept has no penalty, and the best one for any w is linear in w:
it is put in, and gone.

Friedman, Hastie & Tibshirani, Regularization paths for generalized linear models via
coordinate descent, Journal of Statistical Software 33 (2010).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.linear.coordinate_descent import descend_on_products
from firsthand.scratch.linear.irls import BinaryObjective, weighted_gram
from firsthand.scratch.linear.logistic_regression import (
    log_odds,
    shares,
    softmax,
    softmax_gradient,
)

__all__ = ["least_with_l1", "softmax_hessian", "sparse_newton_step", "sparse_softmax_step"]

Array = NDArray[np.float64]

CLOSE = 1e-12  # of the quadratic's range, to which each step is solved


def least_with_l1(H: Array, g: Array, w: Array, l1: float) -> tuple[Array, Array]:
    """Return (u, step): the least value of g'd + 1/2 d'H d + l1 |u|_1, with d = (u - w, step).

    Parameters
    ----------
    H : ndarray of shape (n_weights + n_intercepts, n_weights + n_intercepts)
        The intercepts last; without negative curvature.
    g : ndarray of shape (n_weights + n_intercepts,)
    w : ndarray of shape (n_weights,)
    l1 : float, positive

    Returns
    -------
    u : ndarray of shape (n_weights,)
    step : ndarray of shape (n_intercepts,)
        Of the intercepts.
    """
    k = len(w)
    inverse = np.linalg.pinv(H[k:, k:], hermitian=True)
    mixed = H[:k, k:] @ inverse
    G = H[:k, :k] - mixed @ H[k:, :k]
    c = G @ w - (g[:k] - mixed @ g[k:])
    yy = float(c @ np.linalg.lstsq(G, c)[0])  # half of it is what the quadratic can sink by
    u, _, _ = descend_on_products(G, c, yy, l1, 0.0, w, tol=CLOSE)
    return u, -inverse @ (g[k:] + H[k:, :k] @ (u - w))


def sparse_newton_step(J: BinaryObjective, l1: float, w: Array, b: float) -> tuple[Array, float]:
    """Return (w, b) after one full step of the binary model."""
    u, step = least_with_l1(J.hessian(w, b), np.append(*J.slope(w, b)), w, l1)
    return u, b + float(step[0])


def sparse_softmax_step(
    X: Array,
    Y: Array,
    l1: float,
    W: Array,
    b: Array,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> tuple[Array, Array]:
    """Return (W, b) after one full step of the softmax model; shapes as ``softmax_gradient``.

    The Hessian is written down, so memory grows with the square of the number of weights.
    """
    P = softmax(log_odds(X, W, b))
    dW, db = softmax_gradient(X, Y, W, b, l2, sample_weight)
    H = softmax_hessian(X, P, shares(len(Y), sample_weight))
    inner = np.arange(W.size)
    H[inner, inner] += l2
    u, step = least_with_l1(H, np.append(dW.T, db), W.T.ravel(), l1)
    return u.reshape(W.T.shape).T, b + step


def softmax_hessian(X: Array, P: Array, share: Array) -> Array:
    """Return the Hessian of the mean cross-entropy, without a penalty.

    The block of classes j and k is -X1' diag(s p_j p_k) X1, with X1 = [X, 1]; the blocks of a
    row add to zero, which gives those on the diagonal.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    P : ndarray of shape (n_samples, n_classes)
    share : ndarray of shape (n_samples,)

    Returns
    -------
    ndarray of shape (n_classes (n_features + 1), n_classes (n_features + 1))
        The weights first, class by class, then the intercepts.
    """
    (_, d), K = X.shape, P.shape[1]
    H = np.zeros((K, d + 1, K, d + 1))
    for j in range(K):
        for k in range(j):
            part = weighted_gram(X, share * P[:, j] * P[:, k])
            H[j, :, k] = H[k, :, j] = -part
            H[j, :, j] += part
            H[k, :, k] += part
    order = np.arange(K * (d + 1)).reshape(K, d + 1)
    order = np.append(order[:, :-1], order[:, -1])
    return H.reshape(K * (d + 1), K * (d + 1))[np.ix_(order, order)]
