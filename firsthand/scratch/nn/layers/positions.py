r"""Positions: attention sees a set of places, so each place must say where it is.

    sinusoidal   P[t, 2k] = sin(t / 10000^(2k/d)),  P[t, 2k+1] = cos(t / 10000^(2k/d));  added
    learned      P[t] = a row of a table;  added
    rotary       each pair of features of a query or key is turned by the angle t / 10000^(2k/d),
                 so that their product depends on the distance of the two places alone

Vaswani et al., Attention is all you need (2017); Su et al., RoFormer (2021).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.initializers import normal
from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]


def angles(n_steps: int, n_pairs: int, first: int = 0) -> Array:
    """Return t / 10000^(k / n_pairs) for places from ``first`` on, (n_steps, n_pairs)."""
    t = np.arange(first, first + n_steps)[:, None]
    return t / 10000.0 ** (np.arange(n_pairs) / n_pairs)


def sinusoidal(n_steps: int, n_features: int) -> Array:
    """Return positions (n_steps, n_features), sines at even features and cosines at odd ones."""
    turned = angles(n_steps, -(-n_features // 2))
    P = np.empty((n_steps, 2 * turned.shape[1]))
    P[:, 0::2], P[:, 1::2] = np.sin(turned), np.cos(turned)
    return P[:, :n_features]


def rotate(X: Array, first: int = 0) -> Array:
    """Return every pair of features of (..., n_steps, d) turned by its place's angle; d is even.

    The pairs are features k and k + d/2, as in most code of today.

    Raises
    ------
    DataError
        If ``d`` is odd, so that one feature has no partner.
    """
    if X.shape[-1] % 2:
        raise DataError(f"rotate got {X.shape[-1]} features, which are no pairs; pass one more.")
    half = X.shape[-1] // 2
    turned = angles(X.shape[-2], half, first).astype(X.dtype)
    cos, sin = np.cos(turned), np.sin(turned)
    a, b = X[..., :half], X[..., half:]
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def rotate_backward(dA: Array, first: int = 0) -> Array:
    """Return dX of :func:`rotate`: the gradient is turned back."""
    half = dA.shape[-1] // 2
    turned = angles(dA.shape[-2], half, first).astype(dA.dtype)
    cos, sin = np.cos(turned), np.sin(turned)
    a, b = dA[..., :half], dA[..., half:]
    return np.concatenate([a * cos + b * sin, b * cos - a * sin], axis=-1)


class SinusoidalPositions(Module):
    """Add sines and cosines of the place to (..., n_samples, n_steps, n_features)."""

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", "n_steps", "n_features")
        return X + sinusoidal(*X.shape[-2:]).astype(X.dtype)

    def backward(self, dZ: Array) -> Array:
        return dZ


class LearnedPositions(Module):
    """Add a learnt row for each place to (..., n_samples, n_steps, n_features).

    Parameters
    ----------
    n_steps : int
        The most places.
    n_features : int
    std : float, default 0.02
        Deviation of the normal draws that it starts from.
    """

    W: Array
    dW: Array
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {"W": ("weight", False)}

    def __init__(self, n_steps: int, n_features: int, std: float = 0.02) -> None:
        check_sizes(n_steps=n_steps, n_features=n_features)
        self.n_steps, self.n_features, self.std = n_steps, n_features, std
        self.shapes = {"W": (n_steps, n_features)}
        self.first = 0  # the place of the first step, where earlier ones are remembered

    def initialize(self, rng: np.random.Generator) -> None:
        self.W[...] = normal(self.W.shape, rng, self.std)

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", "n_steps", self.n_features)
        self.places = slice(self.first, self.first + X.shape[-2])
        if self.places.stop > self.n_steps:
            raise DataError(f"{self} got {self.places.stop} steps, and has {self.n_steps} places.")
        return X + self.W[..., None, self.places, :]

    def backward(self, dZ: Array) -> Array:
        self.dW[...] = 0
        self.dW[..., self.places, :] = dZ.sum(axis=-3)
        return dZ

    def describe(self) -> str:
        return f"LearnedPositions {self.n_steps} x {self.n_features}"
