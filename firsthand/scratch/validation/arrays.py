"""What comes as an array: its kind, its shape, and that its numbers are finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError

Array = NDArray[np.float64]

LARGEST = 1e150  # size of a value in X or y: 1e8 squares of it add up to less than 1.8e308
PIECE = 1 << 12
NOT_COMPLEX = "Complex data not supported: {name} is complex; pass its real part, or its modulus."


def as_array(values: Any, name: str) -> NDArray[Any]:
    """Return an array of whatever kind the values are; rows of unequal length are refused."""
    try:
        return np.asarray(values)
    except ValueError as error:  # rows of unequal length
        raise DataError(f"{name} is not a table: {error}") from error


def as_numbers(values: NDArray[Any], name: str) -> Array:
    """Return float64, without a copy where it already is."""
    if values.dtype.kind == "c":
        raise DataTypeError(NOT_COMPLEX.format(name=name))
    if values.dtype.kind in "mM":
        raise DataTypeError(f"{name} holds dates ({values.dtype}); turn them into numbers first.")
    if values.dtype.kind in "US" and values.size:  # though NumPy would read numbers in it
        raise DataError(
            f"{name} does not hold numbers, but text such as {values.flat[0].item()!r}; "
            "encode text as numbers first."
        )
    try:
        return without_na(values).astype(np.float64, copy=False)
    except TypeError as error:
        raise DataTypeError(f"{name} does not hold numbers: {error}.") from error
    except ValueError as error:
        raise DataError(
            f"{name} does not hold numbers: {error}; encode text as numbers first."
        ) from error


def sum_of_squares(values: Array) -> float:
    """Return the sum of squares of a row of numbers, in pieces that stay on one thread.

    A longer product wakes BLAS's other threads, which then spin for milliseconds and take the
    time from whatever comes next. It takes 0.1 ms for 1e6 numbers, and no copy.
    """
    n_whole = len(values) // PIECE * PIECE
    pieces, rest = values[:n_whole].reshape(-1, PIECE), values[n_whole:]
    return float(np.vecdot(pieces, pieces).sum() + rest @ rest)


def without_na(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values with NaN in place of pandas' NA, which no comparison can hold."""
    if values.dtype != object:
        return values
    lacks = np.array([type(value).__name__ == "NAType" for value in values.flat], dtype=bool)
    return np.where(lacks.reshape(values.shape), np.nan, values) if lacks.any() else values


def finite(
    values: Array, name: str, names: NDArray[Any] | None = None, *, allow_nan: bool = False
) -> Array:
    """Refuse NaN, infinity and what is too large to square, and say where the first one is."""
    flat = values.ravel(order="K")
    with np.errstate(over="ignore", invalid="ignore"):
        if sum_of_squares(flat) <= LARGEST**2:  # one pass; NaN and infinity fail it, too
            return values
    bad = np.argwhere(np.isinf(values) if allow_nan else ~np.isfinite(values))
    if len(bad) == 0:
        largest = np.fmax.reduce(np.abs(values), axis=None)
        if largest <= LARGEST or np.isnan(largest):
            return values
        raise DataError(
            f"Input {name} holds a value of size {largest:.3g}; sums of squares beyond "
            f"{LARGEST:g} are no numbers any more, so rescale it, or drop its row."
        )
    first = bad[0].tolist()
    what = "NaN" if np.isnan(values[tuple(first)]) else "infinity"
    place = ", column ".join(map(str, first))
    if names is not None:
        place += f" ({names[first[1]]!r})"
    raise DataError(
        f"Input {name} contains {what} at row {place}, {len(bad)} value(s) in all that are "
        "NaN or infinite; fill them in or drop their rows."
    )


def refuse_sparse(values: Any, name: str) -> None:
    """Refuse SciPy's sparse matrices and arrays, known by what they have, not by their class."""
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise DataTypeError(
            f"{name} is a sparse matrix, and sparse data is not supported; pass {name}.toarray()."
        )


def refuse_shape(shape: tuple[int, ...]) -> None:
    """Refuse what is no table, and a table with nothing in it."""
    if len(shape) != 2:
        raise DataError(
            f"Expected 2-D X of shape (n_samples, n_features), got shape {shape}. "
            "Reshape your data: X.reshape(-1, 1) if it is one feature, "
            "X.reshape(1, -1) if it is one sample."
        )
    for count, what in zip(shape, ("sample", "feature"), strict=True):
        if count == 0:
            raise DataError(
                f"Found array with 0 {what}(s) (shape={shape}) while a minimum of 1 is required."
            )


def to_array(X: Any) -> NDArray[Any]:
    """Return a table that is no data frame as an array with two axes.

    Rows of text and numbers become objects: NumPy would make text of the numbers.
    """
    refuse_sparse(X, "X")
    table = as_array(X, "X")
    if table.dtype.kind in "US" and not hasattr(X, "dtype"):
        table = np.asarray(X, dtype=object)
    refuse_shape(table.shape)
    return table
