r"""Lasso and elastic net by coordinate descent: one weight at a time goes to its best value.

    J   = 1/2 |y - X w|^2 + l1 |w|_1 + l2/2 |w|^2
    rho = x_j' (y - X w + x_j w_j)                  what column j explains of what others leave
    w_j = S(rho, l1) / (x_j' x_j + l2)              S(z, t) = sign(z) max(|z| - t, 0)

The penalty |w_j| has a kink at 0, so weights that gain too little stay exactly 0. With
G = X'X and c = X'y, all a step needs is rho_j = c_j - (G w)_j + G_jj w_j: once the products are
known, a step costs n_features and not n_samples operations.

How far J is above its least value, no more than the duality gap says: any
theta = s (y - X w) with s so small that no |x_j' theta - s l2 w_j| exceeds l1 bounds it from below.

Friedman, Hastie & Tibshirani, Regularization paths for generalized linear models via
coordinate descent, Journal of Statistical Software 33 (2010); Kim et al., An interior-point
method for large-scale l1-regularized least squares (2007).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "coordinate_descent",
    "coordinate_sweep",
    "descend_on_products",
    "duality_gap",
    "soft_threshold",
    "sparse_fit",
]

Array = NDArray[np.float64]

SOLVES = 5  # systems solved after each sweep, at most
CANDIDATES = 10  # columns that may enter at a time, at least


def soft_threshold(z: Array, threshold: float) -> Array:
    """Return ``z`` moved towards 0 by ``threshold``, and 0 where it would pass it; elementwise.

    It is the w at which 1/2 (w - z)^2 + threshold |w| is least.

    Parameters
    ----------
    z : ndarray of any shape
    threshold : float, not negative

    Examples
    --------
    >>> soft_threshold(np.array([3.0, -3.0, 0.5]), 1.0).tolist()
    [2.0, -2.0, 0.0]
    """
    return np.sign(z) * np.maximum(np.abs(z) - threshold, 0.0)


def coordinate_sweep(
    X: Array, residual: Array, w: Array, l1: float, l2: float
) -> tuple[Array, Array]:
    """Return (w, residual) after each weight in turn has gone to its best value.

    A weight sees the values that those before it have just taken. A column of zeros keeps its
    weight.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    residual : ndarray of shape (n_samples,)
        y - X w; not changed in place.
    w : ndarray of shape (n_features,)
        Not changed in place.
    l1, l2 : float, not negative

    Examples
    --------
    >>> X, y = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([3.0, 1.0])
    >>> coordinate_sweep(X, y, np.zeros(2), l1=1.0, l2=0.0)[0].tolist()
    [2.0, 0.25]
    """
    w = w.copy()
    for j in range(X.shape[1]):
        x = X[:, j]
        square = float(x @ x)
        if square == 0.0:
            continue
        rho = x @ residual + square * w[j]
        new = float(soft_threshold(rho, l1)) / (square + l2)
        residual = residual - (new - w[j]) * x
        w[j] = new
    return w, residual


def coordinate_descent(
    X: Array, y: Array, l1: float, l2: float, tol: float = 1e-4, max_iter: int = 1000
) -> tuple[Array, float, int]:
    """Return (w, gap, n_iter): sweep from w = 0 until the duality gap is at most tol y'y.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    l1, l2 : float
        ``l1`` is positive; ``l2`` not negative.
    tol : float
    max_iter : int
        Most sweeps.

    Returns
    -------
    w : ndarray of shape (n_features,)
    gap : float
        J at w is at most so much above the least.
    n_iter : int
        Sweeps made.
    """
    w, residual, gap, n_iter = np.zeros(X.shape[1]), y, np.inf, 0
    while gap > tol * float(y @ y) and n_iter < max_iter:
        w, residual = coordinate_sweep(X, residual, w, l1, l2)
        gap = duality_gap(
            X.T @ residual, float(residual @ residual), float(residual @ y), w, l1, l2
        )
        n_iter += 1
    return w, gap, n_iter


def duality_gap(correlations: Array, rr: float, ry: float, w: Array, l1: float, l2: float) -> float:
    """Return how far J at ``w`` is at most above its least value.

    Parameters
    ----------
    correlations : ndarray of shape (n_features,)
        X' r, with r = y - X w.
    rr, ry : float
        r' r and r' y.
    w : ndarray of shape (n_features,)
    l1, l2 : float
    """
    steepest = float(np.max(np.abs(correlations - l2 * w), initial=0.0))
    s = 1.0 if steepest <= l1 else l1 / steepest  # r, made so small that no column exceeds l1
    squares = float(w @ w)
    primal = 0.5 * rr + l1 * float(np.abs(w).sum()) + 0.5 * l2 * squares
    dual = s * ry - 0.5 * s * s * (rr + l2 * squares)
    return max(primal - dual, 0.0)


def descend_on_products(
    G: Array,
    c: Array,
    yy: float,
    l1: float,
    l2: float,
    w: Array,
    tol: float = 1e-4,
    max_iter: int = 1000,
) -> tuple[Array, float, int]:
    """Return (w, gap, n_iter) as :func:`coordinate_descent`, from products alone.

    A sweep visits only weights that are not 0, or that would leave it now. It finds out which
    are not 0, and is slow to find their values where columns are alike; so each sweep is
    followed by steps that keep the signs and solve for the values (200 columns that correlate
    at 0.9: 5 sweeps instead of thousands, and the answer is exact).

    Parameters
    ----------
    G : ndarray of shape (n_features, n_features)
        X' X.
    c : ndarray of shape (n_features,)
        X' y.
    yy : float
        y' y.
    l1, l2 : float
        ``l1`` is positive; ``l2`` not negative.
    w : ndarray of shape (n_features,)
        Where to start; not changed in place.
    tol : float
        Sweeps end when no sign changes any more and the gap is at most tol yy.
    max_iter : int
        Most sweeps.
    """
    w, diagonal = w.copy(), G.diagonal().tolist()
    correlations = c - G @ w  # X' r
    gap, n_iter, standing = np.inf, 0, False
    while (gap > tol * yy or not standing) and n_iter < max_iter:
        signs = np.sign(w)
        for j in np.flatnonzero((w != 0.0) | (np.abs(correlations) > l1)).tolist():
            old, square = w.item(j), diagonal[j]
            rho = correlations.item(j) + square * old
            pull = rho - l1 if rho > l1 else rho + l1 if rho < -l1 else 0.0
            new = pull / (square + l2) if square > 0.0 else old
            if new != old:
                correlations -= (new - old) * G[j]
                w[j] = new
        n_iter += 1
        standing = bool(np.array_equal(np.sign(w), signs))
        w = _solve_with_signs(G, c, l1, l2, w)
        correlations = c - G @ w  # afresh: differences had gathered rounding
        rr = max(yy - float(w @ (c + correlations)), 0.0)
        gap = duality_gap(correlations, rr, yy - float(w @ c), w, l1, l2)
    return w, gap, n_iter


def _solve_with_signs(G: Array, c: Array, l1: float, l2: float, w: Array) -> Array:
    """Return the weights at which the slope of J is 0, as far as the signs of ``w`` allow.

    As long as no sign changes, J is quadratic, and one system leads to its least value. Where
    a weight would cross 0 on the way there, it stops at 0, leaves, and the rest is solved anew.
    """
    w = w.copy()
    for _ in range(SOLVES):
        inside = np.flatnonzero(w)
        if not len(inside):
            break
        signs = np.sign(w[inside])
        downhill = c[inside] - G[inside] @ w - l1 * signs - l2 * w[inside]
        system = G[np.ix_(inside, inside)]
        # the last part changes nothing but that columns which say the same can be solved for
        system[np.diag_indices(len(inside))] += l2 + 1e-13 * system.diagonal().max()
        step = np.linalg.solve(system, downhill)
        crossing = np.flatnonzero(np.sign(w[inside] + step) != signs)
        if not len(crossing):
            w[inside] += step
            break
        parts = -w[inside[crossing]] / step[crossing]  # of the step, at which each arrives at 0
        w[inside] += parts.min() * step
        w[inside[crossing[parts.argmin()]]] = 0.0
    return w


def sparse_fit(
    X: Array,
    y: Array,
    l1: float,
    l2: float,
    tol: float = 1e-4,
    max_iter: int = 1000,
    x_mean: Array | None = None,
) -> tuple[Array, float, int]:
    """Return (w, gap, n_iter) as :func:`coordinate_descent`, for many columns of which few count.

    Products are made only of columns that have entered. Those enter that press most against
    l1, a few at first and then twice as many as are in; the descent on all that are in is
    repeated until no other presses. Of 200 columns on 10,000 samples, where 10 count, that
    takes 2 ms; 4 where all that press may enter at once, and 15 with all products.

    With ``x_mean`` the columns are those of X - x_mean, which is never made as a whole:
    (X - x_mean)' r = X' r - x_mean (1' r), and only those that enter are centred.
    """
    center = np.zeros(X.shape[1]) if x_mean is None else x_mean
    yy, n_features = float(y @ y), X.shape[1]
    w, residual, n_iter = np.zeros(n_features), y, 0
    entered = np.zeros(0, np.intp)
    columns, G = X[:, entered], np.zeros((0, 0))
    while True:
        correlations = X.T @ residual - center * residual.sum()
        rr, ry = float(residual @ residual), float(residual @ y)
        gap = duality_gap(correlations, rr, ry, w, l1, l2)
        if gap <= tol * yy or n_iter >= max_iter:
            return w, gap, n_iter
        pressing = np.abs(correlations)
        pressing[entered] = 0.0
        few = max(CANDIDATES, 2 * len(entered))
        most = np.argsort(-pressing, kind="stable")[:few]
        new = most[pressing[most] > l1]
        fresh = X[:, new] - center[new]
        mixed = columns.T @ fresh
        G = np.block([[G, mixed], [mixed.T, fresh.T @ fresh]])
        entered, columns = np.append(entered, new), np.hstack([columns, fresh])
        c, left = columns.T @ y, max_iter - n_iter
        w[entered], _, made = descend_on_products(G, c, yy, l1, l2, w[entered], tol / 2, left)
        residual = y - columns @ w[entered]
        n_iter += made
