"""Binning: a number becomes the interval that it lies in.

    edges    e_0 < e_1 < ... < e_k
    bin      j where e_j <= x < e_(j+1); values beyond the ends go to the first and the last

Uniform bins are equally wide, quantile bins hold equally many samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def uniform_edges(x: Array, n_bins: int) -> Array:
    """Return n_bins + 1 edges, equally far apart from the smallest to the largest value.

    Examples
    --------
    >>> uniform_edges(np.array([0.0, 1.0, 6.0]), 3).tolist()
    [0.0, 2.0, 4.0, 6.0]
    """
    return np.linspace(x.min(), x.max(), n_bins + 1)


def quantile_edges(x: Array, n_bins: int, sample_weight: Array, *, average: bool = True) -> Array:
    """Return n_bins + 1 edges between which the samples weigh the same, as nearly as may be.

    Of the sorted values, the edge at level q is the first up to which the weights add to q of all;
    where they add to it exactly, every value up to the next one would do, and ``average`` takes the
    middle.

    Parameters
    ----------
    x, sample_weight : ndarray of shape (n_samples,)
    n_bins : int
    average : bool

    Examples
    --------
    >>> quantile_edges(np.array([1.0, 2.0, 5.0, 9.0]), 2, np.ones(4)).tolist()
    [1.0, 3.5, 9.0]
    """
    counts = sample_weight > 0
    order = np.argsort(x[counts], kind="stable")
    rising, reached = x[counts][order], np.cumsum(sample_weight[counts][order])
    wanted = np.linspace(0, 100, n_bins + 1) / 100 * reached[-1]
    first = np.minimum(np.searchsorted(reached, wanted), len(rising) - 1)
    if not average:
        return rising[first]
    exact = reached[first] == wanted
    return (rising[first] + rising[np.minimum(first + exact, len(rising) - 1)]) / 2


def wide_enough(edges: Array) -> Array:
    """Return the edges without those that make a bin of hardly any width, as ties do.

    That is 1e-8, or 1e-8 of the range if that is below 1 (scikit-learn says 1e-8 always, and so has
    no bins at all for values around 1e-9).

    Examples
    --------
    >>> wide_enough(np.array([1.0, 1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    least = 1e-8 * min(1.0, edges[-1] - edges[0])
    return edges[np.ediff1d(edges, to_begin=np.inf) > least]


def bins(x: Array, edges: Array) -> NDArray[np.intp]:
    """Return the number of the bin of every value, from 0, shape (n_samples,).

    Examples
    --------
    >>> bins(np.array([-5.0, 0.0, 1.0, 9.0]), np.array([0.0, 1.0, 2.0])).tolist()
    [0, 0, 1, 1]
    """
    return np.searchsorted(edges[1:-1], x, side="right")
