r"""Centring: a point near the data, and whether the origin is as good as that point.

Sums of products about a point far from the data cancel: x^2 - mean^2 keeps no digit of a spread
below sqrt(eps) |mean|. About any point near the data they keep almost all, so the point need not
be the mean, and where the origin itself lies among the data, nothing need be subtracted: the copy
that centring makes takes longer than many a fit.

Chan, Golub & LeVeque, Algorithms for computing the sample variance, The American Statistician
37 (1983).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["near", "off_origin"]

Array = NDArray[np.float64]

SAMPLE = 1024
SPREADS = 3.0  # products about a point so many spreads away are ten times those about the mean


def near(X: Array) -> Array:
    """Return a point near the data, of shape (n_features,): the mean of about 1000 rows.

    They are spread over the data, so that it may be sorted. Even if all the others lay
    elsewhere, products about this point would exceed those about the mean by no more than
    n_samples / 1000, so three digits are lost on a million samples at the worst. On a constant
    column it is exactly that constant.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)

    Examples
    --------
    >>> near(np.array([[100.0, 5.0], [102.0, 5.0]])).tolist()
    [101.0, 5.0]
    """
    some = _some(X)
    return np.asarray(some[0] + (some - some[0]).mean(axis=0), np.float64)


def off_origin(X: Array) -> Array:
    """Return :func:`near`, but 0 in each column in which the origin is as good.

    That is within three spreads of the data; products about it cost one digit.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)

    Examples
    --------
    >>> off_origin(np.array([[100.0, -1.0], [102.0, 2.0]])).tolist()
    [101.0, 0.0]
    """
    middle = near(X)
    return np.where(np.abs(middle) <= SPREADS * _some(X).std(axis=0), 0.0, middle)


def _some(X: Array) -> Array:
    """Return about 1000 rows that are spread over the data."""
    return X[:: max(1, len(X) // SAMPLE)]
