"""Newton's method made safe: damped so that it cannot overshoot, and without the Hessian.

    full step:   w + step,  where H step = -gradient
    damped:      w + t step,  t = 1, 1/2, 1/4, ... until the objective has sunk enough

Nocedal & Wright, Numerical Optimization (2006), chapters 3 and 7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Intercept = Any  # a float, or an array with an entry for each class

ENOUGH = 1e-4  # Armijo: the part of the decrease that the slope promises which must come true
SMALLEST_STEP = 2.0**-40


def damped_newton(
    objective: Callable[[Array, Intercept], float],
    slope: Callable[[Array, Intercept], tuple[Array, Intercept]],
    propose: Callable[[Array, Intercept], tuple[Array, Intercept]],
    w: Array,
    b: Intercept,
    tol: float,
    max_iter: int,
    l1: float = 0.0,
) -> tuple[Array, Intercept, Array, float]:
    """Return (w, b, losses, promise): from (w, b) towards what ``propose`` says, never uphill.

    What must sink is the objective plus l1 |w|_1; ``slope`` and ``propose`` know of ``l1`` what
    they need.

    Before each step the slope promises a decrease, twice what is left to gain once close; it
    does not depend on the units of the features. The step that promises no more than
    ``tol`` is the last, and the error after it is about ``tol`` times its length, since Newton
    doubles the digits. ``losses`` holds the objective at the start and after every step.
    """
    losses = [objective(w, b) + _size(w, l1)]
    promise = np.inf
    while promise > tol and len(losses) <= max_iter:
        dw, db = slope(w, b)
        w_full, b_full = propose(w, b)
        step_w, step_b = w_full - w, b_full - b
        promise = -float(np.sum(dw * step_w) + np.sum(db * step_b))
        promise += _size(w, l1) - _size(w_full, l1)
        slack = 1e-15 * abs(losses[-1])  # the objective's own rounding
        t = 1.0
        w_next, b_next = w_full, b_full
        loss = objective(w_next, b_next) + _size(w_next, l1)
        while loss > losses[-1] - ENOUGH * t * promise + slack and t > SMALLEST_STEP:
            t /= 2
            w_next, b_next = w + t * step_w, b + t * step_b
            loss = objective(w_next, b_next) + _size(w_next, l1)
        if t <= SMALLEST_STEP:  # rounding hides what is left to gain
            break
        w, b = w_next, b_next
        losses.append(loss)
    return w, b, np.array(losses), promise


def _size(w: Array, l1: float) -> float:
    return l1 * float(np.abs(w).sum()) if l1 else 0.0


def conjugate_gradients(
    product: Callable[[Array], Array],
    right: Array,
    precondition: Callable[[Array], Array],
    max_iter: int,
) -> Array:
    """Return x with ``product(x)`` near ``right``, for a symmetric, positive semidefinite product.

    Only products with the matrix are needed, never the matrix. ``precondition`` multiplies
    by a rough inverse of it; the better that is, the fewer steps. The remainder, measured
    through the rough inverse, shrinks to a tenth, or to the square of the right-hand side if
    that is less: crude far from the solution, and close by good enough for Newton's doubling.
    """
    x = np.zeros_like(right)
    remainder = right
    direction = scaled = precondition(remainder)
    power = float(np.sum(remainder * scaled))
    enough = min(0.01, power) * power
    for _ in range(max_iter):
        if power <= enough:
            break
        image = product(direction)
        curvature = float(np.sum(direction * image))
        if curvature <= 0:  # flat: a direction along which nothing changes
            break
        x = x + power / curvature * direction
        remainder = remainder - power / curvature * image
        scaled = precondition(remainder)
        before, power = power, float(np.sum(remainder * scaled))
        direction = scaled + power / before * direction
    return x
