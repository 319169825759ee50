r"""Scores of predicted numbers, r = y_true - y_pred.

    MSE     = mean r^2          RMSE = sqrt(MSE)           MAE = mean |r|
    pinball = mean max(alpha r, (alpha - 1) r)             alpha = 1/2 is MAE / 2
    R^2     = 1 - mean r^2 / var(y_true)
    EV      = 1 - var(r) / var(y_true)                     R^2 that forgives a constant offset

MSE is least for predictions of the mean, MAE of the median, pinball of the alpha-quantile. Means
go by ``sample_weight``. With several outputs there is a score of each, and ``multioutput`` says how
they become one: ``"uniform_average"``, ``"raw_values"`` (all of them), or weights.

R^2 by itself, as one writes it first, is ``linear.linear_regression.r2_score``; a test holds the
two together. Koenker & Bassett, Regression Quantiles (1978), has the pinball loss.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.metrics._inputs import Array, number_pair, numbers, undefined, weights_of
from firsthand.scratch.quantiles import weighted_quantiles

__all__ = [
    "explained_variance_score",
    "max_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_pinball_loss",
    "mean_squared_error",
    "median_absolute_error",
    "r2_score",
    "root_mean_squared_error",
]

MultiOutput = Literal["raw_values", "uniform_average", "variance_weighted"] | ArrayLike
Weighted = ArrayLike | None


def mean_squared_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: Weighted = None,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return the mean of (y_true - y_pred)^2.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True and predicted values.
    sample_weight : array-like of shape (n_samples,), optional
        How much each sample counts; all the same by default.
    multioutput : {"uniform_average", "raw_values"} or array-like of shape (n_outputs,)
        How the scores of several outputs become one.

    Examples
    --------
    >>> mean_squared_error([1.0, 2.0, 3.0], [1.0, 2.0, 5.0]).__round__(3)
    1.333
    """
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    return _combine(_mean((truth - guess) ** 2, weights), multioutput)


def root_mean_squared_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: Weighted = None,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return the square root of the mean squared error, in the units of y.

    The parameters are those of :func:`mean_squared_error`; the root is taken of each output.

    Examples
    --------
    >>> root_mean_squared_error([1.0, 2.0], [2.0, 3.0])
    1.0
    """
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    return _combine(np.sqrt(_mean((truth - guess) ** 2, weights)), multioutput)


def mean_absolute_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: Weighted = None,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return the mean of |y_true - y_pred|.

    The parameters are those of :func:`mean_squared_error`.

    Examples
    --------
    >>> mean_absolute_error([1.0, 2.0], [2.0, 4.0])
    1.5
    """
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    return _combine(_mean(np.abs(truth - guess), weights), multioutput)


def mean_absolute_percentage_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: Weighted = None,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return the mean of |y_true - y_pred| / |y_true|, as a share: 0.1 is ten per cent.

    The parameters are those of :func:`mean_squared_error`. A true 0 counts as 2.2e-16, so that
    the result is huge, but finite.

    Examples
    --------
    >>> mean_absolute_percentage_error([2.0, 4.0], [1.0, 4.0])
    0.25
    """
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    relative = np.abs(truth - guess) / np.maximum(np.abs(truth), np.finfo(np.float64).eps)
    return _combine(_mean(relative, weights), multioutput)


def median_absolute_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: Weighted = None,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return the median of |y_true - y_pred|, which a few wild samples do not move.

    The parameters are those of :func:`mean_squared_error`.

    Examples
    --------
    >>> median_absolute_error([1.0, 2.0, 3.0], [1.0, 2.5, 99.0])
    0.5
    """
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    errors = np.abs(truth - guess)
    if weights is None:
        return _combine(np.median(errors, axis=0), multioutput)
    half = np.array([0.5])
    medians = [weighted_quantiles(each, half, weights)[0] for each in errors.T]
    return _combine(np.array(medians), multioutput)


