"""Open a package that a stranger made: bounded in every direction, never unpacked by name.

Nothing is written under a name of the archive's choosing, so there is no path to escape by;
names that try are refused all the same, for the whole package is then not to be trusted.
Sizes are counted while reading, not believed from a header.
"""

from __future__ import annotations

import lzma
import struct
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from firsthand.study.errors import RequestError

MEGABYTE = 1 << 20
LARGEST_PACKAGE = 512 * MEGABYTE
LARGEST_DATABASE = 256 * MEGABYTE
LARGEST_MEDIUM = 16 * MEGABYTE
LARGEST_TOTAL = 1024 * MEGABYTE
MOST_ENTRIES = 20_000
CHUNK = 1 << 16
_DAMAGE = (  # what the standard library raises on archives that are not what they say
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, RuntimeError, ValueError, OverflowError),
)


class Archive:
    """An open package.

    Raises
    ------
    RequestError
        If it is no zip file, is too large, holds too many entries, or one that would leave
        the folder it is unpacked into.
    """

    def __init__(self, path: Path) -> None:
        try:
            if path.stat().st_size > LARGEST_PACKAGE:
                raise RequestError(f"{path.name} is larger than {LARGEST_PACKAGE // MEGABYTE} MB.")
            self._zip = zipfile.ZipFile(path)
        except _DAMAGE as error:
            raise RequestError(f"{path.name} is no Anki package: {error}.") from error
        self._left = LARGEST_TOTAL
        try:
            self._examine(path.name)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self._zip.close()

    @property
    def names(self) -> frozenset[str]:
        """The names of the entries."""
        return frozenset(self._zip.namelist())

    def read(self, name: str, limit: int, *, compressed: bool = False) -> bytes:
        """Return an entry's bytes; with ``compressed``, what its zstd stream holds.

        Raises
        ------
        RequestError
            If there is no such entry, it is damaged, or it holds more than ``limit`` bytes.
        """
        limit = min(limit, self._left)
        try:
            with self._zip.open(name) as stream:
                data = _bounded(stream, limit, name)
            if compressed:
                data = _expanded(data, limit, name)
        except KeyError as error:
            raise RequestError(f"The package has no {name}.") from error
        except _DAMAGE as error:
            raise RequestError(f"{name} in the package is damaged: {error}.") from error
        self._left -= len(data)
        return data

    def _examine(self, package: str) -> None:
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            raise RequestError(f"{package} holds more than {MOST_ENTRIES} files.")
        if len({e.filename for e in entries}) != len(entries):
            raise RequestError(f"{package} holds two files of one name; it is refused.")
        for entry in entries:
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
                raise RequestError(
                    f"{package} holds a file that would leave its folder ({entry.filename!r});"
                    " it is refused."
                )


def _bounded(stream: IO[bytes], limit: int, name: str) -> bytes:
    """Read a stream, at most ``limit`` bytes of it."""
    held = BytesIO()
    while chunk := stream.read(CHUNK):
        if held.tell() + len(chunk) > limit:
            raise RequestError(f"{name} in the package is too large; it is refused.")
        held.write(chunk)
    return held.getvalue()


def _expanded(data: bytes, limit: int, name: str) -> bytes:
    """Return what a zstd stream holds, at most ``limit`` bytes of it."""
    zstd = _zstd()
    try:
        with zstd.ZstdFile(BytesIO(data)) as stream:
            return _bounded(stream, limit, name)
    except zstd.ZstdError as error:
        raise RequestError(f"{name} in the package is damaged: {error}.") from error


def _zstd() -> Any:
    """Return the zstd module: the standard library's from Python 3.14 on."""
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd
    from backports import zstd

    return zstd
