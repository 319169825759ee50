"""Figures of predicted numbers, as functions of the weights of their examples.

    MAE    mean |p - y|            RMSE    sqrt(mean (p - y)²)
    R2     1 - sum (p - y)² / sum (y - mean y)²
    MAPE   mean |p - y| / |y|      sMAPE   mean 2 |p - y| / (|p| + |y|)
    MASE   MAE / mean |y_t - y_{t-s}| of the training part

All in the target's own unit. MAPE is left out where a true value lies near 0, for there it says
nothing. Hyndman & Koehler, Another look at measures of forecast accuracy (2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.resampling import Weights

NEAR_ZERO = 0.05  # of the mean size of the true values: below it, percentages explode

# key: (name, whether higher is better, whether it is a share that is told in percent)
NAMES: dict[str, tuple[str, bool, bool]] = {
    "mae": ("Mean absolute error", False, False),
    "rmse": ("Root of the mean squared error", False, False),
    "r2": ("R²", True, False),
    "mape": ("Mean absolute percentage error", False, True),
    "smape": ("Symmetric percentage error", False, True),
    "mase": ("Scaled error (MASE)", False, False),
}


@dataclass(frozen=True)
class Numbers:
    """Predictions of numbers.

    Attributes
    ----------
    y, predicted : ndarray of shape (n, n_targets)
        In their own unit.
    naive_error : ndarray of shape (n_targets,), optional
        Of a seasonal naive forecast over the training part, for MASE.
    """

    y: NDArray[np.float64]
    predicted: NDArray[np.float64]
    naive_error: NDArray[np.float64] | None = None

    def __call__(self, weights: Weights) -> dict[str, NDArray[np.float64]]:
        """Return each figure, (some,), under weights of shape (some, n); means over the targets."""
        total = weights.sum(1)
        error = self.predicted - self.y
        absolute = weights @ np.abs(error) / total[:, None]  # (some, targets)
        squares = weights @ error**2 / total[:, None]
        centred = self.y - self.y.mean(0)  # squares of large numbers would drown the spread
        mean = weights @ centred / total[:, None]
        spread = weights @ centred**2 / total[:, None] - mean**2
        small = spread <= 1e-12 * (centred**2).max(0, initial=1e-300)
        with np.errstate(invalid="ignore", divide="ignore"):
            r2 = np.where(small, np.nan, 1 - squares / spread)
        found = {
            "mae": absolute.mean(1),
            "rmse": np.sqrt(squares.mean(1)),
            "r2": r2.mean(1),
        }
        if has_percentages(self.y):
            found["mape"] = (weights @ np.abs(error / self.y) / total[:, None]).mean(1)
        if self.naive_error is not None:
            size = np.abs(self.predicted) + np.abs(self.y)
            share = np.divide(2 * np.abs(error), size, out=np.zeros_like(error), where=size > 0)
            found["smape"] = (weights @ share / total[:, None]).mean(1)
            if (self.naive_error > 0).all():
                found["mase"] = (absolute / self.naive_error).mean(1)
        return found


def has_percentages(y: NDArray[np.float64]) -> bool:
    """Return whether an error can sensibly be told as a share of the true value."""
    size = np.abs(y)
    return bool(y.size and size.min() > NEAR_ZERO * size.mean() and (y > 0).all())
