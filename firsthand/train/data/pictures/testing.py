"""Other pictures, with classes or masks, normalised as a run's training part was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Part
from firsthand.train.data.pictures.collection import collect_files
from firsthand.train.data.pictures.files import picture_files
from firsthand.train.data.pictures.images import examples_of, folders_of, known_files, numbered
from firsthand.train.data.pictures.mask_files import masked_files
from firsthand.train.data.pictures.mask_values import renumbering
from firsthand.train.data.pictures.masks import examples_with_masks, scan
from firsthand.train.data.pictures.normalisation import Normalisation
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.train.config.data import ImageData, SegmentationData

TEST: Part = "test"


def tested_on(path: Path, settings: ImageData, data: Data, preparation: dict[str, Any]) -> Data:
    """Return data with the pictures of another folder as their test part. See `data.other`."""
    if known_files(path, "auto"):
        raise DataError(
            f"{path} holds files of MNIST or CIFAR-10, which bring their own training part; test "
            "on a folder or zip with a folder a class."
        )
    bad = Bad(settings.bad, settings.max_bad)
    settings = settings.model_copy(update={"channels": _channels(preparation)})
    files, findings = picture_files(path, TEST)
    found = collect_files(files, settings, bad)
    _demand_shape(found.shape, found.sources[0], preparation)
    n_read = len(found.labels) + len(bad.named)
    if data.facts.problem == "verification":
        rows, numbers = np.arange(len(found.labels)), numbered(found.labels)
    else:
        number = {name: i for i, name in enumerate(data.facts.classes)}
        numbers = np.array([number.get(label, -1) for label in found.labels], np.int64)
        rows = np.flatnonzero(numbers >= 0)
        for i in np.flatnonzero(numbers < 0).tolist():
            bad.row(found.sources[i], f"its class {found.labels[i]!r} was not in training")
    folders = folders_of(found.files)
    return replace(
        data,
        test=examples_of(found, numbers, rows, _normalisation(preparation), settings),
        findings=(
            *bad.findings(n_read, "pictures"),
            *findings,
            *found.findings,
            *data.findings,
        ),
        slices={
            name: parts | {TEST: [folders[i] for i in rows]} for name, parts in data.slices.items()
        },
    )


def tested_on_masks(
    path: Path, settings: SegmentationData, data: Data, preparation: dict[str, Any]
) -> Data:
    """Return data with other pictures and masks as their test part. See `data.other`."""
    bad = Bad(settings.bad, settings.max_bad)
    settings = settings.model_copy(update={"channels": _channels(preparation)})
    files, _ = masked_files(path, settings, bad, TEST)
    n_values, ignore = len(data.facts.classes), settings.ignore
    n_values += ignore is not None and ignore <= n_values
    found = scan(files, settings, bad, n_values)
    _demand_shape((found.totals.shape[2], *found.size), found.files[0].source, preparation)
    table = renumbering(n_values, ignore)
    rows, normalise = np.arange(len(found.files)), _normalisation(preparation)
    return replace(
        data,
        test=examples_with_masks(found, rows, settings, n_values, table, normalise),
        findings=(
            *bad.findings(len(found.files) + len(bad.named), "pictures and masks"),
            *data.findings,
        ),
    )


def _channels(preparation: dict[str, Any]) -> str:
    return "grey" if preparation["shape"][0] == 1 else "colour"


def _normalisation(preparation: dict[str, Any]) -> Normalisation:
    return Normalisation(tuple(preparation["mean"]), tuple(preparation["std"]))


def _demand_shape(shape: tuple[int, ...], source: str, preparation: dict[str, Any]) -> None:
    if list(shape) != preparation["shape"]:
        _, height, width = preparation["shape"]
        raise DataError(
            f"{source} has {shape[1]} x {shape[2]} pixels; the run learnt from {height} x {width}. "
            "Bring the pictures to that size, or train with data.size."
        )
