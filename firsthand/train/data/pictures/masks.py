"""Pictures in which every pixel has a class: folders or a zip of pictures and of masks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Examples, Facts, Finding
from firsthand.train.data.pictures.collection import memory
from firsthand.train.data.pictures.decoding import conform, from_array, open_picture
from firsthand.train.data.pictures.examples import Pictures, StreamedPictures
from firsthand.train.data.pictures.files import groups_of
from firsthand.train.data.pictures.findings import of_copies
from firsthand.train.data.pictures.images import fingerprint, prepare
from firsthand.train.data.pictures.mask_files import MaskedFile, masked_files
from firsthand.train.data.pictures.mask_values import (
    IGNORED,
    MOST,
    decode_mask,
    refuse_unknown,
    renumbering,
)
from firsthand.train.data.pictures.normalisation import Normalisation, chosen, sums
from firsthand.train.data.pictures.parts import grouped, parted
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import SegmentationData

__all__ = ["load_masks", "prepare"]

VOID = {"void", "unlabelled", "unlabeled", "ignore", "ignored", "unknown"}


@dataclass(frozen=True)
class _Read:
    """A picture and its mask as they were read, and what was counted."""

    file: MaskedFile
    pixels: NDArray[np.uint8]  # (channels, height, width)
    values: NDArray[np.uint8]  # (height, width)
    digest: bytes


@dataclass(frozen=True)
class Scan:
    """All pictures and masks, read once.

    Attributes
    ----------
    files : list of MaskedFile
        That can be used.
    counts : ndarray of shape (n, 256)
        How often each value occurs in each mask.
    totals : ndarray of shape (n, 3, channels)
        The `normalisation.sums` of each picture.
    digests : list of bytes
    size : tuple of int
        (height, width) of every one.
    kept : (pixels, values), or None
        Where they fit in memory.
    """

    files: list[MaskedFile]
    counts: NDArray[np.int64]
    totals: NDArray[np.int64]
    digests: list[bytes]
    size: tuple[int, ...]
    kept: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None


def load_masks(settings: SegmentationData, seed: int) -> Data:
    """Return pictures and their masks, split and prepared.

    Raises
    ------
    DataError
        If a file cannot be used, or a mask does not fit its picture or the classes.
    """
    bad = Bad(settings.bad, settings.max_bad, "files")
    files, listed = masked_files(Path(settings.path), settings, bad)
    if settings.test_path is not None:
        tested, _ = masked_files(Path(settings.test_path), settings, bad, "test")
        files = [f for f in files if f.part != "test"] + tested
    names = settings.classes or settings.palette_names or listed
    found = scan(files, settings, bad, len(names))
    good, counts, totals, digests = found.files, found.counts, found.totals, found.digests
    classes, table = _classes(names, counts, settings)
    groups = _groups(good, settings)
    parts = parted([file.part for file in good], None, groups, settings.split, seed)
    normalise = chosen(settings.normalise, totals[parts["train"]].sum(0))
    sources = [file.source for file in good]

    def part(rows: NDArray[np.int64]) -> Examples:
        return examples_with_masks(found, rows, settings, len(names), table, normalise)

    train, validation, test = (part(parts[name]) for name in ("train", "validation", "test"))
    in_training = counts[parts["train"]].sum(0)
    class_counts = [int(in_training[table == c].sum()) for c in range(len(classes))]
    shape = (totals.shape[2], *found.size)
    facts = Facts(
        "segmentation",
        "segmentation",
        shape,
        len(classes),
        classes,
        tuple(class_counts),
        ignore_index=IGNORED if settings.ignore is not None else -100,
        target_names=("class",),
    )
    preparation = {
        "shape": list(shape),
        "resize": settings.size is not None,
        "mean": list(normalise.mean),
        "std": list(normalise.std),
    }
    findings = [
        *bad.findings(len(good) + len(bad.named), "pictures and masks"),
        *of_copies(digests, None, sources, parts),
        *_of_classes(classes, class_counts),
    ]
    labels = [file.mask for file in good]
    return Data(
        train,
        validation,
        test,
        facts,
        preparation,
        tuple(findings),
        fingerprint(digests, labels, parts),
        groups=grouped(groups, parts),
    )


def _read(file: MaskedFile, settings: SegmentationData, n_values: int) -> _Read:
    """Return a picture and its mask.

    Raises
    ------
    DataError
        If one of them cannot be used; the text names the mask where it is that, not the picture.
    """
    content, mask = file.store.read(file.image), file.store.read(file.mask)
    picture, _ = open_picture(content)
    pixels = conform(picture, settings.size, settings.channels)
    try:
        values = decode_mask(mask, settings.palette_colours)
        if n_values:
            refuse_unknown(values, n_values, settings.ignore)
        elif settings.ignore is None and (values == IGNORED).any():
            raise DataError(
                "it has the value 255, which mostly marks what is not to be learnt; "
                "set data.ignore: 255, or name all data.classes"
            )
    except DataError as error:
        raise DataError(f"its mask {file.mask_source}: {error}") from error
    if values.shape != (picture.height, picture.width):
        raise DataError(
            f"its mask {file.mask_source} has {values.shape[0]} x {values.shape[1]} pixels, "
            f"the picture {picture.height} x {picture.width}"
        )
    if settings.size is not None and values.shape != tuple(settings.size):
        values = _resized(values, settings.size)
    digest = hashlib.blake2b(content + mask, digest_size=16).digest()
    return _Read(file, pixels, values, digest)


def _resized(values: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    from PIL import Image

    image = from_array(values[None]).resize((size[1], size[0]), Image.Resampling.NEAREST)
    return np.asarray(image)


def scan(files: list[MaskedFile], settings: SegmentationData, bad: Bad, n_values: int) -> Scan:
    """Read everything once; refuse values of masks above ``n_values``, where it is known.

    Raises
    ------
    DataError
        If a file cannot be used and is not to be skipped, or none can.
    """
    good: list[MaskedFile] = []
    digests: list[bytes] = []
    counts: list[NDArray[np.int64]] = []
    totals: list[NDArray[np.int64]] = []
    kept: list[_Read] | None = None if settings.in_memory == "no" else []
    first: tuple[int, ...] = ()
    for file in files:
        try:
            one = _read(file, settings, n_values)
            if first and one.pixels.shape != first:
                raise DataError(
                    f"it has the shape {one.pixels.shape}, but {good[0].source} {first}; "
                    "set data.size and data.channels to bring all to one"
                )
        except DataError as error:
            bad.row(file.source, str(error))
            continue
        first = one.pixels.shape
        good.append(file)
        digests.append(one.digest)
        counts.append(np.bincount(one.values.ravel(), minlength=256))
        totals.append(sums(one.pixels))
        if kept is not None:
            kept.append(one)
            n_bytes = len(files) * (one.pixels.size + one.values.size)
            if settings.in_memory == "auto" and n_bytes > memory() // 4:
                kept = None
    if not good:
        raise DataError(f"None of the {len(files)} pictures and masks can be used.")
    arrays = None
    if kept is not None:
        arrays = np.stack([one.pixels for one in kept]), np.stack([one.values for one in kept])
    return Scan(good, np.stack(counts), np.stack(totals), digests, first[1:], arrays)


def examples_with_masks(
    found: Scan,
    rows: NDArray[np.int64],
    settings: SegmentationData,
    n_values: int,
    table: NDArray[np.uint8],
    normalise: Normalisation,
) -> Examples:
    """Return some of the pictures as a part; ``table`` holds what each value of a mask becomes."""
    own = [found.files[i] for i in rows]
    if found.kept is None:
        return _streamed(own, settings, n_values, table, normalise)
    pixels, values = found.kept
    targets = torch.from_numpy(table[values[rows]])
    return Pictures(
        torch.from_numpy(pixels[rows]), targets, [file.source for file in own], normalise
    )


def _classes(
    names: tuple[str, ...], counts: NDArray[np.int64], settings: SegmentationData
) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """Return (names of the classes, what each value of a mask becomes)."""
    if not names:
        seen = np.flatnonzero(counts.sum(0))
        top = max((int(v) for v in seen if v != settings.ignore), default=0)
        names = tuple(str(value) for value in range(top + 1))
    if len(names) > MOST:
        raise DataError(f"There are {len(names)} classes; {MOST} at most can be told apart.")
    classes = tuple(name for value, name in enumerate(names) if value != settings.ignore)
    if len(classes) < 2:
        raise DataError(f"The masks have only the class {classes}; two are needed.")
    return classes, renumbering(len(names), settings.ignore)


def _groups(files: list[MaskedFile], settings: SegmentationData) -> list[str] | None:
    """Return the group of each file, where data.split.group finds it."""
    split = settings.split
    if split.kind in ("stratified", "time") or (split.kind == "grouped" and split.group is None):
        raise DataError(
            f"data.split.kind: {split.kind} does not fit masks; use random, or grouped with "
            "data.split.group, a regular expression that finds the group in a file's name."
        )
    if split.group is None:
        return None
    return groups_of([file.source for file in files], split.group)


def _streamed(
    files: list[MaskedFile],
    settings: SegmentationData,
    n_values: int,
    table: NDArray[np.uint8],
    normalise: Normalisation,
) -> StreamedPictures:
    sources = [file.source for file in files]

    def read(i: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        try:
            one = _read(files[i], settings, n_values)
        except DataError as error:
            raise DataError(f"{sources[i]} has changed while it was in use: {error}.") from error
        return one.pixels, table[one.values].astype(np.int64)

    return StreamedPictures(read, sources, normalise)


def _of_classes(classes: tuple[str, ...], counts: list[int]) -> list[Finding]:
    findings: list[Finding] = []
    unseen = [name for name, count in zip(classes, counts, strict=True) if count == 0]
    if unseen:
        text = f"Classes without a pixel to learn from: {', '.join(unseen)}."
        findings.append(Finding("unseen", text))
    findings += [
        Finding("void", f"The class {name!r} is learnt; if it means none, set data.ignore.")
        for name in classes
        if name.lower() in VOID
    ]
    return findings
