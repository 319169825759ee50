"""Scalers as estimators: where centers and scales come from, and that they are kept.

What they compute stands in ``scaling.py``. Missing values, NaN, are ignored and passed on.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.preprocessing.scaling import (
    Moments,
    extremes,
    merge,
    min_max_scale,
    moments,
    quantiles,
    scaled,
    size_or_one,
    standard_deviations,
    unscaled,
)
from firsthand.scratch.validation import (
    check_flags,
    check_numbers,
    check_sample_weight,
    check_X,
    to_matrix,
)

__all__ = ["MaxAbsScaler", "MinMaxScaler", "RobustScaler", "StandardScaler"]

Array = NDArray[np.float64]


class StandardScaler(Transformer, Estimator):
    """Bring every feature to mean 0 and standard deviation 1.

    Parameters
    ----------
    with_mean, with_std : bool
        Whether to subtract the mean; whether to divide by the standard deviation.

    Attributes
    ----------
    mean_, var_ : ndarray of shape (n_features,), or None
        The variance divides by the number of samples. None where it is not needed.
    scale_ : ndarray of shape (n_features,), or None
        The root of ``var_``, and 1 for a feature that is constant up to rounding.
    n_samples_seen_ : int, float, or ndarray of shape (n_features,)
        Samples, or their weight; for each feature if values are missing.
    n_features_in_ : int

    Examples
    --------
    >>> StandardScaler().fit_transform([[1.0, 7.0], [3.0, 7.0]]).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """

    allows_nan = True

    def __init__(self, *, with_mean: bool = True, with_std: bool = True) -> None:
        self.with_mean = with_mean
        self.with_std = with_std

    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn mean and standard deviation of every column; ``y`` is ignored.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        sample_weight : array-like of shape (n_samples,), optional
            A weight of 2 counts as if the sample were there twice.
        """
        vars(self).pop("_moments", None)
        return self.partial_fit(X, y, sample_weight)

    def partial_fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Learn from one more batch, as if all batches had come at once."""
        seen: Moments | None = getattr(self, "_moments", None)
        matrix = check_X(self, X, fitting=seen is None)
        weight = None if sample_weight is None else check_sample_weight(sample_weight, len(matrix))
        batch = moments(matrix, weight)
        self._moments = batch if seen is None else merge(seen, batch)
        total, mean, variance, _ = self._moments
        whole = not (total % 1).any() and total.max() < 2.0**63
        kind = np.int64 if whole else np.float64
        self.n_samples_seen_ = total.astype(kind) if np.ptp(total) else total.astype(kind)[0]
        known = np.where(total > 0, 0.0, np.nan)  # a feature without any value has no mean
        self.mean_ = mean + known if self.with_mean or self.with_std else None
        self.var_ = variance + known if self.with_std else None
        self.scale_ = standard_deviations(self._moments) + known if self.with_std else None
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return (X - mean_) / scale_, of the shape of X."""
        return scaled(check_X(self, X), self.mean_ if self.with_mean else None, self.scale_)

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Return X scale_ + mean_, which undoes ``transform``."""
        matrix = to_matrix(self, X)
        return unscaled(matrix, self.mean_ if self.with_mean else None, self.scale_)


class MinMaxScaler(Transformer, Estimator):
    """Bring every feature into a range, its smallest value to one end, its largest to the other.

    Parameters
    ----------
    feature_range : tuple of (float, float)
        Where the values that ``fit`` sees will lie.
    clip : bool
        Whether later values beyond it are moved to its ends.

    Attributes
    ----------
    data_min_, data_max_, data_range_ : ndarray of shape (n_features,)
        What was seen, and ``data_max_ - data_min_``.
    scale_, min_ : ndarray of shape (n_features,)
        ``transform`` returns X scale_ + min_. A constant feature goes to the lower end.
    n_samples_seen_ : int
    n_features_in_ : int

    Examples
    --------
    >>> MinMaxScaler().fit_transform([[1.0], [2.0], [5.0]]).ravel().tolist()
    [0.0, 0.25, 1.0]
    """

    allows_nan = True

    def __init__(self, feature_range: tuple[float, float] = (0, 1), *, clip: bool = False) -> None:
        self.feature_range = feature_range
        self.clip = clip

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the range of every column of ``X``, (n_samples, n_features); ``y`` is ignored."""
        vars(self).pop("n_samples_seen_", None)
        return self.partial_fit(X, y)

    def partial_fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn from one more batch, as if all batches had come at once."""
        first, last = check_numbers("feature_range", self.feature_range, length=2)
        if not first < last:
            raise ParameterError(
                f"feature_range is {self.feature_range!r}; it has to rise, from its minimum to "
                "its maximum."
            )
        seen: int = getattr(self, "n_samples_seen_", 0)
        matrix = check_X(self, X, fitting=not seen)
        low, high = extremes(matrix)
        if seen:
            low, high = np.fmin(low, self.data_min_), np.fmax(high, self.data_max_)
        self.n_samples_seen_ = seen + len(matrix)
        self.data_min_, self.data_max_, self.data_range_ = low, high, high - low
        self.scale_, self.min_ = min_max_scale(low, high, self.feature_range)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return X scale_ + min_, of the shape of X."""
        scaled_X = check_X(self, X) * self.scale_
        scaled_X += self.min_
        return np.clip(scaled_X, *self.feature_range, out=scaled_X) if self.clip else scaled_X

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Return (X - min_) / scale_, which undoes ``transform`` but for what was clipped."""
        return scaled(to_matrix(self, X), self.min_, self.scale_)


class MaxAbsScaler(Transformer, Estimator):
    """Divide every feature by its largest absolute value; zero stays zero.

    Attributes
    ----------
    max_abs_, scale_ : ndarray of shape (n_features,)
        The largest absolute values; the same with 1 in place of 0.
    n_samples_seen_ : int
    n_features_in_ : int

    Examples
    --------
    >>> MaxAbsScaler().fit_transform([[1.0], [-4.0]]).ravel().tolist()
    [0.25, -1.0]
    """

    allows_nan = True

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the largest absolute value of every column of ``X``; ``y`` is ignored."""
        vars(self).pop("n_samples_seen_", None)
        return self.partial_fit(X, y)

    def partial_fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn from one more batch, as if all batches had come at once."""
        seen: int = getattr(self, "n_samples_seen_", 0)
        matrix = check_X(self, X, fitting=not seen)
        largest = np.fmax.reduce(np.abs(matrix), axis=0)
        self.max_abs_ = np.fmax(largest, self.max_abs_) if seen else largest
        self.scale_ = size_or_one(self.max_abs_)
        self.n_samples_seen_ = seen + len(matrix)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return X / scale_, of the shape of X."""
        return scaled(check_X(self, X), None, self.scale_)

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Return X scale_, which undoes ``transform``."""
        return unscaled(to_matrix(self, X), None, self.scale_)


class RobustScaler(Transformer, Estimator):
    """Subtract the median and divide by the distance of two quantiles: outliers do not matter.

    Parameters
    ----------
    with_centering, with_scaling : bool
        Whether to subtract; whether to divide.
    quantile_range : tuple of (float, float)
        The two quantiles, in percent.
    unit_variance : bool
        Whether to divide so that a normally distributed feature gets variance 1.

    Attributes
    ----------
    center_, scale_ : ndarray of shape (n_features,), or None
        The medians; the distances, with 1 in place of 0.
    n_features_in_ : int

    Examples
    --------
    >>> RobustScaler().fit_transform([[1.0], [2.0], [3.0], [4.0], [1e9]]).ravel()[:4].tolist()
    [-1.0, -0.5, 0.0, 0.5]
    """

    allows_nan = True

    def __init__(
        self,
        *,
        with_centering: bool = True,
        with_scaling: bool = True,
        quantile_range: tuple[float, float] = (25.0, 75.0),
        unit_variance: bool = False,
    ) -> None:
        self.with_centering = with_centering
        self.with_scaling = with_scaling
        self.quantile_range = quantile_range
        self.unit_variance = unit_variance

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn median and quantiles of every column of ``X``; ``y`` is ignored."""
        check_flags(self)
        low, high = check_numbers("quantile_range", self.quantile_range, length=2)
        if not 0 <= low <= high <= 100 or (self.unit_variance and not 0 < low < high < 100):
            raise ParameterError(
                f"quantile_range is {self.quantile_range!r}; it has to rise within [0, 100], and "
                "strictly within where unit_variance is set."
            )
        lower, median, upper = quantiles(
            check_X(self, X, fitting=True), np.array([low / 100, 0.5, high / 100])
        )
        self.center_ = median if self.with_centering else None
        self.scale_ = size_or_one(upper - lower) if self.with_scaling else None
        if self.scale_ is not None and self.unit_variance:
            normal = NormalDist()
            self.scale_ /= normal.inv_cdf(high / 100) - normal.inv_cdf(low / 100)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return (X - center_) / scale_, of the shape of X."""
        return scaled(check_X(self, X), self.center_, self.scale_)

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Return X scale_ + center_, which undoes ``transform``."""
        return unscaled(to_matrix(self, X), self.center_, self.scale_)
