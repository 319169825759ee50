"""Activations as modules: a bend, entry by entry, and its slope on the way back.

relu        A = max(Z, 0)               dZ = dA (Z > 0)
tanh        A = tanh(Z)                 dZ = dA (1 - A^2)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.mlp import relu, relu_backward, tanh_backward
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]


class ReLU(Module):
    """A = max(Z, 0), of any shape."""

    def forward(self, X: Array) -> Array:
        self.A = relu(X)
        return self.A

    def backward(self, dZ: Array) -> Array:
        return relu_backward(dZ, self.A)


class Tanh(Module):
    """A = tanh(Z), of any shape."""

    def forward(self, X: Array) -> Array:
        self.A = np.tanh(X)
        return self.A

    def backward(self, dZ: Array) -> Array:
        return tanh_backward(dZ, self.A)
