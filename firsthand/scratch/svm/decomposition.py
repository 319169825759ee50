r"""The dual of ``smo.py`` at speed: many pairs inside a small set, then one product for the rest.

    repeat   W  <- some hundred samples: the worst of U and of L, and half of the W before
             solve the dual for beta_W alone, on K[W, W], which lies in the processor's cache
             F  <- F - K[:, W] (change of beta_W)            one matrix-vector product
    until    max F over U - min F over L < tol

A pair of SMO touches every sample several times; here it touches those of W, and the samples
outside wait for the sum of what happened. About half as many pairs again are needed, each far
cheaper: 46 ms for 5,000 samples, where pairs over all of them took 68. And a row of the kernel
matrix is made only for samples whose beta has changed.

Joachims, Making large-scale SVM learning practical (1999), with the working sets of Wen et al.,
ThunderSVM, JMLR 19 (2018).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.svm._kernel_rows import KernelRows
from firsthand.scratch.svm.smo import FLAT, Bounds, box, intercept, may_fall, may_rise

__all__ = ["ascend", "closeness", "leap", "pair_steps", "solve", "working_set"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

WHOLE = 400  # up to so many samples, all of them are the working set
PATIENCE = 2  # rounds of as many pairs as samples, before a leap
STEEP = 1e30  # the largest d_ij told apart
ENOUGH = 0.2  # a working set is left when its gap is this share of the whole gap


def solve(
    kernel: KernelRows, y: Array, C: Array, tol: float = 1e-3, max_iter: int = 10_000_000
) -> tuple[Array, float, int, float]:
    """Return (beta, b, n_iter, gap): the dual's solution, on rows of the kernel matrix.

    Parameters
    ----------
    kernel : KernelRows
        Of n_samples samples.
    y, C : ndarray of shape (n_samples,)
        Labels +1 and -1, both of which occur; the price of each sample's mistakes, above 0.
    tol : float
        Stop when the gap is below this, or when rounding leaves nothing to gain.
    max_iter : int
        The most pairs to update.

    Returns
    -------
    beta : ndarray of shape (n_samples,)
    b : float
    n_iter : int
        How many pairs were updated.
    gap : float
        What is left of it; at ``tol`` or above, the fit is not done.
    """
    n_samples = len(y)
    bounds = lower, upper = box(y, C)
    beta, F = np.zeros(n_samples), y.copy()
    W = np.arange(n_samples if n_samples <= WHOLE else 0)
    size = min(512, max(192, n_samples // 16))
    n_iter = 0
    while True:
        up, low = np.where(beta < upper, F, -np.inf), np.where(beta > lower, F, np.inf)
        left = float(up.max() - low.min())
        if left < tol or n_iter >= max_iter:
            break
        if n_samples > WHOLE:
            W = working_set(up, low, size, W[-(size // 2) :])
        target = max(ENOUGH * left, 0.5 * tol) if len(W) < n_samples else tol
        inside = lower[W], upper[W]
        after, n_pairs = ascend(kernel.block(W), F[W], beta[W], inside, target, max_iter - n_iter)
        moved = np.flatnonzero(after != beta[W])
        if not len(moved):
            break  # the steps that are left are shorter than the last digit of beta
        F -= kernel.combine((after - beta[W])[moved], W[moved])
        beta[W] = after
        n_iter += n_pairs
    return beta, intercept(F, beta, bounds), n_iter, left


def working_set(up: Array, low: Array, size: int, keep: Indices) -> Indices:
    """Return about ``size`` samples to work on: those to ``keep``, then the worst of the others.

    Parameters
    ----------
    up, low : ndarray of shape (n_samples,)
        F where beta may rise, else -inf; F where beta may fall, else inf. Both are changed.
    size : int
        Less than n_samples.
    keep : ndarray of int
        They come first, so that the last half of the result is what was new in it.
    """
    up[keep], low[keep] = -np.inf, np.inf
    n_new = (size - len(keep)) // 2
    rise = np.argpartition(up, len(up) - n_new)[-n_new:]
    rise = rise[up[rise] > -np.inf]
    low[rise] = np.inf  # no sample twice
    fall = np.argpartition(low, n_new)[:n_new]
    return np.concatenate([keep, rise, fall[low[fall] < np.inf]])


def ascend(
    K: Array, F: Array, beta: Array, bounds: Bounds, tol: float, max_iter: int
) -> tuple[Array, int]:
    """Return (beta, n_iter) after SMO on one small matrix, from a start that need not be zero.

    Pairs alone crawl where samples are nearly dependent, as in a kernel of few features and a
    large C. So if a round of pairs as many as samples is not enough, a :func:`leap` follows it.

    Parameters
    ----------
    K : ndarray of shape (n_samples, n_samples)
    F, beta : ndarray of shape (n_samples,)
        The gradient at ``beta``; neither is changed.
    bounds : tuple of two ndarrays of shape (n_samples,)
    tol : float
        Stop when the gap among these samples is below this, or nothing can be gained.
    max_iter : int
        The most pairs to update.
    """
    n_iter = 0
    while True:
        patience = min(PATIENCE * len(F), max_iter - n_iter)
        after, n_pairs = pair_steps(K, F, beta, bounds, tol, patience)
        n_iter += n_pairs
        if n_pairs < patience or n_iter >= max_iter:
            return after, n_iter
        leapt = leap(K, F - (after - beta) @ K, after, bounds)
        F = F - (leapt - beta) @ K
        beta = leapt


def leap(K: Array, F: Array, beta: Array, bounds: Bounds) -> Array:
    """Return beta at the best point for its free ones together, or where the way there is blocked.

    Newton's step maximises F.d - 1/2 d'K d over the free samples with sum d = 0: it solves
    P K P d = P F, where P takes the mean away. A direction in which K is flat becomes very
    long. Where the box cuts a step, the betas that reached it stay, and the rest goes on.
    """
    while True:
        free = np.flatnonzero(may_rise(beta, bounds) & may_fall(beta, bounds))
        if len(free) < 2:
            return beta
        inner = K[np.ix_(free, free)]
        P = np.eye(len(free)) - 1.0 / len(free)
        ridge = FLAT * max(float(np.mean(np.diagonal(inner))), FLAT)
        d = P @ np.linalg.solve(P @ inner @ P + ridge * np.eye(len(free)), P @ F[free])
        edge = np.where(d > 0, bounds[1][free], bounds[0][free])
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(d != 0, (edge - beta[free]) / d, np.inf)
        t = min(1.0, float(np.min(room)))
        if not t * (F[free] @ d) - 0.5 * t * t * (d @ inner @ d) > 0:
            return beta  # nothing left but rounding, or a kernel that is no inner product
        moved = np.where(room <= t, edge, beta[free] + t * d)
        F = F - (moved - beta[free]) @ K[free]
        beta = beta.copy()
        beta[free] = moved
        if t == 1.0:
            return beta


def pair_steps(
    K: Array, F: Array, beta: Array, bounds: Bounds, tol: float, max_iter: int
) -> tuple[Array, int]:
    """Return (beta, n_iter) after the steps of ``smo.smo``, written for few passes.

    Eight calls a pair, 4 microseconds at 192 samples, where ``smo`` takes 60. F stands in two
    arrays, ``up`` with -inf where beta may not rise and ``low`` with inf where it may not fall, so
    nothing needs a mask. The gain (F_i - F_j)^2 / d_ij is compared by its root, whose negative
    values lose by themselves.
    """
    up = np.where(may_rise(beta, bounds), F, -np.inf)
    low = np.where(may_fall(beta, bounds), F, np.inf)
    bottom, top = bounds[0].tolist(), bounds[1].tolist()  # Python floats: NumPy's are slower
    value: list[float] = beta.tolist()
    rows = list(K)  # a list gives a row five times faster than an array does
    close = list(closeness(K))
    own: list[float] = np.diagonal(K).tolist()
    pace = np.empty_like(F)
    add, subtract, multiply = np.add, np.subtract, np.multiply
    largest_up, best_pace, up_at, low_at = up.argmax, pace.argmax, up.item, low.item
    n_iter = 0
    while n_iter < max_iter:
        i = int(largest_up())
        F_i = up_at(i)
        subtract(F_i, low, pace)
        multiply(pace, close[i], pace)
        j = int(best_pace())
        F_j = low_at(j)
        slope = F_i - F_j
        if slope < tol and F_i - low.min() < tol:
            break
        t = slope / max(own[i] + own[j] - 2.0 * rows[i].item(j), FLAT)
        room_i, room_j = top[i] - value[i], value[j] - bottom[j]
        t = min(t, room_i, room_j)
        before_i, before_j = value[i], value[j]
        value[i] = before_i + t if t < room_i else top[i]
        value[j] = before_j - t if t < room_j else bottom[j]
        if value[i] == before_i and value[j] == before_j:
            break  # the step is lost in rounding, and would be taken for ever
        if before_i == bottom[i]:
            low[i] = F_i  # it has left the bound, and may fall again
        if before_j == top[j]:
            up[j] = F_j
        if value[i] == top[i]:
            up[i] = -np.inf
        if value[j] == bottom[j]:
            low[j] = np.inf
        subtract(rows[j], rows[i], pace)
        multiply(pace, t, pace)
        add(up, pace, up)
        add(low, pace, low)
        n_iter += 1
    return np.array(value), n_iter


def closeness(K: Array) -> Array:
    """Return about 1 / sqrt(d_ij) of all pairs, shape (n_samples, n_samples).

    To seven digits, which is enough to choose by: roots in float32 take a third of the time.
    """
    diagonal = np.diagonal(K)
    d = -2.0 * K
    d += diagonal
    d += diagonal[:, None]
    roots = np.sqrt(np.clip(d, FLAT, STEEP, out=d).astype(np.float32))
    return np.divide(np.float32(1.0), roots, out=roots).astype(np.float64)
