"""Seeds and shares of the samples: what models made of many models ask for alike."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.validation import check_number, check_random_state

__all__ = ["draw_seeds", "number_drawn", "seen_by_all"]


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
