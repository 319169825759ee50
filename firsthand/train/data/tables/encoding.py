"""From a column's values to inputs of a network, by what was fitted on the training part.

    number     scaled; missing: the training median
    date       days scaled, and the place in the year, the week and the day (see `dates`)
    boolean    1 or 0
    category   a place for each level, 1 in one of them; one more for all other words, where
               training had such

A column that lacks values in training has one more input, 1 where the value is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.data.tables.dates import parts_of
from firsthand.train.data.tables.kinds import Column
from firsthand.train.data.tables.scaling import Scale, apply_scale, fit_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit_column(
    column: Column, values: NDArray[np.float64], scale: Scale, clip: float | None
) -> dict[str, Any]:
    """Return all that turns a column into inputs, as plain values.

    Parameters
    ----------
    column : Column
    values : ndarray of shape (n,)
        Of the training rows; NaN where missing.
    scale : {"standard", "robust", "quantile", "none"}
    clip : float or None
        Farthest from 0 that a scaled number may be.
    """
    there = values[~np.isnan(values)]
    has_missing = len(there) < len(values)
    fit: dict[str, Any] = {"name": column.name, "kind": column.kind, **column.reading}
    fit["has_missing"] = has_missing
    if column.kind in ("number", "date"):
        fit["fill"] = float(np.median(there)) if len(there) else 0.0
        fit["scale"] = fit_scale(there, scale)
        fit["clip"] = clip
    if column.kind == "boolean":
        fit["fill"] = float(np.median(there)) if len(there) else 0.0
    if column.kind == "date":
        parts = parts_of(there)
        fit["parts"] = [name for name, part in parts.items() if len(part) and np.ptp(part) > 1e-6]
    if column.kind == "category" and not fit["rare"]:
        fit["rare"] = bool((there == len(fit["levels"])).any())
    return fit


def column_from(fit: dict[str, Any]) -> Column:
    """Return the column that a fit belongs to."""
    reading = {key: fit[key] for key in ("style", "form", "yes", "levels", "rare") if key in fit}
    return Column(fit["name"], fit["kind"], reading, fit["has_missing"])


def inputs_of(fit: dict[str, Any]) -> list[str]:
    """Return the names of a column's inputs."""
    name, kind = fit["name"], fit["kind"]
    names = [name]
    if kind == "date":
        names += [f"{name} {part}" for part in fit["parts"]]
    elif kind == "category":
        names = [f"{name} = {level}" for level in fit["levels"]]
        names += [f"{name} = other"] if fit["rare"] else []
    return names + ([f"{name} missing"] if fit["has_missing"] else [])


def encode(fit: dict[str, Any], values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a column's inputs, of shape (n, inputs)."""
    gone = np.isnan(values)
    outputs: list[NDArray[Any]] = []
    if fit["kind"] == "category":
        places = np.arange(len(fit["levels"]) + bool(fit["rare"]))
        outputs.append(values[:, None] == places)
    else:
        filled = np.where(gone, fit["fill"], values)
        if fit["kind"] != "boolean":
            filled = apply_scale(filled, fit["scale"])
            if fit["clip"] is not None:
                filled = np.clip(filled, -fit["clip"], fit["clip"])
        outputs.append(filled[:, None])
        if fit["kind"] == "date":
            parts = parts_of(values)
            outputs += [parts[name][:, None] for name in fit["parts"]]
    if fit["has_missing"]:
        outputs.append(gone[:, None])
    with np.errstate(over="ignore"):  # the caller refuses what is beyond float32
        return np.concatenate([output.astype(np.float32) for output in outputs], axis=1)
