"""A folder or a zip of files, read by name; a zip is never unpacked.

Names are relative, with "/" between folders, and sorted as people count: s2 before s10. Files of
the system (.DS_Store, __MACOSX, Thumbs.db) are not there.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Protocol

from firsthand.train.errors import DataError

MOST = 2**28  # bytes of one file; a zip may state any number, and hold more than it states
MOST_FILES = 10**7
_OF_THE_SYSTEM = {"__MACOSX", "Thumbs.db", "desktop.ini"}


class Store(Protocol):
    """Files by name.

    Attributes
    ----------
    path : Path
    names : list of str
        Of all files.
    folders : list of str
        Of all folders, the empty ones too, as far as they are known.
    """

    path: Path
    names: list[str]
    folders: list[str]

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises
        ------
        DataError
            If it cannot be read, is damaged or too large; the text does not name it.
        """
        ...


def open_store(path: Path) -> Store:
    """Return the files of a folder or a zip.

    Raises
    ------
    DataError
        If it is neither, or cannot be read.
    """
    if path.is_dir():
        return FolderStore(path)
    if not path.exists():
        raise DataError(f"There is no {path}. Set data.path to a folder or a zip.")
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path} is neither a folder nor a zip, or the zip is cut off.")
    return ZipStore(path)


class FolderStore:
    """The files of a folder. See `Store`."""

    def __init__(self, path: Path):
        self.path = path
        below = [p for p in path.rglob("*") if _is_ours(p.relative_to(path).as_posix())]
        self.names = sorted((_name(p, path) for p in below if p.is_file()), key=as_counted)
        self.folders = sorted((_name(p, path) for p in below if p.is_dir()), key=as_counted)

    def read(self, name: str) -> bytes:
        """Return the bytes of a file. See `Store`."""
        try:
            with (self.path / name).open("rb") as file:
                content = file.read(MOST + 1)
        except OSError as error:
            raise DataError(f"it cannot be read: {error.strerror}") from error
        return _bounded(content)


class ZipStore:
    """The files of a zip. See `Store`."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise DataError(f"{path} cannot be read: {error}.") from error
        if len(entries) > MOST_FILES:
            raise DataError(f"{path} states {len(entries)} files; {MOST_FILES} at most are read.")
        for entry in entries:
            parts = entry.filename.split("/")
            if ".." in parts or entry.filename.startswith("/") or "\\" in entry.filename:
                raise DataError(
                    f"{path} holds {entry.filename!r}, a name that points elsewhere. "
                    "Do not trust this zip; pack the folder anew."
                )
        ours = [e for e in entries if _is_ours(e.filename)]
        files = [e.filename for e in ours if not e.is_dir()]
        self.names = sorted(set(files), key=as_counted)
        above = {"/".join(f.split("/")[:i]) for f in files for i in range(1, f.count("/") + 1)}
        empty = {e.filename.rstrip("/") for e in ours if e.is_dir()}
        self.folders = sorted(above | empty, key=as_counted)
        if len(self.names) < len(files):
            twice = next(f for f in files if files.count(f) > 1)
            raise DataError(f"{path} holds {twice} twice; which of them counts? Pack it anew.")

    def read(self, name: str) -> bytes:
        """Return the bytes of a file. See `Store`."""
        try:
            if self._zip.getinfo(name).file_size > MOST:
                return _bounded(None)
            with self._zip.open(name) as file:
                content = file.read(MOST + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DataError(f"it is damaged in the zip: {error}") from error
        except (RuntimeError, NotImplementedError) as error:  # locked; or a method of its own
            raise DataError(f"it cannot be unpacked: {error}") from error
        return _bounded(content)


def as_counted(name: str) -> list[tuple[int, int, str]]:
    """Return what names are sorted by: numbers in them by their size."""
    pieces = re.split(r"(\d{1,18})", name)
    return [(0, int(p), "") if p.isdigit() and p.isascii() else (1, 0, p) for p in pieces if p]


def _bounded(content: bytes | None) -> bytes:
    if content is None or len(content) > MOST:
        raise DataError(f"it has more than {MOST // 2**20} MB")
    return content


def _is_ours(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    return not any(part.startswith(".") or part in _OF_THE_SYSTEM for part in parts)


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
