"""Threads: the same work on many parts at once.

NumPy computes without the interpreter's lock for most of a fit, so threads help where fits are
long, and need no second copy of the data.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import cache
from typing import TypeVar

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.validation import check_number

__all__ = ["hand_out", "in_threads", "number_of_threads"]

Given = TypeVar("Given")
Made = TypeVar("Made")

NAME = "firsthand-part"  # of threads that stay


def number_of_threads(n_jobs: int | None) -> int:
    """Return how many threads ``n_jobs`` asks for: one by default, all processors for -1.

    Of a negative number, all processors but those after -1: -2 leaves one of them free.

    Raises
    ------
    ParameterError
        If it is 0 or no whole number.
    """
    if n_jobs is None:
        return 1
    check_number("n_jobs", n_jobs, whole=True)
    if n_jobs == 0:
        raise ParameterError("n_jobs is 0; pass a number of threads, or -1 for all processors.")
    available = os.cpu_count() or 1
    return int(n_jobs) if n_jobs > 0 else max(1, available + 1 + int(n_jobs))


def in_threads(
    work: Callable[[Given], Made], parts: Iterable[Given], n_jobs: int | None
) -> list[Made]:
    """Return what ``work`` makes of each part, in their order.

    Examples
    --------
    >>> in_threads(abs, [-1, 2, -3], n_jobs=2)
    [1, 2, 3]
    """
    every = list(parts)
    n_threads = min(number_of_threads(n_jobs), len(every))
    if n_threads < 2:
        return [work(part) for part in every]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, every))


def hand_out(work: Callable[[Given], Made], parts: Sequence[Given]) -> list[Made]:
    """Return what ``work`` makes of each part, the first here and the others on threads that stay.

    It is for work of a millisecond: starting a thread takes 0.1 of it, and a new one may have to
    wait for a processor of its own. What np.errstate says holds on all of them; a part that hands
    out again keeps its parts to itself.

    Examples
    --------
    >>> hand_out(abs, [-1, 2])
    [1, 2]
    """
    if len(parts) < 2 or threading.current_thread().name.startswith(NAME):
        return [work(part) for part in parts]
    pool = _standing(os.getpid(), len(parts) - 1)
    others = [pool.submit(copy_context().run, work, part) for part in parts[1:]]
    try:
        own = work(parts[0])
    finally:
        wait(others)
    return [own, *(other.result() for other in others)]


@cache
def _standing(process: int, n_threads: int) -> ThreadPoolExecutor:
    """Return threads that stay; they are not there any more in a process that was forked off."""
    return ThreadPoolExecutor(n_threads, thread_name_prefix=f"{NAME}-{process}")
