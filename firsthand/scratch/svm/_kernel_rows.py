"""Rows of a kernel matrix, made when they are asked for, and kept while there is room.

The whole matrix of 50,000 samples is 20 GB. A machine needs the rows of its support vectors
mostly, over and over, so those used last are kept, and the one not used for longest makes room.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.svm.kernels import Kernel

__all__ = ["KernelRows"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class KernelRows:
    """A kernel matrix of samples with themselves, of which only some rows are in memory.

    Parameters
    ----------
    kernel : function of (n, n_features), (m, n_features) that returns (n, m)
    left, right : ndarray of shape (n_samples, n_features)
        The samples, as the kernel takes them on either side; most often the same matrix.
    megabytes : float
        The most that kept rows may take; one row is kept in any case.

    Attributes
    ----------
    n_made : int
        How many rows were computed so far.
    """

    def __init__(self, kernel: Kernel, left: Array, right: Array, megabytes: float = 200.0) -> None:
        n_samples = len(left)
        room = int(megabytes * 1e6 / (8 * n_samples))
        self.n_made = 0
        self._kernel, self._left, self._right = kernel, left, right
        self._kept = np.empty((max(1, min(n_samples, room)), n_samples))
        self._place = np.full(n_samples, -1)  # where a sample's row is kept; -1 where it is not
        self._owner = np.full(len(self._kept), -1)  # whose row is kept there
        self._last_used = np.zeros(len(self._kept), dtype=np.intp)
        self._clock = 0

    def block(self, rows: Indices) -> Array:
        """Return the kernel among some samples, shape (n_rows, n_rows); nothing is kept."""
        return self._kernel(self._left[rows], self._right[rows])

    def combine(self, weights: Array, rows: Indices) -> Array:
        """Return sum_i weights_i K[rows_i], shape (n_samples,).

        Parameters
        ----------
        weights, rows : ndarray of shape (n_rows,)
            Each sample at most once.
        """
        self._clock += 1
        places = self._place[rows]
        known, missing = np.flatnonzero(places >= 0), np.flatnonzero(places < 0)
        self._last_used[places[known]] = self._clock
        total = _combined(weights[known], self._kept[places[known]])
        if len(missing):
            made = self._kernel(self._left[rows[missing]], self._right)
            total += _combined(weights[missing], made)
            self._keep(made, rows[missing])
        return total

    def _keep(self, made: Array, rows: Indices) -> None:
        """Store rows, in place of those not used for longest; none of this call's is thrown out."""
        self.n_made += len(rows)
        n_kept = min(len(rows), len(self._kept))
        places = np.argpartition(self._last_used, n_kept - 1)[:n_kept]  # unused ones have 0
        places = places[self._last_used[places] < self._clock]
        evicted = self._owner[places]
        self._place[evicted[evicted >= 0]] = -1
        rows = rows[: len(places)]
        self._kept[places] = made[: len(places)]
        self._owner[places], self._place[rows] = rows, places
        self._last_used[places] = self._clock


def _combined(weights: Array, rows: Array) -> Array:
    """Return weights @ rows on one thread.

    For some dozen rows a second thread saves nothing, and on a busy machine it is waited for.
    """
    return np.einsum("i,ij->j", weights, rows)
