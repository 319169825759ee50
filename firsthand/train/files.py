"""Files that are whole or as they were: written beside, forced to the disk, renamed."""

from __future__ import annotations

import os
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
        with beside.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RunError(
            f"{path} cannot be written: {error.strerror}. What was there is untouched."
        ) from error
    return path
