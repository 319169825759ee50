r"""A siamese network: one looks at both pictures, and their distance says whether they match.

    U = f(picture), V = f(other)       the same f: both go through it as one batch
    d = |U - V|                        near for the same person, far for others

f ends on the unit sphere, U = Z / |Z|, so that no distance can be made small by making all numbers
small. It learns from triplets (``losses.BatchHardTriplet``); people it has never seen are told
apart by distance alone: the nearest of one known picture each (one-shot), or a threshold
(verification).

    dZ = (dU - U (U . dU)) / |Z|

Bromley, Guyon, LeCun, Saeckinger & Shah, Signature verification using a siamese time delay neural
network (1993); Schroff, Kalenichenko & Philbin, FaceNet (2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn.layers import BatchNorm2d, Conv2d, Dropout, Flatten, Linear, ReLU
from firsthand.scratch.nn.losses import distance
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.sequential import Sequential

Array = NDArray[np.floating[Any]]

EPSILON = 1e-12


def unit_length(Z: Array) -> tuple[Array, Array]:
    """Return (U, length): every row of ``Z`` (..., n_features) over its length, and (..., 1)."""
    length = np.sqrt((Z * Z).sum(axis=-1, keepdims=True) + EPSILON)  # epsilon: a row may be 0
    return Z / length, length


def unit_length_backward(dU: Array, U: Array, length: Array) -> Array:
    """Return dZ of :func:`unit_length`: what points along U changes the length alone, and is 0."""
    return (dU - U * (U * dU).sum(axis=-1, keepdims=True)) / length


class UnitLength(Module):
    """U = Z / |Z| over the last axis."""

    def forward(self, X: Array) -> Array:
        self.U, self.length = unit_length(X)
        return self.U

    def backward(self, dZ: Array) -> Array:
        return unit_length_backward(dZ, self.U, self.length)


def embedder(
    *,
    size: tuple[int, int] = (56, 46),
    in_channels: int = 1,
    channels: Sequence[int] = (16, 32, 64),
    n_features: int = 64,
    dropout: float = 0.0,
) -> Sequential:
    """Return f: from pictures (..., n_samples, in_channels, *size) to points on the unit sphere.

    Each convolution, 3 x 3 with stride 2, halves the picture and is normalised; a linear layer
    follows.

    Parameters
    ----------
    size : (int, int)
    in_channels : int
    channels : sequence of int
        Kernels of each convolution, at least one.
    n_features : int
        Of the points.
    dropout : float
        Share of the last picture's numbers left out while it learns.

    Raises
    ------
    ParameterError
        If there is no convolution.
    """
    if not channels:
        raise ParameterError("channels is empty; at least one convolution is needed.")
    parts: list[Module] = []
    (height, width), n_in = size, in_channels
    for n_out in channels:
        parts += [Conv2d(n_in, n_out, 3, 2, 1, bias=False), BatchNorm2d(n_out), ReLU()]
        height, width, n_in = (height + 1) // 2, (width + 1) // 2, n_out
    parts += [Flatten(), Dropout(dropout)] if dropout else [Flatten()]
    return Sequential(*parts, Linear(n_in * height * width, n_features, gain=1.0), UnitLength())


def nearest(U: Array, known: Array) -> NDArray[np.intp]:
    """Return for each row of ``U`` (n_samples, n_features) the nearest row of ``known``.

    Raises
    ------
    DataError
        If nothing is known.
    """
    if not len(known):
        raise DataError("Nothing is nearest where no row is known; pass one at least.")
    return distance(U[:, None], known).argmin(axis=1)


def pair_distances(U: Array, y: NDArray[np.integer[Any]]) -> tuple[Array, NDArray[np.bool_]]:
    """Return (d, same) of all pairs of different rows: how far apart, and whether of one class.

    Parameters
    ----------
    U : array of shape (n_samples, n_features)
    y : array of shape (n_samples,)

    Returns
    -------
    d, same : arrays of shape (n_samples (n_samples - 1) / 2,)
    """
    first, second = np.triu_indices(len(U), k=1)
    return distance(U[first], U[second]), y[first] == y[second]
