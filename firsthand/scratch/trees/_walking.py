"""Where samples arrive in a tree: all walk down together, one question after the other.

Places are nodes in another order: level by level, siblings side by side, so that one look-up
finds the left child and the answer adds 1 for the right. Of the first levels every place is
kept, also those below a leaf: their number is twice the one above, plus the answer, and nothing
is looked up but the question. A step costs 2 ns a sample there, and 3 further down.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.blas import blas_threads
from firsthand.scratch.threads import hand_out

__all__ = ["Walk", "sign_bits"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

BLOCK = 1 << 13  # samples that walk together: what belongs to them stays in the cache
MANY = 4  # blocks, from which on threads gain more than they cost
TOP = 10  # levels of which all 2^depth places are kept


class Walk:
    """A tree, prepared for many samples.

    Parameters
    ----------
    levels : sequence of ndarray
        The nodes of each depth, siblings side by side.
    feature, threshold, missing_left : ndarray of shape (node_count,)
    inner : ndarray of shape (node_count,), bool
        Whether a node asks.
    """

    def __init__(
        self,
        levels: Sequence[Indices],
        feature: Indices,
        threshold: Array,
        missing_left: NDArray[np.bool_],
        inner: NDArray[np.bool_],
    ) -> None:
        self.sizes = [len(level) for level in levels]
        self.node_of = np.concatenate(levels)
        asks = inner[self.node_of]
        self.feature = np.where(asks, feature[self.node_of], 0)
        self.threshold = np.where(asks, threshold[self.node_of], np.inf)  # a leaf says yes, and
        self.left = np.arange(len(asks))  # leads to itself
        self.left[asks] = 1 + 2 * np.arange(np.count_nonzero(asks))
        self.missing_left = missing_left[self.node_of] | ~asks

        places, self.top = np.zeros(1, np.intp), list[tuple[Indices, Array]]()
        for _ in levels[: min(TOP, len(levels) - 1)]:
            self.top.append((self.feature[places], self.threshold[places]))
            pair = np.stack([self.left[places], self.left[places] + asks[places]], axis=1)
            places = pair.ravel()
        self.below_top = places

    def leaves(self, X: Array) -> Indices:
        """Return the leaf of every sample, as the number of its node.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Contiguous; may hold NaN.
        """
        blocks = [X[start : start + BLOCK] for start in range(0, len(X), BLOCK)]
        n_hands = blas_threads() if len(blocks) >= MANY else 1
        hands = [
            blocks[len(blocks) * k // n_hands : len(blocks) * (k + 1) // n_hands]
            for k in range(n_hands)
        ]
        with np.errstate(over="ignore"):  # of a difference, whose sign is right all the same
            arrived = hand_out(lambda hand: [self._walk(block) for block in hand], hands)
        places = [block for hand in arrived for block in hand]
        return self.node_of.take(np.concatenate([np.zeros(0, np.intp), *places]))

    def _walk(self, X: Array) -> Indices:
        """Return the places at which the samples of a block arrive."""
        row = np.arange(0, X.size, X.shape[1])
        # the maximum is NaN if one cell is; this also fetches the block into the cache
        if np.isnan(X.max(initial=-np.inf)):
            return self._go_on(X, row, np.zeros(len(X), np.intp), 0, missing=True)
        place = self._through_top(X, row)
        if len(self.top) == len(self.sizes) - 1:
            return place
        return self._go_on(X, row, place, len(self.top), missing=False)

    def _through_top(self, X: Array, row: Indices) -> Indices:
        """Return the places below the first levels."""
        if not self.top:
            return np.zeros(len(X), np.intp)
        flat = X.ravel()
        (feature, threshold), *below = self.top
        at = -sign_bits(threshold - X[:, feature[0]])  # all answer one question
        cell, x, t = np.empty_like(at), np.empty(len(X)), np.empty(len(X))
        bits = t.view(np.intp)
        for feature, threshold in below:
            # no place is out of range; "wrap" does not look for one first: 15% less
            feature.take(at, mode="wrap", out=cell)
            cell += row
            flat.take(cell, mode="wrap", out=x)
            threshold.take(at, mode="wrap", out=t)
            t -= x
            bits >>= 63  # what sign_bits does, without a new view each time
            at += at
            at -= bits
        return self.below_top.take(at)

    def _go_on(self, X: Array, row: Indices, place: Indices, depth: int, missing: bool) -> Indices:
        """Return the places at which samples arrive that stand ``depth`` levels down.

        Those that have arrived are left behind now and then: a third less in deep trees.
        """
        flat, arrived, moving = X.ravel(), place, np.arange(len(place))
        passed = sum(self.sizes[:depth])  # places above the level that is reached
        for turn, size in enumerate(self.sizes[depth:-1]):
            if turn % 4 == 0:
                on = np.flatnonzero(place >= passed)
                if len(on) < 0.8 * len(place):
                    arrived[moving] = place
                    moving, place, row = moving.take(on), place.take(on), row.take(on)
            passed += size
            x = flat.take(row + self.feature.take(place))
            no = sign_bits(self.threshold.take(place) - x)
            if missing:
                np.copyto(no, ~self.missing_left.take(place) * np.intp(-1), where=np.isnan(x))
            place = self.left.take(place)
            place -= no
        arrived[moving] = place
        return arrived


def sign_bits(difference: Array) -> Indices:
    """Return -1 where threshold - x is negative, else 0: the sign bit, written over it.

    A comparison gives truth values, which take longer to add than numbers.
    """
    bits = difference.view(np.intp)
    bits >>= 63
    return bits
