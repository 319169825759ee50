"""The table of a search: every candidate with its scores on every split, their mean and rank."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cv_results", "ranks"]

Array = NDArray[np.float64]


def ranks(scores: Array) -> NDArray[np.int32]:
    """Return the place of each score, 1 for the highest; equal ones share the best of theirs.

    What is not a number comes last.

    Examples
    --------
    >>> ranks(np.array([0.5, 0.9, np.nan, 0.9]))
    array([3, 1, 4, 1], dtype=int32)
    """
    known = np.where(np.isnan(scores), -np.inf, scores)
    return np.array([1 + np.sum(known > score) for score in known], np.int32)


def cv_results(
    candidates: Sequence[dict[str, Any]],
    n_splits: int,
    times: dict[str, Array],
    scores: dict[str, dict[str, Array]],
) -> dict[str, Any]:
    """Return the columns of the table, each with one entry for each candidate.

    Parameters
    ----------
    candidates : sequence of dict
    n_splits : int
    times : dict of str to ndarray of shape (n_candidates * n_splits,)
    scores : dict of {"test", "train"} to dict of name to ndarray, shaped likewise

    Returns
    -------
    dict
        "params"; "param_NAME", masked where a candidate does not set it; "mean_fit_time" and the
        like; for each score "split0_test_NAME" and so on, "mean_test_NAME", "std_test_NAME",
        "rank_test_NAME".
    """
    found: dict[str, Any] = {}
    for name, values in times.items():
        each = values.reshape(-1, n_splits)
        found[f"mean_{name}"], found[f"std_{name}"] = each.mean(axis=1), each.std(axis=1)
    names = dict.fromkeys(name for candidate in candidates for name in candidate)
    found |= {f"param_{name}": _values(candidates, name) for name in names}
    found["params"] = list(candidates)
    for score in scores["test"]:
        for side, columns in scores.items():
            each = columns[score].astype(np.float64).reshape(-1, n_splits)
            key = f"{side}_{score}"
            for i in range(n_splits):
                found[f"split{i}_{key}"] = each[:, i]
            found[f"mean_{key}"] = mean = each.mean(axis=1)
            if not np.isfinite(mean).all():
                warnings.warn(
                    f"One or more of the {side} scores are non-finite: {mean}",
                    UserWarning,
                    stacklevel=3,
                )
            found[f"std_{key}"] = np.sqrt(np.mean((each - mean[:, None]) ** 2, axis=1))
            if side == "test":
                found[f"rank_{key}"] = ranks(mean)
    return found


def _values(candidates: Sequence[dict[str, Any]], name: str) -> np.ma.MaskedArray[Any, Any]:
    """Return one parameter of every candidate, masked where it is not set."""
    given = [(i, candidate[name]) for i, candidate in enumerate(candidates) if name in candidate]
    try:
        values = np.array([value for _, value in given])
        dtype = values.dtype if values.ndim == 1 and values.dtype.kind != "U" else object
    except ValueError:  # they have different shapes
        dtype = object
    column = np.ma.MaskedArray(np.empty(len(candidates), dtype), mask=True)
    for i, value in given:
        column[i] = value
    return column
