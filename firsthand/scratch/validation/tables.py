"""X: one matrix of numbers, or columns that are each of their own kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, DataTypeError
from firsthand.scratch.validation.arrays import (
    NOT_COMPLEX,
    as_array,
    as_numbers,
    finite,
    refuse_shape,
    refuse_sparse,
    to_array,
    without_na,
)
from firsthand.scratch.validation.fitted import (
    check_fitted,
    check_names,
    check_width,
    column_names,
    note_columns,
)

if TYPE_CHECKING:
    from firsthand.scratch.base import Estimator

Array = NDArray[np.float64]


def check_X(model: Estimator, X: ArrayLike, *, fitting: bool = False) -> Array:
    """Return ``X`` as a finite float64 matrix of shape (n_samples, n_features).

    A model that ``allows_nan`` gets its missing values as NaN; infinity is always refused.
    With ``fitting``, the number and the names of the columns are noted on the model;
    otherwise the model must be fitted, and on the same columns.
    """
    if not fitting:
        check_fitted(model)
    names = column_names(X)
    if not fitting:
        check_names(model, names)
    matrix = as_matrix(model, X, names)
    if fitting:
        note_columns(model, matrix.shape[1], names)
    else:
        check_width(model, matrix.shape[1])
    return matrix


def check_table(model: Estimator, X: ArrayLike, *, fitting: bool = False) -> list[NDArray[Any]]:
    """Return the columns of ``X``, each of its own kind: numbers, text, or a mixture of objects.

    Each has shape (n_samples,). The columns of a data frame keep their types; an array has one
    type for all, and a list of rows that hold text becomes objects, so that its numbers stay
    numbers. Missing values, None and NaN, stay as they are (pandas' NA becomes NaN); infinity
    and complex numbers are refused. Columns are counted and compared as in :func:`check_X`.
    """
    if not fitting:
        check_fitted(model)
    names = column_names(X)
    if not fitting:
        check_names(model, names)
    columns = _columns(X, names)
    if fitting:
        note_columns(model, len(columns), names)
    else:
        check_width(model, len(columns))
    return columns


def to_matrix(model: Estimator, X: ArrayLike, n_columns: int | None = None) -> Array:
    """Return what ``inverse_transform`` is given: numbers, as many a row as ``transform`` gives.

    Those are ``n_columns``, or as many as ``fit`` saw.
    """
    check_fitted(model)
    matrix = as_matrix(model, X, None)
    expected = getattr(model, "n_features_in_", None) if n_columns is None else n_columns
    if matrix.shape[1] != (expected or matrix.shape[1]):
        raise DataError(
            f"X has {matrix.shape[1]} columns, but what {type(model).__name__} transforms to "
            f"has {expected}; pass all of them, in their order."
        )
    return matrix


def as_matrix(model: Estimator, X: Any, names: NDArray[Any] | None) -> Array:
    """Return X as float64 of shape (n_samples, n_features), finite if the model needs it so."""
    refuse_sparse(X, "X")
    matrix = as_numbers(as_array(X, "X"), "X")
    refuse_shape(matrix.shape)
    return finite(matrix, "X", names, allow_nan=model.allows_nan)


def _columns(X: Any, names: NDArray[Any] | None) -> list[NDArray[Any]]:
    if hasattr(X, "iloc"):  # a data frame, or one column of it
        refuse_shape(X.shape)
        columns = [without_na(np.asarray(X.iloc[:, j])) for j in range(X.shape[1])]
    else:
        columns = list(np.ascontiguousarray(to_array(X).T))
    for j, column in enumerate(columns):
        if column.dtype.kind == "c":
            raise DataTypeError(NOT_COMPLEX.format(name="X"))
        if column.dtype.kind == "f" and np.isinf(column).any():
            place = f"column {j}" if names is None else f"column {j} ({names[j]!r})"
            raise DataError(f"Input X contains infinity in {place}; replace it, or drop its rows.")
    return columns
