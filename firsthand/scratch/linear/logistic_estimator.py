"""Logistic regression as an estimator: validation, solvers and warnings around the formulas.

The formulas stand in ``logistic_regression.py``; whatever stands in for them there, runs here with
``solver="newton"`` and ``"gradient_descent"``. The default solver has its own, faster passes.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.errors import ConvergenceWarning, ParameterError, in_both_families
from firsthand.scratch.linear._newton import conjugate_gradients, damped_newton
from firsthand.scratch.linear.irls import BinaryObjective
from firsthand.scratch.linear.lbfgs import lbfgs
from firsthand.scratch.linear.logistic_regression import (
    gradient_descent,
    log_odds,
    newton_step,
    objective,
    one_hot,
    shares,
    slope,
    softmax,
    softmax_gradient,
)
from firsthand.scratch.linear.scores import (
    class_scores,
    log_probabilities,
    probabilities,
    top_labels,
)
from firsthand.scratch.linear.sparse_logistic import sparse_newton_step, sparse_softmax_step
from firsthand.scratch.validation import (
    check_choice,
    check_number,
    check_sample_weight,
    check_X,
    check_X_labels,
)

Array = NDArray[np.float64]
Solution = tuple[Array, Any, Array, float]  # w, b, losses, what the next step promises

Solver = Literal["newton-cholesky", "newton", "lbfgs", "gradient_descent"]

STRETCH = 50  # steps of descent between two looks at the gradient


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
    scale = np.sqrt(np.diagonal(alone, axis1=1, axis2=2))  # units of X must not matter
    scale = np.where(scale > 0, scale, 1.0)
    units = scale[:, :, None] * scale[:, None, :]
    rough = np.linalg.pinv(alone / units, hermitian=True) / units

    def precondition(V: Array) -> Array:
        D = np.einsum("kij,jk->ik", rough, V)
        return D - D.mean(axis=1, keepdims=True)  # what all classes share changes nothing

    right = np.vstack(softmax_gradient(X, Y, W, b, l2, sample_weight))
    step = conjugate_gradients(product, right, precondition, max_iter=5 * right.size)
    return W - step[:-1], b - step[-1]


class LogisticRegression(Classifier, Estimator):
    """Linear classifier that predicts probabilities, for two classes or more.

    Parameters
    ----------
    l2 : float, not negative
        Strength of the penalty l2/2 |w|^2 on a mean loss; scikit-learn's C is
        1 / (l2 * n_samples), with the sum of the weights in place of n_samples.
    l1 : float, not negative
        Strength of the penalty l1 |w|_1, which makes weights 0; with scikit-learn's C and
        l1_ratio, l1 is l1_ratio / (C n_samples) and l2 is (1 - l1_ratio) / (C n_samples). Only
        solver "newton-cholesky" can have it above 0.
    solver : {"newton-cholesky", "newton", "lbfgs", "gradient_descent"}
        Newton needs about six steps at any scale of the features. "newton" takes the same steps
        with the functions of ``logistic_regression.py``, one by one; "newton-cholesky" is
        faster on two classes. "lbfgs" needs no matrix as large as the square of the features:
        for thousands of them. Descent wants standardised features.
    learning_rate : float, optional
        Of gradient descent; by default the largest at which the loss can never rise.
    max_iter : int
        Most steps to take.
    tol : float
        Stop when a step promises to lower the objective by no more than this.

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
        l1: float = 0.0,
        solver: Solver = "newton-cholesky",
        learning_rate: float | None = None,
        max_iter: int = 1000,
        tol: float = 1e-8,
    ) -> None:
        self.l2 = l2
        self.l1 = l1
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
        w = np.zeros(matrix.shape[1:] + target.shape[1:])
        b: Any = 0.0 if binary else np.zeros(target.shape[1])
        solve = {"gradient_descent": self._descend, "lbfgs": self._lbfgs}.get(
            self.solver, self._newton
        )
        w, b, self.losses_, promise = solve(matrix, target, w, b, weight)
        self.coef_ = np.atleast_2d(w.T)
        self.intercept_ = np.atleast_1d(b)
        self.n_iter_ = len(self.losses_) - 1
        self._warn(matrix, codes, weight, promise)
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the log-odds of the second class, (n_samples,), or a score for each class."""
        return class_scores(check_X(self, X), self.coef_, self.intercept_)

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of every class, shape (n_samples, n_classes)."""
        return probabilities(self.decision_function(X))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the log-probability of every class, shape (n_samples, n_classes)."""
        return log_probabilities(self.decision_function(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable label of every sample, shape (n_samples,)."""
        Z = self.decision_function(X)
        return top_labels(self.classes_, Z)

    def _newton(self, X: Array, y: Array, w: Array, b: Any, weight: Array | None) -> Solution:
        """Take Newton steps, with their damping."""
        how: dict[str, Any] = {"l2": self.l2, "sample_weight": weight}
        J, slope_of = partial(objective, X, y, **how), partial(slope, X, y, **how)
        propose = partial(newton_step if y.ndim == 1 else softmax_newton_step, X, y, **how)
        if y.ndim == 1 and self.solver == "newton-cholesky":
            fast = BinaryObjective(X, y, self.l2, weight)
            J, slope_of, propose = fast.objective, fast.slope, fast.propose
            if self.l1:
                propose = partial(sparse_newton_step, fast, self.l1)
        elif self.l1:
            propose = partial(sparse_softmax_step, X, y, self.l1, **how)
        return damped_newton(J, slope_of, propose, w, b, self.tol, self.max_iter, self.l1)

    def _lbfgs(self, X: Array, y: Array, w: Array, b: Any, weight: Array | None) -> Solution:
        """Take L-BFGS steps on the weights and intercepts, written one after the other."""
        how: dict[str, Any] = {"l2": self.l2, "sample_weight": weight}
        J, slope_of = partial(objective, X, y, **how), partial(slope, X, y, **how)
        if y.ndim == 1:
            fast = BinaryObjective(X, y, self.l2, weight)
            J, slope_of = fast.objective, fast.slope

        def parts(x: Array) -> tuple[Array, Any]:
            return x[: w.size].reshape(w.shape), x[w.size :] if y.ndim == 2 else float(x[-1])

        def look(x: Array) -> tuple[float, Array]:
            at = parts(x)
            return J(*at), np.concatenate([np.ravel(d) for d in slope_of(*at)])

        x, losses, promise = lbfgs(look, np.append(w, b), self.tol, self.max_iter)
        return *parts(x), losses, promise

    def _descend(self, X: Array, y: Array, w: Array, b: Any, weight: Array | None) -> Solution:
        """Walk downhill in stretches until the next step is not worth it, or steps run out."""
        safe = 1.0 / self._steepest(X, y, weight)
        rate = self.learning_rate or safe
        losses = np.array([objective(X, y, w, b, self.l2, weight)])
        promise = np.inf
        while promise > self.tol and len(losses) <= self.max_iter:
            n_steps = min(STRETCH, self.max_iter + 1 - len(losses))
            with np.errstate(over="ignore", invalid="ignore"):  # too long a step is told below
                w, b, stretch = gradient_descent(X, y, w, b, rate, n_steps, self.l2, weight)
            if not np.isfinite(stretch[-1]):
                raise ParameterError(
                    f"learning_rate is {rate:g}, at which the loss grows beyond all bounds; "
                    f"try {safe:.3g}."
                )
            losses = np.append(losses, stretch[1:])
            dw, db = slope(X, y, w, b, self.l2, weight)
            promise = rate * float(np.sum(dw * dw) + np.sum(db * db))
        return w, b, losses, promise

    def _steepest(self, X: Array, y: Array, weight: Array | None) -> float:
        """Return a bound on the curvature of J; steps up to 1 over it never go uphill.

        p (1 - p) is at most 1/4; the softmax's curvature is at most 1/2 (Böhning, 1992).
        """
        X1 = np.column_stack([X, np.ones(len(X))]) * np.sqrt(shares(len(X), weight))[:, None]
        return float(np.linalg.eigvalsh(X1.T @ X1)[-1]) / (4 if y.ndim == 1 else 2) + self.l2

    def _warn(
        self, X: Array, codes: NDArray[np.intp], weight: Array | None, promise: float
    ) -> None:
        """Say where the result is not what a user would take it for."""
        told = ""
        if promise > self.tol:
            told = (
                f"After {self.n_iter_} steps the next one would still lower the objective by "
                f"{promise:.1e}, more than tol={self.tol:g}. Standardise the features, "
                "raise max_iter, or use solver='newton-cholesky'."
            )
        counts = np.full(len(X), True) if weight is None else weight > 0
        if (
            self.l2 == 0
            and self.l1 == 0
            and np.all((self.predict(X) == self.classes_[codes])[counts])
        ):
            told = (
                "The classes are separable and l2 is 0: the loss falls for ever as the weights "
                "grow, so their size here means nothing. Set l2 above 0."
            )
        if told:
            warnings.warn(told, in_both_families(ConvergenceWarning), stacklevel=3)

    def _check_parameters(self) -> None:
        check_number("l2", self.l2, at_least=0)
        check_number("l1", self.l1, at_least=0)
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
        check_number("tol", self.tol, above=0)
        if self.learning_rate is not None:
            check_number("learning_rate", self.learning_rate, above=0)
        check_choice("solver", self.solver, get_args(Solver))
        if self.l1 and self.solver != "newton-cholesky":
            raise ParameterError(
                f"solver='{self.solver}' cannot have l1 above 0, which is {self.l1:g}; "
                "use solver='newton-cholesky'."
            )
