"""Fingerprints: SHA-256 of files, folders and plain values, so that a run says what it learnt from.

file     of its bytes, read in pieces
folder   of every file's path below it and fingerprint, in the order of the paths
whole    of all that is given, in its order
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from firsthand.train.errors import DataError


def file_fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error


def fingerprint(paths: Iterable[Path], values: Any = None) -> str:
    """Return the SHA-256 of files and folders, by content and not by where they are.

    Parameters
    ----------
    paths : iterable of path
        A folder counts by the files below it, hidden ones left out, and by their names in it.
    values : plain values
        What else decides the data, such as the settings of a split; as JSON.

    Raises
    ------
    DataError
        If one is missing or cannot be read.
    """
    total = hashlib.sha256()
    for path in paths:
        if path.is_dir():
            for below in sorted(p for p in path.rglob("*") if p.is_file()):
                name = below.relative_to(path)
                if not any(part.startswith(".") for part in name.parts):
                    total.update(f"{name.as_posix()}\0{file_fingerprint(below)}\n".encode())
        else:
            total.update(f"{file_fingerprint(path)}\n".encode())
    total.update(json.dumps(values, sort_keys=True, default=str).encode())
    return total.hexdigest()
