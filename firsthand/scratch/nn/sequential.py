"""Modules one after the other: forward in their order, backward in the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]


class Sequential(Module):
    """Each module's output is the next one's input.

    Parameters
    ----------
    *modules : Module
        Named "0", "1", ... in the network, as in ``torch.nn.Sequential``.

    Examples
    --------
    >>> from firsthand.scratch.nn.layers import Linear, ReLU
    >>> Sequential(Linear(2, 16), ReLU(), Linear(16, 3))
    Sequential(Linear 2 -> 16, ReLU, Linear 16 -> 3)
    """

    def __init__(self, *modules: Module) -> None:
        self.parts = list(modules)

    def children(self) -> Iterator[tuple[str, Module]]:
        for place, part in enumerate(self.parts):
            yield str(place), part

    def forward(self, X: Array) -> Array:
        for part in self.parts:
            X = part.forward(X)
        return X

    def backward(self, dZ: Array) -> Array:
        for first in self.parts[:1]:
            first.needs_input_gradient = self.needs_input_gradient
        for part in reversed(self.parts):
            dZ = part.backward(dZ)
        return dZ

    def describe(self) -> str:
        return f"Sequential({', '.join(part.describe() for part in self.parts)})"
