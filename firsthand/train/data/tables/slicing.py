"""Slices: the values of columns of few words, by which a report breaks its figures down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LEVELS = 16
MOST_COLUMNS = 12


def slices_of(
    columns: list[dict[str, Any]], values: NDArray[np.float64]
) -> dict[str, tuple[list[str], NDArray[np.int16]]]:
    """Return (names, number of each row's name) of every column that has few words.

    Parameters
    ----------
    columns : list of dict
        Their fits, see `encoding.fit_column`.
    values : ndarray of shape (n_rows, n_columns)
        Before encoding; NaN where missing.
    """
    slices: dict[str, tuple[list[str], NDArray[np.int16]]] = {}
    for i, fit in enumerate(columns):
        if fit["kind"] == "boolean":
            names = ["no", "yes"]
        elif fit["kind"] == "category" and len(fit["levels"]) <= MOST_LEVELS:
            names = [*fit["levels"], "other"]
        else:
            continue
        codes = np.asarray(values[:, i])
        codes = np.where(np.isnan(codes), len(names), codes).astype(np.int16)
        slices[fit["name"]] = ([*names, "missing"], codes)
        if len(slices) == MOST_COLUMNS:
            break
    return slices
