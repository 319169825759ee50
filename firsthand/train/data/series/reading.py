"""A series, read, split in time and cut into windows."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Facts, Finding
from firsthand.train.data.series.calendar import calendar, turns
from firsthand.train.data.series.preparing import filled, variables
from firsthand.train.data.series.seasons import find_season
from firsthand.train.data.series.table import Table, read_table
from firsthand.train.data.series.times import between
from firsthand.train.data.series.transforms import Transform
from firsthand.train.data.series.windows import Windows
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import SeriesData
    from firsthand.train.data.contract import Part

SMALL = 1e-9  # a column that varies less is constant, and is not divided by its deviation


def load_series(settings: SeriesData, seed: int) -> Data:
    """Return a series, split in time and cut into windows; there is no chance in it.

    Raises
    ------
    DataError
        If the file, a column, a row or a time cannot be used, or there are too few steps.
    """
    del seed
    if settings.split.kind not in ("auto", "time"):
        raise DataError(f"data.split.kind: {settings.split.kind}; a series is split by time.")
    bad = Bad(settings.bad, settings.max_bad)
    path = Path(settings.path)
    targets = (settings.target,) if isinstance(settings.target, str) else settings.target or ()
    wanted = (*targets, *settings.inputs, *settings.known) if targets else ()
    table = read_table(path, settings.time, wanted, bad)
    if not targets:
        targets = tuple(n for n in table.columns if n not in (*settings.inputs, *settings.known))
        if len(targets) != 1:
            raise DataError(
                f"{path} has several columns of numbers ({', '.join(targets)}); "
                "name the one to forecast in data.target."
            )
    findings = [*bad.findings(len(table.lines) + len(bad.named)), *table.findings]
    column = {name: table.values[:, i] for i, name in enumerate(table.columns)}
    read = _stack(column, (*targets, *settings.inputs, *settings.known))
    missing = np.isnan(read)
    findings += _missing(settings, table, missing)
    values = filled(read, settings.fill)
    y = values[:, : len(targets)]
    n_steps = len(y)
    n_test = max(round(settings.split.test * n_steps), settings.horizon)
    n_validation = max(round(settings.split.validation * n_steps), settings.horizon)
    ends = (n_steps - n_test - n_validation, n_steps - n_test, n_steps)
    if settings.transform.startswith("log") and (y <= 0).any():
        step = int(np.flatnonzero((y <= 0).any(1))[0])
        raise DataError(
            f"{_place(table, step)}: {y[step].min():g} has no logarithm; choose another "
            "data.transform, or shift the series above 0."
        )
    period, found = _season(settings, table, y[: max(ends[0], 0)])
    findings += found
    transform = Transform.named(settings.transform, period)
    first = transform.lost + settings.history - 1
    _check_length(settings, transform, ends, n_steps)

    n_inputs = len(targets) + len(settings.inputs)
    horizon = settings.horizon
    names = turns(table.clock) if settings.calendar and table.times else ()
    when = between(table.times[0], table.clock, np.arange(n_steps + horizon)) if names else []
    ahead = np.zeros((horizon, len(settings.known)))  # never seen: no window reaches there
    seen = variables(
        y,
        values[:, len(targets) : n_inputs],
        np.concatenate([values[:, n_inputs:], ahead]),
        calendar(when, names) if names else np.zeros((n_steps + horizon, 0)),
        transform,
        horizon,
    )
    training = seen[transform.lost : ends[0] - (horizon if settings.known else 0)]
    mean, std = training.mean(0), training.std(0)
    std[std < SMALL] = 1.0
    scaled = torch.from_numpy(np.nan_to_num((seen - mean) / std).astype(np.float32))
    n_targets = len(targets)
    sources = [_place(table, step) for step in range(n_steps)]
    unknown = np.any(missing[:, :n_targets], axis=1)

    def part(start: int, end: int) -> Windows:
        origins = np.arange(max(start - 1, first), end - horizon)
        return Windows(
            scaled,
            scaled[:, :n_targets],
            y,
            origins[_is_whole(origins, unknown, horizon, settings.fill == "interpolate")],
            settings.history,
            horizon,
            transform,
            mean[:n_targets],
            std[:n_targets],
            sources,
        )

    parts: dict[Part, Windows] = {
        "train": part(0, ends[0]),
        "validation": part(ends[0], ends[1]),
        "test": part(ends[1], ends[2]),
    }
    for name, windows in parts.items():
        if not len(windows):
            raise DataError(
                f"No window of the {name} part is whole; {path} lacks too many steps, or "
                "data.history, data.horizon and data.split leave none."
            )
    preparation = {
        "targets": list(targets),
        "inputs": list(settings.inputs),
        "known": list(settings.known),
        "time": settings.time,
        "clock": {
            "format": table.clock.format,
            "unit": table.clock.unit,
            "step": table.clock.step,
        },
        "calendar": list(names),
        "history": settings.history,
        "horizon": horizon,
        "period": period,
        "log": transform.log,
        "lags": list(transform.lags),
        "mean": mean.tolist(),
        "std": std.tolist(),
        "seasonal_naive_error": _naive_error(y[: ends[0]], period or 1),
    }
    facts = Facts(
        "timeseries",
        "forecasting",
        (settings.history, seen.shape[1]),
        horizon * n_targets,
        target_mean=tuple(mean[:n_targets].tolist()) * horizon,
        target_std=tuple(std[:n_targets].tolist()) * horizon,
        target_names=targets,
    )
    fingerprint = hashlib.sha256(path.read_bytes() + repr(settings.split).encode()).hexdigest()
    return Data(
        parts["train"],
        parts["validation"],
        parts["test"],
        facts,
        preparation,
        tuple(findings),
        fingerprint,
    )


def _stack(column: dict[str, NDArray[np.float64]], names: tuple[str, ...]) -> NDArray[np.float64]:
    return np.stack([column[name] for name in names], 1)


def _place(table: Table, step: int) -> str:
    """Return the file, the time and the line of a step."""
    when = f", {table.times[step]:%Y-%m-%d %H:%M}".removesuffix(" 00:00") if table.times else ""
    line = int(table.lines[step])
    return f"{table.name}{when}, " + (f"line {line}" if line else "filled")


def _missing(settings: SeriesData, table: Table, missing: NDArray[np.bool_]) -> list[Finding]:
    """Return what is missing as a finding, or refuse it."""
    rows = np.flatnonzero(missing.any(1))
    if not len(rows):
        return []
    text = (
        f"{len(rows)} of {len(missing)} steps lack a value, such as {_place(table, int(rows[0]))}"
    )
    if settings.fill == "refuse":
        raise DataError(f"{text}. Fill them, or set data.fill to previous or interpolate.")
    if len(rows) > settings.max_bad * len(missing):
        raise DataError(f"{text}. That is more than data.max_bad allows ({settings.max_bad:.0%}).")
    how = "the one before" if settings.fill == "previous" else "a line between its neighbours"
    return [
        Finding("missing", f"{text}. Each is filled by {how}, and no window is to forecast one.")
    ]


def _season(
    settings: SeriesData, table: Table, y: NDArray[np.float64]
) -> tuple[int | None, list[Finding]]:
    """Return the steps of a season, set or found in the training part, and a finding."""
    if settings.period is not None or len(y) < 8:
        return settings.period, []
    logged = np.log(y[:, 0]) if settings.transform.startswith("log") else y[:, 0]
    period, strength = find_season(logged, table.clock)
    if period is None:
        return None, []
    step = table.clock.described()
    text = (
        f"A season of {period} steps of {step} was found (autocorrelation {strength:.2f}); "
        "set data.period to choose another."
    )
    return period, [Finding("season", text, "note")]


def _check_length(
    settings: SeriesData, transform: Transform, ends: tuple[int, int, int], n_steps: int
) -> None:
    """Refuse a series that is too short for one window of training."""
    needs = transform.lost + settings.history + settings.horizon
    if ends[0] < needs:
        raise DataError(
            f"{settings.path} has {n_steps} steps, of which {max(ends[0], 0)} are for training, "
            f"and a window takes {needs} (history {settings.history}, horizon {settings.horizon}, "
            f"{transform.lost} that differences take). Shorten data.history or data.horizon."
        )


def _is_whole(
    origins: NDArray[np.int64], unknown: NDArray[np.bool_], horizon: int, looks_ahead: bool
) -> NDArray[np.bool_]:
    """Whether no step that a window forecasts was filled; nor its last, had that looked ahead."""
    steps = np.arange(0 if looks_ahead else 1, horizon + 1)
    return ~np.any(unknown[origins[:, None] + steps], axis=1)


def _naive_error(y: NDArray[np.float64], period: int) -> list[float]:
    """Return the mean error of taking each value of a season before, by which MASE divides."""
    if len(y) <= period:
        period = 1
    return np.abs(y[period:] - y[:-period]).mean(0).tolist()
