"""Seeds, shares of the samples and threads: what models made of many models ask for alike."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.validation import check_number, check_random_state

__all__ = ["draw_seeds", "in_threads", "number_drawn", "number_of_threads", "seen_by_all"]

Given = TypeVar("Given")
Made = TypeVar("Made")


def draw_seeds(random_state: Any, n_models: int) -> list[int]:
    """Return one seed for each model, so that the order in which they are fitted is free."""
    return check_random_state(random_state).integers(2**31, size=n_models).tolist()


def number_drawn(name: str, value: int | float | None, n: int) -> int:
    """Return how many of ``n`` are drawn: all by default, a number, or a share of them.

    Examples
    --------
    >>> number_drawn("max_samples", None, 10), number_drawn("max_samples", 0.25, 10)
    (10, 2)
    """
    if value is None:
        return n
    if isinstance(value, float | np.floating):
        check_number(name, value, above=0, at_most=1)
        return max(1, round(float(value) * n))
    check_number(name, value, at_least=1, whole=True)
    return int(value)


def number_of_threads(n_jobs: int | None) -> int:
    """Return how many threads ``n_jobs`` asks for: one by default, all processors for -1.

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
    make: Callable[[Given], Made], parts: Iterable[Given], n_jobs: int | None
) -> list[Made]:
    """Return what ``make`` returns for each part, in their order."""
    n_threads = number_of_threads(n_jobs)
    if n_threads == 1:
        return [make(part) for part in parts]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(make, parts))


def seen_by_all(means: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for which samples there is no mean out of the bag, and warn if there are any."""
    seen = np.isnan(means.reshape(len(means), -1)[:, 0])
    if seen.any():
        warnings.warn(
            f"{np.count_nonzero(seen)} samples were drawn for every model, so nothing out of the "
            "bag is known of them; raise n_estimators.",
            UserWarning,
            stacklevel=3,
        )
    return seen
