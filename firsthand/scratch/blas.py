"""The threads of NumPy's matrix products: how many there may be, and holding them to one.

NumPy brings OpenBLAS, which shares large products among threads of its own; everything else NumPy
does on one. Where threads of ours share the rest, each of them should multiply alone: otherwise
they wait for each other's helpers, which go on spinning for some 26 ms after every product.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["blas_threads", "can_be_held", "products_on_one_thread"]

_lock = threading.Lock()
_holders: list[int] = []  # the number of threads before the first holder, once for each holder


def blas_threads() -> int:
    """Return how many threads matrix products may use, whether or not they are held to one now.

    Where NumPy has another library than OpenBLAS, it is what the environment says, or the number
    of processors.
    """
    openblas = _openblas()
    if openblas is not None:
        return _holders[0] if _holders else openblas[0]()
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdigit() and int(told) > 0 else os.cpu_count() or 1


def can_be_held() -> bool:
    """Return whether :func:`products_on_one_thread` has a library that it can speak to."""
    return _openblas() is not None


@contextmanager
def products_on_one_thread() -> Generator[None]:
    """Hold OpenBLAS to one thread; it is set back when the last of all holders leaves."""
    openblas = _openblas()
    if openblas is None:
        yield
        return
    count, hold = openblas
    with _lock:
        _holders.append(_holders[0] if _holders else count())
        hold(1)
    try:
        yield
    finally:
        with _lock:
            before = _holders.pop()
            if not _holders:
                hold(before)


@cache
def _openblas() -> tuple[Callable[[], int], Callable[[int], Any]] | None:
    """Return OpenBLAS's functions that tell and set its number of threads, if NumPy brought it."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            library = ctypes.CDLL(str(path))
            for ending in ("64_", ""):
                try:
                    count = library[f"scipy_openblas_get_num_threads{ending}"]
                    return count, library[f"scipy_openblas_set_num_threads{ending}"]
                except AttributeError:
                    continue
    return None
