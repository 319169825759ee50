r"""SMO: the support vector machine's dual, solved two variables at a time.

The machine looks for f(x) = sum_i beta_i k(x_i, x) + b with a wide margin and few mistakes,

    min   1/2 |f|^2 + sum_i C_i max(0, 1 - y_i f(x_i))            primal; labels y are +1, -1

whose dual, in beta_i = y_i alpha_i, is a quadratic in a box and on a plane:

    max   y.beta - 1/2 beta'K beta     K_ij = k(x_i, x_j)
    with  sum beta = 0   and   0 <= y_i beta_i <= C_i

    F = y - K beta        its gradient: how far each sample is from its label, before b

Where one beta rises another must fall by as much, for their sum is zero. Let U be the samples
whose beta may rise and L those whose beta may fall. No pair can gain any more if and only if

    max F over U  <=  min F over L       (Karush, Kuhn, Tucker; b lies in between)

and until then SMO takes i, the largest F in U, and the j in L that promises most with it:

    step    t = (F_i - F_j) / d_ij   with   d_ij = K_ii + K_jj - 2 K_ij     (a squared distance)
    gain    (F_i - F_j)^2 / (2 d_ij)
    update  beta_i += t, beta_j -= t, F -= t (K_i - K_j)      t cut where the box ends

Samples with beta = 0 could be left out of the data; the others are the support vectors.

Platt, Fast training of support vector machines using sequential minimal optimization (1998);
Keerthi et al., Improvements to Platt's SMO algorithm, Neural Computation 13 (2001); Fan, Chen &
Lin, Working set selection using second order information, JMLR 6 (2005).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FLAT",
    "Bounds",
    "box",
    "curvature",
    "dual_objective",
    "gap",
    "intercept",
    "may_fall",
    "may_rise",
    "residual",
    "select_pair",
    "smo",
    "step_length",
    "update_pair",
]

Array = NDArray[np.float64]
Bounds = tuple[Array, Array]

FLAT = 1e-12  # a distance taken for zero or less: of twins, or of a kernel that is no product


def box(y: Array, C: Array) -> Bounds:
    """Return the least and the greatest value of each beta, two arrays of shape (n_samples,).

    They are 0 and C where y is +1, and -C and 0 where y is -1.

    Parameters
    ----------
    y, C : ndarray of shape (n_samples,)
        Labels +1 and -1; the price of each sample's mistakes, 0 or more.

    Examples
    --------
    >>> lower, upper = box(np.array([1.0, -1.0]), np.array([2.0, 2.0]))
    >>> lower.tolist(), upper.tolist()
    ([0.0, -2.0], [2.0, 0.0])
    """
    return np.minimum(y * C, 0.0), np.maximum(y * C, 0.0)


def dual_objective(K: Array, y: Array, beta: Array) -> float:
    """Return y.beta - 1/2 beta'K beta, which is to be as large as the bounds allow.

    Parameters
    ----------
    K : ndarray of shape (n_samples, n_samples)
    y, beta : ndarray of shape (n_samples,)
    """
    return float(y @ beta - 0.5 * beta @ K @ beta)


def residual(K: Array, y: Array, beta: Array) -> Array:
    """Return F = y - K beta, the gradient of the dual objective, shape (n_samples,)."""
    return y - K @ beta


def may_rise(beta: Array, bounds: Bounds) -> NDArray[np.bool_]:
    """Return U: which betas are below their upper bound, shape (n_samples,)."""
    return beta < bounds[1]


def may_fall(beta: Array, bounds: Bounds) -> NDArray[np.bool_]:
    """Return L: which betas are above their lower bound, shape (n_samples,)."""
    return beta > bounds[0]


def gap(F: Array, beta: Array, bounds: Bounds) -> float:
    """Return max F over U - min F over L: the optimum is reached where it is 0 or less.

    Parameters
    ----------
    F, beta : ndarray of shape (n_samples,)
    bounds : tuple of two ndarrays of shape (n_samples,)
        Least and greatest value of each beta, as :func:`box` gives them.
    """
    return float(np.max(F[may_rise(beta, bounds)]) - np.min(F[may_fall(beta, bounds)]))


def curvature(K: Array, i: int) -> Array:
    """Return d_ij = K_ii + K_jj - 2 K_ij for one i and every j, shape (n_samples,).

    It is the squared distance between i and j in the kernel's space, so never negative for a
    true kernel; what is zero or less is made ``FLAT``, and the step along it ends at the box.
    """
    d = K[i, i] + np.diagonal(K) - 2.0 * K[i]
    return np.where(d > FLAT, d, FLAT)


def select_pair(K: Array, F: Array, beta: Array, bounds: Bounds) -> tuple[int, int]:
    """Return (i, j): the largest F in U, and the sample of L that gains most together with it.

    Parameters
    ----------
    K : ndarray of shape (n_samples, n_samples)
    F, beta : ndarray of shape (n_samples,)
    bounds : tuple of two ndarrays of shape (n_samples,)
    """
    i = int(np.argmax(np.where(may_rise(beta, bounds), F, -np.inf)))
    slope = np.where(may_fall(beta, bounds), F[i] - F, -np.inf)
    gain = np.maximum(slope, 0.0) ** 2 / curvature(K, i)
    return i, int(np.argmax(gain))


def step_length(K: Array, F: Array, beta: Array, bounds: Bounds, i: int, j: int) -> float:
    """Return t by which beta_i rises and beta_j falls: to the top of the parabola, or the box."""
    best = (F[i] - F[j]) / curvature(K, i)[j]
    return float(min(best, bounds[1][i] - beta[i], beta[j] - bounds[0][j]))


def update_pair(beta: Array, bounds: Bounds, i: int, j: int, t: float) -> Array:
    """Return beta after beta_i has risen by t and beta_j fallen by t, shape (n_samples,).

    One whose room is used up stands exactly at its bound, which a rounded sum may miss.
    """
    after = beta.copy()
    after[i] = beta[i] + t if t < bounds[1][i] - beta[i] else bounds[1][i]
    after[j] = beta[j] - t if t < beta[j] - bounds[0][j] else bounds[0][j]
    return after


def intercept(F: Array, beta: Array, bounds: Bounds) -> float:
    """Return b, which puts the free support vectors on the margin: y_i f(x_i) = 1.

    They all have F = b at the optimum, and their mean is taken. Where every beta is at a bound,
    b is the middle of what the conditions allow: between max F over U and min F over L.
    """
    rise, fall = may_rise(beta, bounds), may_fall(beta, bounds)
    if np.any(rise & fall):
        return float(np.mean(F[rise & fall]))
    return float((np.max(F[rise]) + np.min(F[fall])) / 2)


def smo(
    K: Array, y: Array, C: Array, tol: float = 1e-3, max_iter: int = 100_000
) -> tuple[Array, float, int]:
    """Return (beta, b, n_iter): the dual's solution, on a kernel matrix that is all there.

    Parameters
    ----------
    K : ndarray of shape (n_samples, n_samples)
    y : ndarray of shape (n_samples,)
        Labels, +1 and -1; both occur.
    C : ndarray of shape (n_samples,)
        The price of each sample's mistakes, above 0.
    tol : float
        Stop when the gap is below this.
    max_iter : int
        The most pairs to update.

    Examples
    --------
    >>> X = np.array([[-2.0], [-1.0], [1.0], [3.0]])
    >>> beta, b, n_iter = smo(X @ X.T, np.array([-1.0, -1.0, 1.0, 1.0]), np.full(4, 10.0))
    >>> beta.tolist(), b, n_iter
    ([0.0, -0.5, 0.5, 0.0], 0.0, 1)
    """
    bounds = box(y, C)
    beta = np.zeros(len(y))
    F = residual(K, y, beta)
    n_iter = 0
    while n_iter < max_iter and gap(F, beta, bounds) >= tol:
        i, j = select_pair(K, F, beta, bounds)
        t = step_length(K, F, beta, bounds, i, j)
        beta = update_pair(beta, bounds, i, j, t)
        F -= t * (K[i] - K[j])
        n_iter += 1
    return beta, intercept(F, beta, bounds), n_iter
