r"""Embedding: a row of a table for each number, learnt like any other weight.

    A[i] = W[index[i]]               dW[k] = sum of dA[i] over all i with index[i] = k

It is the product of a one-hot matrix and W, without the matrix. ``torch.nn.Embedding``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError
from firsthand.scratch.nn.initializers import normal
from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]


def embed(index: Indices, W: Array) -> Array:
    """Return the rows of ``W`` (n_rows, n_features) that ``index`` names: (*index.shape, ...)."""
    return W[index]


def embed_backward(dA: Array, index: Indices, n_rows: int) -> Array:
    """Return dW of shape (n_rows, n_features), given ``dA`` of shape (*index.shape, n_features).

    A row that was looked up twice gets both gradients.
    """
    dW = np.zeros((n_rows, dA.shape[-1]), dA.dtype)
    order = np.argsort(index, axis=None, kind="stable")  # sorted, each row's entries are a run
    sorted_index = index.ravel()[order]
    starts = np.flatnonzero(np.diff(sorted_index, prepend=-1))
    dW[sorted_index[starts]] = np.add.reduceat(dA.reshape(-1, dA.shape[-1])[order], starts, axis=0)
    return dW


class Embedding(Module):
    """A table of ``n_rows`` rows; index in, rows out.

    Parameters
    ----------
    n_rows, n_features : int
    std : float, default 1
        Deviation of the normal draws that it starts from.

    Notes
    -----
    The index has shape (n_samples, n_steps), shared by all trials, or (*trials, ...) of that.
    ``backward`` returns an empty array: an index has no slope.
    """

    W: Array
    dW: Array
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {"W": ("weight", False)}

    def __init__(self, n_rows: int, n_features: int, *, std: float = 1.0) -> None:
        check_sizes(n_rows=n_rows, n_features=n_features)
        self.n_rows, self.n_features, self.std = n_rows, n_features, std
        self.shapes = {"W": (n_rows, n_features)}

    def initialize(self, rng: np.random.Generator) -> None:
        self.W[...] = normal(self.W.shape, rng, self.std)

    def forward(self, X: Any) -> Array:
        self._check_index(X)
        self.index = X if X.ndim > 2 else np.broadcast_to(X, (*self.trials, *X.shape))
        A = np.empty((*self.index.shape, self.n_features), self.W.dtype)
        for trial in np.ndindex(self.trials):
            A[trial] = embed(self.index[trial], self.W[trial])
        return A

    def backward(self, dZ: Array) -> Array:
        for t in np.ndindex(self.trials):
            self.dW[t] = embed_backward(dZ[t], self.index[t], self.n_rows)
        return np.empty(0, dZ.dtype)

    def _check_index(self, X: Any) -> None:
        if not isinstance(X, np.ndarray) or X.dtype.kind not in "iu":
            kind = getattr(X, "dtype", type(X).__name__)
            raise DataTypeError(f"{self} got an index of {kind}, needs an array of whole numbers.")
        if not X.size or X.ndim < 2 or X.shape[:-2] not in ((), self.trials):
            raise DataError(f"{self} got an index of shape {X.shape}, needs (n_samples, n_steps).")
        if X.min() < 0 or X.max() >= self.n_rows:
            raise DataError(
                f"{self} got numbers from {X.min()} to {X.max()}, needs 0 to {self.n_rows - 1}."
            )

    def describe(self) -> str:
        return f"Embedding {self.n_rows} x {self.n_features}"
