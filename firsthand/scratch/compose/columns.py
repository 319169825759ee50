"""Which columns are meant: by name, place, slice, mask or function, of an array or a data frame."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, ParameterError, ParameterTypeError

__all__ = ["column_names", "find_columns", "one_kind", "take_columns"]


def find_columns(key: Any, n_columns: int, names: list[str] | None) -> list[int]:
    """Return the places of the columns that ``key`` means, in its order.

    Parameters
    ----------
    key : int, str, slice, or array-like of int, str or bool
        Places may be negative; a slice of names includes its end; a mask has an entry a column.
    n_columns : int
    names : list of str, optional
        What the columns are called, if they have names.

    Raises
    ------
    ParameterError
        If there is no such column, or if names are asked of columns that have none.

    Examples
    --------
    >>> find_columns(["height", "age"], 3, ["age", "weight", "height"])
    [2, 0]
    >>> find_columns(slice("age", "weight"), 3, ["age", "weight", "height"])
    [0, 1]
    >>> find_columns([True, False, True], 3, None)
    [0, 2]
    """
    if isinstance(key, slice):
        ends = (key.start, key.stop)
        if any(isinstance(end, str) for end in ends):
            first, last = (None if end is None else _named(end, names) for end in ends)
            key = slice(first, None if last is None else last + 1, key.step)
        return list(range(n_columns))[key]
    keys = [key] if isinstance(key, str | int | np.integer) else list(cast("ArrayLike", key))
    if not keys:
        return []
    kind = one_kind(keys)
    if kind is str:
        return [_named(name, names) for name in keys]
    if kind is bool:
        if len(keys) != n_columns:
            raise ParameterError(
                f"The mask of columns has {len(keys)} entries, but X has {n_columns} columns."
            )
        return np.flatnonzero(keys).tolist()
    places = [int(place) for place in keys]
    beyond = [place for place in places if not -n_columns <= place < n_columns]
    if beyond:
        raise ParameterError(f"There is no column {beyond[0]}: X has {n_columns} columns.")
    return [place % n_columns for place in places]


def one_kind(keys: list[Any]) -> type:
    """Return whether keys of columns are all ``str``, all ``bool`` or all ``int``."""
    for kind, members in ((str, str), (bool, bool | np.bool_), (int, int | np.integer)):
        if all(isinstance(key, members) for key in keys):
            return kind
    raise ParameterTypeError(
        f"No valid specification of the columns: {keys!r}. Use a name, a place, a slice, a list "
        "of one kind of these, a mask, or a function of X that returns one of them."
    )


def column_names(X: Any) -> list[str] | None:
    """Return the names of a data frame's columns, if all of them are text."""
    columns = getattr(X, "columns", None)
    if columns is None or callable(columns):
        return None
    names = list(cast("list[Any]", columns))
    return names if all(isinstance(name, str) for name in names) else None


def take_columns(X: Any, places: list[int]) -> Any:
    """Return the columns at those places: of a data frame as one, else as an array."""
    if hasattr(X, "iloc"):
        return X.iloc[:, places]
    return as_table(X)[:, places]


def as_table(X: Any) -> NDArray[Any]:
    """Return what is no data frame as an array with two axes; numbers beside text stay numbers."""
    table = np.asarray(X)
    if table.dtype.kind in "US" and not hasattr(X, "dtype"):
        table = np.asarray(X, dtype=object)
    if table.ndim != 2:
        raise DataError(
            f"Expected 2-D X of shape (n_samples, n_features), got shape {table.shape}. "
            "Reshape your data."
        )
    return table


def _named(name: Any, names: list[str] | None) -> int:
    if names is None:
        raise ParameterError(
            f"Specifying the columns using strings is only supported for data frames: X has no "
            f"names, so {name!r} is not among them."
        )
    if name not in names:
        raise ParameterError(f"A given column is not a column of the dataframe: {name!r}.")
    return names.index(name)
