r"""Attention: every place asks all others, and takes a mean of what they hold.

    S = Q K' / sqrt(d)                 how well each query fits each key; a mask takes fits away
    P = softmax(S)                     shares, a row adds to 1
    A = P V                            the mean of the values

    dV = P' dA                 dP = dA V'                  dS = P (dP - sum(dP P))
    dQ = dS K / sqrt(d)        dK = dS' Q / sqrt(d)

With several heads the features are parted, each part attends by itself, and an output layer joins
what they found. Vaswani et al., Attention is all you need (2017);
``torch.nn.functional.scaled_dot_product_attention``, ``torch.nn.MultiheadAttention``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn._parts import in_parts
from firsthand.scratch.nn.initializers import xavier
from firsthand.scratch.nn.layers._attention import (
    NEVER,
    Tiles,
    attend_blocks,
    attend_blocks_backward,
)
from firsthand.scratch.nn.layers.activations import softmax, softmax_backward
from firsthand.scratch.nn.layers.positions import rotate, rotate_backward
from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Trial = tuple[int, ...]

# of torch.nn.MultiheadAttention: W_Q, W_K and W_V below each other, and the output layer
IN_TORCH = {
    "W": ("in_proj_weight", True),
    "b": ("in_proj_bias", False),
    "W_out": ("out_proj.weight", True),
    "b_out": ("out_proj.bias", False),
}


def causal_mask(n_queries: int, n_keys: int) -> Mask:
    """Return where a query may look, (n_queries, n_keys): at its own place and before it.

    With more keys than queries, the queries are the last places: the keys before them are known.

    Examples
    --------
    >>> causal_mask(2, 3).astype(int)
    array([[1, 1, 0],
           [1, 1, 1]])
    """
    return np.arange(n_keys) <= np.arange(n_queries)[:, None] + n_keys - n_queries


def attend(Q: Array, K: Array, V: Array, mask: Mask | None = None) -> tuple[Array, Array]:
    """Return (A, P): what each query takes, and from where.

    Parameters
    ----------
    Q : array of shape (..., n_queries, d)
    K : array of shape (..., n_keys, d)
    V : array of shape (..., n_keys, d_value)
    mask : array of bool that broadcasts to (..., n_queries, n_keys), optional
        True where a query may look. One that may look nowhere takes nothing: its row of A and
        of P is 0, and nothing goes back from it (PyTorch has NaN there).

    Returns
    -------
    A : array of shape (..., n_queries, d_value)
    P : array of shape (..., n_queries, n_keys)
    """
    S = Q @ K.mT
    S *= 1 / math.sqrt(Q.shape[-1])  # or the fits, and with them the softmax, grow with d
    if mask is not None:
        S = np.where(mask, S, S.dtype.type(NEVER))
    P = softmax(S)
    if mask is not None:
        P *= mask  # a row of NEVER alone had equal shares
    return P @ V, P


def attend_backward(
    dA: Array, Q: Array, K: Array, V: Array, P: Array
) -> tuple[Array, Array, Array]:
    """Return (dQ, dK, dV), given ``P`` of :func:`attend`; where it is 0 nothing goes back."""
    dV = P.mT @ dA
    dS = softmax_backward(dA @ V.mT, P)
    dS *= 1 / math.sqrt(Q.shape[-1])
    return dS @ K, dS.mT @ Q, dV


def part_heads(X: Array, n_heads: int) -> Array:
    """Return (..., n_steps, n_heads d) as (..., n_heads, n_steps, d)."""
    *lead, n_steps, n_features = X.shape
    parted = X.reshape(*lead, n_steps, n_heads, n_features // n_heads)
    return np.swapaxes(parted, -2, -3)


def join_heads(A: Array) -> Array:
    """Return (..., n_heads, n_steps, d) as (..., n_steps, n_heads d)."""
    joined = np.swapaxes(A, -2, -3)
    return joined.reshape(*joined.shape[:-2], -1)


class MultiHeadAttention(Module):
    """Self-attention in several parts at once.

    Parameters
    ----------
    n_features : int
        In and out.
    n_heads : int
        Divides ``n_features``.
    causal : bool, default False
        Whether a place may only look at itself and before it.
    rotary : bool, default False
        Whether queries and keys are turned by their places' angles, so that what they think of
        each other depends on how far they are apart; each head's features are pairs then.

    Attributes
    ----------
    P : ndarray of shape (..., n_samples, n_heads, n_steps, n_keys)
        Where the last forward looked.

    Notes
    -----
    ``X`` has shape (..., n_samples, n_steps, n_features). Set ``padding`` (n_samples, n_steps),
    True at places that hold something, before a forward whose samples differ in length; a place
    that may look nowhere, as one before the first that holds something may in a causal one, takes
    nothing from any. With
    ``start_cache`` each forward is given the next steps alone and remembers the keys and values of
    those before: what it returns is the same, without computing them again.
    """

    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = IN_TORCH
    W: Array
    b: Array
    W_out: Array
    b_out: Array
    X: Array
    joint: Array
    joined: Array
    L: Array
    dW: Array
    db: Array
    dW_out: Array
    db_out: Array

    def __init__(
        self, n_features: int, n_heads: int, *, causal: bool = False, rotary: bool = False
    ) -> None:
        check_heads(n_features, n_heads)
        if rotary and n_features // n_heads % 2:
            raise ParameterError(
                f"rotary needs pairs, but {n_heads} heads have {n_features // n_heads} features."
            )
        self.n_features, self.n_heads, self.causal = n_features, n_heads, causal
        self.rotary = rotary
        d = n_features
        self.shapes = {"W": (d, 3 * d), "b": (3 * d,), "W_out": (d, d), "b_out": (d,)}
        self.padding: Mask | None = None
        self.past: tuple[Array, Array] | None = None
        self.n_past = 0
        self.caching = False

    def initialize(self, rng: np.random.Generator) -> None:
        d = self.n_features
        for trial in np.ndindex(self.trials):
            self.W[trial] = xavier((d, 3 * d), rng)
            self.W_out[trial] = xavier((d, d), rng)

    def start_cache(self) -> None:
        """Remember keys and values from the next forward on, until :meth:`stop_cache`."""
        self.caching, self.past, self.n_past = True, None, 0

    def stop_cache(self) -> None:
        """Forget them, and compute every step anew."""
        if self.caching:
            self.put_out = None  # what the last forward saw is gone: no way leads back through it
        self.caching, self.past, self.n_past = False, None, 0

    @property
    def P(self) -> Array:
        """Where the last forward looked, computed again: it is not kept."""
        Q, K, V = self._heads(self.joint)
        if self.past is not None:
            K, V = (part[..., : self.n_past, :] for part in self.past)
        return attend(Q, K, V, self._mask(Q.shape[-2], K.shape[-2]))[1]

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", "n_steps", self.n_features)
        self.X, d = X, self.n_features
        *lead, n_steps = *self.trials, *X.shape[-3:-1]
        self.joint = self.room("joint", (*lead, n_steps, 3 * d), X.dtype)
        self.joined = self.room("joined", (*lead, n_steps, d), X.dtype)
        self.L = self.room("L", (*lead, self.n_heads, n_steps, 1), X.dtype)
        if self.caching:
            self._make_place(n_steps)
        Z, known = np.empty(self.joined.shape, X.dtype), self._known()
        for trial in np.ndindex(self.trials):
            own = X if X.ndim == 3 else X[trial]
            self._forward_trial(trial, own, Z[trial], None if known is None else known[trial])
        return Z

    def backward(self, dZ: Array) -> Array:
        if self.caching:
            raise RuntimeError(f"{self} remembers earlier steps; stop_cache() before you train.")
        dX, known = np.empty(dZ.shape, dZ.dtype), self._known()
        for trial in np.ndindex(self.trials):
            place = None if known is None else known[trial]
            self._backward_trial(trial, dZ[trial], dX[trial], place)
        return dX

    def _forward_trial(self, trial: Trial, X: Array, Z: Array, known: Mask | None) -> None:
        """Fill what the way back needs of one network, and its output ``Z``."""
        joint, joined, L = self.joint[trial], self.joined[trial], self.L[trial]

        def work(part: slice) -> None:
            _map(X[part], self.W[trial], joint[part])
            joint[part] += self.b[trial]
            Q, K, V = self._heads(joint[part])
            if self.rotary:
                first = max(self.n_past - Q.shape[-2], 0)  # the place of the first new step
                Q[...], K[...] = rotate(Q, first), rotate(K, first)
            if self.past is not None:
                places = slice(self.n_past - K.shape[-2], self.n_past)
                K, V = (
                    _remembered(new, past[trial][part], places)
                    for new, past in zip((K, V), self.past, strict=True)
                )
            tiles = Tiles(Q, K, causal=self.causal, known=None if known is None else known[part])
            attend_blocks(Q, K, V, tiles, part_heads(joined[part], self.n_heads), L[part])
            _map(joined[part], self.W_out[trial], Z[part])
            Z[part] += self.b_out[trial]

        in_parts(work, len(X), self._size())

    def _backward_trial(self, trial: Trial, dZ: Array, dX: Array, known: Mask | None) -> None:
        """Fill the gradients of one network."""
        X = self.X if self.X.ndim == 3 else self.X[trial]
        joint, joined, L = self.joint[trial], self.joined[trial], self.L[trial]

        def work(part: slice) -> list[Array]:
            A, slopes = joined[part], dZ[part]
            dA, djoint = np.empty_like(A), np.empty_like(joint[part])
            _map(slopes, self.W_out[trial].mT, dA)
            Q, K, V = self._heads(joint[part])
            tiles = Tiles(Q, K, causal=self.causal, known=None if known is None else known[part])
            seen = Q, K, V, part_heads(A, self.n_heads), L[part]
            dQ, dK, dV = self._heads(djoint)
            attend_blocks_backward(part_heads(dA, self.n_heads), seen, tiles, (dQ, dK, dV))
            if self.rotary:
                dQ[...], dK[...] = rotate_backward(dQ), rotate_backward(dK)
            _map(djoint, self.W[trial].mT, dX[part])
            return [*_of_weights(X[part], djoint), *_of_weights(A, slopes)]

        sums = [sum(parts) for parts in zip(*in_parts(work, len(X), self._size()), strict=True)]
        gradients = self.dW, self.db, self.dW_out, self.db_out
        for gradient, total in zip(gradients, sums, strict=True):
            gradient[trial] = total

    def describe(self) -> str:
        return f"MultiHeadAttention {self.n_features}, {self.n_heads} heads"

    def _heads(self, joint: Array) -> tuple[Array, Array, Array]:
        """Return Q, K and V of (..., n_steps, 3 n_features), views (..., n_heads, n_steps, d)."""
        parted = joint.reshape(*joint.shape[:-1], 3, self.n_heads, -1)
        Q, K, V = (np.swapaxes(parted[..., part, :, :], -2, -3) for part in range(3))
        return Q, K, V

    def _make_place(self, n_steps: int) -> None:
        """Make place to remember ``n_steps`` more: what is full is made twice as large."""
        *lead, d = *self.joined.shape[:-2], self.n_features // self.n_heads
        if self.past is not None and self.past[0].shape[:-3] != (*lead,):
            raise DataError(
                f"{self} remembers {self.past[0].shape[-4]} samples, but got {lead[-1]}; "
                "start_cache() anew for others."
            )
        needed = self.n_past + n_steps
        if self.past is None or self.past[0].shape[-2] < needed:
            room = np.empty((2, *lead, self.n_heads, 2 * needed, d), self.joined.dtype)
            if self.past is not None:
                room[..., : self.n_past, :] = [part[..., : self.n_past, :] for part in self.past]
            self.past = room[0], room[1]
        self.n_past = needed

    def _known(self) -> Mask | None:
        """Return which keys hold something, (*trials, n_samples, n_keys)."""
        if self.padding is None:
            return None
        *lead, n_steps, _ = self.joined.shape
        n_keys = self.n_past if self.caching else n_steps
        check_padding(self, self.padding, (self.X.shape[-3], n_keys))
        return np.broadcast_to(self.padding, (*lead, n_keys))

    def _mask(self, n_queries: int, n_keys: int) -> Mask | None:
        """Return where the last queries looked."""
        mask, known = causal_mask(n_queries, n_keys) if self.causal else None, self._known()
        if known is None:
            return mask
        known = known[..., None, None, :]  # the same for every head and query
        return known if mask is None else known & mask

    def _size(self) -> int:
        """Return about how many numbers one network's pass goes through."""
        n_samples, n_steps, d = self.joined.shape[-3:]
        n_keys = self.n_past if self.caching else n_steps
        return n_samples * n_steps * (8 * d + self.n_heads * n_keys)


