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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn.initializers import xavier
from firsthand.scratch.nn.layers.activations import softmax, softmax_backward
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

NEVER = -1e30  # a fit that no exponential survives, and that is finite in float32


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
        True where a query may look; every query needs one place at least.

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

    Attributes
    ----------
    P : ndarray of shape (..., n_samples, n_heads, n_steps, n_steps)
        Where the last forward looked.

    Notes
    -----
    ``X`` has shape (..., n_samples, n_steps, n_features). Set ``padding`` (n_samples, n_steps),
    True at places that hold something, before a forward whose samples differ in length. With
    ``start_cache`` each forward is given the next steps alone and remembers the keys and values of
    those before: what it returns is the same, without computing them again.
    """

    W: Array
    b: Array
    W_out: Array
    b_out: Array
    dW: Array
    db: Array
    dW_out: Array
    db_out: Array

    def __init__(self, n_features: int, n_heads: int, *, causal: bool = False) -> None:
        if n_features % n_heads:
            raise ParameterError(
                f"n_heads is {n_heads}, which does not part {n_features} features."
            )
        self.n_features, self.n_heads, self.causal = n_features, n_heads, causal
        d = n_features
        self.shapes = {"W": (d, 3 * d), "b": (3 * d,), "W_out": (d, d), "b_out": (d,)}
        self.padding: Mask | None = None
        self.cache: tuple[Array, Array] | None = None
        self.caching = False

    def initialize(self, rng: np.random.Generator) -> None:
        d = self.n_features
        for trial in np.ndindex(self.trials):
            self.W[trial] = xavier((d, 3 * d), rng)
            self.W_out[trial] = xavier((d, d), rng)

    def start_cache(self) -> None:
        """Remember keys and values from the next forward on, until :meth:`stop_cache`."""
        self.caching, self.cache = True, None

    def stop_cache(self) -> None:
        """Forget them, and compute every step anew."""
        self.caching, self.cache = False, None

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", "n_steps", self.n_features)
        self.X = X
        joint = X @ self._matrix(self.W) + self._row(self.b)
        Q, K, V = (part_heads(part, self.n_heads) for part in np.split(joint, 3, axis=-1))
        if self.caching:
            if self.cache is not None:
                K = np.concatenate([self.cache[0], K], axis=-2)
                V = np.concatenate([self.cache[1], V], axis=-2)
            self.cache = K, V
        A, self.P = attend(Q, K, V, self._mask(Q.shape[-2], K.shape[-2]))
        self.seen = Q, K, V
        self.joined = join_heads(A)
        return self.joined @ self._matrix(self.W_out) + self._row(self.b_out)

    def backward(self, dZ: Array) -> Array:
        if self.caching:
            raise RuntimeError(f"{self} remembers earlier steps; stop_cache() before you train.")
        self._weights(self.joined, dZ, self.dW_out, self.db_out)
        dA = part_heads(dZ @ self._matrix(self.W_out).mT, self.n_heads)
        parts = attend_backward(dA, *self.seen, self.P)
        djoint = np.concatenate([join_heads(part) for part in parts], axis=-1)
        self._weights(self.X, djoint, self.dW, self.db)
        return djoint @ self._matrix(self.W).mT

    def to_torch(self) -> dict[str, Array]:
        """Return the numbers as ``torch.nn.MultiheadAttention`` names them."""
        return {
            "in_proj_weight": np.ascontiguousarray(self.W.mT),
            "in_proj_bias": self.b.copy(),
            "out_proj.weight": np.ascontiguousarray(self.W_out.mT),
            "out_proj.bias": self.b_out.copy(),
        }

    def from_torch(self, state: Mapping[str, Array]) -> None:
        self.put("W", state["in_proj_weight"].mT)
        self.put("b", state["in_proj_bias"])
        self.put("W_out", state["out_proj.weight"].mT)
        self.put("b_out", state["out_proj.bias"])

    def describe(self) -> str:
        return f"MultiHeadAttention {self.n_features}, {self.n_heads} heads"

    def _mask(self, n_queries: int, n_keys: int) -> Mask | None:
        mask = causal_mask(n_queries, n_keys) if self.causal else None
        if self.padding is None:
            return mask
        self._check_padding(self.padding, n_keys)
        known = self.padding[..., None, None, :]  # the same for every head and query
        return known if mask is None else known & mask

    def _check_padding(self, padding: Mask, n_keys: int) -> None:
        if padding.dtype != bool:
            raise DataTypeError(f"{self} got padding of dtype {padding.dtype}, needs bool.")
        needed = self.X.shape[-3], n_keys
        if padding.shape != needed:
            raise DataError(f"{self} got padding of shape {padding.shape}, needs {needed}.")
        if not padding.any(axis=-1).all():
            lost = int(np.argmin(padding.any(axis=-1)))
            raise DataError(f"{self} got padding that leaves sample {lost} no step to look at.")

    def _matrix(self, W: Array) -> Array:
        """Return the matrix with an axis for samples behind those of the trials."""
        return W[..., None, :, :] if self.trials else W

    def _row(self, b: Array) -> Array:
        return b[..., None, None, :] if self.trials else b

    def _weights(self, X: Array, dZ: Array, dW: Array, db: Array) -> None:
        """Fill the gradients of Z = X W + b over samples and steps."""
        own = self.trials if X.ndim == dZ.ndim else ()
        rows = X.reshape(*own, -1, X.shape[-1])
        slopes = dZ.reshape(*self.trials, -1, dZ.shape[-1])
        np.matmul(rows.mT, slopes, out=dW)
        np.sum(slopes, axis=-2, out=db)
