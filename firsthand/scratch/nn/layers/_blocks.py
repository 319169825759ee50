"""Work in blocks that stay in the cache, shared out over threads.

OpenBLAS spreads a product of 2^19 multiplications or more over its threads, which meet again at
the end of each. Where products alternate with sums, that is too often, and the sums stay on one
thread. So a product is cut into pieces that OpenBLAS leaves on the thread that asks for it, and
whole blocks (lay out, multiply, put back) are dealt out to as many threads as OpenBLAS has. Pieces
that small also are what its kernels for AVX-512 multiply without packing: the three products of a
3 x 3 kernel on (64, 1, 28, 28) take 1.4 ms in pieces, and 2.8 ms whole.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.blas import blas_threads
from firsthand.scratch.threads import hand_out

Array = NDArray[np.floating[Any]]
Block = TypeVar("Block")
Made = TypeVar("Made")

ONE_THREAD = 2**19 - 1  # multiplications
SHORT = 2**22  # multiplications that take less than 0.1 ms
NARROW = 16  # pieces of fewer columns are slower than two threads make up for


_rooms = threading.local()


def share(
    work: Callable[[Sequence[Block]], Made], blocks: Sequence[Block], multiplications: int = 1
) -> list[Made]:
    """Return what ``work`` makes of each hand of blocks: one hand a thread, runs of equal length.

    ``multiplications`` are those of a product for one of its columns. The hands depend on the
    number of threads alone, so that sums over them are the same in every run.
    """
    n = 1 if _size(multiplications) is None else min(blas_threads(), len(blocks))
    bounds = [len(blocks) * k // n for k in range(n + 1)]
    return hand_out(work, [blocks[first:last] for first, last in pairwise(bounds)])


def room(name: str, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return an array to work in until the next one of this name is asked for on this thread.

    The system clears memory that is new, and a thread gives large arrays back as soon as it lets
    go of them: on (64, 32, 14, 14) with two threads that took 0.9 ms a step, and now takes 0.3.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    kept = vars(_rooms).get(name)
    if kept is None or kept.size < size:
        kept = vars(_rooms)[name] = np.empty(size, np.uint8)
    return kept[:size].view(dtype).reshape(shape)


def product(K: Array, C: Array, out: Array | None = None) -> Array:
    """Return K C for C of shape (..., n, places), piece by piece over its places."""
    if out is None:
        lead = np.broadcast_shapes(K.shape[:-2], C.shape[:-2])
        out = np.empty((*lead, K.shape[-2], C.shape[-1]), C.dtype)
    for here in _pieces(C.shape[-1], K.shape[-2] * K.shape[-1]):
        np.matmul(K[..., None, :, :], _cut(C, here), out=_cut(out, here))
    return out


def product_over_places(D: Array, C: Array) -> Array:
    """Return D C', piece by piece over the places that it sums over."""
    pieces = _pieces(C.shape[-1], D.shape[-2] * C.shape[-2])
    parts = [(_cut(D, here) @ _cut(C, here).mT).sum(axis=-3) for here in pieces]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def short_product(A: Array, B: Array, out: Array | None = None) -> Array:
    """Return A B; if it is short, it stays on this thread, in pieces of A's rows.

    OpenBLAS's threads go on looking for work for 26 ms after each product that they share, and
    take that time from threads of ours: in a network of convolutions, every step's.
    """
    multiplications = A.shape[-1] * B.shape[-1]
    if A.ndim > 2 or B.ndim > 2 or not 2**19 <= len(A) * multiplications < SHORT:
        return np.matmul(A, B, out=out)
    made = np.empty((len(A), B.shape[-1]), A.dtype) if out is None else out
    product(B.T, A.T, out=made.T)
    return made


def _size(multiplications: int) -> int | None:
    """Return how many columns a piece may have; None if products are better left whole."""
    size = ONE_THREAD // multiplications
    return None if size < NARROW else size


def _pieces(places: int, multiplications: int) -> list[tuple[slice, int]]:
    """Return where pieces of equal size lie, and then where the rest does."""
    most = _size(multiplications) or places
    size = -(-places // -(-places // most))
    even = places // size * size
    return [(slice(0, even), size), (slice(even, places), places - even)][: 2 - (even == places)]


def _cut(C: Array, here: tuple[slice, int]) -> Array:
    """Return (..., n, places) as (..., pieces, n, size)."""
    where, size = here
    part = C[..., where]
    return part.reshape(*part.shape[:-1], -1, size).swapaxes(-3, -2)
