"""Quantiles of weighted samples: below which value a share q of the weight lies.

    F(v) = sum of the weights of values up to v        a staircase
    the q-quantile is where F passes q F(infinity); where a step ends at just that height, it is
    the middle between that value and the next

With equal weights and q = 1/2 it is the median. NumPy calls it "averaged_inverted_cdf", and has it
without weights only; Hyndman & Fan, Sample quantiles in statistical packages (1996), definition 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["weighted_quantiles"]

Array = NDArray[np.float64]

ROUNDING = 1e-12  # of a share of a sum of weights, which is rounded


def weighted_quantiles(values: Array, q: Array, weight: Array) -> Array:
    """Return the quantiles ``q``.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
    q : ndarray of shape (n_quantiles,)
        From 0 to 1.
    weight : ndarray of shape (n_samples,)
        Not negative, and not all zero; a value of weight 0 is as if it were not there.

    Returns
    -------
    ndarray of shape (n_quantiles,)

    Examples
    --------
    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0, 4.0]), np.array([0.5]), np.ones(4))
    array([2.5])
    >>> weighted_quantiles(np.array([1.0, 2.0, 3.0]), np.array([0.5]), np.array([1.0, 1.0, 2.0]))
    array([2.5])
    """
    counts = weight > 0
    order = np.argsort(values[counts])
    values = values[counts][order]
    below = np.cumsum(weight[counts][order])
    share = q * below[-1]
    at = np.searchsorted(below, share * (1 - ROUNDING))
    exactly = (below[at] <= share * (1 + ROUNDING)) & (share > 0)
    # halves are added: the sum of two large values may overflow
    return values[at] / 2 + values[np.minimum(at + exactly, len(values) - 1)] / 2
