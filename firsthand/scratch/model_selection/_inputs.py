"""Samples in whatever they come: counted, sliced, and turned into codes of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError

Indices = NDArray[np.intp]


def count_samples(X: Any) -> int:
    """Return the number of rows of an array, a table or a list."""
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape) == 0:
        raise DataTypeError(f"X is a single value, {X!r}; pass one row for each sample.")
    try:
        return int(shape[0]) if shape else len(X)
    except TypeError as error:
        raise DataTypeError(f"X is {X!r}, which has no samples to count.") from error


def same_samples(**columns: Any) -> int:
    """Return the number of samples, and refuse columns that have another; None is passed over."""
    counts = {name: count_samples(c) for name, c in columns.items() if c is not None}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise DataError(f"Found input variables with inconsistent numbers of samples: {told}.")
    return next(iter(counts.values()))


def sliceable(values: Any) -> Any:
    """Return what can be sliced by rows, as it is if it can: tables, lists, arrays, and None."""
    if hasattr(values, "tocsr"):  # sparse formats that hold columns, or single entries
        return values.tocsr()
    if values is None or hasattr(values, "iloc") or hasattr(values, "__getitem__"):
        return values
    return np.asarray(values)


def take(values: Any, rows: Indices) -> Any:
    """Return the rows of an array, a table, a list, or of None."""
    if values is None:
        return None
    if hasattr(values, "iloc"):
        return values.iloc[rows]
    if hasattr(values, "shape"):
        return values[rows]
    return [values[row] for row in rows]


def class_codes(y: Any, what: str = "y") -> tuple[NDArray[Any], Indices]:
    """Return the sorted classes, and each sample's class as an index into them."""
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError(f"{what} has shape {labels.shape}; pass one label for each sample.")
    if labels.dtype.kind == "f" and not np.equal(labels, np.floor(labels)).all():
        raise DataError(
            f"{what} is continuous; stratify by classes: use KFold for it, or sort it into bins."
        )
    try:
        return np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise DataTypeError(f"{what} mixes kinds that have no order; use one kind.") from error


def group_codes(groups: Any, splitter: str) -> tuple[NDArray[Any], Indices]:
    """Return the groups, and each sample's group as an index into them."""
    if groups is None:
        raise DataError(
            f"{splitter} keeps groups together, but groups is None; pass the group of each sample."
        )
    column = np.asarray(groups)
    if column.ndim != 1:
        raise DataError(f"groups has shape {column.shape}; pass one group for each sample.")
    return np.unique(column, return_inverse=True)


def has_classes(y: Any) -> bool:
    """Whether y is one label a sample: text, truth values, or whole numbers."""
    if y is None:
        return False
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or not labels.size:
        return False
    if labels.dtype == object:
        return isinstance(labels[0], str)
    whole = labels.dtype.kind != "f" or bool(np.equal(labels, np.floor(labels)).all())
    return whole and labels.dtype.kind in "iubUSf"
