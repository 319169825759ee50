"""Polynomial features: products of features, with which a linear model bends.

    degree 2 of (a, b):   1,  a,  b,  a^2,  a b,  b^2

A product of degree d is a feature times a product of degree d - 1 in which no earlier feature
occurs (for interactions alone: only later ones). So each is made by one multiplication.
"""

from __future__ import annotations

from itertools import chain, combinations, combinations_with_replacement
from math import comb
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.validation import check_input_features, check_number, check_X

__all__ = ["PolynomialFeatures"]

Array = NDArray[np.float64]


def exponents(
    n_features: int, degrees: tuple[int, int], *, interaction_only: bool = False
) -> NDArray[np.int64]:
    """Return the power of every feature in every product whose degree lies in a range.

    Parameters
    ----------
    n_features : int
    degrees : tuple of (int, int)
        The lowest and the highest degree; degree 0 is the constant 1.
    interaction_only : bool
        Whether no feature may be multiplied by itself.

    Returns
    -------
    ndarray of shape (n_products, n_features)
        By degree, and in the order of the alphabet: aa, ab, bb.

    Examples
    --------
    >>> exponents(2, (1, 2)).tolist()
    [[1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]
    """
    choose = combinations if interaction_only else combinations_with_replacement
    low, high = degrees
    factors = list(chain.from_iterable(choose(range(n_features), d) for d in range(low, high + 1)))
    powers = np.zeros((len(factors), n_features), np.int64)
    for product, features in enumerate(factors):
        np.add.at(powers[product], list(features), 1)
    return powers


def products(X: Array, degree: int, *, interaction_only: bool = False) -> Array:
    """Return all products of degree 0 to ``degree``, in the order of :func:`exponents`.

    Examples
    --------
    >>> products(np.array([[2.0, 3.0]]), 2).tolist()
    [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    """
    n_samples, n_features = X.shape
    sizes = [count(n_features, d, interaction_only) for d in range(degree + 1)]
    # one product a row: multiplied along the samples, four times as fast as along the products
    columns = np.ascontiguousarray(X.T)
    out = np.empty((sum(sizes), n_samples))
    out[0] = 1.0
    stop = 1
    starts = [0] * n_features + [1]  # where the products of the last degree begin, by first feature
    for d in range(1, degree + 1):
        last, begun = starts[-1], list[int]()
        for feature in range(n_features):
            first = starts[feature + (interaction_only and d > 1)]
            begun.append(stop)
            stop += last - first
            np.multiply(columns[feature], out[first:last], out=out[begun[-1] : stop])
        starts = [*begun, stop]
    return out.T


def count(n_features: int, degree: int, interaction_only: bool) -> int:
    """Return how many products there are of exactly that degree."""
    return comb(n_features if interaction_only else n_features + degree - 1, degree)


class PolynomialFeatures(Transformer, Estimator):
    """Add all products of features up to a degree.

    Parameters
    ----------
    degree : int, or tuple of (int, int)
        The highest degree, or the lowest and the highest.
    interaction_only : bool
        Whether no feature may be multiplied by itself.
    include_bias : bool
        Whether to add a column of ones, the product of degree 0.

    Attributes
    ----------
    powers_ : ndarray of shape (n_output_features_, n_features_in_)
        The power of every feature in every product.
    n_output_features_ : int
    n_features_in_ : int

    Examples
    --------
    >>> polynomial = PolynomialFeatures(degree=2).fit([[2.0, 3.0]])
    >>> polynomial.transform([[2.0, 3.0]]).tolist()
    [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    >>> polynomial.get_feature_names_out(["a", "b"]).tolist()
    ['1', 'a', 'b', 'a^2', 'a b', 'b^2']
    """

    def __init__(
        self,
        degree: int | tuple[int, int] = 2,
        *,
        interaction_only: bool = False,
        include_bias: bool = True,
    ) -> None:
        self.degree = degree
        self.interaction_only = interaction_only
        self.include_bias = include_bias

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Count the columns of ``X``, (n_samples, n_features); ``y`` is ignored."""
        low, high = self._degrees()
        n_features = check_X(self, X, fitting=True).shape[1]
        powers = exponents(n_features, (low, high), interaction_only=self.interaction_only)
        if self.include_bias:
            powers = np.concatenate([np.zeros((1, n_features), np.int64), powers])
        self.powers_ = powers
        self.n_output_features_ = len(powers)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return the products, of shape (n_samples, n_output_features_)."""
        low, high = self._degrees()
        matrix = check_X(self, X)
        made = products(matrix, high, interaction_only=self.interaction_only)
        lower = sum(count(matrix.shape[1], d, self.interaction_only) for d in range(low))
        if self.include_bias:
            lower -= 1
            made[:, lower] = 1.0
        return made[:, lower:]

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the name of every product, such as "a b^2"."""
        names = check_input_features(self, input_features)
        out = [
            " ".join(
                f"{name}^{power}" if power > 1 else name
                for name, power in zip(names, powers, strict=True)
                if power
            )
            for powers in self.powers_.tolist()
        ]
        return np.array([name or "1" for name in out], dtype=object)

    def _degrees(self) -> tuple[int, int]:
        """Return the lowest degree (of products that are no constant) and the highest."""
        low, high = self.degree if isinstance(self.degree, tuple) else (0, self.degree)
        check_number("degree", low, at_least=0, whole=True)
        check_number("degree", high, at_least=low, whole=True)
        if high == 0 and not self.include_bias:
            raise ParameterError(
                "Setting degree to zero and include_bias to False would result in an empty output."
            )
        return max(low, 1), high
