"""Read and write the learner's files so that neither side of a conflict is ever lost.

A write is atomic: the text goes to a file beside the target, reaches the disk, and takes the
target's name in one step. A writer says which version it changed, by hash; when the file has
changed since, nothing is written and both versions come back as a :class:`Conflict`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from firsthand.study.errors import JourneyError

LARGEST = 4_000_000  # bytes; a source file beyond that is a mistake


@dataclass(frozen=True)
class Source:
    """The text of a file and the hash that names this version of it; ``""`` if there is none."""

    text: str
    hash: str


@dataclass(frozen=True)
class Conflict:
    """The file changed on disk since it was loaded; nothing was written."""

    yours: str
    on_disk: Source


def text_hash(text: str) -> str:
    """Return the hash of a text as it would stand on disk."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_source(path: Path) -> Source:
    """Return a file's text, line ends as they are; an empty hash where there is no file.

    The mark with which some editors begin a UTF-8 file is no part of the text.

    Raises
    ------
    JourneyError
        If the file is not UTF-8 text, is too large, or cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise JourneyError(f"{path} is larger than {LARGEST // 1_000_000} MB.")
        data = path.read_bytes()
        return Source(data.decode("utf-8-sig"), hashlib.sha256(data).hexdigest())
    except FileNotFoundError:
        return Source("", "")
    except UnicodeDecodeError as error:
        raise JourneyError(
            f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8."
        ) from error
    except OSError as error:
        raise JourneyError(f"{path} cannot be read: {error.strerror}.") from error


def write_source(path: Path, text: str, expected_hash: str) -> Source | Conflict:
    """Replace the version ``expected_hash`` of a file by ``text``; ``""`` expects no file.

    Returns the new version, or a conflict with both when another version stands on disk.
    Writing what already stands there is no conflict. Raises as :func:`read_source` does.
    """
    on_disk = read_source(path)
    if on_disk.hash == text_hash(text):
        return on_disk
    if on_disk.hash != expected_hash:
        return Conflict(text, on_disk)
    replace_file(path, text.encode("utf-8"))
    return Source(text, text_hash(text))


def write_new(path: Path, data: bytes) -> bool:
    """Write a file that does not exist yet; return False, untouched, where one stands."""
    if os.path.lexists(path):
        return False
    temporary = _beside(path, data)
    try:
        os.link(temporary, path)  # fails where another process was faster
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            return False
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def replace_file(path: Path, data: bytes) -> None:
    """Give a file new contents in one step; a link is followed, the mode is kept.

    Raises
    ------
    JourneyError
        If the folder cannot be written to.
    """
    target = path.resolve()
    temporary = _beside(target, data)
    try:
        with suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        os.replace(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise JourneyError(f"{path} cannot be written: {error.strerror}.") from error


def back_up(path: Path, folder: Path, now: datetime) -> Path:
    """Copy a file into a folder named by the time; an earlier copy is never replaced."""
    data = path.read_bytes()
    name = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    number = 1
    while True:
        copy = folder / (name if number == 1 else f"{name}-{number}") / path.name
        if write_new(copy, data):
            return copy
        number += 1


def _beside(path: Path, data: bytes) -> Path:
    """Write ``data`` to a new file in the folder of ``path``, on disk when this returns."""
    name = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise JourneyError(f"{path} cannot be written: {error.strerror}.") from error
    return name
