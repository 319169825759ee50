"""Texts and series are read as they stand in their files, or it is said why not."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from firsthand.data import (
    SERIES,
    SETTING,
    TEXTS,
    ColumnError,
    FileError,
    UnknownDataError,
    data_folder,
    load_series,
    load_text,
)

needs_real_data = pytest.mark.skipif(
    not os.environ.get(SETTING), reason=f"set {SETTING} to a folder of real data to run this"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("charlm", "timeseries"):
        (tmp_path / part).mkdir()
    (tmp_path / TEXTS["names"]).write_text("zoë\nadam\n", "utf-8")
    (tmp_path / SERIES["airline"][0]).write_text('"Month","Passengers"\n"1949-01",112\n1949-02,118')
    return tmp_path


def test_what_is_in_the_files(folder: Path) -> None:
    assert load_text("names", folder) == "zoë\nadam\n"
    when, values = load_series("airline", folder)
    assert when == ("1949-01", "1949-02")
    np.testing.assert_array_equal(values, [112.0, 118.0])


def test_what_is_amiss_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownDataError, match="Did you mean 'names'"):
        load_text("nmaes", folder)
    with pytest.raises(UnknownDataError, match="There are airline, temperatures"):
        load_series("x", folder)
    with pytest.raises(FileError, match=r"There is no charlm.tinyshakespeare"):
        load_text("shakespeare", folder)
    monkeypatch.delenv(SETTING, raising=False)
    with pytest.raises(FileError, match=f"Set {SETTING} to a folder that holds charlm/names"):
        load_text("names")
    file = folder / SERIES["airline"][0]
    file.write_text("Month,Riders\n1949-01,112")
    with pytest.raises(ColumnError, match="has columns Month, Riders; needs Month and Passengers"):
        load_series("airline", folder)
    file.write_text("Month,Passengers\n1949-01,many")
    with pytest.raises(ColumnError, match=r"holds what is no number.*many"):
        load_series("airline", folder)


@needs_real_data
@pytest.mark.parametrize("name", SERIES)
def test_real_series_equal_what_pandas_reads(name: str) -> None:
    root = data_folder()
    assert root is not None
    file, when, value = SERIES[name]
    if not (root / file).is_file():
        pytest.skip(f"{file} is not in {SETTING}")
    table = pd.read_csv(root / file)
    times, values = load_series(name)
    assert list(times) == list(table[when])
    np.testing.assert_array_equal(values, table[value])
