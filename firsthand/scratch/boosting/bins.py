r"""Bins: each feature becomes a small whole number, so that a split is found by counting.

    edges   e_1 < e_2 < ...       between neighbouring values, or at quantiles if these are many
    code    0 where x is missing, else 1 + #{i : e_i < x}

so that code <= 1 + i says the same as x <= e_i, and every bin holds about as many samples. With
n samples in B bins a feature offers B - 1 questions instead of n - 1; of a smooth dependence
on x little is lost.

Ke et al., LightGBM (2017), 2.1; Chen & Guestrin, XGBoost (2016), 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.quantiles import weighted_quantiles
from firsthand.scratch.trees.cart import midpoint

__all__ = ["Bins", "bin_codes", "bin_edges"]

Array = NDArray[np.float64]
MISSING = 0  # the code of a missing value
MOST_BINS = 255  # with the one for missing values 256: a code fits a byte


def bin_edges(x: Array, max_bins: int, weight: Array | None = None) -> Array:
    """Return the edges between the bins of one feature, at most ``max_bins`` - 1 of them.

    Up to ``max_bins`` distinct values get a bin each, with edges halfway between them. Of more,
    the edges are the quantiles 1/max_bins, 2/max_bins, ...; where so many samples share a
    value that two quantiles coincide, one of them is dropped.

    Parameters
    ----------
    x : ndarray of shape (n_samples,)
        Missing values, NaN, are left out.
    max_bins : int
        At least 2.
    weight : ndarray of shape (n_samples,), optional
        How much each sample counts; a weight of 0 leaves it out.

    Returns
    -------
    ndarray of shape (n_edges,)
        Increasing; empty where all values are one.

    Examples
    --------
    >>> bin_edges(np.array([3.0, 1.0, 2.0, 1.0]), 4)
    array([1.5, 2.5])
    >>> bin_edges(np.arange(100.0), 4)
    array([24.5, 49.5, 74.5])
    """
    counts = ~np.isnan(x) if weight is None else ~np.isnan(x) & (weight > 0)
    values = np.sort(x[counts])
    if not len(values):
        return np.empty(0)
    distinct = values[np.append(True, values[1:] > values[:-1])]
    if len(distinct) <= max_bins:
        return midpoint(distinct[:-1], distinct[1:])
    if weight is None:
        percents = np.linspace(0.0, 100.0, max_bins + 1)[1:-1]
        edges = np.percentile(values, percents, method="averaged_inverted_cdf")
    else:
        edges = weighted_quantiles(x[counts], np.arange(1, max_bins) / max_bins, weight[counts])
    return np.unique(edges)


def bin_codes(x: Array, edges: Array) -> NDArray[np.uint8]:
    """Return the bin of every value: 1 + the number of edges below it, and 0 for NaN.

    Parameters
    ----------
    x : ndarray of shape (n_samples,)
    edges : ndarray of shape (n_edges,)
        Increasing, at most 254. A value that is an edge belongs to the bin below it.

    Returns
    -------
    ndarray of shape (n_samples,)

    Examples
    --------
    >>> bin_codes(np.array([0.0, 1.5, 2.0, 9.0, np.nan]), np.array([1.5, 2.5]))
    array([1, 1, 2, 3, 0], dtype=uint8)
    """
    order = np.argsort(x)  # looking up sorted values is predictable: 1.3 instead of 3.3 ms per 1e5
    found = np.searchsorted(edges, x[order]) + 1
    codes = np.empty(len(x), np.uint8)
    codes[order] = found
    codes[np.isnan(x)] = MISSING
    return codes


@dataclass(frozen=True)
class Bins:
    """The edges of all features.

    Attributes
    ----------
    edges : list of n_features ndarrays
        As :func:`bin_edges` gives them.
    """

    edges: list[Array]

    @classmethod
    def of(cls, X: Array, max_bins: int, weight: Array | None = None) -> Bins:
        """Return the bins of a matrix of shape (n_samples, n_features)."""
        return cls([bin_edges(np.ascontiguousarray(x), max_bins, weight) for x in X.T])

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Number of codes of every feature, the one for missing values included."""
        return np.array([len(edges) + 2 for edges in self.edges])

    def codes(self, X: Array) -> NDArray[np.uint8]:
        """Return the codes of a matrix, a row for each feature: (n_features, n_samples)."""
        columns = zip(X.T, self.edges, strict=True)
        return np.array([bin_codes(np.ascontiguousarray(x), edges) for x, edges in columns])

    def threshold(self, feature: int, code: int) -> float:
        """Return t such that x <= t for codes up to ``code``; infinite if that is all or none."""
        edges = self.edges[feature]
        if code == MISSING:
            return -np.inf
        return float(edges[code - 1]) if code <= len(edges) else np.inf
