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
) -> tuple[Array, Intercept, Array]:
    """Return (w, b, losses): from (w, b) towards what ``propose`` says, never uphill.

    It stops when no entry of the slope exceeds ``tol``, after ``max_iter`` steps, or when
    rounding hides any further decrease. ``losses`` holds the objective at the start and
    after every step.
    """
    losses = [objective(w, b)]
    for _ in range(max_iter):
        dw, db = slope(w, b)
        if largest(dw, db) <= tol:
            break
        w_full, b_full = propose(w, b)
        step_w, step_b = w_full - w, b_full - b
        promised = float(np.sum(dw * step_w) + np.sum(db * step_b))  # negative: downhill
        slack = 1e-15 * abs(losses[-1])  # rounding of the objective itself
        t = 1.0
        while t > SMALLEST_STEP:
            loss = objective(w + t * step_w, b + t * step_b)
            if loss <= losses[-1] + ENOUGH * t * promised + slack:
                break
            t /= 2
        else:
            break
        w, b = w + t * step_w, b + t * step_b
        losses.append(loss)
    return w, b, np.array(losses)


def largest(dw: Array, db: float | Array) -> float:
    """Return the largest entry of a gradient, in absolute value."""
    return float(max(np.max(np.abs(dw)), np.max(np.abs(db))))


def conjugate_gradients(
    product: Callable[[Array], Array],
    right: Array,
    precondition: Callable[[Array], Array],
    tol: float,
    max_iter: int,
) -> Array:
    """Return x with ``product(x)`` = ``right``, for a symmetric, positive semidefinite product.

    Only products with the matrix are needed, never the matrix. ``precondition`` multiplies
    by a rough inverse of it; the better that is, the fewer steps. It stops when the remainder,
    measured through the rough inverse, is below ``tol`` times what it was.
    """
    x = np.zeros_like(right)
    remainder = right
    direction = scaled = precondition(remainder)
    power = float(np.sum(remainder * scaled))
    enough = tol * tol * power
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
