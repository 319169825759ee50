r"""Activations: a bend, entry by entry, and its slope on the way back.

    relu        A = max(Z, 0)                    dZ = dA (Z > 0)
    leaky relu  A = max(Z, 0) + a min(Z, 0)      dZ = dA (1 or a)
    sigmoid     A = 1 / (1 + exp(-Z))            dZ = dA A (1 - A)
    tanh        A = tanh(Z)                      dZ = dA (1 - A^2)
    gelu        A = Z Phi(Z)                     dZ = dA (Phi(Z) + Z phi(Z))
    softmax     A = exp(Z - max) / sum           dZ = A (dA - sum(dA A))

Phi and phi are the normal distribution and its density. Entries of any size are safe: no
exponential overflows. Hendrycks & Gimpel, Gaussian error linear units (2016), for the GELU; its
usual approximation by tanh is ``gelu(Z, approximate=True)``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn._erf import erf
from firsthand.scratch.nn._gelu import gelu_and_share, gelu_backward_from
from firsthand.scratch.nn.mlp import relu, relu_backward, tanh_backward
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]

ROOT = math.sqrt(2 / math.pi)
END = 13  # beyond, phi is 0 beside Phi, which is 0 or 1, and Z^3 would overflow


def leaky_relu(Z: Array, slope: float = 0.01) -> Array:
    """Return Z where it is positive, and ``slope`` Z elsewhere."""
    return np.where(Z > 0, Z, slope * Z)


def leaky_relu_backward(dA: Array, Z: Array, slope: float = 0.01) -> Array:
    """Return dZ; the kink at 0 counts as negative, as in PyTorch."""
    return np.where(Z > 0, dA, slope * dA)


def sigmoid(Z: Array) -> Array:
    """Return 1 / (1 + exp(-Z)), for scores of any size."""
    small = np.exp(-np.abs(Z))  # at most 1: exp never overflows
    return np.where(Z >= 0, 1, small) / (1 + small)


def sigmoid_backward(dA: Array, A: Array) -> Array:
    """Return dZ, given ``A`` = sigmoid(Z)."""
    return dA * A * (1 - A)


def gelu(Z: Array, *, approximate: bool = False) -> Array:
    """Return Z times the share of normal draws below Z, or its approximation by tanh."""
    if approximate:
        return Z / 2 * (1 + np.tanh(_inner(Z)))
    return Z / 2 * (1 + erf(Z / math.sqrt(2)))


def gelu_backward(dA: Array, Z: Array, *, approximate: bool = False) -> Array:
    """Return dZ."""
    if approximate:
        near = np.clip(Z, -END, END)
        T = np.tanh(_inner(Z))
        slope = ROOT * (1 + 3 * 0.044715 * near * near)
        return dA * ((1 + T) / 2 + near / 2 * (1 - T * T) * slope)
    near = np.clip(Z, -END, END)
    density = np.exp(-near * near / 2) / math.sqrt(2 * math.pi)
    return dA * ((1 + erf(Z / math.sqrt(2))) / 2 + near * density)


def _inner(Z: Array) -> Array:
    near = np.clip(Z, -END, END)
    return ROOT * near * (1 + 0.044715 * near * near)


def softmax(Z: Array) -> Array:
    """Return exp(Z) / sum exp(Z) along the last axis."""
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))  # the largest is 1: exp never overflows
    E /= E.sum(axis=-1, keepdims=True)
    return E


def softmax_backward(dA: Array, A: Array) -> Array:
    """Return dZ, given ``A`` = softmax(Z)."""
    return A * (dA - (dA * A).sum(axis=-1, keepdims=True))


class ReLU(Module):
    """A = max(Z, 0), of any shape."""

    def forward(self, X: Array) -> Array:
        self.check(X)
        self.A = relu(X)
        return self.A

    def backward(self, dZ: Array) -> Array:
        return relu_backward(dZ, self.A)


class LeakyReLU(Module):
    """A = Z above 0 and ``slope`` Z below, of any shape."""

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = slope

    def forward(self, X: Array) -> Array:
        self.check(X)
        self.Z = X
        return leaky_relu(X, self.slope)

    def backward(self, dZ: Array) -> Array:
        return leaky_relu_backward(dZ, self.Z, self.slope)


class Sigmoid(Module):
    """A = 1 / (1 + exp(-Z)), of any shape."""

    def forward(self, X: Array) -> Array:
        self.check(X)
        self.A = sigmoid(X)
        return self.A

    def backward(self, dZ: Array) -> Array:
        return sigmoid_backward(dZ, self.A)


class Tanh(Module):
    """A = tanh(Z), of any shape."""

    def forward(self, X: Array) -> Array:
        self.check(X)
        self.A = np.tanh(X)
        return self.A

    def backward(self, dZ: Array) -> Array:
        return tanh_backward(dZ, self.A)


class GELU(Module):
    """A = Z Phi(Z), of any shape; with ``approximate`` by tanh, as GPT-2 has it."""

    def __init__(self, *, approximate: bool = False) -> None:
        self.approximate = approximate

    def forward(self, X: Array) -> Array:
        self.check(X)
        self.Z = X
        A, self.Phi = gelu_and_share(X, approximate=self.approximate)
        return A

    def backward(self, dZ: Array) -> Array:
        return gelu_backward_from(dZ, self.Z, self.Phi, approximate=self.approximate)


class Softmax(Module):
    """Probabilities along the last axis."""

    def forward(self, X: Array) -> Array:
        self.check(X)
        self.A = softmax(X)
        return self.A

    def backward(self, dZ: Array) -> Array:
        return softmax_backward(dZ, self.A)
