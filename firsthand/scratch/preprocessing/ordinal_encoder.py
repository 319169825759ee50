"""Ordinal encoding as an estimator: a category becomes its position among the categories.

What it computes stands in ``encoding.py``. It takes numbers, text and objects, as arrays, lists of
rows or data frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.errors import DataError, ParameterError, ParameterTypeError
from firsthand.scratch.preprocessing.category_columns import (
    categorical,
    categories_of,
    codes_of,
    together,
)
from firsthand.scratch.preprocessing.encoding import is_nan
from firsthand.scratch.validation import check_choice, check_number, check_table, to_matrix

__all__ = ["OrdinalEncoder"]

Array = NDArray[np.float64]


class OrdinalEncoder(Transformer, Estimator):
    """Replace every category by its position among the sorted categories of its feature.

    Parameters
    ----------
    categories : "auto", or a list of array-likes
        The categories of every feature, in their order; by default those seen, sorted.
    handle_unknown : {"error", "use_encoded_value"}
        Whether ``transform`` refuses a category that ``fit`` has not seen, or writes
        ``unknown_value``.
    unknown_value : int, NaN or None
        Must not be the position of a category.
    encoded_missing_value : int or NaN
        What NaN becomes. (None is a category like any other.)

    Attributes
    ----------
    categories_ : list of ndarray
    n_features_in_ : int

    Examples
    --------
    >>> encoder = OrdinalEncoder(categories=[["small", "large"]]).fit([["large"], ["small"]])
    >>> encoder.transform([["small"], ["large"]]).tolist()
    [[0.0], [1.0]]
    """

    allows_nan = True

    def __init__(
        self,
        *,
        categories: Literal["auto"] | Sequence[ArrayLike] = "auto",
        handle_unknown: Literal["error", "use_encoded_value"] = "error",
        unknown_value: float | None = None,
        encoded_missing_value: float = np.nan,
    ) -> None:
        self.categories = categories
        self.handle_unknown = handle_unknown
        self.unknown_value = unknown_value
        self.encoded_missing_value = encoded_missing_value

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the categories of every column of ``X``, (n_samples, n_features).

        Raises
        ------
        DataError, ParameterError
            If a column mixes text and numbers, or a parameter does not suit the data.
        """
        check_choice("handle_unknown", self.handle_unknown, ("error", "use_encoded_value"))
        if (self.handle_unknown == "error") != (self.unknown_value is None):
            raise ParameterTypeError(
                f"unknown_value is {self.unknown_value!r} and handle_unknown "
                f"{self.handle_unknown!r}; set unknown_value just where handle_unknown is "
                "'use_encoded_value'."
            )
        if self.unknown_value is not None and not is_nan(self.unknown_value):
            check_number("unknown_value", self.unknown_value, whole=True)
        columns = check_table(self, X, fitting=True)
        self.categories_ = categories_of(
            self, columns, self.categories, refuse=self.handle_unknown == "error"
        )
        for j, known in enumerate(self.categories_):
            missing = bool(len(known)) and is_nan(known[-1])
            self._refuse_taken("unknown_value", j, len(known) - missing)
            if missing:
                self._refuse_taken("encoded_missing_value", j, len(known) - 1)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return the positions, of the shape of X."""
        found = codes_of(self, X, refuse=self.handle_unknown == "error")
        out = found.astype(np.float64)
        for j, known in enumerate(self.categories_):
            if is_nan(known[-1]):
                out[found[:, j] == len(known) - 1, j] = self.encoded_missing_value
        if self.unknown_value is not None:
            out[found < 0] = self.unknown_value
        return out

    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Return the categories at the positions X, None where it holds ``unknown_value``."""
        matrix = to_matrix(self, X)
        columns: list[NDArray[Any]] = []
        for position, known in zip(matrix.T, self.categories_, strict=True):
            at = position.copy()
            if is_nan(known[-1]):
                at[_equal(position, self.encoded_missing_value)] = len(known) - 1
            unknown = np.zeros(len(at), bool)
            if self.unknown_value is not None:
                unknown = _equal(position, self.unknown_value)
                at[unknown] = 0
            bad = ~((at >= 0) & (at < len(known)))
            if bad.any():
                raise DataError(
                    f"X holds {position[bad][0]:g} in column {len(columns)}, which is the position "
                    f"of none of its {len(known)} categories."
                )
            values = known[at.astype(np.intp)]
            if unknown.any():
                values = values.astype(object)
                values[unknown] = None
            columns.append(values)
        return together(columns)

    def __sklearn_tags__(self) -> Any:
        """Say that columns of categories are welcome."""
        return categorical(super().__sklearn_tags__())

    def _refuse_taken(self, name: str, feature: int, n_positions: int) -> None:
        value = getattr(self, name)
        if value is not None and 0 <= value < n_positions:
            raise ParameterError(
                f"{name} is {value!r}, which is already used: feature {feature} has the positions "
                f"0 to {n_positions - 1}."
            )


def _equal(values: Array, value: float) -> NDArray[np.bool_]:
    return np.isnan(values) if is_nan(value) else values == value
