r"""Losses that shape distances: what is alike comes together, what is not is kept apart.

    contrastive, a pair at distance d, same = 1 or 0
        J = mean( same d^2 + (1 - same) max(0, margin - d)^2 ) / 2
    triplet, an anchor, something like it (+) and something else (-)
        J = mean( max(0, d(a, +) - d(a, -) + margin) )

    d(u, v) = sqrt(sum (u - v)^2 + epsilon): the epsilon keeps the slope finite at 0

Hadsell, Chopra & LeCun, Dimensionality reduction by learning an invariant mapping (2006);
Schroff, Kalenichenko & Philbin, FaceNet (2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

EPSILON = 1e-12


def distance(U: Array, V: Array) -> Array:
    """Return the distance of each row of ``U`` from that of ``V``, of shape (..., n_samples)."""
    return np.sqrt(((U - V) ** 2).sum(axis=-1) + EPSILON)


def distance_backward(dd: Array, U: Array, V: Array) -> tuple[Array, Array]:
    """Return (dU, dV), given ``dd`` = dJ/dd of :func:`distance`."""
    dU = (dd / distance(U, V))[..., None] * (U - V)
    return dU, -dU


def contrastive(U: Array, V: Array, same: Array, margin: float = 1.0) -> Any:
    """Return the mean contrastive loss of pairs, of shape (...).

    ``U`` and ``V`` have shape (..., n_pairs, n_features); ``same`` is 1 or 0, (..., n_pairs).
    """
    d = distance(U, V)
    apart = np.maximum(0, margin - d)
    return (same * d**2 + (1 - same) * apart**2).mean(axis=-1) / 2


def contrastive_backward(
    U: Array, V: Array, same: Array, margin: float = 1.0
) -> tuple[Array, Array]:
    """Return (dU, dV) of :func:`contrastive`."""
    d = distance(U, V)
    dd = (same * d - (1 - same) * np.maximum(0, margin - d)) / d.shape[-1]
    return distance_backward(dd, U, V)


def triplet(A: Array, P: Array, N: Array, margin: float = 1.0) -> Any:
    """Return the mean triplet loss of anchors ``A``, positives ``P`` and negatives ``N``.

    Each has shape (..., n_samples, n_features), and the result (...).
    """
    return np.maximum(0, distance(A, P) - distance(A, N) + margin).mean(axis=-1)


def triplet_backward(
    A: Array, P: Array, N: Array, margin: float = 1.0
) -> tuple[Array, Array, Array]:
    """Return (dA, dP, dN) of :func:`triplet`; a triplet that keeps the margin does not pull."""
    violates = distance(A, P) - distance(A, N) + margin > 0
    dd = violates / np.asarray(A.shape[-2], A.dtype)
    dA_near, dP = distance_backward(dd, A, P)
    dA_far, dN = distance_backward(-dd, A, N)
    return dA_near + dA_far, dP, dN
