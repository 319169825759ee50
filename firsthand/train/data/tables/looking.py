"""The first look at a table: its target, which rows can be used, and the part of each.

What stays in memory of a table of any size is here: a few numbers a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.contract import Finding
from firsthand.train.data.splits import (
    Shares,
    grouped_split,
    random_split,
    stratified_split,
    time_split,
)
from firsthand.train.data.tables.dates import forms_of, to_days
from firsthand.train.data.tables.numbers import to_numbers
from firsthand.train.data.tables.profile import Profile
from firsthand.train.data.tables.targets import Target, alike, target_of
from firsthand.train.data.tables.words import is_typed, to_words
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from firsthand.train.config.data import TabularData
    from firsthand.train.data.bad import Bad
    from firsthand.train.data.contract import Part
    from firsthand.train.data.tables.source import Source


Groups = tuple[list[str], "NDArray[np.int64]"]


@dataclass
class Look:
    """What is known of every row after the first look.

    Attributes
    ----------
    target : Target
    y : ndarray of shape (n_rows,)
        Numbers of classes or quantities; NaN in rows that cannot be used.
    file : ndarray of shape (n_rows,), of uint8
        0, or 1 in a test file.
    line : ndarray of shape (n_rows,)
    findings : list of Finding
    parts : dict of part to rows
        Of the rows that can be used.
    groups : (names, ndarray of shape (n_rows,)), or None
        The number of each row's group, where data.split.group names their column.
    """

    target: Target
    y: NDArray[np.float64]
    file: NDArray[np.uint8]
    line: NDArray[np.int64]
    findings: list[Finding]
    parts: dict[Part, NDArray[np.int64]]
    groups: Groups | None = None


def first_look(source: Source, settings: TabularData, bad: Bad) -> Look:
    """Read a table once, and divide its rows.

    Raises
    ------
    DataError
        If there are no rows, the target cannot be used, or a part would be empty.
    """
    import pandas as pd

    split = settings.split
    by = {"grouped": split.group, "time": split.time}.get(split.meant)
    profile = Profile(settings.target, settings.missing, source.prefers_comma)
    targets: list[list[pd.Series]] = [[] for _ in source.tables]
    orders: list[pd.Series] = []
    tested: list[pd.Series] = []
    file: list[NDArray[np.uint8]] = []
    line: list[NDArray[np.int64]] = []
    for number, piece in source.pieces(bad):
        values = piece.column(settings.target)
        targets[number].append(values)
        if number == 0:
            profile.update(values)
            orders += [piece.column(by)] if by is not None else []
        elif by is not None and split.meant == "grouped":
            tested.append(piece.column(by))
        file.append(np.full(len(values), number, np.uint8))
        line.append(piece.lines)
    for table, of_table in zip(source.tables, targets, strict=True):
        if not of_table:
            raise DataError(f"{table.path} has no rows below its names that can be used.")
    target, findings = target_of(profile, settings)
    y: list[NDArray[np.float64]] = []
    for number, of_table in enumerate(targets):
        values = pd.concat(of_table, ignore_index=True)
        if number == 1:
            values, told = alike(target, values)
            findings = [*findings, *told]
        numbers, wrong = target.read(values)
        y.append(numbers)
        lines = np.concatenate([x for x, f in zip(line, file, strict=True) if f[0] == number])
        for row, reason in wrong:
            bad.row(source.place(number, int(lines[row])), reason)
    look = Look(target, np.concatenate(y), np.concatenate(file), np.concatenate(line), findings, {})
    ordered = pd.concat(orders, ignore_index=True) if orders else None
    if ordered is not None and split.meant == "grouped":
        look.groups = _groups(pd.concat([ordered, *tested], ignore_index=True), look, source)
    look.parts = _parts(look, settings, ordered)
    look.findings += _shared_groups(look) if tested else []
    return look


def _parts(
    look: Look, settings: TabularData, by: pd.Series | None
) -> dict[Part, NDArray[np.int64]]:
    """Divide the rows that have a target."""
    split, target = settings.split, look.target
    usable = ~np.isnan(look.y)
    rows = np.flatnonzero(usable & (look.file == 0))
    given = np.flatnonzero(usable & (look.file == 1))
    has_test = settings.test_path is not None
    if has_test and not len(given):
        raise DataError(f"{settings.test_path} has no row that can be tested on.")
    shares = Shares(split.validation, 0.0 if has_test else split.test)
    kind = split.meant
    classes = target.problem == "classification"
    if kind == "auto":
        kind = "stratified" if classes else "random"
    if kind == "stratified" and not classes:
        raise DataError(
            f"data.split.kind is stratified, which needs classes; {target.name!r} holds "
            "quantities. Set data.split.kind: random, or data.problem: classification."
        )
    if kind == "stratified":
        rare = "refuse" if split.kind == "stratified" else "train"
        labels = look.y[rows].astype(np.int64)
        look.findings += _rare(labels, target, 1 + len(shares.held_out)) if rare == "train" else []
        parts = stratified_split(labels, target.classes, shares, split.seed, rare=rare)
    elif kind == "grouped" and look.groups is not None:
        parts = grouped_split(look.groups[1][rows], shares, split.seed)
    elif kind == "time" and by is not None:
        parts = time_split(_times(by, settings)[rows], shares)
    else:
        parts = random_split(len(rows), shares, split.seed)
    divided: dict[Part, NDArray[np.int64]] = {name: rows[part] for name, part in parts.items()}
    if has_test:
        divided["test"] = given
    return divided


def _groups(by: pd.Series, look: Look, source: Source) -> Groups:
    """Return the names of the groups, and the number of each row's, of both files."""
    import pandas as pd

    words = to_words(by, look.target.missing)
    if words.isna().any():
        row = int(np.flatnonzero(words.isna())[0])
        in_file = int((look.file[:row] == look.file[row]).sum()) + 1
        place = source.place(int(look.file[row]), int(look.line[row]))
        raise DataError(
            f"Row {in_file} has no value in data.split.group, {by.name!r} ({place}). Every row "
            "needs a group."
        )
    numbers, names = pd.factorize(words)
    return [str(name) for name in names], numbers.astype(np.int64)


