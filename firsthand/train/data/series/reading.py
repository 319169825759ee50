"""A series, read, split in time and cut into windows."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Facts, Finding
from firsthand.train.data.series.calendar import calendar, turns
from firsthand.train.data.series.cutting import Cut, ends_of, scales, windows
from firsthand.train.data.series.preparing import filled, variables
from firsthand.train.data.series.seasons import find_season
from firsthand.train.data.series.slices import slices_of
from firsthand.train.data.series.table import Table, read_table
from firsthand.train.data.series.times import between
from firsthand.train.data.series.transforms import Transform
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import SeriesData


def load_series(settings: SeriesData, seed: int) -> Data:
    """Return a series, split in time and cut into windows. Chance has no part in it.

    Raises
    ------
    DataError
        If a file, a column, a row or a time cannot be used, or there are too few steps.
    """
    del seed
    paths = [Path(settings.path), *([Path(settings.test_path)] if settings.test_path else [])]
    bad = Bad(settings.bad, settings.max_bad)
    table, targets = _table(settings, paths, bad)
    findings = [*bad.findings(len(table.rows.line) + len(bad.named)), *table.findings]
    read = table.values((*targets, *settings.inputs, *settings.known))
    missing = np.isnan(read)
    findings += _missing(settings, table, missing)
    values = filled(read, settings.fill)
    y, inputs, known = np.split(values, np.cumsum([len(targets), len(settings.inputs)]), axis=1)
    n_steps = len(y)
    if settings.transform.startswith("log"):
        _check_positive(table, y)

    shares = (settings.split.validation, settings.split.test)
    test_from = table.first_of(1) if len(paths) > 1 else None
    ends = ends_of(n_steps, shares, settings.horizon, test_from)
    period, found = _season(settings, table, y[: max(ends[0], 0), 0])
    transform = Transform.named(settings.transform, period)
    cut = Cut(settings.history, settings.horizon, transform, ends)
    _check_length(settings, cut)

    names = turns(table.clock) if settings.calendar and table.times else ()
    steps = np.arange(n_steps + cut.horizon)
    when = between(table.times[0], table.clock, steps) if names else [datetime.min] * len(steps)
    seen = variables(
        y,
        inputs,
        np.pad(known, ((0, cut.horizon), (0, 0))),  # no window reaches the zeros
        calendar(when, names),
        transform,
        cut.horizon,
    )
    scale = scales(seen, cut)
    unknown = np.any(missing[:, : len(targets)], axis=1)
    if settings.fill == "interpolate":  # a filled last step was drawn towards the one to forecast
        unknown = unknown | np.append(False, unknown[:-1])
    parts = windows(seen, y, unknown, scale, [table.place(i) for i in range(n_steps)], cut)
    mean, std = (tuple(part[: len(targets)].tolist()) * cut.horizon for part in scale)
    preparation: dict[str, Any] = {
        "targets": list(targets),
        "inputs": list(settings.inputs),
        "known": list(settings.known),
        "time": settings.time,
        "clock": asdict(table.clock),
        "calendar": list(names),
        "history": cut.history,
        "horizon": cut.horizon,
        "period": period,
        "log": transform.log,
        "lags": list(transform.lags),
        "mean": scale[0].tolist(),
        "std": scale[1].tolist(),
        "seasonal_naive_error": naive_error(y[: ends[0]], period or 1),
    }
    return Data(
        parts["train"],
        parts["validation"],
        parts["test"],
        Facts(
            "timeseries",
            "forecasting",
            (cut.history, seen.shape[1]),
            cut.horizon * len(targets),
            target_mean=mean,
            target_std=std,
            target_names=targets,
        ),
        preparation,
        (*findings, *found),
        _fingerprint(paths, settings),
        slices_of(parts, table),
    )


def _table(settings: SeriesData, paths: list[Path], bad: Bad) -> tuple[Table, tuple[str, ...]]:
    """Return the steps, and the columns to forecast: those that are set, or the only one."""
    others = (*settings.inputs, *settings.known)
    if settings.target is not None:
        target = settings.target
        targets = (target,) if isinstance(target, str) else tuple(target)
        if not targets or len({*targets, *others}) < len(targets) + len(others):
            raise DataError("data.target, data.inputs and data.known name a column twice, or none.")
        return read_table(paths, settings.time, (*targets, *others), bad), targets
    table = read_table(paths, settings.time, (), bad)
    for name in others:
        if name not in table.rows.columns:
            raise DataError(f"{paths[0]} has no column {name!r} of numbers.")
    targets = tuple(name for name in table.rows.columns if name not in others)
    if len(targets) != 1:
        raise DataError(
            f"{paths[0]} has several columns of numbers ({', '.join(targets)}); "
            "name the one to forecast in data.target."
        )
    return table, targets


def _missing(settings: SeriesData, table: Table, missing: NDArray[np.bool_]) -> list[Finding]:
    """Return what is missing as a finding, or refuse it."""
    steps = np.flatnonzero(missing.any(1))
    if not len(steps):
        return []
    where = table.place(int(steps[0]))
    text = f"{len(steps)} of {len(missing)} steps lack a value, such as {where}"
    if settings.fill == "refuse":
        raise DataError(f"{text}. Fill them, or set data.fill to previous or interpolate.")
    if len(steps) > settings.max_bad * len(missing):
        raise DataError(
            f"{text}. That is more than data.max_bad allows ({settings.max_bad:.0%}); fill them, "
            "or take a longer step."
        )
    how = "the one before" if settings.fill == "previous" else "a line between its neighbours"
    return [Finding("missing", f"{text}. Each is filled by {how}; no window forecasts one.")]


def _check_positive(table: Table, y: NDArray[np.float64]) -> None:
    wrong = np.flatnonzero((y <= 0).any(1))
    if len(wrong):
        step = int(wrong[0])
        raise DataError(
            f"{table.place(step)}: {y[step].min():g} has no logarithm; choose another "
            "data.transform, or shift the series above 0."
        )


def _season(
    settings: SeriesData, table: Table, y: NDArray[np.float64]
) -> tuple[int | None, list[Finding]]:
    """Return the steps of a season, set or found in the training part, and a finding."""
    if settings.period is not None or len(y) < 8:
        return settings.period, []
    logged = np.log(y) if settings.transform.startswith("log") else y
    period, strength = find_season(logged, table.clock)
    if period is None:
        return None, []
    text = (
        f"A season of {period} steps ({table.clock.described()} each) was found, with an "
        f"autocorrelation of {strength:.2f}; set data.period to choose another."
    )
    return period, [Finding("season", text, "note")]


def _check_length(settings: SeriesData, cut: Cut) -> None:
    """Refuse a series that is too short for one window of training."""
    needs = cut.first + 1 + cut.horizon
    if cut.ends[0] < needs:
        raise DataError(
            f"{settings.path} has {cut.ends[2]} steps, of which {max(cut.ends[0], 0)} are for "
            f"training, and a window takes {needs}: history {cut.history}, horizon {cut.horizon}, "
            f"{cut.transform.lost} for differences. Shorten data.history or data.horizon."
        )


def naive_error(y: NDArray[np.float64], period: int) -> list[float]:
    """Return the mean error of taking each value of a season before, by which MASE divides."""
    lag = period if len(y) > period else 1
    errors: list[float] = np.abs(y[lag:] - y[:-lag]).mean(0).tolist()
    return errors


def _fingerprint(paths: list[Path], settings: SeriesData) -> str:
    """Return the SHA-256 of all files, and of how they were split."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    total.update(repr(settings.split).encode())
    return total.hexdigest()
