"""Modules that only reorder numbers: flatten and back, and a way around other modules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]


class Flatten(Module):
    """One row of numbers a sample: (*trials, n_samples, ...) to (*trials, n_samples, n).

    Parameters
    ----------
    n_axes : int, default 3
        How many axes a sample has: 3 for images of (channels, height, width).
    """

    def __init__(self, n_axes: int = 3) -> None:
        self.n_axes = n_axes

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", *("size",) * self.n_axes)
        self.shape = X.shape[X.ndim - self.n_axes :]
        return X.reshape(*X.shape[: X.ndim - self.n_axes], -1)

    def backward(self, dZ: Array) -> Array:
        return dZ.reshape(*dZ.shape[:-1], *self.shape)  # of every trial, also where X was shared


class Unflatten(Module):
    """Rows of numbers as pictures: (..., n) to (..., *shape); the opposite of :class:`Flatten`.

    Parameters
    ----------
    *shape : int
        What a row becomes, such as (channels, height, width).
    """

    def __init__(self, *shape: int) -> None:
        self.shape = shape

    def forward(self, X: Array) -> Array:
        self.check(X, math.prod(self.shape))
        return X.reshape(*X.shape[:-1], *self.shape)

    def backward(self, dZ: Array) -> Array:
        return dZ.reshape(*dZ.shape[: dZ.ndim - len(self.shape)], -1)

    def describe(self) -> str:
        return f"Unflatten {' x '.join(map(str, self.shape))}"


class Residual(Module):
    """Z = X + inner(X): what is learnt is the difference, and the gradient has a way around.

    Parameters
    ----------
    inner : Module
    shortcut : Module, optional
        What X goes through on its way around, where the shapes differ.

    Notes
    -----
    He et al., Deep residual learning (2016).
    """

    def __init__(self, inner: Module, shortcut: Module | None = None) -> None:
        self.inner, self.shortcut = inner, shortcut

    def forward(self, X: Array) -> Array:
        around = X if self.shortcut is None else self.shortcut.forward(X)
        Z = self.inner.forward(X)
        n = min(Z.ndim, around.ndim)  # trials may share what goes around
        lead = Z.shape[: Z.ndim - n] + around.shape[: around.ndim - n]
        if Z.shape[-n:] != around.shape[-n:] or lead not in ((), self.trials):
            raise DataError(
                f"{self} got {Z.shape} from inside and {around.shape} from its way around; "
                "give it a shortcut that changes the shape as the inside does."
            )
        return Z + around

    def backward(self, dZ: Array) -> Array:
        around = dZ if self.shortcut is None else self.shortcut.backward(dZ)
        return self.inner.backward(dZ) + around

    def describe(self) -> str:
        return f"Residual({self.inner.describe()})"
