"""Outliers: training values far from the middle half of their column.

A value is far where it is more than 10 interquartile ranges outside the quartiles. Only columns in
which few values are are told: where many are, the column has long tails, and scaling is the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.contract import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAR = 10.0  # interquartile ranges
FEW = 0.01  # of the values


def outliers(
    name: str, values: NDArray[np.float64], places: NDArray[np.int64], unit: str
) -> list[Finding]:
    """Return a finding on a column's outliers, with the farthest and where it is.

    Parameters
    ----------
    name : str
    values : ndarray of shape (n,)
        Of the training rows; NaN where missing.
    places : ndarray of shape (n,)
        Lines of the file.
    unit : str
        What places count: line or row.
    """
    there = ~np.isnan(values)
    if not there.any():
        return []
    low, high = np.quantile(values[there], (0.25, 0.75))
    spread = high - low
    beyond = np.where(there, np.maximum(low - values, values - high), 0.0)
    n_far = int((beyond > FAR * spread).sum())
    if spread <= 0 or not 0 < n_far <= max(FEW * len(values), 1):
        return []
    farthest = int(beyond.argmax())
    text = (
        f"Column {name!r} has {n_far} value{'s' if n_far > 1 else ''} far from the others, such as "
        f"{values[farthest]:g} in {unit} {places[farthest]} (half of all are from {low:g} to "
        f"{high:g}). Mend them, set data.clip_outliers: 5, or data.scale: quantile."
    )
    return [Finding("outlier", text)]