def check_heads(n_features: int, n_heads: int) -> None:
    """Refuse sizes that cannot be, and heads that do not part the features."""
    check_sizes(n_features=n_features, n_heads=n_heads)
    if n_features % n_heads:
        raise ParameterError(f"n_heads is {n_heads}, which does not part {n_features} features.")


def check_padding(part: Module, padding: Mask, needed: tuple[int, int]) -> None:
    """Refuse a padding that is not (n_samples, n_keys), or leaves a sample nothing to look at."""
    if padding.dtype != bool:
        raise DataTypeError(f"{part} got padding of dtype {padding.dtype}, needs bool.")
    if padding.shape != needed:
        raise DataError(f"{part} got padding of shape {padding.shape}, needs {needed}.")
    if not padding.any(axis=-1).all():
        lost = int(np.argmin(padding.any(axis=-1)))
        raise DataError(f"{part} got padding that leaves sample {lost} no step to look at.")


def _map(X: Array, W: Array, out: Array) -> None:
    """Write X W over the last axis into ``out``, which is contiguous, as one product."""
    np.matmul(X.reshape(-1, X.shape[-1]), W, out=out.reshape(-1, out.shape[-1]))


def _of_weights(X: Array, dZ: Array) -> tuple[Array, Array]:
    """Return the gradients of Z = X W + b over samples and steps."""
    rows = dZ.reshape(-1, dZ.shape[-1])
    return X.reshape(-1, X.shape[-1]).mT @ rows, np.ones(len(rows), rows.dtype) @ rows


def _remembered(new: Array, past: Array, places: slice) -> Array:
    """Write ``new`` behind what is remembered, and return all of it."""
    past[..., places, :] = new
    return past[..., : places.stop, :]
