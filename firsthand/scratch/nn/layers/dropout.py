r"""Dropout: while it learns, a network must do without a part of its units, another each time.

    A  = Z M / (1 - p)       M = 1 with probability 1 - p, else 0; a new draw each forward
    dZ = dA M / (1 - p)

The division keeps the mean, so that nothing changes when the network predicts. Srivastava et al.,
Dropout (2014); ``torch.nn.Dropout``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


def dropout_mask(
    shape: tuple[int, ...], p: float, rng: np.random.Generator, dtype: Any = np.float64
) -> Array:
    """Return 1 / (1 - p) where a unit stays and 0 where it is left out, with probability ``p``."""
    stays = rng.random(shape, dtype=np.float32) >= p
    return stays * np.dtype(dtype).type(1 / (1 - p))


class Dropout(Module):
    """Leave out each entry with probability ``p`` while the network learns.

    Parameters
    ----------
    p : float in [0, 1), default 0.5
    """

    def __init__(self, p: float = 0.5) -> None:
        check_number("p", p, at_least=0, at_most=1 - 1e-9)
        self.p = p

    def forward(self, X: Array) -> Array:
        self.check(X)
        self.mask = None
        if not self.training or self.p == 0:
            return X
        self.mask = dropout_mask(X.shape, self.p, self.rng, X.dtype)
        return X * self.mask

    def backward(self, dZ: Array) -> Array:
        return dZ if self.mask is None else dZ * self.mask

    def describe(self) -> str:
        return f"Dropout {self.p:g}"
