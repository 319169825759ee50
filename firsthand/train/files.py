"""Files that are whole or as they were, and folders in which one process works at a time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path

from firsthand.train.errors import RunError


def write_whole(path: Path, content: bytes | str) -> Path:
    """Write a file at once; a process that is killed leaves the old one or the new one.

    Raises
    ------
    RunError
        If it cannot be written; what was there is untouched.
    """
    beside = path.with_name(f".{path.name}.writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise RunError(
            f"{path} cannot be written: {error.strerror}. What was there is untouched; free space "
            "or change the folder's rights, or name another: folders.outputs=PATH."
        ) from error
    return path


@contextlib.contextmanager
def locked(folder: Path, doing: str) -> Generator[None]:
    """Keep other processes out of a folder's work; one that is killed leaves no lock behind.

    Parameters
    ----------
    folder : path
        Made if it is not there.
    doing : str
        What the process that has the lock does, as in "is training this run".

    Raises
    ------
    RunError
        If another process has the lock, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"{folder} cannot be written: {error.strerror}. Change its rights, or set "
            "folders.outputs to another folder."
        ) from error
    with file:
        if os.name == "posix":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                raise RunError(
                    f"Process {file.read().strip() or '(unknown)'} {doing}. Wait until it ends, "
                    "or end it, then resume."
                ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
