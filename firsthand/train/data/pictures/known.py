"""Pictures in the files of well-known sets: pairs of IDX files (MNIST), batches of CIFAR-10.

A folder says by its names what it holds: ``*images-idx3-ubyte`` with ``*labels-idx1-ubyte``,
gzipped or not, or ``data_batch_1`` ... ``test_batch``, packed with xz or not. What is called t10k
or test is the test part.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firsthand.data import (
    CIFAR10_CLASSES,
    Images,
    read_cifar_batch,
    read_idx_pair,
)
from firsthand.data import (
    DataError as FileError,
)
from firsthand.train.errors import DataError

_IDX_IMAGES = re.compile(r"(.*)images[-.]idx3[-.]ubyte(\.gz)?")
_BATCH = re.compile(r"(data_batch_\d+|test_batch)(\.xz)?")


@dataclass(frozen=True)
class KnownSet:
    """Pictures of a well-known set, the training files' first.

    Attributes
    ----------
    pixels : ndarray of shape (n, channels, height, width)
    labels : ndarray of shape (n,)
    is_test : ndarray of shape (n,)
        Whether each came from a file of the test part.
    classes : tuple of str
    sources : list of str
        File and place in it.
    fingerprint : str
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    is_test: NDArray[np.bool_]
    classes: tuple[str, ...]
    sources: list[str]
    fingerprint: str


def idx_pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Return the pairs (images, labels) of IDX files in a folder, training before test.

    Raises
    ------
    DataError
        If images have no labels.
    """
    pairs: dict[str, tuple[Path, Path]] = {}
    for path in sorted(folder.iterdir()):
        match = _IDX_IMAGES.fullmatch(path.name)
        if match is None or match[1] in pairs:
            continue  # the same file, packed and not: one of them is enough
        label = path.name.replace("images", "labels").replace("idx3", "idx1").removesuffix(".gz")
        beside = [p for p in (folder / label, folder / f"{label}.gz") if p.is_file()]
        if not beside:
            raise DataError(f"{path} has no labels: there is no {label} beside it, gzipped or not.")
        pairs[match[1]] = path, beside[0]
    return sorted(pairs.values(), key=lambda pair: _is_test(pair[0]))


def cifar_batches(folder: Path) -> list[Path]:
    """Return the batches of CIFAR-10 in a folder, training before test."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        match = _BATCH.fullmatch(path.name)
        if match is not None:
            found.setdefault(match[1], path)
    return sorted(found.values(), key=_is_test)


def read_known(files: list[tuple[Path, ...]]) -> KnownSet:
    """Return the pictures of pairs of IDX files, or of batches of CIFAR-10.

    Raises
    ------
    DataError
        If one cannot be read, is damaged, or they do not fit together.
    """
    is_idx = len(files[0]) == 2
    read: Callable[..., Images] = read_idx_pair if is_idx else read_cifar_batch
    digest = hashlib.sha256()
    parts: list[Images] = []
    with ThreadPoolExecutor(2) as pool:  # unpacking holds no lock: half the time on two cores
        waiting = [pool.submit(read, *paths) for paths in files]
    for paths, future in zip(files, waiting, strict=True):
        try:
            part = future.result()
        except FileError as error:
            raise DataError(f"{error} Replace the file with a whole copy.") from error
        if len(part.y) == 0:
            raise DataError(f"{paths[0]} holds no pictures.")
        if parts and part.X.shape[1:] != parts[0].X.shape[1:]:
            raise DataError(
                f"{paths[0]} holds pictures of shape {part.X.shape[1:]}, "
                f"but {files[0][0]} of {parts[0].X.shape[1:]}."
            )
        parts.append(part)
        digest.update(np.ascontiguousarray(part.X).data)
        digest.update(part.y.data)
    labels = np.concatenate([part.y for part in parts])
    classes = (
        tuple(str(i) for i in range(int(labels.max()) + 1)) if is_idx else tuple(CIFAR10_CLASSES)
    )
    return KnownSet(
        np.concatenate([part.X for part in parts]),
        labels,
        np.concatenate(
            [np.full(len(p.y), _is_test(f[0])) for p, f in zip(parts, files, strict=True)]
        ),
        classes,
        [
            f"{f[0].name}, picture {i}"
            for p, f in zip(parts, files, strict=True)
            for i in range(len(p.y))
        ],
        digest.hexdigest(),
    )


def _is_test(path: Path) -> bool:
    return "t10k" in path.name or "test" in path.name
