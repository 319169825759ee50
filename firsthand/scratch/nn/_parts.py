"""Rows in parts: a few at a time for the cache, and large inputs on several threads.

OpenBLAS, which NumPy brings, shares a matrix product among threads; everything else NumPy does on
one. ``in_parts`` shares the rest: it takes as many threads as OpenBLAS may use, and meanwhile holds
OpenBLAS to one. Where NumPy has another library for its products, there is one part.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeVar

from firsthand.scratch.blas import blas_threads, can_be_held, products_on_one_thread
from firsthand.scratch.threads import NAME, hand_out

Made = TypeVar("Made")

# Numbers below which a thread is not worth waking: 0.1 to 0.3 ms of work for the 0.02 it takes.
LEAST = 2**18
# Numbers of one block: smaller ones cost more calls (40 % at a quarter of it), larger ones memory.
BLOCK = 2**17


def in_parts(work: Callable[[slice], Made], n_rows: int, size: int) -> list[Made]:
    """Return what ``work`` makes of slices that cover ``n_rows`` rows, one for each thread.

    ``size`` is how many numbers all rows have. Parts are in order and differ by one row at most,
    and their number depends on these sizes and the threads alone: results come out the same again.
    """
    threads = blas_threads() if can_be_held() else 1
    n_parts = min(threads, n_rows, max(1, size // LEAST))
    if n_parts < 2 or threading.current_thread().name.startswith(NAME):
        return [work(slice(0, n_rows))]
    edges = [n_rows * k // n_parts for k in range(n_parts + 1)]
    with products_on_one_thread():
        return hand_out(work, [slice(first, last) for first, last in pairwise(edges)])


def blocks(rows: slice, n_features: int) -> Iterator[slice]:
    """Yield slices that cover ``rows``, each of about ``BLOCK`` numbers."""
    step = max(1, BLOCK // n_features)
    for start in range(rows.start, rows.stop, step):
        yield slice(start, min(start + step, rows.stop))
