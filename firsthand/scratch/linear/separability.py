"""Whether a line separates two classes, and the one that does it best; decided, not tried.

    p*    = the point nearest to the origin of the convex hull of the vectors y_i (x_i, 1)
    p* != 0   the plane with the weights p* separates the classes, by |p*|; no plane does better
    p*  = 0   the hull holds the origin, and no line separates them (Gordan)

The bias is a weight on a feature that is always 1, and counts in the distances. The nearest
point is found by Wolfe's active-set method, which ends after finitely many steps.

Wolfe, Finding the nearest point in a polytope, Mathematical Programming 11 (1976).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["is_linearly_separable", "nearest_to_origin", "widest_line"]

Array = NDArray[np.float64]

ROUNDING = 1e-10  # of squared lengths, relative to the longest vector


def is_linearly_separable(X: Array, y: Array) -> bool:
    """Return whether some (w, b) has y (x . w + b) > 0 on every sample.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> is_linearly_separable(X, np.array([-1.0, 1.0, 1.0, 1.0]))  # OR
    True
    >>> is_linearly_separable(X, np.array([-1.0, 1.0, 1.0, -1.0]))  # XOR
    False
    """
    return widest_line(X, y) is not None


def widest_line(X: Array, y: Array) -> tuple[Array, float] | None:
    """Return the (w, b) of length 1 whose plane is farthest from every (x, 1), or None.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.

    Returns
    -------
    (w, b) or None
        None if no line separates the classes.
    """
    signed = y[:, None] * np.column_stack([X, np.ones(len(X))])
    point = nearest_to_origin(signed)
    longest = float(np.max(np.sum(signed**2, axis=1)))
    if float(point @ point) <= ROUNDING * longest or np.min(signed @ point) <= 0:
        return None
    direction = point / np.linalg.norm(point)
    return direction[:-1], float(direction[-1])


def nearest_to_origin(points: Array) -> Array:
    """Return the point of the convex hull of ``points`` that is nearest to the origin.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_dimensions)
    """
    squares = np.sum(points**2, axis=1)
    corners = [int(np.argmin(squares))]  # the corners whose hull holds the nearest point
    shares = np.ones(1)
    while True:
        nearest = shares @ points[corners]
        ahead = int(np.argmin(points @ nearest))  # the corner most towards the origin
        if nearest @ (nearest - points[ahead]) <= ROUNDING * squares.max() or ahead in corners:
            return nearest
        corners, shares = _enter(points, [*corners, ahead], np.append(shares, 0.0))


def _enter(points: Array, corners: list[int], shares: Array) -> tuple[list[int], Array]:
    """Move to the nearest point of the corners' hull; drop the corners it does not need."""
    while True:
        wanted = _nearest_of_plane(points[corners])
        outside = np.flatnonzero(wanted <= ROUNDING)
        if not outside.size:
            return corners, wanted
        steps = shares[outside] / (shares[outside] - wanted[outside]).clip(min=1e-300)
        shares = shares + float(steps.min().clip(max=1.0)) * (wanted - shares)
        shares[outside[steps.argmin()]] = 0.0
        kept = np.flatnonzero(shares > 0.0)
        corners, shares = [corners[k] for k in kept], shares[kept] / shares[kept].sum()


def _nearest_of_plane(corners: Array) -> Array:
    """Return shares, summing to 1 and of any sign, of the plane's point nearest to the origin."""
    n = len(corners)
    system = np.ones((n + 1, n + 1))  # stationarity, and the sum, with its multiplier
    system[:n, :n] = corners @ corners.T
    system[n, n] = 0.0
    solution = np.linalg.lstsq(system, np.append(np.zeros(n), 1.0))[0]
    return np.asarray(solution[:n], np.float64)
