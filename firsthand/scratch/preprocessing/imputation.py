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


def is_missing(values: NDArray[Any], missing: Any = np.nan) -> Mask:
    """Return where an array holds the value that stands for a missing one, in its shape.

    Examples
    --------
    >>> is_missing(np.array(["a", "?", "b"]), "?").tolist()
    [False, True, False]
    """
    if is_nan(missing):
        return np.not_equal(values, values).astype(bool)
    if values.dtype.kind in NUMERIC and not isinstance(missing, int | float | np.number):
        return np.zeros(values.shape, dtype=bool)  # text or None among numbers
    return np.equal(values, missing).astype(bool)


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
        table, mask = self._table(X, fitting=True)
        columns = np.ascontiguousarray(table.T)  # three times as fast to read one by one
        fills = [self._fill(c, lacks) for c, lacks in zip(columns, mask.T, strict=True)]
        numbers = all(isinstance(fill, int | float | np.number) for fill in fills)
        self.statistics_ = np.array(fills, dtype=np.float64 if numbers else object)
        lacking = np.flatnonzero(mask.any(axis=0))
        self.indicated_ = lacking if self.add_indicator else lacking[:0]
        return self

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Return X with its missing values filled in, and the indicators behind it."""
        table, mask = self._table(X, fitting=False)
        kept = self._kept()
        if not kept.all():
            warnings.warn(
                f"Skipping features without any observed values: {np.flatnonzero(~kept).tolist()}. "
                "At least one non-missing value is needed for imputation with "
                f"strategy={self.strategy!r}.",
                UserWarning,
                stacklevel=2,
            )
        fills, holes = self.statistics_, mask
        if not kept.all():
            table, holes, fills = table[:, kept], mask[:, kept], fills[kept]
        whole = table.dtype.kind in "iu" and fills.dtype != object and not (fills % 1).any()
        filled = table.astype(table.dtype if whole else np.result_type(table, fills))
        np.copyto(filled, fills, where=holes, casting="unsafe")
        if not len(self.indicated_):
            return filled
        return np.column_stack([filled, mask[:, self.indicated_].astype(np.float64)])

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

    def _table(self, X: ArrayLike, *, fitting: bool) -> tuple[NDArray[Any], Mask]:
        """Return X as one array, and where it lacks a value."""
        if self.strategy in ("mean", "median"):
            table: NDArray[Any] = check_X(self, X, fitting=fitting)
        else:
            columns = check_table(self, X, fitting=fitting)
            text = [column.dtype for column in columns if column.dtype.kind not in "iufO"]
            if text:
                raise DataTypeError(
                    f"SimpleImputer does not support data with dtype {text[0]}; pass numbers, or "
                    "objects: X.astype(object)."
                )
            table = together(columns)
            if not self.allows_nan and is_missing(table).any():
                j = int(np.flatnonzero(is_missing(table).any(axis=0))[0])
                raise DataError(f"Input X contains NaN in column {j}; fill it in first.")
        return table, is_missing(table, self.missing_values)

    def _fill(self, column: NDArray[Any], mask: Mask) -> Any:
        default = 0 if column.dtype.kind in NUMERIC else "missing_value"
        constant = default if self.fill_value is None else self.fill_value
        if mask.all():
            zero = constant if self.strategy == "constant" else 0
            return zero if self.keep_empty_features else np.nan
        return constant if self.strategy == "constant" else usual(column[~mask], self.strategy)

    def _kept(self) -> Mask:
        return ~is_missing(self.statistics_)
