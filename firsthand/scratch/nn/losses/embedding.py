r"""Losses that shape distances: what is alike comes together, what is not is kept apart.

    contrastive, a pair at distance d, same = 1 or 0
        J = mean( same d^2 + (1 - same) max(0, margin - d)^2 ) / 2
    triplet, an anchor, something like it (+) and something else (-)
        J = mean( max(0, d(a, +) - d(a, -) + margin) )
    batch-hard triplets: every sample is an anchor; of its batch, (+) is the farthest of its class
        and (-) the nearest of the others

    d(u, v) = sqrt(sum (u - v)^2 + epsilon): the epsilon keeps the slope finite at 0

Hadsell, Chopra & LeCun, Dimensionality reduction by learning an invariant mapping (2006);
Schroff, Kalenichenko & Philbin, FaceNet (2015); Hermans, Beyer & Leibe, In defense of the triplet
loss for person re-identification (2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]
Places = NDArray[np.intp]

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


def hardest(Z: Array, y: Labels) -> tuple[Places, Places]:
    """Return (positive, negative): for each row the farthest of its class, the nearest other.

    Parameters
    ----------
    Z : array of shape (..., n_samples, n_features)
    y : integer array of shape (n_samples,) or (..., n_samples)

    Returns
    -------
    positive, negative : integer arrays of shape (..., n_samples)
        Rows of ``Z``. The only one of its class is its own positive, at distance 0.
    """
    d = distance(Z[..., :, None, :], Z[..., None, :, :])  # (..., n_samples, n_samples)
    same = y[..., :, None] == y[..., None, :]
    return np.where(same, d, -1).argmax(axis=-1), np.where(same, np.inf, d).argmin(axis=-1)


class BatchHardTriplet(Loss):
    """The mean triplet loss, every sample against the hardest of its batch.

    Parameters
    ----------
    margin : float, default 0.5
        How much farther than its own class every other has to be.

    Notes
    -----
    ``Z`` has shape (..., n_samples, n_features), and ``y`` holds the classes, two or more.
    """

    def __init__(self, margin: float = 0.5) -> None:
        check_number("margin", margin, at_least=0)
        self.margin = margin

    def value(self, Z: Array, y: Labels) -> Any:
        positive, negative = hardest(Z, y)
        return triplet(Z, _rows(Z, positive), _rows(Z, negative), self.margin)

    def slope(self, Z: Array, y: Labels) -> Array:
        positive, negative = hardest(Z, y)
        near, far = _rows(Z, positive), _rows(Z, negative)
        dA, dP, dN = triplet_backward(Z, near, far, self.margin)
        rows = np.arange(Z.shape[-2])
        chosen, rejected = (
            (places[..., None] == rows).astype(Z.dtype) for places in (positive, negative)
        )
        # a row may be positive or negative for many anchors: their gradients add up
        return dA + chosen.mT @ dP + rejected.mT @ dN

    def targets(self, y: NDArray[Any], Z: Array) -> Labels:
        if y.dtype.kind not in "iu":
            raise DataTypeError(f"{self} got labels of dtype {y.dtype}, needs whole numbers.")
        if y.shape not in (Z.shape[:-1], Z.shape[len(self.trials) : -1]):
            raise DataError(
                f"{self} got labels of shape {y.shape}, needs {Z.shape[:-1]}: one for each row."
            )
        y = np.broadcast_to(y, Z.shape[:-1]).reshape(*self.trials, -1)
        if (y == y[..., :1]).all(axis=-1).any():
            raise DataError(f"{self} got one class alone; there is nothing to keep apart.")
        return y


def _rows(Z: Array, places: Places) -> Array:
    return np.take_along_axis(Z, places[..., None], axis=-2)
