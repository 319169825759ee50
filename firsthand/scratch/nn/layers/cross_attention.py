r"""Cross-attention: places of one sequence ask those of another, the memory.

    Q = X W_Q + b_Q          K = memory W_K + b_K          V = memory W_V + b_V
    A = softmax(Q K' / sqrt(d)) V                          in each head, as in ``attention``
    Z = A W_out + b_out

So a decoder reads what an encoder made of its input: the translation asks, the source answers.
W holds W_Q, W_K and W_V side by side. Vaswani et al., Attention is all you need (2017), 3.2.3;
``torch.nn.MultiheadAttention(query, key, value)`` with key and value the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn._parts import in_parts
from firsthand.scratch.nn.initializers import xavier
from firsthand.scratch.nn.layers._attention import Tiles, attend_blocks, attend_blocks_backward
from firsthand.scratch.nn.layers.attention import (
    IN_TORCH,
    attend,
    check_heads,
    check_padding,
    part_heads,
)
from firsthand.scratch.nn.mlp import (
    linear,
    linear_backward_input,
    linear_backward_parameters,
)
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


class CrossAttention(Module):
    """Attention in several parts at once, of ``X`` to a memory of any length.

    Parameters
    ----------
    n_features : int
        Of X, of the memory and of the output.
    n_heads : int
        Divides ``n_features``.

    Attributes
    ----------
    dmemory : ndarray of the memory's shape
        dJ/dmemory after the last backward, which returns dJ/dX.
    padding : array of bool (n_samples, n_keys) or None
        Set it before a forward whose memories differ in length: True at places that hold something.
    P : ndarray of shape (..., n_samples, n_heads, n_queries, n_keys)
        Where the last forward looked.

    Notes
    -----
    ``forward(X, memory)`` takes X (..., n_samples, n_queries, n_features) and a memory
    (..., n_samples, n_keys, n_features); one without the trials' axes is shared, and has a gradient
    for each.

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> cross = Network(CrossAttention(4, 2)).module
    >>> cross.forward(np.ones((1, 3, 4)), np.ones((1, 5, 4))).shape
    (1, 3, 4)
    >>> cross.backward(np.ones((1, 3, 4))).shape, cross.dmemory.shape
    ((1, 3, 4), (1, 5, 4))
    """

    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = IN_TORCH
    W: Array
    b: Array
    W_out: Array
    b_out: Array
    dW: Array
    db: Array
    dW_out: Array
    db_out: Array
    dmemory: Array

    def __init__(self, n_features: int, n_heads: int) -> None:
        check_heads(n_features, n_heads)
        self.n_features, self.n_heads, d = n_features, n_heads, n_features
        self.shapes = {"W": (d, 3 * d), "b": (3 * d,), "W_out": (d, d), "b_out": (d,)}
        self.padding: Mask | None = None

    def initialize(self, rng: np.random.Generator) -> None:
        d = self.n_features
        for trial in np.ndindex(self.trials):
            self.W[trial] = xavier((d, 3 * d), rng)
            self.W_out[trial] = xavier((d, d), rng)

    @property
    def P(self) -> Array:
        """Where the last forward looked, computed again: it is not kept."""
        known = None if self.known is None else self.known[:, None, None, :]
        P = attend(self.Q, self.K, self.V, known)[1]
        return P.reshape(*self.trials, -1, *P.shape[1:])

    def forward(self, X: Array, memory: Any = None) -> Array:
        """Return what the places of ``X`` found in the memory, which has to be there."""
        d = self.n_features
        self.check(X, "n_samples", "n_queries", d)
        self.check(memory, "n_samples", "n_keys", d, name="memory")
        if X.shape[-3] != memory.shape[-3]:
            raise DataError(
                f"{self} got {X.shape[-3]} samples in X and {memory.shape[-3]} in the memory."
            )
        self.X, self.memory, self.known = X, memory, self._known(*memory.shape[-3:-1])
        asked = linear(_rows(X), self.W[..., :d], self.b[..., :d])
        self.held = linear(_rows(memory), self.W[..., d:], self.b[..., d:])
        self.Q = self._heads(asked, X.shape[-2])
        self.K, self.V = (self._heads(H, memory.shape[-2]) for H in np.split(self.held, 2, axis=-1))
        self.joined, self.L = np.empty_like(asked), np.empty((*self.Q.shape[:-1], 1), X.dtype)
        self.A = self._heads(self.joined, X.shape[-2])

        def work(part: slice) -> None:
            Q, K, V = self.Q[part], self.K[part], self.V[part]
            attend_blocks(Q, K, V, self._tiles(part), self.A[part], self.L[part])

        in_parts(work, len(self.Q), self._size())
        Z = linear(self.joined, self.W_out, self.b_out)
        return Z.reshape(*self.trials, *X.shape[-3:])

    def backward(self, dZ: Array) -> Array:
        """Return dJ/dX and fill the parameters' gradients and ``dmemory``."""
        d, dZ = self.n_features, _rows(dZ)
        self.dW_out[...], self.db_out[...] = linear_backward_parameters(dZ, self.joined)
        dA = self._heads(linear_backward_input(dZ, self.W_out), self.X.shape[-2])
        dasked, dheld = np.empty_like(self.joined), np.empty_like(self.held)
        dQ = self._heads(dasked, self.X.shape[-2])
        dK, dV = (self._heads(dH, self.memory.shape[-2]) for dH in np.split(dheld, 2, axis=-1))

        def work(part: slice) -> None:
            seen = self.Q[part], self.K[part], self.V[part], self.A[part], self.L[part]
            gradients = dQ[part], dK[part], dV[part]
            attend_blocks_backward(dA[part], seen, self._tiles(part), gradients)

        in_parts(work, len(dA), self._size())
        self.dW[..., :d], self.db[..., :d] = linear_backward_parameters(dasked, _rows(self.X))
        self.dW[..., d:], self.db[..., d:] = linear_backward_parameters(dheld, _rows(self.memory))
        dX = linear_backward_input(dasked, self.W[..., :d])
        dmemory = linear_backward_input(dheld, self.W[..., d:])
        self.dmemory = dmemory.reshape(*self.trials, *self.memory.shape[-3:])
        return dX.reshape(*self.trials, *self.X.shape[-3:])

    def describe(self) -> str:
        return f"CrossAttention {self.n_features}, {self.n_heads} heads"

    def _heads(self, rows: Array, n_steps: int) -> Array:
        """Return (..., n_samples n_steps, d) as (samples of all trials, n_heads, n_steps, ...)."""
        return part_heads(rows.reshape(-1, n_steps, self.n_features), self.n_heads)

    def _known(self, n_samples: int, n_keys: int) -> Mask | None:
        """Return which keys hold something, (samples of all trials, n_keys)."""
        if self.padding is None:
            return None
        check_padding(self, self.padding, (n_samples, n_keys))
        return np.broadcast_to(self.padding, (*self.trials, n_samples, n_keys)).reshape(-1, n_keys)

    def _tiles(self, part: slice) -> Tiles:
        known = None if self.known is None else self.known[part]
        return Tiles(self.Q[part], self.K[part], known=known)

    def _size(self) -> int:
        """Return about how many numbers go through a pass."""
        return self.Q.size + self.L.size * self.K.shape[-2]


def _rows(X: Array) -> Array:
    """Return (..., n_samples, n_steps, d) as (..., n_samples n_steps, d), for one product."""
    return X.reshape(*X.shape[:-3], -1, X.shape[-1])
