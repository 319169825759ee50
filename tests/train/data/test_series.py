"""Series: times, gaps, seasons, transforms and their undoing, windows without leakage."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firsthand.train import parse_config
from firsthand.train.data import Data, load_data
from firsthand.train.data.series import prepare, undo
from firsthand.train.data.series.calendar import calendar
from firsthand.train.data.series.seasons import autocorrelation, find_season
from firsthand.train.data.series.times import (
    Clock,
    between,
    find_clock,
    find_format,
    places,
    read_time,
)
from firsthand.train.data.series.transforms import NAMES
from firsthand.train.data.series.windows import Windows


def written(folder: Path, n: int = 120) -> Path:
    """Months of a season that grows."""
    t = np.arange(n)
    y = (100 + t) * (1.5 + np.sin(2 * np.pi * t / 12)) + np.random.default_rng(0).normal(size=n)
    rows = [f"{2000 + i // 12}-{i % 12 + 1:02},{v:.3f}" for i, v in zip(t, y, strict=True)]
    path = folder / "sales.csv"
    path.write_text("month,sold\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def loaded(path: Path, **keys: Any) -> Data:
    keys = {"path": str(path), "time": "month"} | keys
    return load_data(parse_config({"task": "timeseries", "data": keys}))


@pytest.mark.parametrize("transform", NAMES)
def test_what_a_transform_does_is_undone(tmp_path: Path, transform: str) -> None:
    data = loaded(written(tmp_path), transform=transform, horizon=14, history=12)
    windows = data.test
    assert isinstance(windows, Windows)
    index = np.arange(len(windows))
    _, y = windows.batch(index)
    np.testing.assert_allclose(windows.undo(y.numpy(), index), windows.truth(index), rtol=1e-4)


def test_no_target_is_in_two_parts(tmp_path: Path) -> None:
    data = loaded(written(tmp_path), horizon=3)
    steps = [
        {int(o) + h for o in part.origins for h in (1, 2, 3)}
        for part in (data.train, data.validation, data.test)
        if isinstance(part, Windows)
    ]
    assert len(steps) == 3
    assert max(steps[0]) < min(steps[1])
    assert max(steps[1]) < min(steps[2])


def test_new_steps_are_prepared_and_undone_as_in_training(tmp_path: Path) -> None:
    path = written(tmp_path)
    data = loaded(path, transform="log_seasonal_difference", horizon=3, history=6)
    windows = data.test
    assert isinstance(windows, Windows)
    again = json.loads(json.dumps(data.preparation))
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()[1:]]
    origin = int(windows.origins[2])
    raw = {
        "month": [month for month, _ in rows[: origin + 1]],
        "sold": [float(sold) for _, sold in rows[: origin + 1]],
    }
    index = np.array([2])
    x, y = windows.batch(index)
    np.testing.assert_allclose(prepare(raw, again), x, atol=1e-5)
    np.testing.assert_allclose(undo(y.numpy(), again, raw), windows.truth(index), rtol=1e-4)


def test_inputs_are_seen_up_to_the_present_and_known_columns_ahead(tmp_path: Path) -> None:
    rows = [f"{i},{i % 5},{100 + i},{1000 + i}" for i in range(60)]
    (tmp_path / "s.csv").write_text("a,b,past,ahead\n" + "\n".join(rows) + "\n", "utf-8")
    keys = {"target": ["a", "b"], "inputs": ["past"], "known": ["ahead"], "history": 4}
    data = loaded(tmp_path / "s.csv", time=None, horizon=2, **keys)
    assert data.facts.input_shape == (4, 4)
    assert data.facts.output_size == 4
    x, y = data.train.batch(np.array([0, 5]))
    mean, std = (np.array(data.preparation[key]) for key in ("mean", "std"))
    seen = x.numpy() * std + mean
    np.testing.assert_allclose(seen[0, :, 0], [0, 1, 2, 3], atol=1e-4)
    np.testing.assert_allclose(seen[0, :, 2], [100, 101, 102, 103], atol=1e-3)
    np.testing.assert_allclose(seen[0, :, 3], [1002, 1003, 1004, 1005], atol=1e-2)
    own = y.numpy() * data.facts.target_std + data.facts.target_mean
    np.testing.assert_allclose(own[1], [9, 4, 10, 0], atol=1e-4)  # a, b of a step, then the next


def test_scales_and_season_come_from_training_alone(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = loaded(path).preparation
    lines = path.read_text("utf-8").splitlines()
    lines[-20:] = [f"{line.partition(',')[0]},9999" for line in lines[-20:]]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert loaded(path).preparation == before


def test_a_file_of_its_own_is_tested_on(tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = path.read_text("utf-8").splitlines()
    (tmp_path / "early.csv").write_text("\n".join(lines[:101]) + "\n", "utf-8")
    (tmp_path / "late.csv").write_text("\n".join([lines[0], *lines[101:]]) + "\n", "utf-8")
    data = loaded(tmp_path / "early.csv", test_path=str(tmp_path / "late.csv"), history=12)
    assert len(data.test) == 20
    assert data.test.source(0) == "late.csv, line 2, 2008-05-01"
    assert data.slices["month"]["test"][:2] == ["May", "June"]


def test_wrong_order_and_repeated_rows_are_mended_and_told(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = loaded(path)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], *lines[:0:-1], lines[7]]) + "\n", "utf-8")
    data = loaded(path)
    index = np.arange(len(whole.train))
    assert data.train.batch(index)[0].equal(whole.train.batch(index)[0])
    assert {"order", "duplicate"} <= {finding.kind for finding in data.findings}


@pytest.mark.parametrize(
    ("times", "form", "step"),
    [
        (["2024-01-31 10:00", "2024-01-31 10:15", "2024-01-31 10:30"], "iso", "15 minutes"),
        (["2024-02-28", "2024-02-29", "2024-03-01"], "iso", "one day"),
        (["2024-01-01", "2024-01-08", "2024-01-15"], "iso", "one week"),
        (["1999", "2000", "2001"], "%Y", "one year"),
        (["2024-11", "2024-12", "2025-01"], "%Y-%m", "one month"),
        (["2024Q3", "2024Q4", "2025Q1"], "%YQ%q", "3 months"),
        (["30/11/2024", "01/12/2024", "02/12/2024"], "%d/%m/%Y", "one day"),
        (["11/30/2024", "12/01/2024", "12/02/2024"], "%m/%d/%Y", "one day"),
        (["Jan 2024", "Feb 2024", "Mar 2024"], "%b %Y", "one month"),
        (["0", "10", "20"], "number", "one row"),
    ],
)
def test_formats_and_steps_are_found(times: list[str], form: str, step: str) -> None:
    assert find_format(times, "t")[0] == form
    read = [read_time(text, form) for text in times]
    clock = find_clock(read, form)
    assert clock.described() == step
    assert places(read, clock).tolist() == [0, 1, 2]


def test_days_that_could_be_months_are_told_apart_by_their_order() -> None:
    form, note = find_format([f"{day:02}/03/2024" for day in range(1, 13)], "t")
    assert form == "%d/%m/%Y"
    assert "%m/%d/%Y" in note


def test_working_days_have_no_gap_at_a_weekend() -> None:
    read = [read_time(str(day), "iso") for day in np.busday_offset("2024-01-01", np.arange(12))]
    clock = find_clock(read, "iso")
    assert clock.unit == "working days"
    assert places(read, clock).tolist() == list(range(12))
    assert between(datetime(2024, 1, 1), clock, np.arange(12)) == read


@pytest.mark.parametrize(
    ("period", "n", "unit", "step"),
    [(12, 96, "months", 1.0), (7, 200, "seconds", 86400.0), (24, 400, "seconds", 3600.0),
     (10, 200, "rows", 1.0)],
)  # fmt: skip
def test_the_season_of_a_noisy_wave_is_found(period: int, n: int, unit: Any, step: float) -> None:
    t = np.arange(n)
    wave = np.sin(2 * np.pi * t / period) + 0.02 * t
    noise = np.random.default_rng(0).normal(size=n)
    assert find_season(wave + 0.3 * noise, Clock("", unit, step))[0] == period
    assert find_season(noise, Clock("", unit, step))[0] is None


def test_autocorrelation_is_its_sum() -> None:
    y = np.random.default_rng(0).normal(size=50).cumsum()
    c = y - y.mean()
    expected = [(c[k:] * c[: len(c) - k]).sum() / (c**2).sum() for k in range(50)]
    np.testing.assert_allclose(autocorrelation(y), expected, atol=1e-12)


def test_the_calendar_turns_once_a_year_and_once_a_week() -> None:
    times = [datetime(2024, 1, 1), datetime(2024, 7, 1), datetime(2024, 1, 8)]
    x = calendar(times, ("week", "year"))
    np.testing.assert_allclose(x[0], x[2] * [1, 1, 0, 0] + [0, 0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(x[1, 2:], [0, -1], atol=0.03)  # half a year later


def test_a_column_of_times_that_is_not_used_is_told(tmp_path: Path) -> None:
    path = written(tmp_path)
    told = [f.text for f in loaded(path, time=None).findings if f.kind == "time"]
    assert len(told) == 1
    assert "'month'" in told[0]
    assert "data.time: month" in told[0]
    assert not [f for f in loaded(path).findings if f.kind == "time"]
    plain = tmp_path / "plain.csv"
    plain.write_text("\n".join(["sold", *(str(10 + i % 7) for i in range(99))]))
    assert not [f for f in loaded(plain, time=None).findings if f.kind == "time"]
