"""Which columns are meant: by name, place, slice, mask or function, of an array or a data frame."""

from __future__ import annotations

import re
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError, ParameterTypeError
from firsthand.scratch.validation import to_array

__all__ = ["find_columns", "make_column_selector", "take_columns"]


def find_columns(key: Any, n_columns: int, names: NDArray[Any] | None) -> list[int]:
    """Return the places of the columns that ``key`` means, in its order.

    Parameters
    ----------
    key : int, str, slice, or array-like of int, str or bool
        Places may be negative; a slice of names includes its end; a mask has an entry a column.
    n_columns : int
    names : ndarray of shape (n_columns,), of str, optional
        What the columns are called, if they have names.

    Raises
    ------
    ParameterError
        If there is no such column, or if names are asked of columns that have none.

    Examples
    --------
    >>> find_columns(["height", "age"], 3, np.array(["age", "weight", "height"]))
    [2, 0]
    >>> find_columns(slice("age", "weight"), 3, np.array(["age", "weight", "height"]))
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
    keys: list[Any] = (
        [key] if isinstance(key, str | int | np.integer) else list(cast("list[Any]", key))
    )
    if not keys:
        return []
    kind = _one_kind(keys)
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


def _one_kind(keys: list[Any]) -> type:
    """Return whether keys of columns are all ``str``, all ``bool`` or all ``int``."""
    for kind, members in ((str, str), (bool, bool | np.bool_), (int, int | np.integer)):
        if all(isinstance(key, members) for key in keys):
            return kind
    raise ParameterTypeError(
        f"No valid specification of the columns: {keys!r}. Use a name, a place, a slice, a list "
        "of one kind of these, a mask, or a function of X that returns one of them."
    )


def take_columns(X: Any, places: list[int]) -> Any:
    """Return the columns at those places: of a data frame as one, else as an array."""
    return X.iloc[:, places] if hasattr(X, "iloc") else to_array(X)[:, places]


def _named(name: Any, names: NDArray[Any] | None) -> int:
    if names is None:
        raise ParameterError(
            "Specifying the columns using strings is only supported for data frames, and X is "
            f"none that has names; there is no column {name!r}."
        )
    found = np.flatnonzero(names == name)
    if not len(found):
        raise ParameterError(
            f"A given column is not a column of the dataframe: {name!r} is not among "
            f"{', '.join(names)}."
        )
    return int(found[0])


class make_column_selector:  # noqa: N801  # scikit-learn's name; it is used like a function
    """Choose the columns of a data frame by their names and types.

    Parameters
    ----------
    pattern : str, optional
        A regular expression that is found in the name.
    dtype_include, dtype_exclude : dtype, str, or list of them, optional
        As in the data frame's ``select_dtypes``.

    Examples
    --------
    >>> make_column_selector("_cm$")
    make_column_selector(pattern='_cm$', dtype_include=None, dtype_exclude=None)
    """

    def __init__(
        self, pattern: str | None = None, *, dtype_include: Any = None, dtype_exclude: Any = None
    ) -> None:
        self.pattern = pattern
        self.dtype_include = dtype_include
        self.dtype_exclude = dtype_exclude

    def __call__(self, X: Any) -> list[str]:
        """Return the names of the columns that are meant."""
        if not hasattr(X, "select_dtypes"):
            raise ParameterTypeError(
                "make_column_selector can only be applied to pandas data frames, which know the "
                f"type of every column; X is a {type(X).__name__}."
            )
        if self.dtype_include is not None or self.dtype_exclude is not None:
            X = X.select_dtypes(include=self.dtype_include, exclude=self.dtype_exclude)
        names = [str(name) for name in X.columns]
        return [name for name in names if re.search(self.pattern or "", name)]

    def __repr__(self) -> str:
        """Show the call that makes it."""
        told = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"make_column_selector({told})"
