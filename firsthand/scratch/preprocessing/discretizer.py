"""Binning as an estimator: what it computes stands in ``binning.py``."""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.clusters import KMeans
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.preprocessing.binning import (
    bins,
    quantile_edges,
    uniform_edges,
    wide_enough,
)
from firsthand.scratch.preprocessing.encoding import indicators
from firsthand.scratch.validation import (
    check_choice,
    check_input_features,
    check_number,
    check_sample_weight,
    check_X,
    to_matrix,
)

__all__ = ["KBinsDiscretizer"]

Array = NDArray[np.float64]

QUANTILE_METHODS = (  # numpy.quantile's, less those that pick a neighbour by another rule
    *("averaged_inverted_cdf", "inverted_cdf", "closest_observation", "linear", "hazen"),
    *("interpolated_inverted_cdf", "weibull", "median_unbiased", "normal_unbiased"),
)


class KBinsDiscretizer(Transformer, Estimator):
    """Replace every number by its bin: by the bin's number, or by a column for each bin.

    The result is dense. All samples are used; scikit-learn draws 200,000 where there are more.

    Parameters
    ----------
    n_bins : int, or array-like of int of shape (n_features,)
        At least 2.
    encode : {"onehot-dense", "ordinal"}
        Columns of zeros and ones, or the numbers of the bins.
    strategy : {"quantile", "uniform", "kmeans"}
        Bins with equally many samples; equally wide ones; or those of the values nearest to each
        of ``n_bins`` centers.
    quantile_method : str
        How a quantile is taken between two values, as in ``numpy.quantile``; with
        ``sample_weight``, "averaged_inverted_cdf" or "inverted_cdf".

    Attributes
    ----------
    bin_edges_ : ndarray of shape (n_features,), of arrays of shape (n_bins_ + 1,)
    n_bins_ : ndarray of shape (n_features,)
        Fewer than ``n_bins`` where bins would have no width; 1 for a constant feature.
    n_features_in_ : int

    Examples
    --------
    >>> bins = KBinsDiscretizer(3, encode="ordinal", strategy="uniform")
    >>> bins.fit_transform([[0.0], [1.0], [2.5], [6.0]]).ravel().tolist()
    [0.0, 0.0, 1.0, 2.0]
    """

    def __init__(
        self,
        n_bins: int | ArrayLike = 5,
        *,
        encode: Literal["onehot-dense", "ordinal"] = "onehot-dense",
        strategy: Literal["quantile", "uniform", "kmeans"] = "quantile",
        quantile_method: str = "averaged_inverted_cdf",
    ) -> None:
        self.n_bins = n_bins
        self.encode = encode
        self.strategy = strategy
        self.quantile_method = quantile_method

    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn the edges of every column of ``X``, (n_samples, n_features); ``y`` is ignored.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        sample_weight : array-like of shape (n_samples,), optional
            A weight of 2 counts as if the sample were there twice.

        Warns
        -----
        UserWarning
            If a feature is constant, or gets fewer bins than it was to have.
        """
        check_choice("encode", self.encode, ("onehot-dense", "ordinal"))
        check_choice("strategy", self.strategy, ("quantile", "uniform", "kmeans"))
        matrix = check_X(self, X, fitting=True)
        weight = None if sample_weight is None else check_sample_weight(sample_weight, len(matrix))
        n_bins = self._numbers_of_bins(matrix.shape[1])
        self.bin_edges_ = np.empty(matrix.shape[1], dtype=object)
        for j, column in enumerate(matrix.T):
            edges = self._edges(column, int(n_bins[j]), weight)
            if len(edges) - 1 < n_bins[j]:
                self._warn(j, edges)
            self.bin_edges_[j] = edges
        self.n_bins_ = np.array([len(edges) - 1 for edges in self.bin_edges_])
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return the numbers of the bins, (n_samples, n_features), or sum(n_bins_) columns."""
        columns = check_X(self, X).T
        found = [
            bins(column, edges) for column, edges in zip(columns, self.bin_edges_, strict=True)
        ]
        numbers = np.column_stack(found)
        if self.encode == "ordinal":
            return numbers.astype(np.float64)
        return indicators(numbers, self.n_bins_.tolist())

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Return the middle of every bin, (n_samples, n_features); NaN for constant features."""
        widths: NDArray[np.intp] = getattr(self, "n_bins_", np.zeros(0, np.intp))
        if self.encode == "ordinal":
            numbers = to_matrix(self, X, len(widths)).astype(np.intp)
        else:
            parts = np.split(to_matrix(self, X, int(widths.sum())), np.cumsum(widths)[:-1], axis=1)
            numbers = np.column_stack([part.argmax(axis=1) for part in parts])
        with np.errstate(invalid="ignore"):  # one bin without end has no middle
            middles = [(edges[1:] + edges[:-1]) / 2 for edges in self.bin_edges_]
        return np.column_stack([middle[j] for middle, j in zip(middles, numbers.T, strict=True)])

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns: the feature's, and with one for each bin its number."""
        names = check_input_features(self, input_features)
        if self.encode == "ordinal":
            return names
        pairs = zip(names, self.n_bins_, strict=True)
        return np.array([f"{name}_{float(k)}" for name, n in pairs for k in range(n)], dtype=object)

    def _edges(self, x: Array, n_bins: int, weight: Array | None) -> Array:
        present = x if weight is None else x[weight > 0]
        if present.min() == present.max():
            return np.array([-np.inf, np.inf])
        if self.strategy == "uniform":
            return uniform_edges(present, n_bins)
        if self.strategy == "quantile":
            return wide_enough(self._quantile_edges(x, n_bins, weight))
        even = uniform_edges(present, n_bins)
        start = (even[1:] + even[:-1])[:, None] / 2
        model = KMeans(n_bins, init=start, n_init=1).fit(x[:, None], sample_weight=weight)
        centers = np.sort(model.cluster_centers_[:, 0])
        between = (centers[1:] + centers[:-1]) / 2
        return wide_enough(np.concatenate([even[:1], between, even[-1:]]))

    def _quantile_edges(self, x: Array, n_bins: int, weight: Array | None) -> Array:
        method: Any = self.quantile_method
        check_choice("quantile_method", method, QUANTILE_METHODS)
        if weight is None:
            return np.quantile(x, np.linspace(0, 100, n_bins + 1) / 100, method=method)
        check_choice(
            "quantile_method, with sample_weight,",
            method,
            ("averaged_inverted_cdf", "inverted_cdf"),
        )
        return quantile_edges(x, n_bins, weight, average=method == "averaged_inverted_cdf")

    def _numbers_of_bins(self, n_features: int) -> NDArray[np.intp]:
        numbers = np.ravel(np.asarray(self.n_bins, dtype=object))
        if np.ndim(np.asarray(self.n_bins, dtype=object)) == 0:
            numbers = np.repeat(numbers, n_features)
        if numbers.shape != (n_features,):
            raise ParameterError(
                "n_bins must be a scalar or array of shape (n_features,): it has "
                f"{len(numbers)} entries, X {n_features} features."
            )
        for number in numbers.tolist():
            check_number("n_bins", number, at_least=2, whole=True)
        return numbers.astype(np.intp)

    def _warn(self, feature: int, edges: Array) -> None:
        if np.isinf(edges).any():
            told = f"Feature {feature} is constant and will be replaced with 0."
        else:
            told = (
                "Bins whose width are too small (i.e., <= 1e-8) in feature "
                f"{feature} are removed. Consider decreasing the number of bins."
            )
        warnings.warn(told, UserWarning, stacklevel=3)
