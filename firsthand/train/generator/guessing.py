"""What a file says about how it is to be read: the target, the columns, their names."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from firsthand.train.config.spelling import nearest
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
    """
    _refuse_what_does_not_suit(task, path)
    if task == "tabular":
        return _of_table(path, target, known)
    if task == "text" and path.is_file():
        return _of_texts(path, target, known)
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
    columns = list(known.get("names", ())) or _header(path)
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
    rows = _rows(path)
    if not rows:
        raise ProjectError(f"{path.name} is empty.")
    width = len(rows[0])
    rows = [row for row in rows if len(row) == width]
    lengths = [sum(len(row[i]) for row in rows[1:]) for i in range(width)]
    text = max(range(width), key=lengths.__getitem__)
    found: dict[str, Any] = {}
    columns = list(known.get("names", ()))
    if not columns:
        columns = rows[0]
        others = [i for i in range(width) if i != text]
        if any(len({row[i] for row in rows[1:]} & {columns[i]}) for i in others):
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


def _header(path: Path) -> list[str]:
    """Return the names of a table's columns."""
    if path.suffix.lower() == ".parquet":
        from firsthand.library.support import require

        return [str(name) for name in require("pyarrow.parquet").read_schema(path).names]
    rows = _rows(path, 1)
    if not rows:
        raise ProjectError(f"{path.name} is empty.")
    return rows[0]


def _rows(path: Path, n: int = ROWS) -> list[list[str]]:
    """Return the first rows of a CSV or TSV file as texts."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            first = file.readline()
            file.seek(0)
            separator = max("\t,;", key=first.count) if path.suffix != ".tsv" else "\t"
            quoting = csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL
            reader = csv.reader(file, delimiter=separator, quoting=quoting)
            return [row for row, _ in zip(reader, range(n), strict=False) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProjectError(f"{path} cannot be read as a table: {error}.") from error
