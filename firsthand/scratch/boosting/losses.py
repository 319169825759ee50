r"""Losses for boosting: what each tree is asked to correct, and what its leaves answer.

A model F starts from a constant and is corrected step by step. Of a loss L(y, F) boosting
needs four things, and every loss here is those four:

    initial    argmin_c  sum w L(y, c)                 the constant to start from
    residual   r = -dL/dF                              what the next tree is fitted to
    curvature  h = d^2L/dF^2                           how far it may go
    leaf       argmin_v  sum_leaf w L(y, F + v)        what a leaf adds, by line search

                     L                               r                h
    squared          (y - F)^2 / 2                   y - F            1
    absolute         |y - F|                         1, or -1         (0; 1 stands in)
    quantile         a u where u = y - F > 0,        a, or a - 1      (0; 1 stands in)
                     else (a - 1) u
    logistic         log(1 + exp(F)) - y F           y - p            p (1 - p)
    softmax          log sum_k exp(F_k) - F_y        y_k - p_k        p_k (1 - p_k)

Where the line search has no closed form (the last two) one Newton step from v = 0 takes its
place: v = sum w r / (sum w h + l2). For the squared error that step is the exact answer; of the
absolute and quantile errors the answer is a quantile of the leaf's y - F.

Friedman, Greedy function approximation: a gradient boosting machine, Annals of Statistics 29
(2001), algorithms 1-6; Chen & Guestrin, XGBoost (2016), equation 5, for l2.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.clusters.gaussian_mixture import log_sum_exp
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.linear.logistic_regression import sigmoid, softmax
from firsthand.scratch.quantiles import weighted_quantiles
from firsthand.scratch.validation import check_choice

__all__ = [
    "AbsoluteError",
    "LogisticLoss",
    "Loss",
    "QuantileLoss",
    "SoftmaxLoss",
    "SquaredError",
    "leaf_quantiles",
    "leaf_steps",
    "regression_loss",
]

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


TINY = 1e-150  # a curvature below it is zero: every probability of the leaf is 0 or 1 already
EPS = float(np.finfo(np.float64).eps)  # no class is so rare or so common that its log is infinite


def leaf_steps(
    residual: Array,
    curvature: Array,
    weight: Array,
    leaf: Codes,
    n_leaves: int,
    l2: float = 0.0,
) -> Array:
    """Return sum w r / (sum w h + l2) of every leaf: where the parabola of the loss is least.

    Parameters
    ----------
    residual, curvature, weight : ndarray of shape (n_samples,)
        Where nothing bends, the step is 0.
    leaf : ndarray of shape (n_samples,)
        The leaf that each sample is in, from 0.
    n_leaves : int
    l2 : float
        Pulls the steps towards zero.

    Returns
    -------
    ndarray of shape (n_leaves,)

    Examples
    --------
    >>> leaf_steps(np.array([2.0, 4.0, 5.0]), np.ones(3), np.ones(3), np.array([0, 0, 1]), 2)
    array([3., 5.])
    """
    slope = np.bincount(leaf, weight * residual, n_leaves)
    bend = np.bincount(leaf, weight * curvature, n_leaves) + l2
    return np.divide(slope, bend, out=np.zeros(n_leaves), where=bend > TINY)


def leaf_quantiles(gap: Array, q: float, weight: Array, leaf: Codes, n_leaves: int) -> Array:
    """Return the weighted quantile of ``gap`` in every leaf; 0 where none counts.

    Parameters
    ----------
    gap : ndarray of shape (n_samples,)
        y - F before the step.
    q : float
    weight : ndarray of shape (n_samples,)
    leaf : ndarray of shape (n_samples,)
        The leaf that each sample is in, from 0.
    n_leaves : int

    Returns
    -------
    ndarray of shape (n_leaves,)
    """
    values = np.zeros(n_leaves)
    order = np.argsort(leaf, kind="stable")
    ends = np.cumsum(np.bincount(leaf, minlength=n_leaves))
    for k, members in enumerate(np.split(order, ends[:-1])):
        if weight[members].any():
            values[k] = weighted_quantiles(gap[members], np.array([q]), weight[members])[0]
    return values


class Loss(ABC):
    """What boosting asks of a loss; F has a column for each tree of a stage.

    Attributes
    ----------
    n_outputs : int
        Trees of a stage: one, or with the softmax one for each class.
    constant_curvature : bool
        Whether h is 1 for every sample, always.
    deviance : float
        The factor by which scikit-learn's exact boosting reports this loss.
    """

    n_outputs: int = 1
    constant_curvature: bool = False
    deviance: float = 1.0

    @abstractmethod
    def each(self, y: Array, F: Array) -> Array:
        """Return the loss of every sample, shape (n_samples,).

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            Numbers; of a classifier the code of the class.
        F : ndarray of shape (n_samples, n_outputs)
        """

    @abstractmethod
    def initial(self, y: Array, weight: Array) -> Array:
        """Return the best constant prediction, shape (n_outputs,)."""

    @abstractmethod
    def derivatives(self, y: Array, F: Array) -> tuple[Array, Array]:
        """Return (r, h), the residual and the curvature, each (n_samples, n_outputs)."""

    def mean(self, y: Array, F: Array, weight: Array) -> float:
        """Return the weighted mean of the loss."""
        return float(np.average(self.each(y, F), weights=weight))

    def leaf_values(
        self,
        gap: Array,
        residual: Array,
        curvature: Array,
        weight: Array,
        leaf: Codes,
        n_leaves: int,
        l2: float = 0.0,
    ) -> Array:
        """Return what every leaf adds to F, shape (n_leaves,): :func:`leaf_steps`.

        The parameters are as there; ``gap``, shape (n_samples,), is y - F before the step.
        """
        return leaf_steps(residual, curvature, weight, leaf, n_leaves, l2)


class SquaredError(Loss):
    """L = (y - F)^2 / 2. The residual is the residual, and the leaf answers with its mean."""

    constant_curvature = True
    deviance = 2.0

    def each(self, y: Array, F: Array) -> Array:
        """Return the loss of every sample."""
        return 0.5 * (y - F[:, 0]) ** 2

    def initial(self, y: Array, weight: Array) -> Array:
        """Return the mean of y."""
        return np.array([np.average(y, weights=weight)])

    def derivatives(self, y: Array, F: Array) -> tuple[Array, Array]:
        """Return (y - F, 1)."""
        return y[:, None] - F, np.ones_like(F)


class QuantileLoss(Loss):
    """L = a u for u = y - F > 0, else (a - 1) u: least at the a-quantile of y.

    Too low costs a, too high 1 - a: with a = 0.9 nine in ten samples end up below F.
    """

    constant_curvature = True

    def __init__(self, quantile: float) -> None:
        self.quantile = quantile

    def each(self, y: Array, F: Array) -> Array:
        """Return the loss of every sample."""
        gap = y - F[:, 0]
        return np.maximum(self.quantile * gap, (self.quantile - 1.0) * gap)

    def initial(self, y: Array, weight: Array) -> Array:
        """Return the quantile of y."""
        return weighted_quantiles(y, np.array([self.quantile]), weight)

    def derivatives(self, y: Array, F: Array) -> tuple[Array, Array]:
        """Return (a, or a - 1 where y < F; 1)."""
        return np.where(y[:, None] < F, self.quantile - 1.0, self.quantile), np.ones_like(F)

    def leaf_values(
        self,
        gap: Array,
        residual: Array,
        curvature: Array,
        weight: Array,
        leaf: Codes,
        n_leaves: int,
        l2: float = 0.0,
    ) -> Array:
        """Return the quantile of the gap in every leaf: the whole line search; l2 has no say."""
        return leaf_quantiles(gap, self.quantile, weight, leaf, n_leaves)


class AbsoluteError(Loss):
    """L = |y - F|, twice the quantile loss of the median: a far outlier pulls like any sample."""

    constant_curvature = True

    def each(self, y: Array, F: Array) -> Array:
        """Return the loss of every sample."""
        return np.abs(y - F[:, 0])

    def initial(self, y: Array, weight: Array) -> Array:
        """Return the median of y."""
        return weighted_quantiles(y, np.array([0.5]), weight)

    def derivatives(self, y: Array, F: Array) -> tuple[Array, Array]:
        """Return (1, or -1 where y < F; 1)."""
        return np.where(y[:, None] < F, -1.0, 1.0), np.ones_like(F)

    def leaf_values(
        self,
        gap: Array,
        residual: Array,
        curvature: Array,
        weight: Array,
        leaf: Codes,
        n_leaves: int,
        l2: float = 0.0,
    ) -> Array:
        """Return the median of the gap in every leaf: the whole line search; l2 has no say."""
        return leaf_quantiles(gap, 0.5, weight, leaf, n_leaves)


class LogisticLoss(Loss):
    """L = log(1 + exp(F)) - y F with y in {0, 1}: F is the log-odds of the second class."""

    deviance = 2.0

    def each(self, y: Array, F: Array) -> Array:
        """Return the loss of every sample."""
        z = F[:, 0]
        return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))) - y * z  # exp never overflows

    def initial(self, y: Array, weight: Array) -> Array:
        """Return the log-odds of the share of the second class."""
        p = np.clip(np.average(y, weights=weight), EPS, 1 - EPS)
        return np.array([np.log(p / (1 - p))])

    def derivatives(self, y: Array, F: Array) -> tuple[Array, Array]:
        """Return (y - p, p (1 - p))."""
        p = sigmoid(F)
        return y[:, None] - p, p * (1.0 - p)


class SoftmaxLoss(Loss):
    """L = log sum_k exp(F_k) - F_y: a column of F, and a tree in every stage, for each class.

    The curvature is the diagonal of the Hessian alone: the trees of a stage do not know each other.
    """

    def __init__(self, n_classes: int) -> None:
        self.n_outputs = n_classes

    def each(self, y: Array, F: Array) -> Array:
        """Return the loss of every sample."""
        return log_sum_exp(F) - F[np.arange(len(y)), y.astype(np.intp)]

    def initial(self, y: Array, weight: Array) -> Array:
        """Return the logarithms of the shares of the classes; they add to zero."""
        counts = np.bincount(y.astype(np.intp), weight, self.n_outputs)
        logs = np.log(np.clip(counts / counts.sum(), EPS, 1 - EPS))
        return logs - logs.mean()

    def derivatives(self, y: Array, F: Array) -> tuple[Array, Array]:
        """Return (y_k - p_k, p_k (1 - p_k))."""
        P = softmax(F)
        return (y[:, None] == np.arange(self.n_outputs)) - P, P * (1.0 - P)


def regression_loss(name: str, quantile: float | None = None) -> Loss:
    """Return the loss of that name.

    Raises
    ------
    ParameterError
        If there is none, or a quantile is needed and none was passed.
    """
    check_choice("loss", name, ("squared_error", "absolute_error", "quantile"))
    if name == "quantile" and quantile is not None:
        return QuantileLoss(quantile)
    if name == "absolute_error":
        return AbsoluteError()
    if name == "squared_error":
        return SquaredError()
    raise ParameterError("loss is 'quantile' without one; pass a quantile from 0 to 1.")
