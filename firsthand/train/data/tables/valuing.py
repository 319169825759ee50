"""All values of a table as numbers; rows with a value that fits no reading are noted as bad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.data.tables.values import WHAT, values_of, why_wrong
from firsthand.train.data.tables.words import to_words

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from firsthand.train.config.data import TabularData
    from firsthand.train.data.bad import Bad
    from firsthand.train.data.tables.kinds import Column
    from firsthand.train.data.tables.looking import Look
    from firsthand.train.data.tables.source import Source

    Hashes = NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)  # multiplied by it, all bits change


def value_rows(
    source: Source,
    columns: list[Column],
    look: Look,
    settings: TabularData,
    bad: Bad,
    values: NDArray[np.float64],
) -> tuple[Hashes, NDArray[np.bool_]]:
    """Fill ``values`` with the numbers of all rows.

    Parameters
    ----------
    source, columns, look, settings
    bad : Bad
        Is told of values that cannot be read.
    values : ndarray of shape (n_rows, n_columns)
        Is filled; NaN where a value is missing.

    Returns
    -------
    hashes : ndarray of shape (n_rows,)
        Equal for rows with equal values and targets.
    wrong : ndarray of shape (n_rows,), of bool
        Rows that were noted as bad here.
    """
    hashes = _hash(look.y)
    wrong = np.zeros(len(look.y), bool)
    start = 0
    for number, piece in source.pieces():
        here = slice(start, start + len(piece))
        start = here.stop
        for i, column in enumerate(columns):
            raw = piece.column(column.name)
            read, odd = values_of(column, raw, settings.missing)
            values[here, i] = read
            odd &= ~np.isnan(look.y[here]) & ~wrong[here]
            for row in np.flatnonzero(odd).tolist():
                place = source.place(number, int(piece.lines[row]))
                what = why_wrong(column, raw.iloc[row])
                most = "and most of its values are; " if what in WHAT.values() else ""
                reason = (
                    f"{str(raw.iloc[row])!r} in column {column.name!r} is {what}, "
                    f"{most}if it stands for no value, add it to data.missing"
                )
                bad.row(place, reason)
            wrong[here] |= odd
            of_column = _hash_words(raw, settings) if column.kind == "category" else _hash(read)
            hashes[here] = (hashes[here] ^ of_column) * _ODD
    return hashes, wrong


def _hash(numbers: NDArray[np.float64]) -> Hashes:
    return _hash_array(numbers + 0.0)  # -0.0 is 0.0


def _hash_words(raw: pd.Series, settings: TabularData) -> Hashes:
    words = to_words(raw, settings.missing).fillna("").astype(object).to_numpy()
    return _hash_array(words)


def _hash_array(values: NDArray[Any]) -> Hashes:
    from pandas import util  # whose types are not told

    hash_array: Any = util.hash_array
    hashes: Hashes = hash_array(values, categorize=True)
    return hashes
