r"""Scaling: bring every feature to a like size, each by a rule of its own.

    standard   z = (x - mean) / sqrt(variance)
    min-max    z = a + (x - min) (b - a) / (max - min)
    max-abs    z = x / max |x|
    robust     z = (x - median) / (upper quantile - lower quantile)

All are z = (x - center) / scale; what learns is where center and scale come from. A missing
value, NaN, counts nowhere and stays one. A constant feature has no size: its scale is 1.

Chan, Golub & LeVeque, Algorithms for Computing the Sample Variance (1983): the variance in two
passes, and of two batches together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)


class Moments(NamedTuple):
    """How many values, their mean and their variance, each of shape (n_features,).

    The variance divides by that number, not by one less; of weighted values it is their weight.
    ``lost`` is what rounding took from the mean: of values around 1e8 it matters in the eighth
    digit, which would be the first one that two nearly equal means differ in.
    """

    total: Array
    mean: Array
    variance: Array
    lost: Array


def moments(X: Array, sample_weight: Array | None = None) -> Moments:
    """Return number, mean and variance of every column of ``X``; NaN counts nowhere.

    Two passes: the mean, and then the mean square of what is left. (One pass, mean(x^2) -
    mean(x)^2, loses every digit where the mean is 1e8 and the spread is 1.) A column without
    any value has mean 0 and variance 0.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    sample_weight : ndarray of shape (n_samples,), optional
        A weight of 2 counts as if the sample were there twice.

    Examples
    --------
    >>> total, mean, variance, _ = moments(np.array([[1.0, 5.0], [3.0, np.nan]]))
    >>> total.tolist(), mean.tolist(), variance.tolist()
    ([2.0, 1.0], [2.0, 5.0], [1.0, 0.0])
    """
    weight = np.ones(len(X)) if sample_weight is None else sample_weight
    gaps = np.isnan(X)
    known = (~gaps).astype(np.float64) if gaps.any() else None
    filled = X if known is None else np.where(gaps, 0.0, X)
    total = np.full(X.shape[1], weight.sum()) if known is None else weight @ known
    share = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    mean = (weight @ filled) * share  # as a product three times as fast as by X.sum(axis=0)
    rest = filled - mean
    if known is not None:
        rest *= known
    lost = (weight @ rest) * share
    np.multiply(rest, rest, out=rest)
    variance = np.maximum((weight @ rest) * share - lost**2, 0.0)
    better, lost = _sum(mean, lost)
    return Moments(total, better, variance, lost)


def merge(a: Moments, b: Moments) -> Moments:
    """Return the moments of two batches together, from those of each.

        mean     = mean_a + delta n_b / n,    delta = mean_b - mean_a
        variance = (n_a variance_a + n_b variance_b + delta^2 n_a n_b / n) / n

    Examples
    --------
    >>> one, two = np.array([[1.0], [2.0]]), np.array([[6.0]])
    >>> merge(moments(one), moments(two)).variance.round(12)  # of 1, 2 and 6
    array([4.66666667])
    """
    total = a.total + b.total
    share = np.divide(b.total, total, out=np.zeros_like(total), where=total > 0)  # of b
    delta = (b.mean - a.mean) + (b.lost - a.lost)
    variance = (1 - share) * a.variance + share * b.variance + share * (1 - share) * delta**2
    mean, lost = _sum(a.mean, a.lost + share * delta)
    return Moments(total, mean, variance, lost)


def standard_deviations(found: Moments) -> Array:
    """Return the root of every variance, and 1 where a feature is as good as constant.

    As good as constant is a variance that the rounding of two passes could have made alone:
    total eps variance + (total mean eps)^2 at most.
    """
    total, mean, variance, _ = found
    rounding = total * EPS * variance + (total * mean * EPS) ** 2
    return np.where(variance <= rounding, 1.0, np.sqrt(variance))


def extremes(X: Array) -> tuple[Array, Array]:
    """Return the smallest and the largest value of every column, NaN where it has none."""
    return np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)


def min_max_scale(
    low: Array, high: Array, feature_range: tuple[float, float]
) -> tuple[Array, Array]:
    """Return (scale, shift) by which x scale + shift takes [low, high] to ``feature_range``."""
    first, last = feature_range
    scale = (last - first) / size_or_one(high - low)
    return scale, first - low * scale


def size_or_one(size: Array) -> Array:
    """Return the sizes, and 1 in place of those that vanish: below 10 eps, as in scikit-learn."""
    return np.where(size < 10 * EPS, 1.0, size)


def quantiles(X: Array, levels: Array) -> Array:
    """Return the quantiles of every column of ``X`` at some levels; NaN counts nowhere.

    Of the sorted values x_0, ..., x_(m-1), level q lies at position q (m - 1), on the straight
    line between its two neighbours.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    levels : ndarray of shape (n_levels,)
        Between 0 and 1; 0.5 is the median.

    Returns
    -------
    ndarray of shape (n_levels, n_features)
        NaN in a column without any value.

    Examples
    --------
    >>> quantiles(np.array([[4.0], [1.0], [2.0], [np.nan]]), np.array([0.0, 0.5, 0.75])).tolist()
    [[1.0], [2.0], [3.0]]
    """
    rising = np.sort(X.T, axis=1)  # (n_features, n_samples), NaN last
    last = np.maximum(np.sum(~np.isnan(rising), axis=1) - 1, 0)  # (n_features,)
    position = levels[:, None] * last  # (n_levels, n_features)
    before = position.astype(np.intp)
    column = np.arange(len(rising))
    left, right = rising[column, before], rising[column, np.minimum(before + 1, last)]
    return left + (position - before) * (right - left)


def scaled(X: Array, center: Array | None, scale: Array | None) -> Array:
    """Return (X - center) / scale; without one of them, that step is left out."""
    out = X.copy() if center is None else X - center
    return out if scale is None else np.divide(out, scale, out=out)


def unscaled(Z: Array, center: Array | None, scale: Array | None) -> Array:
    """Return Z scale + center, which undoes :func:`scaled`."""
    out = Z.copy() if scale is None else Z * scale
    return out if center is None else np.add(out, center, out=out)


def _sum(a: Array, b: Array) -> tuple[Array, Array]:
    """Return a + b, and what rounding took from it (exact where b is the smaller)."""
    total = a + b
    return total, b - (total - a)
