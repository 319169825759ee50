"""Data sets: bundled, generated, found in ``FIRSTHAND_DATA``, or the user's own file."""

from __future__ import annotations

from firsthand.data.catalogue import NAMES, load
from firsthand.data.dataset import Dataset
from firsthand.data.errors import ColumnError, DataError, FileError, UnknownDataError
from firsthand.data.found import SETTING, data_folder, found
from firsthand.data.generators import (
    clouds,
    gate,
    moons,
    noisy_line,
    noisy_plane,
    polynomial,
    rings,
    spirals,
    xor,
)
from firsthand.data.own import load_csv
from firsthand.data.sequences import SERIES, TEXTS, load_series, load_text

__all__ = [
    "NAMES",
    "SERIES",
    "SETTING",
    "TEXTS",
    "ColumnError",
    "DataError",
    "Dataset",
    "FileError",
    "UnknownDataError",
    "clouds",
    "data_folder",
    "found",
    "gate",
    "load",
    "load_csv",
    "load_series",
    "load_text",
    "moons",
    "noisy_line",
    "noisy_plane",
    "polynomial",
    "rings",
    "spirals",
    "xor",
]
