"""Early stopping: some samples are held out, and boosting ends when they gain no more.

    kept, held    a draw; of every class the same part
    stop          when none of the last n losses on those held is lower than the one before

The training loss only ever falls. The loss on samples that no tree has seen falls, and then rises:
from there on the trees learn what is particular to the training samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.validation import check_number

__all__ = ["Holdout", "check_validation_fraction", "has_stalled", "hold_out"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Holdout:
    """Samples that no tree sees, and when to stop by them."""

    X: Array
    y: Array
    weight: Array
    patience: int
    tol: float


def hold_out(
    y: Array, fraction: float, labels: bool, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Return (kept, held): the samples to learn from, and a drawn part to judge by.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    fraction : float
        The part to hold out, between 0 and 1.
    labels : bool
        Whether ``y`` are classes. Then the same part of each is drawn, and one of each kept.
    rng : numpy.random.Generator

    Returns
    -------
    kept, held : ndarray of shape (n_kept,) and (n_held,)
        Sorted.

    Raises
    ------
    DataError
        If nothing would be left on one side.
    """
    order = rng.permutation(len(y))
    if labels:
        order = order[np.argsort(y[order], kind="stable")]  # class by class, drawn within each
        steps = np.floor(np.arange(len(y) + 1) * fraction + rng.random())
        held = steps[1:] > steps[:-1]  # every 10th, say, and so of every class
        held[np.unique(y[order], return_index=True)[1]] = False
    else:
        held = np.arange(len(y)) < np.ceil(fraction * len(y))
    if held.all() or not held.any():
        raise DataError(
            f"validation_fraction={fraction:g} of {len(y)} samples leaves none on one side; "
            "pass more samples, or do not stop early."
        )
    return np.sort(order[~held]), np.sort(order[held])


def check_validation_fraction(fraction: Any) -> None:
    """Refuse a share of held-out samples that leaves nothing on one side."""
    check_number("validation_fraction", fraction, above=0, at_most=1)
    if fraction == 1:
        raise ParameterError(
            "validation_fraction is 1; it has to be below, to learn from the rest."
        )


def has_stalled(losses: list[float], patience: int, tol: float) -> bool:
    """Return whether the last ``patience`` losses brought nothing.

    That is, none of them is lower than the one before them, by more than ``tol``.

    Examples
    --------
    >>> has_stalled([3.0, 2.0, 2.1, 2.2], 2, 0.0), has_stalled([3.0, 2.0, 2.1, 1.9], 2, 0.0)
    (True, False)
    """
    return len(losses) > patience and min(losses[-patience:]) >= losses[-patience - 1] - tol
