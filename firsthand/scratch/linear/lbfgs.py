r"""L-BFGS: Newton's steps from the last few gradients, without a matrix of second derivatives.

    s_i = x_{i+1} - x_i,   y_i = g_{i+1} - g_i          a step, and what it did to the gradient
    H                                                   rough inverse Hessian with H y_i = s_i
    direction = -H g                                    by two loops over the pairs (s_i, y_i)
    x <- x + t direction                                t by the conditions of Wolfe

The last ten pairs are kept, so that memory and time grow with the number of parameters and not
with its square.

Nocedal & Wright, Numerical Optimization (2006), chapters 3.1 and 7.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["lbfgs", "two_loops", "wolfe_step"]

Array = NDArray[np.float64]
Point = tuple[float, Array]  # the objective and its gradient

ENOUGH = 1e-4  # Armijo: the part of the decrease that the slope promises which must come true
FLATTER = 0.9  # Wolfe: the part of the slope that may be left
ROUNDING = 1e-14
SMALLEST_STEP = 2.0**-100  # the first step may be in units that are far off


def two_loops(gradient: Array, pairs: Iterable[tuple[Array, Array]]) -> Array:
    """Return H gradient, H the rough inverse Hessian that the pairs (s, y) describe.

    Each pair says that the step s changed the gradient by y. H starts as a multiple of the
    identity, of the size that the last pair says, and learns one pair after the other:
    H <- (I - s y' / s'y) H (I - y s' / s'y) + s s' / s'y. Backwards through the pairs, then
    forwards, that takes only products of vectors. Without pairs, H is the identity.

    Parameters
    ----------
    gradient : ndarray of shape (n_parameters,)
    pairs : iterable of (s, y), each ndarray of shape (n_parameters,)
        Oldest first; s'y is positive.

    Examples
    --------
    >>> s = np.array([1.0, 0.0])
    >>> two_loops(np.array([4.0, 2.0]), [(s, 2 * s)]).tolist()  # curvature 2 along s
    [2.0, 1.0]
    """
    known = list(pairs)
    q = gradient
    parts: list[float] = []
    for s, y in reversed(known):
        part = float(s @ q) / float(s @ y)
        q = q - part * y
        parts.append(part)
    if known:
        s, y = known[-1]
        q = q * (float(s @ y) / float(y @ y))
    for (s, y), part in zip(known, reversed(parts), strict=True):
        q = q + (part - float(y @ q) / float(s @ y)) * s
    return q


def wolfe_step(
    look: Callable[[Array], Point], x: Array, here: Point, direction: Array
) -> tuple[float, Array, Point]:
    """Return (t, x + t direction, what is there): low enough, and flat enough, from ``x``.

    Low enough is below the line that starts with a ten-thousandth of the slope at x; flat enough
    is nine tenths of that slope, so that s'y is positive. Too high: the step is between the last
    that was too steep and this one; too steep: it is longer. The interval is halved or doubled.

    Parameters
    ----------
    look : callable
        The objective and its gradient at a point.
    x, here : ndarray of shape (n_parameters,), (objective, gradient)
        Where to start, and what ``look`` says there.
    direction : ndarray of shape (n_parameters,)
        Downhill from ``x``.

    Returns
    -------
    t : float
        0 if rounding hides what there is to gain.
    """
    value, slope = here[0], float(here[1] @ direction)
    slack = 1e-15 * abs(value)  # the objective's own rounding
    shortest, longest, t = 0.0, np.inf, 1.0
    while True:
        there = look(x + t * direction)
        if not there[0] <= value + ENOUGH * t * slope + slack:
            longest = t
        elif float(there[1] @ direction) < FLATTER * slope:
            shortest = t
        else:
            return t, x + t * direction, there
        t = 2.0 * t if longest == np.inf else (shortest + longest) / 2.0
        if t < SMALLEST_STEP or longest - shortest <= ROUNDING * t or t == np.inf:
            return 0.0, x, here


def lbfgs(
    look: Callable[[Array], Point], x: Array, tol: float, max_iter: int, memory: int = 10
) -> tuple[Array, Array, float]:
    """Return (x, losses, promise): downhill from ``x`` until little is left to gain.

    Before each step the slope promises a decrease, -gradient' direction. The first step that
    promises no more than ``tol`` is the last; the very first step, which knows no curvature yet,
    can promise nothing.

    Parameters
    ----------
    look : callable
        The objective, a convex one, and its gradient at a point.
    x : ndarray of shape (n_parameters,)
        Where to start; not changed in place.
    tol : float
    max_iter : int
        Most steps.
    memory : int
        Pairs to keep.

    Returns
    -------
    x : ndarray of shape (n_parameters,)
    losses : ndarray
        The objective at the start and after every step.
    promise : float
        What the last step promised.
    """
    here = look(x)
    losses, promise = [here[0]], np.inf
    pairs: deque[tuple[Array, Array]] = deque(maxlen=memory)
    while promise > tol and len(losses) <= max_iter:
        direction = -two_loops(here[1], pairs)
        promise = -float(here[1] @ direction) if pairs or not here[1].any() else np.inf
        t, ahead, there = wolfe_step(look, x, here, direction)
        if t == 0.0:  # rounding hides what is left to gain
            break
        s, y = ahead - x, there[1] - here[1]
        length = float(np.linalg.norm(s) * np.linalg.norm(y))
        if float(s @ y) > ROUNDING * length:  # else nothing but rounding, which would ruin H
            pairs.append((s, y))
        x, here = ahead, there
        losses.append(here[0])
    return x, np.array(losses), promise
