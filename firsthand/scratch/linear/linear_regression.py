r"""Linear regression: the prediction is a weighted sum of the features.

    f  = X w + b                                        prediction
    J  = 1/(2n) sum (X w + b - y)^2 + l2/2 |w|^2        half the mean square, plus a penalty
    dz = (X w + b - y) / n
    dw = X' dz + l2 w,    db = sum(dz)                  slope of J
    (Xc' Xc + n l2 I) w = Xc' yc,   b = mean(y) - mean(X) w      where the slope is zero

n is the number of samples; Xc and yc are X and y minus their means. The same model in
scikit-learn is ``LinearRegression()`` for l2 = 0 and ``Ridge(alpha=l2 * n)`` otherwise: it
sums where we average. Neither penalises the intercept. Where columns are linearly dependent
up to rounding, both choose the shortest w; scikit-learn already calls 1e-6 (``tol``) rounding.

Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), 3.2 and 3.4.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def predict(X: Array, w: Array, b: float) -> Array:
    """Return the predictions X w + b.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    w : ndarray of shape (n_features,)
    b : float

    Returns
    -------
    ndarray of shape (n_samples,)

    Examples
    --------
    >>> predict(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 1.0]), 0.5)
    array([12.5, 34.5])
    """
    return X @ w + b


def loss(X: Array, y: Array, w: Array, b: float, l2: float) -> float:
    """Return J: half the mean squared residual, plus l2 / 2 times the squared length of w.

    The mean is over samples. The intercept ``b`` is not penalised.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    w : ndarray of shape (n_features,)
    b : float
    l2 : float, not negative

    Returns
    -------
    float

    Examples
    --------
    >>> X, y = np.array([[1.0], [2.0]]), np.array([1.0, 4.0])
    >>> loss(X, y, np.array([2.0]), 0.0, l2=0.1)
    0.45
    """
    residual = predict(X, w, b) - y  # (n_samples,)
    return float(residual @ residual / (2 * len(y)) + l2 / 2 * (w @ w))


def gradient(X: Array, y: Array, w: Array, b: float, l2: float) -> tuple[Array, float]:
    """Return (dw, db), the slope of the loss J in ``w`` and in ``b``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    w : ndarray of shape (n_features,)
    b : float
    l2 : float, not negative

    Returns
    -------
    dw : ndarray of shape (n_features,)
    db : float

    Examples
    --------
    >>> X, y = np.array([[1.0], [2.0]]), np.array([1.0, 4.0])
    >>> gradient(X, y, np.array([2.0]), 0.0, l2=0.1)
    (array([0.7]), 0.5)
    """
    dz = (predict(X, w, b) - y) / len(y)  # (n_samples,)
    dw = X.T @ dz + l2 * w  # (n_features,)
    return dw, float(dz.sum())


def gradient_descent(
    X: Array, y: Array, learning_rate: float, n_steps: int, l2: float
) -> tuple[Array, float, Array]:
    """Walk downhill on J from w = 0, b = 0 for ``n_steps`` steps on the whole data.

    One step subtracts ``learning_rate`` times the slope from ``w`` and ``b``, both slopes
    taken at the same place.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    learning_rate : float, positive
    n_steps : int, not negative
    l2 : float, not negative

    Returns
    -------
    w : ndarray of shape (n_features,)
    b : float
    losses : ndarray of shape (n_steps + 1,)
        ``losses[k]`` is J after k steps, so ``losses[0]`` is J at the start.
    """
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [loss(X, y, w, b, l2)]
    for _ in range(n_steps):
        dw, db = gradient(X, y, w, b, l2)
        w = w - learning_rate * dw
        b = b - learning_rate * db
        losses.append(loss(X, y, w, b, l2))
    return w, b, np.array(losses)


def largest_learning_rate(X: Array, l2: float) -> float:
    """Return 2 / lambda_max, the learning rate from which gradient descent on J diverges.

    lambda_max is the largest eigenvalue of the curvature (the matrix of second derivatives)
    of J in (w, b) together. With X1 = [X, 1], that matrix is X1' X1 / n_samples, plus l2 on
    the diagonal entries of ``w``, but not on that of ``b``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    l2 : float, not negative

    Returns
    -------
    float

    Examples
    --------
    >>> largest_learning_rate(np.array([[-2.0], [2.0]]), l2=1.0)
    0.4
    """
    X1 = np.column_stack([X, np.ones(len(X))])  # (n_samples, n_features + 1)
    H = X1.T @ X1 / len(X)
    w_entries = np.arange(X.shape[1])
    H[w_entries, w_entries] += l2
    return float(2 / np.linalg.eigvalsh(H)[-1])  # eigenvalues come in ascending order


def minibatches(n_samples: int, batch_size: int, rng: np.random.Generator) -> list[Indices]:
    """Shuffle the samples and cut them into batches: one epoch's worth of indices.

    Draws one ``rng.permutation(n_samples)`` and cuts it, in its order, into pieces of
    ``batch_size``; the last piece holds what is left and may be smaller.

    Parameters
    ----------
    n_samples : int, at least 1
    batch_size : int, at least 1; larger than ``n_samples`` means one batch
    rng : numpy.random.Generator

    Returns
    -------
    list of integer ndarray
        Together they hold every index from 0 to n_samples - 1 exactly once.

    Examples
    --------
    >>> [len(batch) for batch in minibatches(7, 3, np.random.default_rng(0))]
    [3, 3, 1]
    """
    order = rng.permutation(n_samples)
    return [order[start : start + batch_size] for start in range(0, n_samples, batch_size)]


def minibatch_gradient_descent(
    X: Array,
    y: Array,
    learning_rate: float,
    n_epochs: int,
    batch_size: int,
    l2: float,
    rng: np.random.Generator,
) -> tuple[Array, float, Array]:
    """Walk downhill from w = 0, b = 0, each step on the slope that one small batch shows.

    Every epoch draws new batches with one call of ``minibatches`` and takes one step for
    each, in order. The slope of a batch is the gradient of J on its samples alone: their
    mean, and the whole penalty.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    learning_rate : float, positive
    n_epochs : int, not negative
    batch_size : int, at least 1
    l2 : float, not negative
    rng : numpy.random.Generator

    Returns
    -------
    w : ndarray of shape (n_features,)
    b : float
    losses : ndarray of shape (n_epochs + 1,)
        ``losses[k]`` is J on all the data after k epochs.
    """
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [loss(X, y, w, b, l2)]
    for _ in range(n_epochs):
        for batch in minibatches(len(y), batch_size, rng):
            dw, db = gradient(X[batch], y[batch], w, b, l2)
            w = w - learning_rate * dw
            b = b - learning_rate * db
        losses.append(loss(X, y, w, b, l2))
    return w, b, np.array(losses)


def normal_equations(X: Array, y: Array, penalty: float) -> tuple[Array, Array]:
    """Return (G, c) such that the solution of G w = c minimises |X w - y|^2 + penalty |w|^2.

    There is no intercept here, and the squares are summed, not averaged.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    penalty : float, not negative

    Returns
    -------
    G : ndarray of shape (n_features, n_features)
        Scaled such that without a penalty G[j, k] is the dot product of columns j and k.
    c : ndarray of shape (n_features,)

    Examples
    --------
    >>> X, y = np.array([[1.0], [2.0]]), np.array([1.0, 4.0])
    >>> normal_equations(X, y, penalty=0.5)
    (array([[5.5]]), array([9.]))
    """
    return X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y


def ridge_path(X: Array, y: Array, penalties: Array) -> Array:
    """Return the minimiser of |X w - y|^2 + penalty |w|^2 for each penalty, from one SVD.

    X is decomposed once, however many penalties there are. Directions whose singular value
    is at most ``max(X.shape) * eps * s.max()`` carry rounding and no information (s are the
    singular values, eps is ``np.finfo(float).eps``): no solution has a component along them.
    So a penalty of 0 gives the shortest of all minimisers. There is no intercept here.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    penalties : ndarray of shape (n_penalties,), not negative

    Returns
    -------
    ndarray of shape (n_penalties, n_features)
        Row i belongs to ``penalties[i]``.
    """
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    kept = s > max(X.shape) * np.finfo(float).eps * s.max()
    s = s[kept]
    shrink = s / (s**2 + penalties[:, None])  # (n_penalties, n_kept)
    return (shrink * (U[:, kept].T @ y)) @ Vt[kept]


def closed_form(X: Array, y: Array, l2: float) -> tuple[Array, float]:
    """Return the (w, b) at which J is least, in one step.

    Where several share that least value (l2 = 0 and linearly dependent columns), it is the
    one whose ``w`` is shortest. ``least_squares`` below solves the part without an intercept
    and takes care of that.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    l2 : float, not negative
        As in J, where the squares are averaged over samples.

    Returns
    -------
    w : ndarray of shape (n_features,)
    b : float

    Examples
    --------
    >>> X, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0])
    >>> closed_form(X, y, l2=0.0)
    (array([2.]), 1.0)
    """
    Xc, yc, x_mean, y_mean = centre(X, y)
    w = least_squares(Xc, yc, len(y) * l2)
    return w, float(y_mean - x_mean @ w)


def r2_score(y: Array, prediction: Array) -> float:
    """Return 1 - (squared error of the prediction) / (squared error of predicting mean(y)).

    1 is perfect, 0 is no better than the mean, and there is no lower limit. Where ``y`` is
    constant the fraction has no meaning: an exact prediction scores 1, any other 0.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    prediction : ndarray of shape (n_samples,)

    Returns
    -------
    float

    Examples
    --------
    >>> r2_score(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    0.5
    """
    left = np.sum((y - prediction) ** 2)
    if np.all(y == y[0]):
        return 1.0 if left == 0 else 0.0
    return float(1 - left / np.sum((y - y.mean()) ** 2))


def centre(X: Array, y: Array) -> tuple[Array, Array, Array, float]:
    """Return (X - mean(X), y - mean(y), mean(X), mean(y)), the means over samples."""
    Xc = X - X[0]  # makes a constant column exactly zero; its computed mean may be an ulp off
    offset = Xc.mean(axis=0)
    Xc -= offset
    y_mean = float(y.mean())
    return Xc, y - y_mean, X[0] + offset, y_mean


def least_squares(X: Array, y: Array, penalty: float) -> Array:
    """Return the shortest w at which |X w - y|^2 + penalty |w|^2 is least.

    The normal equations read X once and are 10 to 15 times as fast as a singular value
    decomposition (1e5 samples of 20 features: 2 ms against 28). But they square the condition
    number, so they are trusted only where that costs at most 6 of 16 digits; the SVD answers
    the rest.
    """
    if X.shape[0] >= X.shape[1]:
        G, c = normal_equations(X, y, penalty)
        if well_conditioned(G):
            return np.asarray(np.linalg.solve(G, c), dtype=np.float64)
    return by_svd(X, y, penalty)


def by_svd(X: Array, y: Array, penalty: float) -> Array:
    """Return what :func:`least_squares` does, by ``ridge_path``, however small X is.

    The square of 1e-170 is zero. So data that small is measured by its largest value; below
    ``np.finfo(float).tiny`` no number is large enough to be its weight, and w is 0.
    """
    size = float(np.abs(X).max())
    if penalty > 0 or size > 1e-140:
        return ridge_path(X, y, np.array([penalty]))[0]
    if size < np.finfo(float).tiny:
        return np.zeros(X.shape[1])
    return ridge_path(X / size, y, np.zeros(1))[0] / size


def well_conditioned(G: Array) -> bool:
    """Whether solving with the symmetric matrix ``G`` loses at most six digits."""
    scale = np.sqrt(np.diag(G))
    if not scale.min() > max(1e-10 * scale.max(), 1e-140):
        return False  # a column that is zero, nothing but rounding, or too small to square
    eigenvalues = np.linalg.eigvalsh(G / np.outer(scale, scale))  # units of X do not matter
    return bool(eigenvalues[0] * 1e6 > eigenvalues[-1])
