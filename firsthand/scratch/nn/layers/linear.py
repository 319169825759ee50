"""Linear layer: Z = X W + b, as a module around the functions of ``mlp``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers._blocks import short_product
from firsthand.scratch.nn.mlp import init_weights
from firsthand.scratch.nn.module import NOTHING, Module, as_rows
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]


class Linear(Module):
    """Z = X W + b over the last axis.

    Parameters
    ----------
    n_in, n_out : int
        Features in and out.
    bias : bool, default True
    gain : float, default 2
        The weights' variance times ``n_in``: 2 before a relu, 1 before tanh or nothing.

    Notes
    -----
    ``X`` has shape (..., n_in), and Z (..., n_out). With trials, axis 0 of ``X`` is theirs, or
    ``X`` is a matrix that all share. ``torch.nn.Linear`` keeps ``weight = W.T``.
    """

    W: Array
    b: Array
    dW: Array
    db: Array
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {
        "W": ("weight", True),
        "b": ("bias", False),
    }

    def __init__(self, n_in: int, n_out: int, *, bias: bool = True, gain: float = 2.0) -> None:
        check_sizes(n_in=n_in, n_out=n_out)
        self.n_in, self.n_out, self.bias, self.gain = n_in, n_out, bias, gain
        self.shapes = {"W": (n_in, n_out)} | ({"b": (n_out,)} if bias else {})

    def initialize(self, rng: np.random.Generator) -> None:
        for trial in np.ndindex(self.trials):
            self.W[trial] = init_weights(self.n_in, self.n_out, rng, self.gain)

    def forward(self, X: Array) -> Array:
        self.check(X, self.n_in)
        self.rows = as_rows(X, self.trials)
        Z = short_product(self.rows, self.W)
        if self.bias:
            Z += self.b[..., None, :]  # no second array: 0.8 ms, not 2.0, at (768, 128) -> 512
        self.shape = (*self.trials, *X.shape[:-1]) if X.ndim == 2 else X.shape[:-1]
        return Z.reshape(*self.shape, self.n_out)

    def backward(self, dZ: Array) -> Array:
        rows = as_rows(dZ, self.trials)
        short_product(self.rows.mT, rows, out=self.dW)
        if self.bias:
            ones = np.ones(rows.shape[-2], rows.dtype)  # a product takes 0.6 of sum's time
            np.matmul(ones, rows, out=self.db)
        if not self.needs_input_gradient:
            return NOTHING
        return short_product(rows, self.W.mT).reshape(*self.shape, self.n_in)

    def describe(self) -> str:
        return f"Linear {self.n_in} -> {self.n_out}"
