"""New rows get the treatment that was fitted on the training part, and what is odd is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from firsthand.train.data.contract import Finding
from firsthand.train.data.tables.encoding import column_from, encode
from firsthand.train.data.tables.values import values_of, why_wrong
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    Raw = pd.DataFrame | Mapping[str, Any] | Sequence[Mapping[str, Any]]


def prepare(raw: Raw, preparation: dict[str, Any]) -> torch.Tensor:
    """Return the inputs of new rows.

    Parameters
    ----------
    raw : DataFrame, mapping or sequence of mappings
        Rows as they stand in a file; one row as a mapping. Further columns are passed over.
    preparation : dict
        `Data.preparation` of a table.

    Returns
    -------
    Tensor of shape (n, inputs), of float32

    Raises
    ------
    DataError
        If a column is missing, or a value is no number where one is needed; names it.
    """
    frame = _frame(raw)
    _demand_columns(frame, preparation)
    inputs: list[np.ndarray[Any, np.dtype[np.float32]]] = []
    for fit in preparation["columns"]:
        column, values = column_from(fit), _values(frame, fit["name"])
        numbers, wrong = values_of(column, values, preparation["missing"])
        if wrong.any():
            i = int(np.flatnonzero(wrong)[0])
            raise DataError(
                f"Row {i + 1}, column {column.name!r}: {str(values.iloc[i])!r} is "
                f"{why_wrong(column, values.iloc[i])}. Mend it, or leave it empty."
            )
        inputs.append(encode(fit, numbers))
    return torch.from_numpy(np.concatenate(inputs, axis=1))


def told(raw: Raw, preparation: dict[str, Any]) -> list[Finding]:
    """Return what is odd about new rows that can be used: unseen words, values far outside.

    Raises
    ------
    DataError
        If a column is missing.
    """
    frame = _frame(raw)
    _demand_columns(frame, preparation)
    found: list[Finding] = []
    for fit in preparation["columns"]:
        column = column_from(fit)
        values = _values(frame, column.name)
        numbers, _ = values_of(column, values, preparation["missing"])
        if column.kind == "category" and not fit["rare"]:
            unseen = np.flatnonzero(numbers == len(fit["levels"]))
            if len(unseen):
                word = str(values.iloc[int(unseen[0])])
                text = f"Column {column.name!r}: {word!r} did not come in training."
                found.append(Finding("unseen", text))
        gone = int(np.isnan(numbers).sum())
        if gone and not fit["has_missing"]:
            text = f"Column {column.name!r}: {gone} missing, and none were in training."
            found.append(Finding("missing", text))
    return found


def _values(frame: pd.DataFrame, name: str) -> pd.Series:
    values: Any = frame[name]
    return values


def _frame(raw: Raw) -> pd.DataFrame:
    import pandas as pd

    if isinstance(raw, pd.DataFrame):
        return raw
    return pd.DataFrame([raw] if isinstance(raw, Mapping) else list(raw))


def _demand_columns(frame: pd.DataFrame, preparation: dict[str, Any]) -> None:
    gone = [fit["name"] for fit in preparation["columns"] if fit["name"] not in frame.columns]
    if gone:
        there = ", ".join(map(repr, list(frame.columns)[:8]))
        raise DataError(
            f"{'Columns' if len(gone) > 1 else 'Column'} {', '.join(map(repr, gone))} "
            f"{'are' if len(gone) > 1 else 'is'} missing; there are {there}."
        )
