r"""Winograd's convolution: a 3 x 3 kernel with 16 multiplications for 4 outputs instead of 36.

Along one axis, two outputs of three weights need four inputs and four products, not six:

    Z = A' ((G W) (B' X))          entry by entry in the middle

         | 1   0  -1   0 |         | 1    0    0  |
    B' = | 0   1   1   0 |     G = | 1/2  1/2 1/2 |     A' = | 1  1   1   0 |
         | 0  -1   1   0 |         | 1/2 -1/2 1/2 |          | 0  1  -1  -1 |
         | 0   1   0  -1 |         | 0    0    1  |

Over images it is done along both axes, on tiles of 4 x 4 inputs that lie 2 apart:

    V = B' X B      U = G W G'      M = U V, a matrix product over channels for each of 16 entries
    Z = A' M A

Each step is linear, so that the way back goes through the transposes: dM = A dZ A', dU = dM V',
dV = U' dM, dX = B dV B', dW = G' dU G. Entry (1, 1) of A (.) A' is 1 for all four outputs: a bias
is added to M there, and db is read off dM. Entries of G are halves: in float32 the results differ
from those of :func:`conv2d` by a few units in the last place more than its own error.

Arrays A are (channels, height, width, n_samples), as in ``_planes``. Lavin & Gray, Fast algorithms
for convolutional neural networks (2016); Winograd, Arithmetic complexity of computations (1980).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.blas import blas_threads
from firsthand.scratch.nn.layers._blocks import product, product_over_places, room, share
from firsthand.scratch.nn.layers.windows import Geometry, Pair

Array = NDArray[np.floating[Any]]

G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])

# Numbers of V and M in one block of tiles: it stays in the cache.
BLOCK = 2**19
# Below so many channels the transforms cost more than the products save.
LEAST = 16
# Numbers of split images that one thread holds at a time.
IMAGES = 2**22
# Runs of fewer samples take longer than a thread saves.
FEWEST = 8


def applies(A: Array, W: Array, geometry: Geometry, groups: int) -> bool:
    """Return whether Winograd's way is the faster one for these images and kernels."""
    alone = A.ndim == W.ndim == 4 and groups == 1
    plain = geometry.kernel == (3, 3) and geometry.stride == geometry.dilation == (1, 1)
    return alone and plain and min(W.shape[:2]) >= LEAST


def convolve(A: Array, W: Array, b: Array | None, padding: Pair) -> Array:
    """Return Z of shape (n_out, out_h, out_w, n_samples)."""
    tiles, U = _Tiles.of(A.shape, padding), _kernels(W)
    Z = np.empty((len(W), 2 * tiles.down, 2 * tiles.across, A.shape[-1]), A.dtype)

    def work(parts: Sequence[slice]) -> None:
        for samples in parts:
            P, own = tiles.split(A[..., samples], padding), Z[..., samples]
            for rows in tiles.blocks(sum(W.shape[:2]), own.shape[-1]):
                V = _inputs(P[:, 2 * rows.start : 2 * rows.stop + 2])
                M = product(U, V, out=room("M", (16, len(W), V.shape[-1]), A.dtype))
                if b is not None:
                    M[5] += b[:, None]  # A' M A has this entry in all four outputs
                _outputs(M, own[:, 2 * rows.start : 2 * rows.stop])

    share(work, tiles.parts(len(A)), U[0].size)
    return Z[:, : tiles.oh, : tiles.ow]


