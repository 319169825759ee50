"""Pictures as they were read, before they are divided into parts."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Finding, Part
from firsthand.train.data.pictures.decoding import Decoded, conform, decode, from_array
from firsthand.train.data.pictures.files import PictureFile
from firsthand.train.data.pictures.known import KnownSet
from firsthand.train.data.pictures.normalisation import sums
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import ImageData

SAID = {
    "transparent": "are transparent in places; white shows there",
    "16-bit": "have 16 bits a pixel; they are read as 8",
    "animated": "have several frames; the first is read",
    "turned": "were taken with the camera turned; they are turned upright",
}


@dataclass
class Collection:
    """Pictures and what is known of each.

    Attributes
    ----------
    labels : list of str
        Names of their classes.
    given : list of part or None
        The parts that they came in.
    sources : list of str
    digests : list of bytes
        Equal for pictures that are equal, byte by byte.
    totals : ndarray of shape (n, 3, channels), or None
        Of each; see `normalisation.sums`. None where ``pixels`` are there.
    shape : tuple of int
        (channels, height, width) of every one.
    pixels : ndarray of shape (n, channels, height, width), or None
        None where they are read when asked for, from ``files``.
    files : list of PictureFile
    findings : list of Finding
    """

    labels: list[str]
    given: list[Part | None]
    sources: list[str]
    digests: list[bytes]
    totals: NDArray[np.int64] | None
    shape: tuple[int, ...]
    pixels: NDArray[np.uint8] | None
    files: list[PictureFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def sums(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what `normalisation.sums` says of some of the pictures together."""
        if self.pixels is not None:
            return sums(self.pixels[rows])
        assert self.totals is not None  # those of files are kept when the pixels are not
        return self.totals[rows].sum(0)


def collect_known(known: KnownSet, settings: ImageData) -> Collection:
    """Return the pictures of a well-known set, in the size and colours that are asked for."""
    pixels = known.pixels
    n_channels = {"auto": pixels.shape[1], "grey": 1, "colour": 3}[settings.channels]
    wanted = (n_channels, *(settings.size or pixels.shape[2:]))
    if pixels.shape[1:] != wanted:
        pixels = np.stack(
            [conform(from_array(p), settings.size, settings.channels) for p in pixels]
        )
    return Collection(
        [known.classes[i] for i in known.labels],
        ["test" if t else None for t in known.is_test],
        known.sources,
        [hashlib.blake2b(p.tobytes(), digest_size=16).digest() for p in pixels],
        None,
        wanted,
        pixels,
    )


def collect_files(files: list[PictureFile], settings: ImageData, bad: Bad) -> Collection:
    """Read every file once: keep what can be used, and its pixels where they fit in memory.

    Raises
    ------
    DataError
        If a file cannot be used and is not to be skipped, or none can.
    """
    good: list[PictureFile] = []
    digests: list[bytes] = []
    totals: list[NDArray[np.int64]] = []
    kept: list[NDArray[np.uint8]] | None = None if settings.in_memory == "no" else []
    shapes: list[tuple[int, ...]] = []
    notes: Counter[str] = Counter()
    budget = memory() // 4
    for file, found in zip(files, _decoded(files, settings), strict=True):
        if isinstance(found, DataError):
            bad.row(file.source, str(found))
            continue
        pixels, digest = found[0].pixels, found[1]
        if shapes and pixels.shape[1:] != shapes[0][1:]:
            bad.row(
                file.source,
                f"it has {_size(pixels.shape)} pixels, but {good[0].source} has "
                f"{_size(shapes[0])}; or set data.size to bring all to one size",
            )
            continue
        good.append(file)
        digests.append(digest)
        totals.append(sums(pixels))
        shapes.append(pixels.shape)
        notes.update(found[0].notes)
        if kept is not None:
            kept.append(pixels)
            n_bytes = len(files) * max(s[0] for s in shapes) * pixels[0].size
            if settings.in_memory == "auto" and n_bytes > budget:
                kept = None
    if not good:
        raise DataError(f"None of the {len(files)} files is a picture that can be used.")
    n_channels = max(shape[0] for shape in shapes)
    shape = (n_channels, *shapes[0][1:])
    findings = [
        Finding(note, f"{count} of {len(good)} pictures {SAID[note]}.", "note")
        for note, count in sorted(notes.items())
    ]
    n_grey = sum(s[0] < n_channels for s in shapes)
    if n_grey:
        text = f"{n_grey} of {len(good)} pictures are grey, the others in colour; all are read so."
        findings.append(Finding("grey", text, "note"))
    return Collection(
        [file.label for file in good],
        [file.part for file in good],
        [file.source for file in good],
        digests,
        np.stack([np.broadcast_to(t, (3, n_channels)) for t in totals]) if kept is None else None,
        shape,
        None if kept is None else np.stack([np.broadcast_to(p, shape) for p in kept]),
        good,
        findings,
    )


def read_again(file: PictureFile, settings: ImageData, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return a picture that was read before, of shape (channels, height, width).

    Raises
    ------
    DataError
        If it has changed since.
    """
    try:
        pixels = decode(file.store.read(file.name), settings.size, settings.channels).pixels
    except DataError as error:
        raise DataError(f"{file.source} has changed while it was in use: {error}.") from error
    if pixels.shape[1:] != shape[1:] or pixels.shape[0] > shape[0]:
        raise DataError(f"{file.source} has changed while it was in use: its size is another.")
    return np.broadcast_to(pixels, shape)


def memory() -> int:
    """Return the bytes of memory of this machine."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _decoded(
    files: Sequence[PictureFile], settings: ImageData
) -> Iterator[tuple[Decoded, bytes] | DataError]:
    """Yield (picture, digest) of each file, or what is wrong with it, read by two threads."""

    def one(file: PictureFile) -> tuple[Decoded, bytes] | DataError:
        try:
            content = file.store.read(file.name)
            picture = decode(content, settings.size, settings.channels)
        except DataError as error:
            return error
        return picture, hashlib.blake2b(content, digest_size=16).digest()

    rest = iter(files)
    with ThreadPoolExecutor(2) as pool:
        while some := list(islice(rest, 64)):  # so many at a time are in memory besides those kept
            yield from pool.map(one, some)


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[-2]} x {shape[-1]}"
