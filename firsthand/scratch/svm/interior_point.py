r"""The linear machine with the hinge, solved to the last digits from inside its box.

    min   1/2 |w|^2 + sum_i C_i max(0, 1 - y_i x_i.w)                 primal
    min   1/2 |w|^2 - sum a    with  w = Z'a  and  0 <= a <= C        dual; Z_i = y_i x_i

An interior-point method keeps a strictly between its bounds, and follows the path on which the
products a s and (C - a) u are all equal to mu, for the prices s, u >= 0 of both bounds, while mu
falls to zero:

    w = Z'a        Z w - 1 = s - u        a s = mu        (C - a) u = mu

A Newton step on these eliminates everything but w, and leaves a system of n_features only:

    (I + Z' D^-1 Z) dw = r      D = s / a + u / (C - a)

so a step costs two passes over the data, and about twenty steps are enough, of any data.

Ferris & Munson, Interior-point methods for massive support vector machines, SIAM Journal on
Optimization 13 (2002); Mehrotra, On the implementation of a primal-dual interior point method,
SIAM Journal on Optimization 2 (1992), for the step in two parts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.svm.finite_newton import solve_scaled
from firsthand.scratch.svm.hinge import hinge_loss

__all__ = ["interior_point"]

Array = NDArray[np.float64]
State = tuple[Array, Array, Array, Array]  # w, a, s, u

NEARLY = 0.995  # the part of the way to the nearest bound that a step from within may go
PATIENCE = 10  # steps without progress that are taken for the end of it, by rounding


def interior_point(
    X: Array, y: Array, C: Array, tol: float, max_iter: int
) -> tuple[Array, int, float]:
    """Return (w, n_iter, gap) for the hinge.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 and -1.
    C : ndarray of shape (n_samples,)
        The price of each sample, 0 or more.
    tol : float
        Stop when the gap is no more than this.
    max_iter : int

    Returns
    -------
    w : ndarray of shape (n_features,)
    n_iter : int
        Steps taken.
    gap : float
        How far the primal objective may be above its least, as a share of it: the difference
        to the dual, which is never above.
    """
    used = (C > 0) & np.any(X != 0, axis=1)  # at zero, a sample pays its price whatever w is
    if not np.any(used):
        return np.zeros(X.shape[1]), 0, 0.0
    unit = float(np.sqrt(np.mean(X[used] ** 2)))
    lost = unit**2 * float(np.sum(C[~used]))
    Z, C = (y[:, None] * X)[used] / unit, C[used] * unit**2  # w of these is unit times the other's
    state = _start(Z, C)
    best, gap, n_iter, stalled = state[0], np.inf, 0, 0
    while True:
        stalled += 1
        for v, b in (state[:2], *_at_the_corner(Z, C, state)):
            primal = 0.5 * float(v @ v) + float(C @ hinge_loss(Z @ v)) + lost
            dual = float(np.sum(b)) - 0.5 * float(np.sum((b @ Z) ** 2)) + lost
            left = (primal - dual) / max(primal, float(np.finfo(np.float64).tiny))
            if left < 0.9 * gap or gap > 0.01:
                stalled = 0
            if left < gap:
                best, gap = v, left
        if gap <= tol or n_iter >= max_iter or stalled > PATIENCE:
            return best / unit, n_iter, gap
        state = _step(Z, C, state)
        n_iter += 1


def _start(Z: Array, C: Array) -> State:
    """Return the middle of the box, and prices that make it a point inside."""
    a = 0.5 * C
    w = a @ Z
    beyond = Z @ w - 1.0
    price = max(1.0, float(np.mean(np.abs(beyond))))
    return w, a, np.maximum(beyond, 0.0) + price, np.maximum(-beyond, 0.0) + price


def _step(Z: Array, C: Array, state: State) -> State:
    """Return the state after a step: tried all the way to mu = 0, then taken as that advises."""
    _, a, s, u = state
    mu = float(a @ s + (C - a) @ u) / (2 * len(a))
    core = np.eye(Z.shape[1]) + Z.T @ (Z / (s / a + u / (C - a))[:, None])
    straight = _direction(Z, C, state, core, -a * s, -(C - a) * u)
    _, da, ds, du = straight
    _, a1, s1, u1 = _moved(state, straight, _longest(C, state, straight))
    aim = (float(a1 @ s1 + (C - a1) @ u1) / (2 * len(a) * mu)) ** 3 * mu
    bent = _direction(Z, C, state, core, aim - a * s - da * ds, aim - (C - a) * u + da * du)
    return _moved(state, bent, min(1.0, NEARLY * _longest(C, state, bent, 2.0)))


def _direction(Z: Array, C: Array, state: State, core: Array, low: Array, high: Array) -> State:
    """Return the change at which a s and (C - a) u change by low and high, and the rest holds."""
    w, a, s, u = state
    D = s / a + u / (C - a)
    right = low / a - high / (C - a) - (Z @ w - 1.0 - s + u)
    dw = solve_scaled(core, (right / D) @ Z - (w - a @ Z))
    da = (right - Z @ dw) / D
    return dw, da, (low - s * da) / a, (high + u * da) / (C - a)


def _moved(state: State, change: State, t: float) -> State:
    w, a, s, u = state
    dw, da, ds, du = change
    return w + t * dw, a + t * da, s + t * ds, u + t * du


def _longest(C: Array, state: State, change: State, most: float = 1.0) -> float:
    """Return the longest step, up to ``most``, at which nothing falls below zero."""
    _, a, s, u = state
    _, da, ds, du = change
    for value, rate in ((a, da), (C - a, -da), (s, ds), (u, du)):
        falls = rate < 0
        if np.any(falls):
            most = min(most, float(np.min(-value[falls] / rate[falls])))
    return most


def _at_the_corner(Z: Array, C: Array, state: State) -> Iterator[tuple[Array, Array]]:
    """Yield (w, a) if every a is at the bound it is closer to than its price to zero.

    Of the others the margins are 1. Once the guess is right, it is the answer to the last digit,
    which the path comes near to only while its matrices allow. There is no guess while more
    samples are free than weights could put on the margin.
    """
    _, a, s, u = state
    free = (a >= s) & (C - a >= u)
    if np.sum(free) <= 2 * Z.shape[1]:
        corner = np.where(C - a < u, C, 0.0)
        w = corner @ Z
        more = np.linalg.lstsq(Z[free], 1.0 - Z[free] @ w, rcond=None)[0]
        corner[free] = np.linalg.lstsq(Z[free].T, more, rcond=None)[0]
        yield w + more, np.clip(corner, 0.0, C)
