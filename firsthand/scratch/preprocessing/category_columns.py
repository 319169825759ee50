"""Columns of categories, as both encoders treat them: which there are, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.preprocessing.encoding import NUMERIC, Codes, categories, codes, is_nan
from firsthand.scratch.validation import check_choice, check_table


def categories_of(
    model: Estimator,
    columns: list[NDArray[Any]],
    given: Literal["auto"] | Sequence[ArrayLike],
    *,
    refuse: bool,
) -> list[NDArray[Any]]:
    """Return the categories of every column: those that are there, or those ``given``.

    With ``refuse``, no other than the given ones may be there.
    """
    if isinstance(given, str):
        check_choice("categories", given, ("auto",))
        return [categories(column) for column in columns]
    if not (isinstance(given, list | tuple) or (isinstance(given, np.ndarray) and given.ndim)):
        raise ParameterError(f"categories is {given!r}; use 'auto' or a list for every column.")
    if len(given) != len(columns):
        raise ParameterError(
            f"Shape mismatch: categories lists {len(given)} features, X has {len(columns)}."
        )
    lists: list[NDArray[Any]] = []
    for j, (values, column) in enumerate(zip(given, columns, strict=True)):
        known = np.asarray(values)
        numbers = known.dtype.kind in NUMERIC and column.dtype.kind in NUMERIC
        if not numbers:
            known = np.asarray(values, dtype=object)
        expected = categories(known)
        if len(expected) != len(known):
            raise ParameterError(
                f"In column {j}, the predefined categories contain duplicate elements: "
                f"{known.tolist()}."
            )
        if any(is_nan(value) for value in known.tolist()[:-1]):
            raise ParameterError(f"NaN should be the last of the categories of column {j}.")
        if numbers and not np.array_equal(known, expected, equal_nan=True):
            raise ParameterError(
                f"Unsorted categories are not supported for numbers; those of column {j} are "
                f"{known.tolist()}."
            )
        if refuse:
            _refuse_unknown(model, column, codes(column, known), j, "fit")
        lists.append(known)
    return lists


def codes_of(model: Estimator, X: ArrayLike, *, refuse: bool) -> Codes:
    """Return where the model's categories have every value of a table, -1 where it is unknown.

    With ``refuse``, no value may be unknown.
    """
    columns = check_table(model, X)
    lists: list[NDArray[Any]] = getattr(model, "categories_", [])
    found = np.empty((len(columns[0]), len(columns)), np.intp)
    for j, (column, known) in enumerate(zip(columns, lists, strict=True)):
        found[:, j] = codes(column, known)
        if refuse:
            _refuse_unknown(model, column, found[:, j], j, "transform")
    return found


def _refuse_unknown(
    model: Estimator, column: NDArray[Any], found: Codes, feature: int, when: str
) -> None:
    unknown = column[found < 0]
    if len(unknown):
        names = getattr(model, "feature_names_in_", None)
        told = "" if names is None else f" ({names[feature]!r})"
        raise DataError(
            f"Found unknown categories {categories(unknown).tolist()} in column {feature}{told} "
            f"during {when}; set handle_unknown, or clean the column."
        )


def together(columns: list[NDArray[Any]]) -> NDArray[Any]:
    """Return the columns as one array: of objects, unless all of them are numbers, or text."""
    kinds = {"n" if column.dtype.kind in NUMERIC else column.dtype.kind for column in columns}
    if len(kinds) > 1:
        columns = [column.astype(object) for column in columns]
    return np.stack(columns).T  # three times as fast as columns between columns


def categorical(tags: Any) -> Any:
    """Return the tags with the word that columns of categories are welcome."""
    tags.input_tags.categorical = True
    return tags
