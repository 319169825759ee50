"""Rows of a table as they stand in their file, found by the line that their source names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.config.data import TabularData
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.train.evaluation.opening import Opened

_PLACE = re.compile(r"(?P<file>.+), (?:line|row) (?P<line>\d+)")


def written_rows(
    opened: Opened, chosen: Sequence[int], path: Path | None = None
) -> dict[int, dict[str, Any]]:
    """Return the columns of test examples as they were written; of those that can be found.

    Parameters
    ----------
    opened : Opened
    chosen : sequence of int
    path : path, optional
        Where else the test part may have come from.
    """
    settings = opened.run.config.data
    if not isinstance(settings, TabularData):
        return {}
    shown: Any = getattr(opened.data.test, "row", None)
    if shown is not None:
        return {i: dict(shown(i)) for i in chosen}
    wanted: dict[tuple[str, int], int] = {}
    for i in chosen:
        place = _PLACE.fullmatch(opened.data.test.source(i))
        if place is not None:
            wanted[place["file"], int(place["line"])] = i
    given = (path, settings.test_path, settings.path)
    files = [opened.run.project / p for p in given if p is not None]
    found: dict[int, dict[str, Any]] = {}
    for file in files:
        try:
            found |= _read(file, settings, wanted)
        except DataError:
            continue  # the file has gone or changed: the examples are shown without their columns
    return found


def _read(
    path: Path, settings: TabularData, wanted: dict[tuple[str, int], int]
) -> dict[int, dict[str, Any]]:
    from firsthand.train.data.tables.sources import open_table

    table = open_table(path, settings)
    lines = {line: i for (name, line), i in wanted.items() if name == table.path.name}
    found: dict[int, dict[str, Any]] = {}
    if not lines:
        return found
    for piece in table.pieces():
        for k in np.flatnonzero(np.isin(piece.lines, list(lines))):
            row = {str(name): value for name, value in piece.frame.iloc[k].items()}
            found[lines[int(piece.lines[k])]] = row
        if len(found) == len(lines):
            break
    return found
