"""The widest margin with which a plane through the origin parts two classes.

Not a counterpart of the perceptron (it has none on purpose) but the oracle of its proof: the
margin is the distance from the origin to the convex hull of the points, each multiplied by
its sign. It is found by non-negative least squares.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def widest_margin(points: Array) -> tuple[float, Array]:
    """Return (margin, u), where u has length 1 and margin is the least ``points @ u``.

    Parameters
    ----------
    points : ndarray of shape (n_samples, n_features)
        Every sample times its sign, +1 or -1.

    Returns
    -------
    margin : float
        0.0 where no plane through the origin has all points on one side.
    u : ndarray of shape (n_features,)
        The direction of the widest margin; zeros where there is none.
    """
    from scipy.optimize import nnls

    # The nearest point of the hull minimises |points' a| over a >= 0 with sum(a) = 1. By
    # duality it is the residual of min |A a - e| with a last row of ones and e = (0, ..., 0, 1).
    A = np.vstack([points.T, np.ones(len(points))])
    target = np.zeros(points.shape[1] + 1)
    target[-1] = 1.0
    weights, _ = nnls(A, target, maxiter=100 * A.shape[1])
    residual = target - A @ weights
    if residual[-1] <= 1e-12:
        return 0.0, np.zeros(points.shape[1])
    w = -residual[:-1] / residual[-1]  # points @ w >= 1, and w is the shortest such
    length = float(np.linalg.norm(w))
    if length == 0 or (points @ w).min() < 0.5:
        return 0.0, np.zeros(points.shape[1])
    return float((points @ w).min() / length), w / length