def _shared_groups(look: Look) -> list[Finding]:
    """Tell of groups that are learnt from and tested on, by a test file of its own."""
    if look.groups is None:
        return []
    names, numbers = look.groups
    held = [np.unique(numbers[look.parts[part]]) for part in ("train", "validation", "test")]
    both = np.intersect1d(np.concatenate(held[:2]), held[2])
    if not len(both):
        return []
    some = ", ".join(repr(names[i]) for i in both[:3].tolist())
    text = (
        f"{len(both)} of {len(held[2])} groups of the test file are in the other file, too "
        f"({some}): they are not new to the model, and its figures may be too good by that."
    )
    return [Finding("shared_groups", text)]


def _times(by: pd.Series, settings: TabularData) -> NDArray[np.float64]:
    """Return times as numbers: as they are, or as days of dates."""
    words = to_words(by, settings.missing)
    if is_typed(by):
        times = to_days(by, "") if by.dtype.kind == "M" else by.astype("float64")
    else:
        times = to_numbers(words, "plain")
        forms = forms_of(words.dropna()) if times.isna().any() else []
        times = to_days(words, forms[0]) if forms else times
    if times.isna().any():
        row = int(np.flatnonzero(times.isna())[0])
        raise DataError(
            f"Row {row + 1} has {str(by.iloc[row])!r} in data.split.time, {by.name!r}, which is "
            "no number and no date of the form that the others have. Write 2026-01-31."
        )
    return times.to_numpy()


def _rare(labels: NDArray[np.int64], target: Target, n_parts: int) -> list[Finding]:
    counts = np.bincount(labels, minlength=len(target.classes))
    rare = [target.classes[c] for c in np.flatnonzero((counts < n_parts) & (counts > 0)).tolist()]
    if not rare:
        return []
    names = ", ".join(map(repr, rare[:5]))
    text = (
        f"Fewer than {n_parts} rows have the classes {names}: they are learnt from, and cannot be "
        "tested on."
    )
    return [Finding("rare_class", text)]
