"""What a model is given of a series, step by step, and how its answer becomes a forecast again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from firsthand.train.data.series.calendar import calendar
from firsthand.train.data.series.times import Clock, between, read_time
from firsthand.train.data.series.transforms import Transform
from firsthand.train.data.series.windows import undone
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def variables(
    targets: NDArray[np.float64],
    inputs: NDArray[np.float64],
    known: NDArray[np.float64],
    calendars: NDArray[np.float64],
    transform: Transform,
    horizon: int,
) -> NDArray[np.float64]:
    """Return what is seen of each step, not yet scaled: (n_steps, variables).

    The transformed targets; further inputs; what is known ahead, and the calendar, of the step
    ``horizon`` later, so that the last step seen tells of the last one forecast.

    Parameters
    ----------
    targets : ndarray of shape (n_steps, n_targets)
    inputs : ndarray of shape (n_steps, ...)
    known, calendars : ndarray of shape (n_steps + horizon, ...)
    transform : Transform
    horizon : int
    """
    z = np.full(targets.shape, np.nan)
    z[transform.lost :] = transform(targets)
    return np.concatenate([z, inputs, known[horizon:], calendars[horizon:]], 1)


def filled(values: NDArray[np.float64], how: str) -> NDArray[np.float64]:
    """Return columns (n_steps, n) with missing values filled: "previous" or "interpolate".

    What is missing at the beginning takes the first value there is.
    """
    values = values.copy()
    for column in values.T:
        there = np.flatnonzero(~np.isnan(column))
        if not len(there) or len(there) == len(column):
            continue
        steps = np.arange(len(column))
        if how == "interpolate":
            column[:] = np.interp(steps, there, column[there])
        else:
            last = np.maximum(np.searchsorted(there, steps, side="right") - 1, 0)
            column[:] = column[there[last]]
    return values


def prepare(raw: Mapping[str, Sequence[Any]], preparation: dict[str, Any]) -> torch.Tensor:
    """Return the latest steps of a series as a model takes them: (1, history, variables), float32.

    Parameters
    ----------
    raw : dict of str to list
        Columns in order of time, one step apart: the targets and inputs of at least
        ``needed(preparation)`` steps, what is known ahead for ``horizon`` steps more, and the
        times where the calendar is used.
    preparation : dict

    Raises
    ------
    DataError
        If a column is missing or too short, or a value is no number.
    """
    horizon, history = preparation["horizon"], preparation["history"]
    targets = _columns(raw, preparation["targets"])
    n_steps = len(targets)
    if n_steps < needed(preparation):
        raise DataError(f"{n_steps} steps came; a forecast needs {needed(preparation)}.")
    inputs = _columns(raw, preparation["inputs"], n_steps)
    known = _columns(raw, preparation["known"], n_steps + horizon)
    table = variables(
        targets,
        inputs,
        known,
        calendar(_times(raw, preparation, n_steps + horizon), preparation["calendar"]),
        _transform(preparation),
        horizon,
    )
    scaled = (table[-history:] - preparation["mean"]) / preparation["std"]
    return torch.from_numpy(scaled.astype(np.float32))[None]


def needed(preparation: dict[str, Any]) -> int:
    """Return how many steps of the past a forecast needs."""
    return preparation["history"] + _transform(preparation).lost


def undo(
    outputs: NDArray[np.float64], preparation: dict[str, Any], raw: Mapping[str, Sequence[Any]]
) -> NDArray[np.float64]:
    """Return a model's outputs (1, horizon * n_targets) after ``raw`` in their own unit."""
    past = _columns(raw, preparation["targets"])[None]
    n_targets = len(preparation["targets"])
    mean, std = (np.array(preparation[key][:n_targets]) for key in ("mean", "std"))
    return undone(outputs, past, _transform(preparation), mean, std)


def _transform(preparation: dict[str, Any]) -> Transform:
    return Transform(preparation["log"], tuple(preparation["lags"]))


def _columns(
    raw: Mapping[str, Sequence[Any]], names: Sequence[str], n_steps: int | None = None
) -> NDArray[np.float64]:
    """Return columns as (n_steps, n_columns), missing values filled by the ones before them."""
    columns: list[NDArray[np.float64]] = []
    for name in names:
        if name not in raw:
            raise DataError(f"Column {name!r} is missing; {', '.join(raw)} came.")
        try:
            column = np.array([np.nan if v is None else v for v in raw[name]], float)
        except (TypeError, ValueError) as error:
            raise DataError(f"Column {name!r} holds what is no number: {error}.") from error
        n_steps = n_steps or len(column)
        if len(column) != n_steps:
            raise DataError(f"Column {name!r} has {len(column)} steps, where {n_steps} are needed.")
        columns.append(column)
    return filled(np.stack(columns, 1), "previous") if columns else np.zeros((n_steps or 0, 0))


def _times(
    raw: Mapping[str, Sequence[Any]], preparation: dict[str, Any], n_steps: int
) -> list[datetime]:
    """Return the times of all steps up to the last one forecast, which the first one decides."""
    if not preparation["calendar"]:
        return [datetime(1970, 1, 1)] * n_steps
    name = preparation["time"]
    if not raw.get(name):
        raise DataError(f"Column {name!r} of times is missing; the calendar is part of the model.")
    clock = Clock(**preparation["clock"])
    try:
        first = read_time(str(raw[name][0]), clock.format)
    except ValueError as error:
        raise DataError(f"{raw[name][0]!r} in {name!r} is no time as in training.") from error
    assert isinstance(first, datetime)  # there is no calendar of numbers
    return between(first, clock, np.arange(n_steps))