def convolve_backward(
    dZ: Array, A: Array, W: Array, padding: Pair, *, bias: bool = True, inputs: bool = True
) -> tuple[Array, Array | None, Array | None]:
    """Return (dW, db, dA) of :func:`convolve`; the last two only if they are asked for."""
    tiles, U = _Tiles.of(A.shape, padding), _kernels(W)
    dA = np.empty(A.shape, A.dtype) if inputs else None

    def work(parts: Sequence[slice]) -> tuple[Array, Array]:
        dU, db = np.zeros_like(U), np.zeros(len(W), W.dtype)
        for samples in parts:
            P, D = tiles.split(A[..., samples], padding), tiles.whole(dZ[..., samples])
            dP = room("dP", P.shape if inputs else (0,), P.dtype)
            dP[...] = 0
            for rows in tiles.blocks(sum(W.shape[:2]), D.shape[-1]):
                dM = _outputs_backward(D[:, 2 * rows.start : 2 * rows.stop])
                seen = slice(2 * rows.start, 2 * rows.stop + 2)
                V = _inputs(P[:, seen])
                if bias:
                    db += dM[5].sum(axis=-1)  # this entry of A dZ A' is the sum over a tile
                dU += product_over_places(dM, V)
                if dA is not None:
                    dV = product(U.mT, dM, out=V)  # V has been seen by then
                    _inputs_backward(dV, dP[:, seen])
            if dA is not None:
                tiles.join(dP, dA[..., samples], padding)
        return dU, db

    made = share(work, tiles.parts(len(A)), U[0].size)
    dU, db = (np.sum(of_all, axis=0) for of_all in zip(*made, strict=True))
    dW = product(np.kron(G, G).T.astype(W.dtype), dU.reshape(16, -1)).T.reshape(W.shape)
    return dW, db if bias else None, dA


