r"""The search of ``nearest.py`` at speed and without its trap: guess in float32, settle in float64.

    |x - z|^2 = |x|^2 - 2 x.z + |z|^2

is one matrix product for all pairs, but wrong by about eps (|x| + |z|)^2: samples that are the
same come out apart, and near ones in the wrong order. So it is used as a bound only,

    guess    s_ij = |z_j|^2 - 2 x_i.z_j  in float32,   |s_ij - truth| <= error_i
    bound    the k-th smallest of s_i1 .. s_in is at most b_i, so the k nearest all have
             s_ij <= b_i + 2 error_i
    settle   sum (x - z)^2 in float64, for those few alone

and every distance returned is computed from the difference, as if there were no trick.
b_i is the k-th smallest of the minima over groups of samples, since k groups whose minimum is
below it hold k such samples; and only groups with a small minimum are looked into. The samples
are gone through a tile at a time, and the bound sinks on the way.

Higham, Accuracy and Stability of Numerical Algorithms (2002), 3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.distances import row_blocks

__all__ = ["EuclideanSearch", "closest_of_each", "search"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Candidates = tuple[Indices, Indices]  # a query and a sample each

GROUP = 40  # samples that a minimum is taken over; less where there are few for each neighbour
TILE = 256 * GROUP  # samples in one product: more do not stay in the cache
BLOCK = 1 << 21  # guesses that stand in memory at once
BATCH = 1 << 20  # values of differences that do
FAR = 1e15  # in units of the spread: further than that, float32 tells samples no more apart
SINGLE = np.finfo(np.float32)


class EuclideanSearch:
    """Training samples, made ready to be searched by euclidean distance.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    """

    def __init__(self, X: Array) -> None:
        n_samples, n_features = X.shape
        self._X, self._center = X, X.mean(axis=0)  # an offset would use up the digits of float32
        Z = X - self._center
        spread = max(float(Z.max()), -float(Z.min()))
        self._unit = 2.0 ** np.ceil(np.log2(spread)) if spread > 0 else 1.0  # no rounding by it
        Z /= self._unit  # within -1 and 1
        squares = np.einsum("ij,ij->i", Z, Z)
        self._longest = float(np.sqrt(squares.max()))
        tile = min(TILE, GROUP * -(-n_samples // GROUP))
        n_tiles = -(-n_samples // tile)
        # what fills the last tile up is infinitely far
        guess = np.zeros((n_tiles * tile, n_features + 1), np.float32)
        np.multiply(Z, -2.0, out=guess[:n_samples, :-1], casting="same_kind")
        guess[:n_samples, -1] = squares
        guess[n_samples:, -1] = np.inf
        self._tiles = guess.reshape(n_tiles, tile, -1)

    def nearest(self, Q: Array, k: int) -> tuple[Array, Indices]:
        """Return distances and indices of the k nearest samples of each row of ``Q``.

        It is what ``nearest.nearest`` returns of exact distances.
        """
        distances, indices = np.empty((len(Q), k)), np.empty((len(Q), k), dtype=np.intp)
        for rows in row_blocks(len(Q), self._tiles.shape[1], BLOCK):
            part = Q[rows]
            with np.errstate(over="ignore"):  # a query whose square is infinite is as far from all
                query, sample = self._candidates(part, k)
                squares = self._squared_distances(part, query, sample)
            found, indices[rows] = closest_of_each(len(part), k, query, sample, squares)
            distances[rows] = self._unit * np.sqrt(found)
        return distances, indices

    def _candidates(self, Q: Array, k: int) -> Candidates:
        """Return queries and samples, among them the k nearest of every query."""
        Z = (Q - self._center) / self._unit
        lengths = np.linalg.norm(Z, axis=1)
        far = lengths > FAR
        Z[far] = 0.0
        Z1 = np.column_stack([Z, np.ones(len(Z))]).astype(np.float32)
        room = np.where(far, np.inf, 2.0 * self._error(lengths))
        size = self._group_size(k)
        lowest = np.full((len(Q), k), np.inf)  # of the minima so far, the k least
        queries: list[Indices] = []
        samples: list[Indices] = []
        for start, tile in zip(count(0, self._tiles.shape[1]), self._tiles, strict=False):
            S = (Z1 @ tile.T).reshape(len(Q), size, -1)  # a group is every n_groups-th sample
            least = S.min(axis=1)  # (n_queries, n_groups)
            n_groups = least.shape[1]
            lowest = np.partition(np.hstack([lowest, least]), k - 1, axis=1)[:, :k]
            bound = lowest[:, -1] + room
            query, group = np.nonzero(least <= bound[:, None])
            inside = S[query, :, group]  # (n_looked_into, size)
            looked, place = np.nonzero(inside <= bound[query, None])
            queries.append(query[looked])
            samples.append(start + place * n_groups + group[looked])
        query, sample = np.concatenate(queries), np.concatenate(samples)
        real = sample < len(self._X)
        return query[real], sample[real]

    def _group_size(self, k: int) -> int:
        """Return a divisor of ``GROUP`` that leaves some groups for each neighbour."""
        sizes = [size for size in (40, 20, 10, 5, 2) if self._tiles.shape[1] >= 8 * size * k]
        return sizes[0] if sizes else 1

    def _error(self, lengths: Array) -> Array:
        """Return how wrong a guess may be: an ulp of the whole for each rounding on the way."""
        n_roundings = self._tiles.shape[2] + 3
        size = (2.0 * lengths + self._longest) * self._longest
        return n_roundings * (float(SINGLE.eps) * size + float(SINGLE.tiny))

    def _squared_distances(self, Q: Array, query: Indices, sample: Indices) -> Array:
        """Return |x - z|^2 / unit^2 of the candidates, (n_candidates,), from the differences."""
        squares = np.empty(len(query))
        for part in row_blocks(len(query), Q.shape[1], BATCH):
            difference = (Q[query[part]] - self._X[sample[part]]) / self._unit
            squares[part] = np.einsum("ij,ij->i", difference, difference)
        return squares


def search(
    distance: Callable[[Array, Array], Array], X: Array, Q: Array, k: int
) -> tuple[Array, Indices]:
    """Return distances and indices of the k samples of ``X`` nearest each row of ``Q``.

    By any distance, a block of queries at a time.
    """
    distances, indices = np.empty((len(Q), k)), np.empty((len(Q), k), dtype=np.intp)
    for rows in row_blocks(len(Q), len(X)):
        D = distance(Q[rows], X)
        bound = np.partition(D, k - 1, axis=1)[:, k - 1]
        query, sample = np.nonzero(bound[:, None] >= D)
        distances[rows], indices[rows] = closest_of_each(len(D), k, query, sample, D[query, sample])
    return distances, indices


def closest_of_each(
    n_queries: int, k: int, query: Indices, sample: Indices, distances: Array
) -> tuple[Array, Indices]:
    """Return the k smallest distances of each query and their samples, of equals the first.

    Parameters
    ----------
    query, sample, distances : ndarray of shape (n_candidates,)
        At least k of each query, in any order.
    """
    order = np.lexsort((sample, distances, query))
    first = np.searchsorted(query[order], np.arange(n_queries))
    chosen = order[first[:, None] + np.arange(k)]
    return distances[chosen], sample[chosen]