def max_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return the largest |y_true - y_pred|, of one output.

    Examples
    --------
    >>> max_error([1.0, 2.0, 3.0], [1.0, 2.5, 3.0])
    0.5
    """
    truth, guess, _ = _inputs(y_true, y_pred, None)
    if truth.shape[1] > 1:
        raise DataError(f"There are {truth.shape[1]} outputs; max_error is of one.")
    return float(np.max(np.abs(truth - guess)))


def mean_pinball_loss(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: Weighted = None,
    alpha: float = 0.5,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return the mean of alpha r where r = y_true - y_pred is positive, (alpha - 1) r elsewhere.

    Parameters
    ----------
    y_true, y_pred, sample_weight, multioutput
        As in :func:`mean_squared_error`.
    alpha : float in [0, 1]
        The quantile that is predicted: 0.9 punishes predictions that are too low nine times as
        hard as those that are too high.

    Examples
    --------
    >>> mean_pinball_loss([1.0, 2.0], [0.0, 3.0], alpha=0.9)
    0.5
    """
    if not 0 <= alpha <= 1:
        raise ParameterError(f"alpha is {alpha!r}; it has to be between 0 and 1.")
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    r = truth - guess
    return _combine(_mean(np.maximum(alpha * r, (alpha - 1) * r), weights), multioutput)


def r2_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: Weighted = None,
    *,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return the share of the variance of ``y_true`` that ``y_pred`` explains, at most 1.

    Predicting the mean scores 0, and worse than that is negative. Where ``y_true`` is
    constant there is no variance to explain: the score is 1 if every prediction is
    exact, else 0. Of a single sample it is NaN, with a warning.

    Parameters
    ----------
    y_true, y_pred, sample_weight
        As in :func:`mean_squared_error`.
    multioutput : {"uniform_average", "raw_values", "variance_weighted"} or array-like
        "variance_weighted" weighs each output by its variance.

    Examples
    --------
    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    if len(truth) < 2:
        return undefined("R^2 is", np.nan, "one sample has no variance")
    return _explained(_mean((truth - guess) ** 2, weights), _variance(truth, weights), multioutput)


def explained_variance_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: Weighted = None,
    multioutput: MultiOutput = "uniform_average",
) -> Any:
    """Return 1 - var(y_true - y_pred) / var(y_true), which does not see a constant offset.

    The parameters are those of :func:`r2_score`.

    Examples
    --------
    >>> explained_variance_score([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    1.0
    """
    truth, guess, weights = _inputs(y_true, y_pred, sample_weight)
    left = _variance(truth - guess, weights)
    return _explained(left, _variance(truth, weights), multioutput)


def _inputs(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Weighted
) -> tuple[Array, Array, Array | None]:
    truth, guess = number_pair(y_true, y_pred)
    return truth, guess, weights_of(sample_weight, len(truth))


def _mean(values: Array, weights: Array | None) -> Array:
    return np.average(values, axis=0, weights=weights)


def _variance(values: Array, weights: Array | None) -> Array:
    spread = values - values[0]  # of a constant exactly zero; its computed mean may be an ulp off
    return _mean((spread - _mean(spread, weights)) ** 2, weights)


def _explained(left: Array, variance: Array, multioutput: MultiOutput) -> Any:
    """Return 1 - left / variance of each output, combined."""
    scores = (left == 0).astype(np.float64)  # where nothing varies: exact or not
    varies = np.flatnonzero(variance)
    scores[varies] = 1 - left[varies] / variance[varies]
    if isinstance(multioutput, str) and multioutput == "variance_weighted":
        return float(np.average(scores, weights=variance if variance.any() else None))
    return _combine(scores, multioutput)


def _combine(scores: Array, multioutput: MultiOutput) -> Any:
    """Return one score of several outputs, or all of them."""
    if isinstance(multioutput, str):
        if multioutput == "raw_values":
            return scores
        if multioutput == "uniform_average":
            return float(scores.mean())
        raise ParameterError(
            f"multioutput is {multioutput!r}; it has to be 'uniform_average', 'raw_values' "
            "or a weight for each output."
        )
    weights = numbers(multioutput, "multioutput")
    if weights.shape != scores.shape:
        raise DataError(f"There are {len(scores)} outputs, but {len(weights)} weights for them.")
    return float(np.average(scores, weights=weights))
