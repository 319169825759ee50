r"""The linear machine with the squared hinge, solved to the last digits by Newton's method.

    min   1/2 |w|^2 + sum_i C_i max(0, 1 - y_i x_i.w)^2

Between its corners the objective is a parabola: that of the samples inside the margin. Newton's
step goes to its lowest point, and when the same samples are inside there, it is the answer. A
dozen steps do, where coordinates one by one take thousands of passes.

Keerthi & DeCoste, A modified finite Newton method for fast solution of large scale linear SVMs,
JMLR 6 (2005).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.svm.hinge import hinge_loss, margins, squared_hinge_loss

__all__ = ["newton", "solve_scaled", "thin"]

Array = NDArray[np.float64]

SMALLEST_STEP = 2.0**-40


def thin(X: Array) -> tuple[Array, Array | None]:
    """Return samples with at most n_samples columns and the basis they are written in.

    The w that is sought is a sum of samples, so directions in which there are none need not
    be looked at: with X = R'Q' it is Q v, where v is the answer for the samples R'.

    Returns
    -------
    X : ndarray of shape (n_samples, min(n_samples, n_features))
    Q : ndarray of shape (n_features, n_samples) or None
        None if X was thin already.
    """
    if X.shape[1] <= X.shape[0]:
        return X, None
    Q, R = np.linalg.qr(X.T)
    return R.T, Q


def newton(X: Array, y: Array, C: Array, tol: float, max_iter: int) -> tuple[Array, int, float]:
    """Return (w, n_iter, promise) for the squared hinge.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 and -1.
    C : ndarray of shape (n_samples,)
        The price of each sample, 0 or more.
    tol : float
        Stop when a step promises to lower the objective by no more than this share of it.
    max_iter : int

    Returns
    -------
    w : ndarray of shape (n_features,)
    n_iter : int
        Steps taken.
    promise : float
        What the last step promised, as a share of the objective; above ``tol`` the steps ran out.
    """

    def objective(w: Array) -> float:
        return 0.5 * float(w @ w) + float(C @ squared_hinge_loss(margins(X, y, w)))

    w = np.zeros(X.shape[1])
    value, promise, n_iter = objective(w), np.inf, 0
    while promise > tol and n_iter < max_iter:
        m = margins(X, y, w)
        gradient = w - 2.0 * (C * y * hinge_loss(m)) @ X
        inside = X[m < 1.0]
        H = np.eye(len(w)) + 2.0 * inside.T @ (C[m < 1.0, None] * inside)
        step = -solve_scaled(H, gradient)
        slope = float(gradient @ step)
        promise = -0.5 * slope / value if value > 0 else 0.0
        t = 1.0
        while (after := objective(w + t * step)) > value + 1e-4 * t * slope + 1e-15 * value:
            t /= 2
            if t < SMALLEST_STEP:  # rounding hides what is left to gain
                return w, n_iter, 0.0
        w, value, n_iter = w + t * step, after, n_iter + 1
    return w, n_iter, promise


def solve_scaled(H: Array, g: Array) -> Array:
    """Return H^-1 g for a positive definite H, whatever the units of its columns."""
    scale = 1.0 / np.sqrt(np.diagonal(H))
    H = H * scale * scale[:, None]
    H += np.finfo(np.float64).eps * len(H) * np.eye(len(H))  # of twin columns, as good as half each
    return scale * np.linalg.solve(H, scale * g)
