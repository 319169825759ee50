r"""Logistic regression: the log-odds of class 1 are linear in the features.

    z  = X w + b                                        log-odds
    p  = 1 / (1 + exp(-z))                              probability of class 1
    J  = sum(s (log(1 + exp(z)) - y z)) + l2/2 |w|^2    cross-entropy, written in z
    dz = s (p - y)
    dw = X' dz + l2 w,    db = sum(dz)

The shares ``s`` add to one: 1 / n_samples each, unless ``sample_weight`` says otherwise.
With more than two classes z, w, b and y gain a column for each class, softmax takes the
place of the sigmoid, and the gradient keeps its form: dZ = s (P - Y).

The same model in scikit-learn is ``LogisticRegression(C=1 / (l2 * n_samples))``: it sums
where we average, and weighs the loss where we weigh the penalty.

Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), section 4.4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(z: Array) -> Array:
    """Return the probability whose log-odds are ``z``: 1 / (1 + exp(-z)), elementwise.

    Parameters
    ----------
    z : ndarray of any shape
        Log-odds of any size, infinite ones included: no value of ``z`` may overflow.

    Returns
    -------
    ndarray of the shape of z
        Between 0 and 1. Small probabilities keep their digits: sigmoid(-100) is exp(-100).

    Examples
    --------
    >>> sigmoid(np.array([-np.inf, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    shrink = np.exp(-np.abs(z))  # in [0, 1]: exp never overflows
    return np.where(z >= 0, 1.0, shrink) / (1.0 + shrink)


def logit(p: Array) -> Array:
    """Return the log-odds of probability ``p``: log(p / (1 - p)), elementwise.

    It undoes :func:`sigmoid`. A probability of 0.8 has odds of 4 to 1, and log-odds of log 4.

    Parameters
    ----------
    p : ndarray of any shape
        Probabilities strictly between 0 and 1, however close to 0.

    Returns
    -------
    ndarray of the shape of p

    Examples
    --------
    >>> float(logit(np.array(0.5)))
    0.0
    """
    return np.log(p / (1.0 - p))


def log_odds(X: Array, w: Array, b: float | Array) -> Array:
    """Return X w + b: the log-odds of class 1, or a column of scores for each class.

    ``X`` has shape (n_samples, n_features). With ``w`` (n_features,) and a number ``b`` the
    result is (n_samples,); with ``w`` (n_features, n_classes) and ``b`` (n_classes,) it is
    (n_samples, n_classes).
    """
    return X @ w + b


def boundary(x1: Array, w: Array, b: float, threshold: float = 0.5) -> Array:
    """Return, for two features, the x2 at which the probability is exactly ``threshold``.

    The points (x1, x2) with p = threshold are those whose log-odds are logit(threshold):
    a straight line, and the decision boundary of "say 1 where p > threshold".

    Parameters
    ----------
    x1 : ndarray of any shape
        First coordinates.
    w : ndarray of shape (2,)
        Weights; ``w[1]`` is not zero.
    b : float
        Intercept.
    threshold : float
        Strictly between 0 and 1.

    Returns
    -------
    ndarray of the shape of x1
        Second coordinates.
    """
    return (logit(np.asarray(threshold)) - b - w[0] * x1) / w[1]


def shares(n_samples: int, sample_weight: Array | None = None) -> Array:
    """Return what part of the mean each sample is, shape (n_samples,); they add to one.

    1 / n_samples each, or ``sample_weight`` over its sum. A weight of 2 counts as if the
    sample were there twice.
    """
    if sample_weight is None:
        return np.full(n_samples, 1.0 / n_samples)
    return sample_weight / np.sum(sample_weight)


def binary_cross_entropy(z: Array, y: Array, sample_weight: Array | None = None) -> float:
    """Return the mean cross-entropy of labels ``y`` under log-odds ``z``.

    For one sample it is -log p where y is 1, and -log(1 - p) where y is 0, with p = sigmoid(z);
    for y between them, the mixture -y log p - (1 - y) log(1 - p). It is computed from ``z``,
    never from a rounded p: a sample that is wrong with log-odds of 1000 costs 1000.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        Log-odds of class 1, finite, of any size.
    y : ndarray of shape (n_samples,)
        1.0 or 0.0, or a probability where labels are soft.
    sample_weight : ndarray of shape (n_samples,), optional
        How much each sample counts; the mean is weighted with their :func:`shares`.

    Returns
    -------
    float
        In nats; log 2 where every z is zero.
    """
    softplus = np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))  # log(1 + exp(z))
    return float(np.sum(shares(len(z), sample_weight) * (softplus - y * z)))


def gradient(
    X: Array,
    y: Array,
    w: Array,
    b: float,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> tuple[Array, float]:
    """Return (dw, db), the gradient at (w, b) of J, the cross-entropy plus l2/2 |w|^2.

    The intercept is not penalised.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        1.0 or 0.0, or a probability where labels are soft.
    w : ndarray of shape (n_features,)
    b : float
    l2 : float
        Strength of the penalty.
    sample_weight : ndarray of shape (n_samples,), optional
        The loss is a mean with these :func:`shares`; the penalty is not weighted.

    Returns
    -------
    dw : ndarray of shape (n_features,)
    db : float
    """
    dz = shares(len(y), sample_weight) * (sigmoid(log_odds(X, w, b)) - y)  # (n_samples,)
    dw = X.T @ dz + l2 * w  # (n_features,)
    return dw, float(np.sum(dz))


def objective(
    X: Array,
    y: Array,
    w: Array,
    b: float | Array,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> float:
    """Return J at (w, b): binary where ``y`` is a vector, softmax where its rows are one-hot."""
    loss = binary_cross_entropy if y.ndim == 1 else cross_entropy
    return loss(log_odds(X, w, b), y, sample_weight) + 0.5 * l2 * float(np.sum(w * w))


def slope(
    X: Array,
    y: Array,
    w: Array,
    b: float | Array,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> tuple[Array, float | Array]:
    """Return the gradient of :func:`objective`, by :func:`gradient` or :func:`softmax_gradient`."""
    if y.ndim == 1:
        return gradient(X, y, w, float(b), l2, sample_weight)
    return softmax_gradient(X, y, w, np.asarray(b), l2, sample_weight)


def gradient_descent(
    X: Array,
    y: Array,
    w: Array,
    b: float | Array,
    learning_rate: float,
    n_steps: int,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> tuple[Array, float | Array, Array]:
    """Return (w, b, losses) after ``n_steps`` steps of gradient descent from (w, b).

    Every step moves both parameters against the :func:`slope` at the point where they were
    before the step: parameter - learning_rate * its gradient. All samples take part in it.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,), or one-hot (n_samples, n_classes)
    w : ndarray of shape (n_features,), or (n_features, n_classes)
        Where to start; not changed in place.
    b : float, or ndarray of shape (n_classes,)
        Where to start; not changed in place.
    learning_rate : float
    n_steps : int
        Zero or more.
    l2, sample_weight
        As for :func:`gradient`.

    Returns
    -------
    w, b
        Of the shapes that came in.
    losses : ndarray of shape (n_steps + 1,)
        :func:`objective` at the start and after every step.
    """
    losses = [objective(X, y, w, b, l2, sample_weight)]
    for _ in range(n_steps):
        dw, db = slope(X, y, w, b, l2, sample_weight)
        w = w - learning_rate * dw
        b = b - learning_rate * db
        losses.append(objective(X, y, w, b, l2, sample_weight))
    return w, b, np.array(losses)


def newton_step(
    X: Array,
    y: Array,
    w: Array,
    b: float,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> tuple[Array, float]:
    """Return (w, b) after one full Newton step on J: minus the gradient over the curvature.

    With X1 = [X, 1] and s the :func:`shares`, the Hessian H of J is X1' diag(s p (1 - p)) X1,
    plus l2 on the diagonal entries of the weights, but not on that of the intercept. The step
    solves H step = gradient; where H is singular, any solution will do (:func:`solve` finds one).

    Parameters
    ----------
    X, y, w, b, l2, sample_weight
        As for :func:`gradient`. ``w`` is not changed in place.

    Returns
    -------
    w : ndarray of shape (n_features,)
    b : float
    """
    p = sigmoid(log_odds(X, w, b))
    curvature = shares(len(y), sample_weight) * p * (1.0 - p)  # of the loss in each z
    root = np.sqrt(curvature)[:, None] * X  # an array times itself: half the work for BLAS
    mixed = X.T @ curvature  # between weights and intercept
    H = np.block(
        [
            [root.T @ root + l2 * np.eye(len(w)), mixed[:, None]],
            [mixed[None, :], np.sum(curvature)],
        ]
    )
    dw, db = gradient(X, y, w, b, l2, sample_weight)
    step = solve(H, np.append(dw, db))
    return w - step[:-1], b - float(step[-1])


def solve(H: Array, g: Array) -> Array:
    """Return x with H x = g, for a symmetric H (n, n) without negative curvature, and g (n,).

    H is scaled to a unit diagonal first, so that the units of the features do not matter. Where
    it is singular (a constant or repeated column and l2 = 0), x is the shortest solution
    in those units.
    """
    scale = np.sqrt(np.diag(H))
    scale[scale == 0.0] = 1.0
    return np.linalg.lstsq(H / np.outer(scale, scale), g / scale, rcond=None)[0] / scale


def one_hot(y: NDArray[np.intp], n_classes: int) -> Array:
    """Return the labels 0 .. n_classes - 1 as rows with a single one, (n_samples, n_classes)."""
    return np.eye(n_classes)[y]


def softmax(Z: Array) -> Array:
    """Return exp(Z) divided by its sum over the last axis: scores become probabilities.

    Parameters
    ----------
    Z : ndarray of shape (..., n_classes)
        Finite scores of any size. Adding one number to a whole row changes nothing.

    Returns
    -------
    ndarray of the shape of Z
        Every row is positive (or underflows to zero) and adds to one.

    Examples
    --------
    >>> softmax(np.array([[0.0, np.log(3.0)], [1000.0, 1000.0]])).tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))  # at most exp(0): never overflows
    return E / np.sum(E, axis=-1, keepdims=True)


def cross_entropy(Z: Array, Y: Array, sample_weight: Array | None = None) -> float:
    """Return the mean over samples of -sum(Y log softmax(Z)) over classes.

    It is computed from the scores: log softmax(Z) = Z - log(sum(exp(Z))), where the logarithm
    of the sum neither overflows nor becomes log(0), however large the scores.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_classes)
        Finite scores.
    Y : ndarray of shape (n_samples, n_classes)
        One-hot labels, or rows of probabilities that add to one.
    sample_weight : ndarray of shape (n_samples,), optional
        How much each sample counts; the mean is weighted with their :func:`shares`.

    Returns
    -------
    float
        In nats; log(n_classes) where all scores are equal.
    """
    shifted = Z - np.max(Z, axis=1, keepdims=True)
    log_P = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return float(-np.sum(shares(len(Z), sample_weight) * np.sum(Y * log_P, axis=1)))


def softmax_gradient(
    X: Array,
    Y: Array,
    W: Array,
    b: Array,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> tuple[Array, Array]:
    """Return (dW, db), the gradient at (W, b) of the cross-entropy plus l2/2 sum(W^2).

    The intercepts are not penalised.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    Y : ndarray of shape (n_samples, n_classes)
        One-hot labels, or rows of probabilities that add to one.
    W : ndarray of shape (n_features, n_classes)
    b : ndarray of shape (n_classes,)
    l2 : float
        Strength of the penalty.
    sample_weight : ndarray of shape (n_samples,), optional
        The loss is a mean with these :func:`shares`; the penalty is not weighted.

    Returns
    -------
    dW : ndarray of shape (n_features, n_classes)
    db : ndarray of shape (n_classes,)
    """
    P = softmax(log_odds(X, W, b))
    dZ = shares(len(Y), sample_weight)[:, None] * (P - Y)  # (n_samples, n_classes)
    return X.T @ dZ + l2 * W, np.sum(dZ, axis=0)
