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

import warnings
from functools import partial
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.errors import ConvergenceWarning, ParameterError, in_both_families
from firsthand.scratch.linear._newton import conjugate_gradients, damped_newton, largest
from firsthand.scratch.validation import (
    check_number,
    check_sample_weight,
    check_X,
    check_X_labels,
)

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

    It undoes :func:`sigmoid`. Odds are what a bet pays: p = 0.8 is 4 to 1, log-odds log 4.

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
    return np.log(p) - np.log1p(-p)  # log1p keeps the digits of 1 - p where p is tiny


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
    """Return (w, b) after one full Newton step on J: the inverse Hessian times the gradient, less.

    With X1 = [X, 1] and s the :func:`shares`, the Hessian is X1' diag(s p (1 - p)) X1, plus l2
    on the diagonal of the weights (not of the intercept).

    Parameters
    ----------
    X, y, w, b, l2, sample_weight
        As for :func:`gradient`. ``w`` is not changed in place.

    Returns
    -------
    w : ndarray of shape (n_features,)
    b : float

    Notes
    -----
    Where the Hessian is singular (l2 = 0 and a constant or repeated column), the step is the
    shortest of those that solve H step = gradient, as ``np.linalg.lstsq`` finds it.
    """
    p = sigmoid(log_odds(X, w, b))
    curvature = shares(len(y), sample_weight) * p * (1.0 - p)  # of the loss in each z
    cX = curvature[:, None] * X
    mixed = np.sum(cX, axis=0)  # between weights and intercept
    H = np.block(
        [
            [X.T @ cX + l2 * np.eye(len(w)), mixed[:, None]],
            [mixed[None, :], np.sum(curvature)],
        ]
    )
    dw, db = gradient(X, y, w, b, l2, sample_weight)
    step = np.linalg.lstsq(H, np.append(dw, db), rcond=None)[0]
    return w - step[:-1], b - float(step[-1])


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


def softmax_newton_step(
    X: Array,
    Y: Array,
    W: Array,
    b: Array,
    l2: float = 0.0,
    sample_weight: Array | None = None,
) -> tuple[Array, Array]:
    """Return (W, b) after one full Newton step of the softmax model.

    Its Hessian has (n_classes (n_features + 1))^2 entries and is never written down: conjugate
    gradients only ask for its products with V, and those have the form of the gradient, with
    dZ = s P (U - sum(P U)) and U = [X, 1] V. The rough inverse that guides them is
    each class's own Hessian, as if it were alone against the rest. The parameters are as for
    :func:`softmax_gradient`.
    """
    n_samples, n_features = X.shape
    X1 = np.column_stack([X, np.ones(n_samples)])
    s = shares(n_samples, sample_weight)[:, None]
    penalty = l2 * np.append(np.ones(n_features), 0.0)[:, None]
    P = softmax(log_odds(X, W, b))

    def product(V: Array) -> Array:  # (n_features + 1, n_classes), the intercepts last
        U = X1 @ V
        return X1.T @ (s * P * (U - np.sum(P * U, axis=1, keepdims=True))) + penalty * V

    roots = np.sqrt(s * P * (1.0 - P)).T[:, :, None] * X1  # (n_classes, n_samples, ...)
    alone = np.stack([root.T @ root + np.diag(penalty[:, 0]) for root in roots])
    rough = np.linalg.pinv(alone, hermitian=True)  # (n_classes, n_features + 1, ...)

    def precondition(V: Array) -> Array:
        V = np.einsum("kij,jk->ik", rough, V)
        return V - V.mean(axis=1, keepdims=True)  # what all classes share changes nothing

    right = np.vstack(softmax_gradient(X, Y, W, b, l2, sample_weight))
    tol = min(0.1, float(np.sqrt(np.max(np.abs(right)))))  # crude far away, exact close by
    step = conjugate_gradients(product, right, precondition, tol, max_iter=5 * right.size)
    return W - step[:-1], b - step[-1]


