"""What a file says about how it is to be read: the target, the columns, their names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from firsthand.train.config.data import TabularData
from firsthand.train.config.spelling import nearest
from firsthand.train.data.bad import Bad
from firsthand.train.data.series.rows import cells_of, time_column
from firsthand.train.data.tables.sources import open_table
from firsthand.train.data.texts.records import first_rows
from firsthand.train.errors import ProjectError

ROWS = 2000  # that are looked at
TARGETS = ("target", "label", "class", "y", "outcome")
TABLES = {".csv", ".tsv", ".txt", ".parquet", ".data", ".gz"}
PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".pgm", ".ppm", ".tif", ".tiff", ".webp"}


def guess(task: str, path: Path, target: str | None, known: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of ``data`` that a file suggests, besides its path.

    Parameters
    ----------
    task : str
    path : path
    target : str, optional
        The column to predict, as asked.
    known : dict
        Keys of ``data`` that were given, and are not to be guessed.

    Raises
    ------
    ProjectError
        If the task does not suit the file, or the column to predict is unknown.
    DataError
        If the file cannot be read as the task reads it.
    """
    _refuse_what_does_not_suit(task, path)
    if task == "tabular":
        return _of_table(path, target, known)
    if task == "text" and path.is_file():
        return _of_texts(path, target, known)
    if task == "timeseries":
        return _of_series(path, target, known)
    if task == "segmentation" and path.is_dir():
        return _of_masks(path, known)
    return {} if target is None else {"target": target}


def _refuse_what_does_not_suit(task: str, path: Path) -> None:
    is_table = path.is_file() and path.suffix.lower() in TABLES and "ubyte" not in path.name
    if task in ("image", "segmentation") and is_table:
        raise ProjectError(
            f"{path.name} is a table or a text, and --task {task} learns from pictures. "
            "Is it --task tabular, text or timeseries?"
        )
    if task in ("tabular", "timeseries") and path.is_dir():
        raise ProjectError(
            f"{path.name} is a folder, and --task {task} learns from one file (CSV or Parquet). "
            "Name the file, or is it --task image, text or segmentation?"
        )
    if task in ("tabular", "timeseries", "text") and path.suffix.lower() in PICTURES:
        raise ProjectError(f"{path.name} is a picture; --task {task} learns from tables or texts.")


def _of_table(path: Path, target: str | None, known: dict[str, Any]) -> dict[str, Any]:
    columns = _columns(path, known)
    chosen = target or _given(known, "target")
    if chosen is None:
        usual = [c for c in columns if c.strip().lower() in TARGETS]
        if len(usual) != 1:
            raise ProjectError(
                f"Which column of {path.name} is to be predicted? Name it: --target COLUMN. "
                f"There are: {', '.join(columns)}."
            )
        chosen = usual[0]
    _known_column(chosen, columns, path)
    return {"target": chosen}


def _of_texts(path: Path, target: str | None, known: dict[str, Any]) -> dict[str, Any]:
    """Find the column of the texts, which are longest, and whether the first line names columns."""
    rows, named = first_rows(path, str(known.get("encoding", "utf-8")), ROWS)
    if not rows:
        raise ProjectError(f"{path.name} has no line that can be used.")
    width = len(rows[0])
    rows = [row for row in rows if len(row) == width]
    lengths = [sum(len(row[i]) for row in rows[1:]) for i in range(width)]
    text = max(range(width), key=lengths.__getitem__)
    found: dict[str, Any] = {}
    columns = list(known.get("names", ()))
    if not columns:
        columns = rows[0]
        others = [i for i in range(width) if i != text]
        if not named and any({row[i].strip() for row in rows[1:]} & {columns[i]} for i in others):
            columns = ["text" if i == text else f"column{i + 1}" for i in range(width)]
            if width == 2:
                columns[1 - text] = "label"
            found["names"] = columns
    found["text"] = known.get("text", columns[text])
    chosen = target or _given(known, "target")
    if chosen is None:
        others = [c for c in columns if c != found["text"]]
        usual = [c for c in others if c.lower() in TARGETS]
        if len(usual) != 1 and len(others) != 1:
            raise ProjectError(
                f"Which column of {path.name} is to be predicted? Name it: --target COLUMN. "
                f"There are: {', '.join(others)}."
            )
        chosen = (usual if len(usual) == 1 else others)[0]
    _known_column(chosen, columns, path)
    return found | {"target": chosen}


def _of_series(path: Path, target: str | None, known: dict[str, Any]) -> dict[str, Any]:
    """Find the column of the times."""
    found: dict[str, Any] = {} if target is None else {"target": target}
    if "time" not in known:
        names, rows = cells_of(path, Bad("skip", 1.0))  # the reader names those it cannot use
        asked = (found | known).get("target")
        others = [*_words(asked), *_words(known.get("inputs")), *_words(known.get("known"))]
        if time := time_column(names, rows, others):
            found["time"] = time
    return found


def _of_masks(path: Path, known: dict[str, Any]) -> dict[str, Any]:
    """Find the folders of the pictures and of the masks by their names."""
    folders = sorted(p.name for p in path.iterdir() if p.is_dir())
    found: dict[str, Any] = {}
    for key, names in (
        ("images", ("images", "image", "imgs", "pictures")),
        ("masks", ("masks", "mask", "labels", "annotations", "targets")),
    ):
        here = [folder for folder in folders if folder.lower() in names]
        if here and key not in known:
            found[key] = here[0]
    return found


def _given(known: dict[str, Any], key: str) -> str | None:
    return str(known[key]) if key in known else None


def _known_column(target: str, columns: Sequence[str], path: Path) -> None:
    if columns and target not in columns:
        near = nearest(target, columns)
        hint = f" Did you mean {near!r}?" if near else ""
        raise ProjectError(
            f"{path.name} has no column {target!r}.{hint} There are: {', '.join(columns)}."
        )


def _columns(path: Path, known: dict[str, Any]) -> list[str]:
    """Return the names of a table's columns, as its reader finds them."""
    given = {key: known[key] for key in ("names", "encoding", "separator") if key in known}
    try:
        settings = TabularData(target="", **given)
    except ValidationError:  # told with all other mistakes, once the whole is judged
        settings = TabularData(target="")
    return list(open_table(path, settings).columns)


def _words(value: Any) -> list[str]:
    """Return one name or several as a list."""
    if isinstance(value, list | tuple):
        return [str(name) for name in cast("list[object]", value)]
    return [] if value is None else [str(value)]
