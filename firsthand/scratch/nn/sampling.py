r"""Sampling: from scores to the next token.

    P = softmax(Z / temperature)       below 1 the likely get likelier, at 0 one has it all
    top k     keep the k likeliest tokens
    top p     keep the likeliest tokens whose shares first add up to p
    draw      the first token at which the running sum of P is above u, u uniform in [0, 1)
    surprise  -log P of the token that came: what a text costs

What is kept is divided by its sum. Fan, Lewis & Dauphin, Hierarchical neural story generation
(2018), for top k; Holtzman et al., The curious case of neural text degeneration (2020), for top p.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.layers.activations import softmax
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]


def temperature_softmax(Z: Array, temperature: float = 1.0) -> Array:
    """Return softmax(Z / temperature); at temperature 0 the likeliest token has it all.

    Parameters
    ----------
    Z : array of shape (..., n_tokens)
    temperature : float
        At least 0.

    Raises
    ------
    DataError
        If the largest score of a row is no finite number; one of -inf is never drawn.

    Examples
    --------
    >>> temperature_softmax(np.log([[0.2, 0.8]]), 0.5).round(3)
    array([[0.059, 0.941]])
    """
    top = Z.max(axis=-1, keepdims=True)
    if not np.isfinite(top).all():
        raise DataError(
            "The largest score is no finite number, so that no token is the likeliest; look at "
            "the network's weights, which may have gone beyond all bounds as it learned."
        )
    if temperature < np.finfo(Z.dtype).tiny:
        return np.eye(Z.shape[-1], dtype=Z.dtype)[Z.argmax(axis=-1)]
    below = np.maximum(Z - top, -1000 * temperature)  # exp(-1000) is 0, and nothing overflows
    return softmax(below / temperature)


def top_k(P: Array, k: int) -> Array:
    """Return ``P`` (..., n_tokens) with the k likeliest tokens alone; of equals the first stay.

    Examples
    --------
    >>> top_k(np.array([0.1, 0.4, 0.2, 0.3]), 2).round(3)
    array([0.   , 0.571, 0.   , 0.429])
    """
    rank = np.argsort(np.argsort(-P, axis=-1, kind="stable"), axis=-1)
    kept = np.where(rank < k, P, 0)
    return kept / kept.sum(axis=-1, keepdims=True)


def top_p(P: Array, p: float) -> Array:
    """Return ``P`` (..., n_tokens) with the fewest tokens alone whose shares reach ``p``.

    Examples
    --------
    >>> top_p(np.array([0.1, 0.4, 0.2, 0.3]), 0.6).round(3)
    array([0.   , 0.571, 0.   , 0.429])
    """
    order = np.argsort(-P, axis=-1, kind="stable")
    likeliest_first = np.take_along_axis(P, order, axis=-1)
    before = np.cumsum(likeliest_first, axis=-1) - likeliest_first
    kept = np.zeros_like(P)
    # a token stays if those before it do not reach p yet: the likeliest one always does
    np.put_along_axis(kept, order, np.where(before < p, likeliest_first, 0), axis=-1)
    return kept / kept.sum(axis=-1, keepdims=True)


def draw(P: Array, rng: np.random.Generator) -> Indices:
    """Return a token for each row of ``P`` (..., n_tokens), with the probabilities there.

    A token of probability 0 is never drawn.

    Raises
    ------
    DataError
        If a row's sum is not above 0, or no number.
    """
    running = np.cumsum(P, axis=-1, dtype=np.float64)
    if not (running[..., -1] > 0).all():
        raise DataError("A row of probabilities adds up to nothing, or to no number.")
    u = rng.random(P.shape[:-1])[..., None] * running[..., -1:]  # the sum is 1 but for rounding
    return np.argmax(running > u, axis=-1)


def surprises(Z: Array, tokens: Indices) -> Array:
    """Return -log softmax(Z) of the tokens that did come, in nats, of the shape of ``tokens``.

    The mean over a text is its cross-entropy; divided by log 2 it is in bits, and its exponential
    is the perplexity: among how many tokens a guess would be as hard.

    Parameters
    ----------
    Z : array of shape (..., n_tokens)
    tokens : array of int, shape (...)

    Examples
    --------
    >>> surprises(np.log([[0.2, 0.8]]), np.array([0])).round(3)
    array([1.609])
    """
    shifted = Z - Z.max(axis=-1, keepdims=True)  # the largest is 0: exp never overflows
    own = np.take_along_axis(shifted, tokens[..., None], axis=-1)[..., 0]
    return np.log(np.exp(shifted).sum(axis=-1)) - own


@dataclass(frozen=True)
class Sampler:
    """How the next token is chosen: temperature, then top k, then top p, then a draw.

    Attributes
    ----------
    temperature : float, default 1
    top_k : int, optional
    top_p : float in (0, 1], optional

    Raises
    ------
    ParameterError
        If one of them is out of its range.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        check_number("temperature", self.temperature, at_least=0)
        if self.top_k is not None:
            check_number("top_k", self.top_k, at_least=1, whole=True)
        if self.top_p is not None:
            check_number("top_p", self.top_p, above=0, at_most=1)

    def probabilities(self, Z: Array) -> Array:
        """Return what each token is drawn with, given scores ``Z`` (..., n_tokens)."""
        P = temperature_softmax(Z, self.temperature)
        if self.top_k is not None:
            P = top_k(P, self.top_k)
        return P if self.top_p is None else top_p(P, self.top_p)

    def __call__(self, Z: Array, rng: np.random.Generator) -> Indices:
        """Return a token for each row of scores."""
        return draw(self.probabilities(Z), rng)