@dataclass(frozen=True)
class _Tiles:
    """How tiles cover an image: ``down`` x ``across`` of them for ``oh`` x ``ow`` outputs."""

    oh: int
    ow: int
    n_samples: int

    @classmethod
    def of(cls, shape: tuple[int, ...], padding: Pair) -> _Tiles:
        return cls(shape[1] + 2 * padding[0] - 2, shape[2] + 2 * padding[1] - 2, shape[3])

    @property
    def down(self) -> int:
        return -(-self.oh // 2)

    @property
    def across(self) -> int:
        return -(-self.ow // 2)

    def split(self, A: Array, padding: Pair) -> Array:
        """Return ``A`` with zeros around and its even columns apart from the odd.

        (n, height, 2, width / 2, n_samples): the columns that tiles see are runs, then.
        """
        shape = len(A), 2 * self.down + 2, 2, self.across + 1, A.shape[-1]
        P = room("P", shape, A.dtype)
        P[...] = 0
        for part, columns in self._parts(P, A.shape, padding):
            part[...] = A[:, :, columns]
        return P

    def join(self, P: Array, A: Array, padding: Pair) -> None:
        """Write the images that stand in the middle of ``P`` to ``A``."""
        for part, columns in self._parts(P, A.shape, padding):
            A[:, :, columns] = part

    def _parts(
        self, P: Array, shape: tuple[int, ...], padding: Pair
    ) -> Iterator[tuple[Array, slice]]:
        """Yield where the even columns of ``P`` stand in images of ``shape``, then the odd."""
        (ph, pw), (_, height, width, _) = padding, shape
        for parity in range(2):
            first = (parity - pw) % 2
            n = len(range(first, width, 2))
            start = (first + pw) // 2
            yield P[:, ph : ph + height, parity, start : start + n], slice(first, None, 2)

    def whole(self, dZ: Array) -> Array:
        """Return ``dZ`` with zeros for the outputs that only complete a tile."""
        if self.oh % 2 == 0 == self.ow % 2:
            return dZ
        D = np.zeros((len(dZ), 2 * self.down, 2 * self.across, dZ.shape[-1]), dZ.dtype)
        D[:, : self.oh, : self.ow] = dZ
        return D

    def parts(self, channels: int) -> list[slice]:
        """Return the samples to take at a time, as many parts for one thread as for another.

        Threads that shared rows of tiles had 3 and 4 of 7, and added up the rows between them:
        at (64, 32, 14, 14) the slowest thread of two is busy for a tenth less time now.
        """
        threads, numbers = blas_threads(), 4 * channels * self.down * self.across * self.n_samples
        n = min(threads * -(-numbers // (threads * IMAGES)), self.n_samples // FEWEST)
        edges = [self.n_samples * k // max(1, n) for k in range(max(1, n) + 1)]
        return [slice(first, last) for first, last in pairwise(edges)]

    def blocks(self, channels: int, n_samples: int) -> list[slice]:
        """Return rows of tiles whose V and M stay in the cache."""
        many = max(1, BLOCK // (16 * channels * self.across * n_samples))
        return [slice(i, min(i + many, self.down)) for i in range(0, self.down, many)]


def _kernels(W: Array) -> Array:
    """Return U = G W G' of every kernel: (16, n_out, n_in)."""
    U = product(np.kron(G, G).astype(W.dtype), W.reshape(-1, 9).T)  # each kernel is a column
    return U.reshape(16, *W.shape[:2])


def _inputs(P: Array) -> Array:
    """Return V = B' X B: (16, n_in, tiles), for rows of split images.

    B' has eight entries, all 1 or -1: sums of shifted planes (0.35 ms) beat the product with
    kron(B', B') (0.58 ms).
    """
    n_in, height, _, half, n_samples = P.shape
    down, across = height // 2 - 1, half - 1
    R = room("R", (4, n_in, down, 2, half, n_samples), P.dtype)
    _differences([P[:, i : i + 2 * down : 2] for i in range(4)], R)
    V = room("V", (4, 4, n_in, down, across, n_samples), P.dtype)
    seen = [R[..., j % 2, j // 2 : j // 2 + across, :] for j in range(4)]
    _differences(seen, V.swapaxes(0, 1))
    return V.reshape(16, n_in, -1)


def _differences(x: list[Array], out: Array) -> None:
    """Write B' x."""
    np.subtract(x[0], x[2], out=out[0])
    np.add(x[1], x[2], out=out[1])
    np.subtract(x[2], x[1], out=out[2])
    np.subtract(x[1], x[3], out=out[3])


def _inputs_backward(dV: Array, dP: Array) -> None:
    """Add B dV B' to rows of split images."""
    n_in, height, _, half, n_samples = dP.shape
    down, across = height // 2 - 1, half - 1
    dV = dV.reshape(4, 4, n_in, down, across, n_samples)
    dR = room("R", (4, n_in, down, 2, half, n_samples), dP.dtype)
    dR[...] = 0
    seen = [dR[..., j % 2, j // 2 : j // 2 + across, :] for j in range(4)]
    _add_differences(dV.swapaxes(0, 1), seen)
    _add_differences(dR, [dP[:, i : i + 2 * down : 2] for i in range(4)])


def _add_differences(d: Array, to: list[Array]) -> None:
    """Add B d; rows 0 and 2 of it overlap in ``to``, and 1 and 3."""
    to[0] += d[0]
    t = d[1] + d[2]
    t -= d[0]
    to[2] += t
    np.subtract(d[1], d[2], out=t)
    t += d[3]
    to[1] += t
    to[3] -= d[3]


def _outputs(M: Array, Z: Array) -> None:
    """Write Z = A' M A, for M of shape (16, n_out, tiles)."""
    n_out, height, width, n_samples = Z.shape
    M = M.reshape(4, 4, n_out, height // 2, width // 2, n_samples)
    S = room("S", (2, *M.shape[1:]), M.dtype)
    _sums(M, [S[0], S[1]])
    for i in range(2):
        _sums(S[i], [Z[:, i::2, 0::2], Z[:, i::2, 1::2]])


def _sums(m: Array, out: list[Array]) -> None:
    """Write A' m; the places to write to lie apart, so that each is written once."""
    t = m[0] + m[1]
    np.add(t, m[2], out=out[0])
    np.subtract(m[1], m[2], out=t)
    np.subtract(t, m[3], out=out[1])


def _outputs_backward(dZ: Array) -> Array:
    """Return dM = A dZ A': (16, n_out, tiles)."""
    n_out, height, width, n_samples = dZ.shape
    down, across = height // 2, width // 2
    dS = room("S", (2, 4, n_out, down, across, n_samples), dZ.dtype)
    for i in range(2):
        _spread([dZ[:, i::2, 0::2], dZ[:, i::2, 1::2]], dS[i])
    dM = room("M", (4, *dS.shape[1:]), dZ.dtype)
    _spread([dS[0], dS[1]], dM)
    return dM.reshape(16, n_out, -1)


def _spread(z: list[Array], out: Array) -> None:
    """Write A z."""
    out[0] = z[0]
    np.negative(z[1], out=out[3])
    np.subtract(out[0], out[3], out=out[1])
    np.add(out[0], out[3], out=out[2])
