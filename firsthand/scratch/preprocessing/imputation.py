"""Imputation: missing values are filled in with what the column usually holds.

It learns one number a column and knows nothing of the others: the mean keeps the mean and shrinks
the variance. A further column can tell where a value was missing, for that may mean something.
"""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.preprocessing.category_columns import together
from firsthand.scratch.preprocessing.encoding import NUMERIC, is_nan, tallies
from firsthand.scratch.validation import (
    check_choice,
    check_fitted,
    check_input_features,
    check_table,
    check_X,
    to_matrix,
)

__all__ = ["SimpleImputer"]

Mask = NDArray[np.bool_]
Strategy = Literal["mean", "median", "most_frequent", "constant"]


def is_missing(column: NDArray[Any], missing: Any = np.nan) -> Mask:
    """Return where a column holds the value that stands for a missing one, shape (n_samples,).

    Examples
    --------
    >>> is_missing(np.array(["a", "?", "b"]), "?").tolist()
    [False, True, False]
    """
    if is_nan(missing):
        return np.array(column != column, dtype=bool)
    if missing is None:
        return np.array([value is None for value in column], dtype=bool)
    return np.array(column == missing, dtype=bool) & np.ones(len(column), bool)


def most_frequent(values: NDArray[Any]) -> Any:
    """Return the commonest value, the first in order of equally common ones.

    Examples
    --------
    >>> most_frequent(np.array([3.0, 1.0, 1.0, 3.0]))
    1.0
    """
    counts = tallies(values)
    return max(counts, key=lambda value: counts[value])


def usual(values: NDArray[Any], strategy: str) -> Any:
    """Return what stands in for a missing value, of those that are there (one at least)."""
    if strategy == "most_frequent":
        return most_frequent(values)
    return float(np.mean(values) if strategy == "mean" else np.median(values))


