"""Sequences on this machine: texts and series, from the folder that ``FIRSTHAND_DATA`` names."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firsthand.data.errors import ColumnError, UnknownDataError
from firsthand.data.found import find_file
from firsthand.data.table import read_table

TEXTS = {
    "shakespeare": "charlm/tinyshakespeare.txt",  # 1.1 million characters of plays, Karpathy 2015
    "names": "charlm/names.txt",  # 32,033 first names, one a line, from makemore
}
SERIES = {
    # passengers a month, in thousands, 1949 to 1960; Box & Jenkins, Time Series Analysis (1976)
    "airline": ("timeseries/airline-passengers.csv", "Month", "Passengers"),
    # daily minimum in Melbourne, degrees Celsius, 1981 to 1990; Australian Bureau of Meteorology
    "temperatures": ("timeseries/daily-min-temperatures.csv", "Date", "Temp"),
}


def load_text(name: str, folder: str | Path | None = None) -> str:
    """Return a text as it stands in its file.

    Parameters
    ----------
    name : {"names", "shakespeare"}
    folder : path, optional
        The folder of real data; by default the one that ``FIRSTHAND_DATA`` names.

    Raises
    ------
    UnknownDataError
        If nothing is called that; suggests the nearest.
    FileError
        If no folder is set, or the file is not in it.
    """
    _check_known(name, tuple(TEXTS))
    return find_file((TEXTS[name],), folder).read_text("utf-8")


def load_series(
    name: str, folder: str | Path | None = None
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return (when, values) of a series, from its first time to its last.

    Parameters
    ----------
    name : {"airline", "temperatures"}
    folder : path, optional
        The folder of real data; by default the one that ``FIRSTHAND_DATA`` names.

    Raises
    ------
    UnknownDataError
        If nothing is called that; suggests the nearest.
    FileError
        If no folder is set, or the file is not in it, or is no table.
    ColumnError
        If the table is not that of the series.
    """
    _check_known(name, tuple(SERIES))
    file, when, value = SERIES[name]
    path = find_file((file,), folder)
    columns = read_table(path).columns
    if when not in columns or value not in columns:
        raise ColumnError(f"{path} has columns {', '.join(columns)}; needs {when} and {value}.")
    try:
        return tuple(columns[when]), np.array([float(number) for number in columns[value]])
    except ValueError as error:
        raise ColumnError(f"Column {value!r} of {path} holds what is no number: {error}.") from None


def _check_known(name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        near = get_close_matches(name, names, n=1)
        known = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(names)}."
        raise UnknownDataError(f"There is no text or series called {name!r}. {known}")
