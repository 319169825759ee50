"""Rows of other files, read and encoded by what was fitted on a run's training part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Finding, Part
from firsthand.train.data.tables.encoding import column_from, encode
from firsthand.train.data.tables.examples import Places, TableRows
from firsthand.train.data.tables.slicing import slices_of
from firsthand.train.data.tables.sources import Piece, Table, open_table
from firsthand.train.data.tables.targets import Target, alike
from firsthand.train.data.tables.values import WHAT, values_of
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from firsthand.train.config.data import TabularData


@dataclass(frozen=True)
class Encoded:
    """A piece of a table as a network takes it.

    Attributes
    ----------
    piece : Piece
    values : ndarray of shape (n, n_columns)
        Before encoding; NaN where missing.
    inputs : ndarray of shape (n, inputs), of float32
    wrong : ndarray of shape (n,), of bool
        Rows that were noted as bad.
    """

    piece: Piece
    values: NDArray[np.float64]
    inputs: NDArray[np.float32]
    wrong: NDArray[np.bool_]


def encoded(table: Table, preparation: dict[str, Any], bad: Bad) -> Iterator[Encoded]:
    """Yield a table piece by piece, encoded.

    Raises
    ------
    DataError
        If a column is missing, or a value cannot be read and is not to be skipped.
    """
    fits: list[dict[str, Any]] = preparation["columns"]
    demand(table, [fit["name"] for fit in fits])
    for piece in table.pieces(bad):
        values = np.empty((len(piece), len(fits)))
        wrong = np.zeros(len(piece), bool)
        for i, fit in enumerate(fits):
            column, raw = column_from(fit), piece.column(fit["name"])
            values[:, i], odd = values_of(column, raw, preparation["missing"])
            for row in np.flatnonzero(odd & ~wrong).tolist():
                reason = f"{str(raw.iloc[row])!r} in column {column.name!r} is {WHAT[column.kind]}"
                bad.row(f"{table.path.name}, {table.unit} {piece.lines[row]}", reason)
            wrong |= odd
        inputs = np.concatenate([encode(fit, values[:, i]) for i, fit in enumerate(fits)], axis=1)
        yield Encoded(piece, values, inputs, wrong)


def demand(table: Table, names: list[str]) -> None:
    """Refuse a table that lacks one of the columns."""
    gone = [name for name in names if name not in table.columns]
    if gone:
        raise DataError(
            f"{table.path} has no column {', '.join(map(repr, gone[:5]))}, which the run learnt "
            f"from; there are {', '.join(map(repr, table.columns[:8]))}."
        )


def tested_on(path: Path, settings: TabularData, data: Data, preparation: dict[str, Any]) -> Data:
    """Return data with the rows of another table as their test part. See `data.other`."""
    bad = Bad(settings.bad, settings.max_bad)
    table = open_table(path, settings)
    demand(table, [settings.target])
    facts, fits = data.facts, preparation["columns"]
    classes = facts.problem == "classification"
    target = Target(
        settings.target,
        "classification" if classes else "regression",
        facts.classes,
        preparation.get("target_style", "plain"),
        settings.missing,
    )
    found: list[Finding] = []
    pieces: list[tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.int64]]] = []
    slices: dict[str, list[str]] = {name: [] for name in data.slices}
    n_read = 0
    for part in encoded(table, preparation, bad):
        labels, told = alike(target, part.piece.column(settings.target))
        found += [finding for finding in told if finding not in found]
        y, unlearnt = target.read(labels)
        for row, reason in unlearnt:
            if not part.wrong[row]:
                bad.row(f"{path.name}, {table.unit} {part.piece.lines[row]}", reason)
        good = np.flatnonzero(~np.isnan(y) & ~part.wrong)
        pieces.append((part.inputs[good], y[good], part.piece.lines[good]))
        n_read += len(y)
        for name, (levels, codes) in slices_of(fits, part.values).items():
            if name in slices:
                slices[name] += [levels[code] for code in codes[good].tolist()]
    if not pieces:
        raise DataError(f"{path} holds no rows that can be read.")
    inputs, y, lines = (np.concatenate(column) for column in zip(*pieces, strict=True))
    if classes:
        targets = torch.from_numpy(y.astype(np.int64))
    else:
        scaled = (y - facts.target_mean[0]) / facts.target_std[0]
        targets = torch.from_numpy(scaled.astype(np.float32)[:, None])
    places = Places([f"{path.name}, {table.unit} {{}}"], np.zeros(len(y), np.uint8), lines)
    found = [*table.findings, *bad.findings(n_read), *found]
    test: Part = "test"
    return replace(
        data,
        test=TableRows(inputs, np.arange(len(y)), targets, places),
        findings=(*found, *data.findings),
        slices={name: data.slices[name] | {test: own} for name, own in slices.items()},
    )