class SimpleImputer(Transformer, Estimator):
    """Fill in missing values: with the mean, the median, the commonest value, or a constant.

    Columns without any value are left out, with a warning, unless ``keep_empty_features``.

    Parameters
    ----------
    missing_values : float, str, NaN or None
        What stands for a missing value.
    strategy : {"mean", "median", "most_frequent", "constant"}
        The last two work on text and objects, too.
    fill_value : any, optional
        The constant; by default 0, or "missing_value" where a column is not of numbers.
    add_indicator : bool
        Whether to add a column for every feature that lacked values in ``fit``: 1 where it does.
    keep_empty_features : bool
        Whether a column without any value stays, filled with 0 or ``fill_value``.

    Attributes
    ----------
    statistics_ : ndarray of shape (n_features,)
        What each column is filled with; NaN where it is left out.
    indicated_ : ndarray of shape (n_indicated,)
        The features that an indicator was added for; empty without ``add_indicator``.
    n_features_in_ : int

    Examples
    --------
    >>> imputer = SimpleImputer(add_indicator=True)
    >>> imputer.fit_transform([[1.0, 5.0], [np.nan, 6.0], [3.0, 7.0]]).tolist()
    [[1.0, 5.0, 0.0], [2.0, 6.0, 1.0], [3.0, 7.0, 0.0]]
    """

    def __init__(
        self,
        *,
        missing_values: Any = np.nan,
        strategy: Strategy = "mean",
        fill_value: Any = None,
        add_indicator: bool = False,
        keep_empty_features: bool = False,
    ) -> None:
        self.missing_values = missing_values
        self.strategy = strategy
        self.fill_value = fill_value
        self.add_indicator = add_indicator
        self.keep_empty_features = keep_empty_features

    @property
    def allows_nan(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]  # a parameter decides
        """Whether NaN is a value like any other: where it is the one that is missing."""
        return is_nan(self.missing_values)

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn what to fill every column of ``X``, (n_samples, n_features), with."""
        check_choice("strategy", self.strategy, ("mean", "median", "most_frequent", "constant"))
        columns, masks = self._columns(X, fitting=True)
        fills = [self._fill(c, mask) for c, mask in zip(columns, masks, strict=True)]
        numbers = all(isinstance(fill, int | float | np.number) for fill in fills)
        self.statistics_ = np.array(fills, dtype=np.float64 if numbers else object)
        lacking = [j for j, mask in enumerate(masks) if mask.any()]
        self.indicated_ = np.array(lacking if self.add_indicator else [], dtype=np.intp)
        return self

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Return X with its missing values filled in, and the indicators behind it."""
        columns, masks = self._columns(X, fitting=False)
        empty = np.flatnonzero(~self._kept())
        if len(empty):
            warnings.warn(
                f"Skipping features without any observed values: {empty.tolist()}. At least one "
                f"non-missing value is needed for imputation with strategy={self.strategy!r}.",
                UserWarning,
                stacklevel=2,
            )
        filled = [
            _filled(column, mask, self.statistics_[j])
            for j, (column, mask) in enumerate(zip(columns, masks, strict=True))
            if self._kept()[j]
        ]
        filled += [masks[j].astype(np.float64) for j in self.indicated_]
        return together(filled) if filled else np.empty((len(columns[0]), 0))

    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Put missing values back where the indicators say; what was not indicated stays filled.

        Raises
        ------
        ParameterError
            Without ``add_indicator``.
        """
        if not self.add_indicator:
            raise ParameterError(
                "'inverse_transform' works only when 'SimpleImputer' is instantiated with "
                "'add_indicator=True'."
            )
        check_fitted(self)
        kept = np.flatnonzero(self._kept())
        matrix = to_matrix(self, X, len(kept) + len(self.indicated_))
        out = np.full((len(matrix), self.n_features_in_), self.missing_values)
        out[:, kept] = matrix[:, : len(kept)]
        for j, shown in zip(self.indicated_, matrix[:, len(kept) :].T, strict=True):
            out[shown != 0, j] = self.missing_values
        return out

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns, and "missingindicator_" with that of each indicated."""
        names = check_input_features(self, input_features)
        shown = [f"missingindicator_{name}" for name in names[self.indicated_]]
        return np.array([*names[self._kept()], *shown], dtype=object)

    def _columns(self, X: ArrayLike, *, fitting: bool) -> tuple[list[NDArray[Any]], list[Mask]]:
        """Return the columns, and where each lacks a value."""
        if self.strategy in ("mean", "median"):
            columns = list(np.ascontiguousarray(check_X(self, X, fitting=fitting).T))
        else:
            columns = check_table(self, X, fitting=fitting)
            for j, column in enumerate(columns):
                if column.dtype.kind not in "iufO":
                    raise DataTypeError(
                        f"SimpleImputer does not support data with dtype {column.dtype}, as column "
                        f"{j} has; pass numbers, or objects: X.astype(object)."
                    )
                if not self.allows_nan and is_missing(column).any():
                    raise DataError(f"Input X contains NaN in column {j}; fill it in first.")
        return columns, [is_missing(column, self.missing_values) for column in columns]

    def _fill(self, column: NDArray[Any], mask: Mask) -> Any:
        default = 0 if column.dtype.kind in NUMERIC else "missing_value"
        constant = default if self.fill_value is None else self.fill_value
        if mask.all():
            zero = constant if self.strategy == "constant" else 0
            return zero if self.keep_empty_features else np.nan
        return constant if self.strategy == "constant" else usual(column[~mask], self.strategy)

    def _kept(self) -> Mask:
        return ~is_missing(self.statistics_)


def _filled(column: NDArray[Any], mask: Mask, value: Any) -> NDArray[Any]:
    """Return a copy of the column with the value where it lacks one."""
    fits = isinstance(value, int | float | np.number) and column.dtype.kind in "fO"
    whole = column.dtype.kind in "iu" and float(value) == int(value)
    out = column.astype(column.dtype if fits or whole or column.dtype == object else np.float64)
    out[mask] = value
    return out
