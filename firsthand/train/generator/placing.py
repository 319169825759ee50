"""Bring data into a project: small data are copied, large ones are left where they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from firsthand.train.errors import ProjectError

COPIED_BYTES = 50 * 2**20
COPIED_FILES = 20_000


def place(data: Path, raw: Path) -> tuple[str, str]:
    """Copy ``data`` into the folder ``raw`` of a project, unless it is large.

    Returns
    -------
    path : str
        What data.path is to be: seen from the project, or absolute where data stay.
    told : str
        What was done, for a person.

    Raises
    ------
    ProjectError
        If it is not there, or cannot be read.
    """
    if not data.exists():
        raise ProjectError(f"There is no {data}. --data names a file or a folder.")
    _refuse_links_to_nothing(data)
    files = [data] if data.is_file() else [p for p in data.rglob("*") if p.is_file()]
    if not files:
        raise ProjectError(f"{data} is an empty folder; there is nothing to learn from.")
    size = sum(path.stat().st_size for path in files)
    if size > COPIED_BYTES or len(files) > COPIED_FILES:
        amount = f"{len(files):,} files, {size / 2**20:,.0f} MiB"
        return str(data.resolve()), f"left at {data.resolve()}, for they are large ({amount})"
    place = raw / data.name if data.name else raw / "data"
    try:
        if data.is_file():
            shutil.copy2(data, place)
        else:
            shutil.copytree(data, place)
    except shutil.Error as error:  # a list of (from, to, reason)
        first = error.args[0][0]
        more = f", and {len(error.args[0]) - 1} more" if len(error.args[0]) > 1 else ""
        raise ProjectError(f"{first[0]} cannot be copied: {first[2]}{more}.") from error
    except OSError as error:
        raise ProjectError(f"{data} cannot be copied: {error}.") from error
    return f"data/raw/{place.name}", f"copied from {data}"


def _refuse_links_to_nothing(data: Path) -> None:
    """Refuse a folder with a link that leads nowhere, or back to a folder it lies in.

    A link to another file or folder is followed when data are copied.
    """
    for here, folders, files in os.walk(data, followlinks=True):
        for name in (*folders, *files):
            path = Path(here, name)
            if not path.is_symlink():
                continue
            try:
                to = path.resolve(strict=True)
            except (OSError, RuntimeError):  # a ring of links is the one or the other
                raise ProjectError(
                    f"{path} is a link to {path.readlink()}, which is not there. Mend it, or "
                    "remove it."
                ) from None
            if to in {above.resolve() for above in path.absolute().parents}:
                raise ProjectError(
                    f"{path} is a link to {path.readlink()}, a folder that it lies in, and would "
                    "be copied without end. Remove it."
                )
