r"""The linear support vector machine: a plane with a margin, and a price for who is inside it.

    m_i  = y_i x_i.w                     margin of a sample; its label y is +1 or -1
    loss = max(0, 1 - m)                 hinge; or its square, which has no kink
    P(w) = l2/2 |w|^2 + mean(loss)       the primal

P has a corner wherever a margin is 1, and there any slope between those on both sides will do:

    dP   = l2 w - mean(y x  where m < 1)                          a sub-gradient
    Pegasos:  w <- w - dP / (l2 t)  on one sample at step t       t = 1, 2, ...

Its dual has one variable a sample, the price paid for it, in 0 <= alpha_i <= C, and
w = sum alpha_i y_i x_i. One at a time each is set to its best value:

    alpha_i <- clip(alpha_i + (1 - m_i) / |x_i|^2, 0, C)          C = 1 / (l2 n_samples)

(the squared hinge has no upper bound, and pays alpha_i / (2 C) more in the gradient).
A column of ones in X makes room for an intercept, which is then penalised like every weight.

Shalev-Shwartz, Singer & Srebro, Pegasos (2007); Hsieh et al., A dual coordinate descent method
for large-scale linear SVM (2008).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "dual_coordinate_descent",
    "hinge_loss",
    "margins",
    "objective",
    "pegasos",
    "squared_hinge_loss",
    "subgradient",
]

Array = NDArray[np.float64]
Loss = Literal["hinge", "squared_hinge"]


def margins(X: Array, y: Array, w: Array) -> Array:
    """Return y x.w for every sample, shape (n_samples,): above 0 on the right side.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 and -1.
    w : ndarray of shape (n_features,)
    """
    return y * (X @ w)


def hinge_loss(m: Array) -> Array:
    """Return max(0, 1 - m) for every margin, shape (n_samples,).

    Examples
    --------
    >>> hinge_loss(np.array([-1.0, 0.5, 1.0, 3.0])).tolist()
    [2.0, 0.5, 0.0, 0.0]
    """
    return np.maximum(0.0, 1.0 - m)


def squared_hinge_loss(m: Array) -> Array:
    """Return max(0, 1 - m)^2 for every margin, shape (n_samples,)."""
    return hinge_loss(m) ** 2


def objective(X: Array, y: Array, w: Array, l2: float) -> float:
    """Return P(w) = l2/2 |w|^2 + mean of the hinge loss.

    Parameters
    ----------
    X, y, w : ndarray
        As in :func:`margins`.
    l2 : float
        1 / (C n_samples), where C is the price of a sample.
    """
    return 0.5 * l2 * float(w @ w) + float(np.mean(hinge_loss(margins(X, y, w))))


def subgradient(X: Array, y: Array, w: Array, l2: float) -> Array:
    """Return a sub-gradient of P at ``w``, shape (n_features,); a margin of exactly 1 adds nothing.

    Parameters
    ----------
    X, y, w, l2
        As in :func:`objective`.
    """
    inside = margins(X, y, w) < 1.0
    return l2 * w - (y * inside) @ X / len(y)


def pegasos(X: Array, y: Array, l2: float, n_steps: int, rng: np.random.Generator) -> Array:
    """Return w after ``n_steps`` sub-gradient steps, each on one sample drawn at random.

    Step t has length 1 / (l2 t), so that early mistakes fade; after each, w is shortened to
    1 / sqrt(l2), beyond which no optimum lies. P(w) comes within about 1 / (l2 t) of its least.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
    l2 : float
        Above 0.
    n_steps : int
    rng : numpy.random.Generator
    """
    w = np.zeros(X.shape[1])
    for t, i in enumerate(rng.integers(len(y), size=n_steps), start=1):
        w = w - subgradient(X[i : i + 1], y[i : i + 1], w, l2) / (l2 * t)
        length = float(np.linalg.norm(w))
        w = w * min(1.0, 1.0 / (np.sqrt(l2) * max(length, 1e-300)))
    return w


def dual_coordinate_descent(
    X: Array, y: Array, C: float, n_epochs: int, rng: np.random.Generator, loss: Loss = "hinge"
) -> tuple[Array, Array]:
    """Return (w, alpha) after ``n_epochs`` passes over the samples, each in a new order.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
    C : float
        Price of a sample in 1/2 |w|^2 + C sum(loss).
    n_epochs : int
    rng : numpy.random.Generator
    loss : {"hinge", "squared_hinge"}

    Returns
    -------
    w : ndarray of shape (n_features,)
        sum alpha_i y_i x_i, kept up to date at each step.
    alpha : ndarray of shape (n_samples,)
        0 for samples beyond the margin, which do not matter.
    """
    top, more = (C, 0.0) if loss == "hinge" else (np.inf, 0.5 / C)
    steepness = np.einsum("ij,ij->i", X, X) + more
    w, alpha = np.zeros(X.shape[1]), np.zeros(len(y))
    for _ in range(n_epochs):
        for i in rng.permutation(len(y)):
            if steepness[i] == 0.0:  # a sample at zero, whose margin no w can change
                alpha[i] = top
                continue
            rise = (1.0 - y[i] * (X[i] @ w) - more * alpha[i]) / steepness[i]
            after = min(max(alpha[i] + rise, 0.0), top)
            w = w + (after - alpha[i]) * y[i] * X[i]
            alpha[i] = after
    return w, alpha
