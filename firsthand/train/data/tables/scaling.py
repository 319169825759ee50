"""Scaling: numbers to about the range from -2 to 2, by what the training part holds.

    standard   (x - mean) / deviation
    robust     (x - median) / (interquartile range / 1.349)
    quantile   the normal score of x's place among the training values
    none       x

A column's fit is a few plain numbers. Spread 0 counts as 1.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scale = Literal["standard", "robust", "quantile", "none"]
KNOTS = 512  # of the quantile scale
IQR_OF_NORMAL = 1.3489795  # the interquartile range of deviation 1


def fit_scale(values: NDArray[np.float64], scale: Scale) -> dict[str, Any]:
    """Return what scales a column like these training values, none of which are missing."""
    if len(values) == 0 or scale == "none":
        return {"mean": 0.0, "std": 1.0}
    if scale == "quantile":
        return _fit_quantiles(values)
    if scale == "robust":
        low, middle, high = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
        spread = (high - low) / IQR_OF_NORMAL
        return {"mean": middle, "std": spread if spread > 0 else deviation_of(values) or 1.0}
    return {"mean": float(values.mean()), "std": deviation_of(values) or 1.0}


def apply_scale(values: NDArray[np.float64], fit: dict[str, Any]) -> NDArray[np.float64]:
    """Return scaled values."""
    if "knots" in fit:
        scaled: NDArray[np.float64] = np.interp(values, fit["knots"], fit["scores"])
        return scaled
    return (values - fit["mean"]) / fit["std"]


def deviation_of(values: NDArray[np.float64]) -> float:
    """Return the standard deviation, 0 where only rounding spreads equal numbers.

    Squares are taken of numbers of about 1, so that those of tiny ones do not vanish.
    """
    size = float(np.abs(values).max())
    if size == 0:
        return 0.0
    deviation = float((values / size).std())
    return deviation * size if deviation > 1e-12 else 0.0


def _fit_quantiles(values: NDArray[np.float64]) -> dict[str, Any]:
    """Knots between which scores are interpolated; equal values share the mean of their scores."""
    n = min(KNOTS, len(values))
    places = (np.arange(n) + 0.5) / n
    at = np.quantile(values, places)
    scores = np.array([NormalDist().inv_cdf(p) for p in places.tolist()])
    knots, of_knot = np.unique(at, return_inverse=True)
    mean_scores = np.bincount(of_knot, scores) / np.bincount(of_knot)
    return {"knots": knots.tolist(), "scores": mean_scores.tolist()}
