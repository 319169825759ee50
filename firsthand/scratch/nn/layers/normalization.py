r"""Layer and RMS normalisation: each sample is brought to one scale, by itself.

    layer   x = (X - mean) / sqrt(var + epsilon)          over the last axis
            A = x gamma + beta
            dX = (dx - mean(dx) - x mean(dx x)) / sqrt(var + epsilon),   dx = dA gamma
    RMS     x = X / sqrt(mean(X^2) + epsilon)             no mean is taken off
            A = x gamma
            dX = (dx - x mean(dx x)) / sqrt(mean(X^2) + epsilon)

In both, d gamma sums dA x over all samples, and d beta sums dA. The variance divides by n. Ba,
Kiros & Hinton, Layer normalization (2016); Zhang & Sennrich, Root mean square layer normalization
(2019); ``torch.nn.LayerNorm``, ``torch.nn.RMSNorm``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn._norm_products import scale_rows, scale_rows_backward
from firsthand.scratch.nn._norms import norm_rows, norm_rows_backward
from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]


def standardize(X: Array, epsilon: float = 1e-5) -> tuple[Array, Array]:
    """Return (x, root): each row at mean 0 and variance 1, and sqrt(var + epsilon).

    ``X`` has shape (..., n_features), and root (..., 1).
    """
    x = X - X.mean(axis=-1, keepdims=True)
    root = np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + epsilon)
    x /= root
    return x, root


def standardize_backward(dx: Array, x: Array, root: Array) -> Array:
    """Return dX, given what :func:`standardize` returned."""
    dX = dx - dx.mean(axis=-1, keepdims=True)
    dX -= x * np.mean(dx * x, axis=-1, keepdims=True)
    dX /= root
    return dX


def rms_scale(X: Array, epsilon: float = 1e-6) -> tuple[Array, Array]:
    """Return (x, root): each row at mean square 1, and sqrt(mean(X^2) + epsilon)."""
    root = np.sqrt(np.mean(X * X, axis=-1, keepdims=True) + epsilon)
    return X / root, root


def rms_scale_backward(dx: Array, x: Array, root: Array) -> Array:
    """Return dX, given what :func:`rms_scale` returned."""
    dX = dx - x * np.mean(dx * x, axis=-1, keepdims=True)
    dX /= root
    return dX


class LayerNorm(Module):
    """Every row at mean 0 and variance 1, then scaled by gamma and moved by beta.

    Parameters
    ----------
    n_features : int
    epsilon : float, default 1e-5
    """

    gamma: Array
    beta: Array
    dgamma: Array
    dbeta: Array
    x: Array
    root: Array
    way_back: Callable[..., tuple[Array, Array, Array]]
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {
        "gamma": ("weight", False),
        "beta": ("bias", False),
    }

    def __init__(self, n_features: int, epsilon: float = 1e-5) -> None:
        check_sizes(n_features=n_features)
        self.n_features, self.epsilon = n_features, epsilon
        self.shapes = {"gamma": (n_features,), "beta": (n_features,)}

    def initialize(self, rng: np.random.Generator) -> None:
        self.gamma[...] = 1

    def forward(self, X: Array) -> Array:
        self.check(X, self.n_features)
        if not self.trials:
            return _forward_rows(self, X, self.beta)
        self.x, self.root = standardize(X, self.epsilon)
        return self.x * self.beside(self.gamma, X) + self.beside(self.beta, X)

    def backward(self, dZ: Array) -> Array:
        if not self.trials:
            dX, self.dgamma[...], self.dbeta[...] = _backward_rows(self, dZ)
            return dX
        samples = tuple(range(len(self.trials), dZ.ndim - 1))
        np.sum(dZ * self.x, axis=samples, out=self.dgamma)
        np.sum(dZ, axis=samples, out=self.dbeta)
        return standardize_backward(dZ * self.beside(self.gamma, dZ), self.x, self.root)

    def describe(self) -> str:
        return f"LayerNorm {self.n_features}"


class RMSNorm(Module):
    """Every row at mean square 1, then scaled by gamma.

    Parameters
    ----------
    n_features : int
    epsilon : float, default 1e-6
    """

    gamma: Array
    dgamma: Array
    x: Array
    root: Array
    way_back: Callable[..., tuple[Array, Array, Array]]
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {"gamma": ("weight", False)}

    def __init__(self, n_features: int, epsilon: float = 1e-6) -> None:
        check_sizes(n_features=n_features)
        self.n_features, self.epsilon = n_features, epsilon
        self.shapes = {"gamma": (n_features,)}

    def initialize(self, rng: np.random.Generator) -> None:
        self.gamma[...] = 1

    def forward(self, X: Array) -> Array:
        self.check(X, self.n_features)
        if not self.trials:
            return _forward_rows(self, X, None)
        self.x, self.root = rms_scale(X, self.epsilon)
        return self.x * self.beside(self.gamma, X)

    def backward(self, dZ: Array) -> Array:
        if not self.trials:
            dX, self.dgamma[...], _ = _backward_rows(self, dZ)
            return dX
        samples = tuple(range(len(self.trials), dZ.ndim - 1))
        np.sum(dZ * self.x, axis=samples, out=self.dgamma)
        return rms_scale_backward(dZ * self.beside(self.gamma, dZ), self.x, self.root)

    def describe(self) -> str:
        return f"RMSNorm {self.n_features}"


def _forward_rows(norm: LayerNorm | RMSNorm, X: Array, beta: Array | None) -> Array:
    """Return the output of one network at speed; a single network's rows are one matrix."""
    rows = X.reshape(-1, X.shape[-1])
    made = scale_rows(rows, norm.gamma, beta, norm.epsilon)
    if made is not None:
        norm.x, norm.way_back = rows, scale_rows_backward
        A, norm.root = made
    else:
        norm.x, norm.way_back = norm.room("x", rows.shape, X.dtype), norm_rows_backward
        A, norm.root = norm_rows(rows, norm.gamma, beta, norm.epsilon, norm.x)
    return A.reshape(X.shape)


def _backward_rows(norm: LayerNorm | RMSNorm, dZ: Array) -> tuple[Array, Array, Array]:
    """Return (dX, dgamma, dbeta) of one network at speed."""
    rows = dZ.reshape(-1, dZ.shape[-1])
    centered = isinstance(norm, LayerNorm)
    dX, dgamma, dbeta = norm.way_back(rows, norm.x, norm.root, norm.gamma, centered=centered)
    return dX.reshape(dZ.shape), dgamma, dbeta
