"""The user's own file: a CSV and the name of the column to predict."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import numpy as np

from firsthand.data.coding import as_numbers, code_feature
from firsthand.data.dataset import Dataset
from firsthand.data.errors import ColumnError
from firsthand.data.table import Table, read_table

Task = Literal["regression", "classification"]
MAX_LEVELS = 20
MAX_CLASSES = 30


def load_csv(
    path: str | Path,
    target: str,
    *,
    task: Task | None = None,
    names: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    max_levels: int = MAX_LEVELS,
) -> Dataset:
    """Return the table in a CSV file as numbers, with a note of everything that was done.

    Parameters
    ----------
    path : path
        A text file of at most 100 MB with column names in its first line.
    target : str
        The column to predict. Words are classes; numbers are classes where ``task`` asks for
        them or where they are at most ten different whole numbers, each twice on average; else
        they are quantities.
    task : {"regression", "classification"}, optional
        What the target has to be; by default the target decides.
    names : sequence of str
        Column names, for a file without a line of them.
    leave_out : sequence of str
        Columns that are not used.
    max_levels : int
        A column of more different words than this is left out.

    Raises
    ------
    FileError
        If the file is no table.
    ColumnError
        If the target is missing, constant, or not what ``task`` needs, or nothing is left to
        predict it from.
    """
    path = Path(path)
    table = read_table(path, names)
    for column in (target, *leave_out):
        if column not in table.columns:
            near = get_close_matches(column, table.columns, n=1)
            known = f"Did you mean {near[0]!r}?" if near else f"It has {_listed(table.columns)}."
            raise ColumnError(f"{path} has no column {column!r}. {known}")
    notes = list(table.notes)
    table = _with_target(table, target, notes)
    y, target_names, task = _target(target, table, task)
    features: dict[str, np.ndarray] = {}
    for name, values in table.columns.items():
        if name not in (target, *leave_out):
            features |= code_feature(name, values, table.lines, max_levels=max_levels, notes=notes)
    if not features:
        why = "; ".join(notes) or "it is the only column"
        raise ColumnError(f"{path} leaves nothing to predict {target!r} from: {why}.")
    X = np.column_stack(list(features.values()))
    return Dataset(
        name=path.stem,
        X=X,
        y=y,
        feature_names=tuple(features),
        target_names=target_names,
        task=task,
        description=f"{len(y)} rows of {path.name}; {target} is predicted from {X.shape[1]} "
        f"column{'s' * (X.shape[1] != 1)}.",
        source=path.name,
        licence="your own file",
        notes=tuple(notes),
    )


def _with_target(table: Table, target: str, notes: list[str]) -> Table:
    """Return the table without the rows whose target is missing."""
    kept = [i for i, value in enumerate(table.columns[target]) if value]
    dropped = table.n_rows - len(kept)
    if not kept:
        raise ColumnError(f"Column {target!r} is empty; there is nothing to learn.")
    if dropped:
        notes.append(f"{dropped} row{'s' * (dropped > 1)} left out: {target} is missing")
    columns = {name: [values[i] for i in kept] for name, values in table.columns.items()}
    return Table(columns, [table.lines[i] for i in kept], table.notes)


def _target(name: str, table: Table, task: Task | None) -> tuple[np.ndarray, tuple[str, ...], Task]:
    """Return the target as numbers, the names of its classes, and the task it makes."""
    values = table.columns[name]
    numbers = as_numbers(name, values, table.lines)
    levels = sorted(set(values)) if numbers is None else [f"{v:g}" for v in np.unique(numbers)]
    if len(levels) == 1:
        raise ColumnError(f"Column {name!r} is always {levels[0]!r}; there is nothing to learn.")
    if task is None:
        whole = numbers is None or bool(np.all(numbers == np.round(numbers)))
        few = numbers is None or (len(levels) <= 10 and 2 * len(levels) <= len(values))
        task = "classification" if whole and few else "regression"
    if task == "regression":
        if numbers is None:
            raise ColumnError(
                f"Column {name!r} holds words such as {levels[0]!r}; a regression predicts "
                "numbers. For classes, compare a classifier (stage 06)."
            )
        return numbers, (name,), task
    if len(levels) > MAX_CLASSES:
        kind = "words" if numbers is None else "numbers"
        raise ColumnError(
            f"Column {name!r} has {len(levels)} different {kind}; a classifier needs at most "
            f"{MAX_CLASSES} classes." + (" For quantities, compare stage 05." * (kind != "words"))
        )
    if len(levels) == len(values):
        raise ColumnError(f"Column {name!r} never repeats a value, so it names no classes.")
    codes = np.unique(values if numbers is None else numbers, return_inverse=True)[1]
    return codes.astype(np.int64), tuple(levels), task


def _listed(columns: dict[str, list[str]]) -> str:
    names = list(columns)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
