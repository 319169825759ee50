"""Data sets: bundled, generated, found in ``FIRSTHAND_DATA``, or the user's own file."""

from __future__ import annotations

from firsthand.data.catalogue import NAMES, load
from firsthand.data.cifar import CIFAR10_CLASSES, load_cifar10, read_cifar_batch
from firsthand.data.dataset import Dataset
from firsthand.data.errors import ColumnError, DataError, FileError, UnknownDataError
from firsthand.data.faces import load_faces, read_faces, read_pgm
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
from firsthand.data.idx import load_mnist, read_idx, read_idx_pair
from firsthand.data.images import Images, as_floats
from firsthand.data.own import load_csv
from firsthand.data.sequences import SERIES, TEXTS, load_series, load_text

__all__ = [
    "CIFAR10_CLASSES",
    "NAMES",
    "SERIES",
    "SETTING",
    "TEXTS",
    "ColumnError",
    "DataError",
    "Dataset",
    "FileError",
    "Images",
    "UnknownDataError",
    "as_floats",
    "clouds",
    "data_folder",
    "found",
    "gate",
    "load",
    "load_cifar10",
    "load_csv",
    "load_faces",
    "load_mnist",
    "load_series",
    "load_text",
    "moons",
    "noisy_line",
    "noisy_plane",
    "polynomial",
    "read_cifar_batch",
    "read_faces",
    "read_idx",
    "read_idx_pair",
    "read_pgm",
    "rings",
    "spirals",
    "xor",
]