class LogisticRegression(Classifier, Estimator):
    """Linear classifier that predicts probabilities, for two classes or more.

    Parameters
    ----------
    l2 : float
        Strength of the penalty l2/2 |w|^2 on a mean loss; scikit-learn's C is
        1 / (l2 * n_samples), with the sum of the weights in place of n_samples.
    solver : {"newton", "gradient_descent"}
        Newton needs about eight steps of any scale; descent wants standardised features.
    learning_rate : float, optional
        Of gradient descent; by default the largest at which the loss can never rise.
    max_iter : int
        Most steps to take.
    tol : float
        Stop when no entry of the gradient exceeds it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    coef_ : ndarray of shape (1, n_features), or (n_classes, n_features)
        Weights: of the second class where there are two, else a row for each class.
    intercept_ : ndarray of shape (1,) or (n_classes,)
    losses_ : ndarray of shape (n_iter_ + 1,)
        The objective at the start and after every step.
    n_iter_ : int
        Steps taken.
    n_features_in_ : int

    Examples
    --------
    >>> model = LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"])
    >>> model.predict([[0.5], [2.5]]).tolist()
    ['no', 'yes']
    """

    def __init__(
        self,
        l2: float = 0.01,
        *,
        solver: Literal["newton", "gradient_descent"] = "newton",
        learning_rate: float | None = None,
        max_iter: int = 1000,
        tol: float = 1e-8,
    ) -> None:
        self.l2 = l2
        self.solver = solver
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Find the parameters at which the penalised cross-entropy is least.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Labels of any kind, of at least two classes.
        sample_weight : array-like of shape (n_samples,), optional
            A weight of 2 counts as if the sample were there twice.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        ConvergenceWarning
            If ``tol`` was not reached, or if the classes are separable and l2 is 0: the
            weights then have no finite optimum.
        """
        self._check_parameters()
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        weight = None if sample_weight is None else check_sample_weight(sample_weight, len(codes))
        binary = len(self.classes_) == 2
        target = codes.astype(np.float64) if binary else one_hot(codes, len(self.classes_))
        how: dict[str, Any] = {"l2": self.l2, "sample_weight": weight}
        w = np.zeros(matrix.shape[1:] + target.shape[1:])
        b: Any = 0.0 if binary else np.zeros(target.shape[1])
        if self.solver == "newton":
            w, b, losses = damped_newton(
                partial(objective, matrix, target, **how),
                partial(slope, matrix, target, **how),
                partial(newton_step if binary else softmax_newton_step, matrix, target, **how),
                w,
                b,
                self.tol,
                self.max_iter,
            )
        else:
            w, b, losses = self._descend(matrix, target, w, b, weight)
        self.coef_ = np.atleast_2d(w.T)
        self.intercept_ = np.atleast_1d(b)
        self.losses_ = losses
        self.n_iter_ = len(losses) - 1
        self._warn(matrix, codes, largest(*slope(matrix, target, w, b, **how)), weight)
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the log-odds of the second class, (n_samples,), or a score for each class."""
        matrix = check_X(self, X)
        Z = log_odds(matrix, self.coef_.T, self.intercept_)
        return Z[:, 0] if len(self.classes_) == 2 else Z

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of every class, shape (n_samples, n_classes)."""
        Z = self.decision_function(X)
        return softmax(Z) if Z.ndim == 2 else np.column_stack([sigmoid(-Z), sigmoid(Z)])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable label of every sample, shape (n_samples,)."""
        Z = self.decision_function(X)
        return self.classes_[np.argmax(Z, axis=1) if Z.ndim == 2 else (Z > 0).astype(np.intp)]

    def _descend(
        self, X: Array, target: Array, w: Array, b: Any, weight: Array | None
    ) -> tuple[Array, Any, Array]:
        """Walk downhill in short stretches until the gradient is small, or steps run out."""
        rate = self.learning_rate or 1.0 / self._steepest(X, target, weight)
        losses = np.empty(0)
        while len(losses) <= self.max_iter:
            n_steps = min(50, self.max_iter - max(len(losses) - 1, 0))
            with np.errstate(over="ignore", invalid="ignore"):  # too long a step is told below
                w, b, stretch = gradient_descent(X, target, w, b, rate, n_steps, self.l2, weight)
            losses = np.append(losses[:-1], stretch)
            if not np.isfinite(losses[-1]):
                raise ParameterError(
                    f"learning_rate is {rate:g}, at which the loss grows beyond all bounds; "
                    f"try {1.0 / self._steepest(X, target, weight):.3g}."
                )
            if n_steps < 50 or largest(*slope(X, target, w, b, self.l2, weight)) <= self.tol:
                break
        return w, b, losses

    def _steepest(self, X: Array, target: Array, weight: Array | None) -> float:
        """Return a bound on the curvature of J; steps up to 1 over it never go uphill.

        p (1 - p) is at most 1/4; the softmax's curvature is at most 1/2 (Böhning, 1992).
        """
        X1 = np.column_stack([X, np.ones(len(X))]) * np.sqrt(shares(len(X), weight))[:, None]
        return float(np.linalg.eigvalsh(X1.T @ X1)[-1]) / (4 if target.ndim == 1 else 2) + self.l2

    def _warn(
        self, X: Array, codes: NDArray[np.intp], remaining: float, weight: Array | None
    ) -> None:
        """Say where the result is not what a user would take it for."""
        told = ""
        if self.l2 == 0:
            right = self.predict(X) == self.classes_[codes]
            if np.all(right if weight is None else right[weight > 0]):
                told = (
                    "The classes are separable and l2 is 0: the loss falls for ever as the "
                    "weights grow, so their size here means nothing. Set l2 above 0."
                )
        if not told and remaining > self.tol:
            told = (
                f"After {self.n_iter_} steps the largest entry of the gradient is "
                f"{remaining:.1e}, above tol={self.tol:g}. Standardise the features, "
                "raise max_iter, or use solver='newton'."
            )
        if told:
            warnings.warn(told, in_both_families(ConvergenceWarning), stacklevel=3)

    def _check_parameters(self) -> None:
        check_number("l2", self.l2, at_least=0)
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
        check_number("tol", self.tol, above=0)
        if self.learning_rate is not None:
            check_number("learning_rate", self.learning_rate, above=0)
        if self.solver not in ("newton", "gradient_descent"):
            raise ParameterError(f"solver is {self.solver!r}; use 'newton' or 'gradient_descent'.")
