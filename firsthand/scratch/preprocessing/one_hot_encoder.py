"""One-hot encoding as an estimator: a column of zeros and ones for each category.

What it computes stands in ``encoding.py``. It takes numbers, text and objects, as arrays, lists of
rows or data frames; None and NaN are categories like any other.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.preprocessing.category_columns import (
    categorical,
    categories_of,
    codes_of,
    together,
)
from firsthand.scratch.preprocessing.encoding import Codes, codes, indicators, infrequent
from firsthand.scratch.validation import (
    check_choice,
    check_input_features,
    check_number,
    check_table,
    to_matrix,
)

__all__ = ["OneHotEncoder"]

Array = NDArray[np.float64]
INFREQUENT = "infrequent_sklearn"  # what scikit-learn calls the column that rare categories share


class _Block(NamedTuple):
    """How the categories of one feature become columns."""

    shown: NDArray[Any]  # what each column stands for
    place: Codes  # the column of each category, and of an unknown one last; -1 for none
    dropped: tuple[Any, ...]  # the category whose column was left out, if one was


class OneHotEncoder(Transformer, Estimator):
    """Give every category of every feature a column that is 1 where the category is, else 0.

    The result is dense; scikit-learn's is the same with ``sparse_output=False``.

    Parameters
    ----------
    categories : "auto", or a list of array-likes
        The categories of every feature; by default those that ``fit`` sees, sorted.
    drop : {None, "first", "if_binary"}, or array-like of shape (n_features,)
        Which category of every feature gets no column: none; the first; the first of features
        that have two; or these. The columns of a feature add to one, so one is superfluous.
    handle_unknown : {"error", "ignore", "infrequent_if_exist"}
        What ``transform`` does with a category that ``fit`` has not seen: refuse it, give it no 1
        anywhere, or count it among the infrequent ones (where a feature has any).
    min_frequency : int, float, or None
        Categories with fewer samples (if a float, with a smaller share) share one column.
    max_categories : int or None
        Most columns of a feature, the shared one included.

    Attributes
    ----------
    categories_ : list of ndarray
        The categories of every feature.
    drop_idx_ : ndarray of shape (n_features,), or None
        Which of them has no column; None where all have one.
    infrequent_categories_ : list of ndarray or None
        Those that share a column, for every feature.
    n_features_in_ : int

    Examples
    --------
    >>> encoder = OneHotEncoder().fit([["red", 1], ["blue", 2]])
    >>> encoder.transform([["red", 2]]).tolist()
    [[0.0, 1.0, 0.0, 1.0]]
    >>> encoder.get_feature_names_out().tolist()
    ['x0_blue', 'x0_red', 'x1_1', 'x1_2']
    """

    allows_nan = True

    def __init__(
        self,
        *,
        categories: Literal["auto"] | Sequence[ArrayLike] = "auto",
        drop: Literal["first", "if_binary"] | ArrayLike | None = None,
        handle_unknown: Literal["error", "ignore", "infrequent_if_exist"] = "error",
        min_frequency: float | None = None,
        max_categories: int | None = None,
    ) -> None:
        self.categories = categories
        self.drop = drop
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_categories = max_categories

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the categories of every column of ``X``, (n_samples, n_features).

        Raises
        ------
        DataError, ParameterError
            If a column mixes text and numbers, or a parameter does not suit the data.
        """
        self._check_parameters()
        columns = check_table(self, X, fitting=True)
        self.categories_ = categories_of(
            self, columns, self.categories, refuse=self.handle_unknown == "error"
        )
        rare = [np.zeros(len(known), bool) for known in self.categories_]
        if self.min_frequency is not None or self.max_categories is not None:
            for j, (column, known) in enumerate(zip(columns, self.categories_, strict=True)):
                found = codes(column, known)
                counts = np.bincount(found[found >= 0], minlength=len(known))
                rare[j] = infrequent(counts.tolist(), self.min_frequency, self.max_categories)
        self.infrequent_categories_ = [
            known[few] if few.any() else None
            for known, few in zip(self.categories_, rare, strict=True)
        ]
        self._blocks = self._place_columns(rare)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return the indicators, of shape (n_samples, number of columns shown)."""
        found = codes_of(self, X, refuse=self.handle_unknown == "error")
        lost = np.flatnonzero((found < 0).any(axis=0))
        if len(lost) and self.drop is not None:
            warnings.warn(
                f"Found unknown categories in columns {lost.tolist()} during transform. They are "
                "encoded as zeros, as the dropped category is.",
                UserWarning,
                stacklevel=2,
            )
        # unknown is -1, and so takes the last place
        places = [block.place[found[:, j]] for j, block in enumerate(self._blocks)]
        return indicators(np.column_stack(places), [len(block.shown) for block in self._blocks])

    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Return the categories, shape (n_samples, n_features); None where a row shows none.

        Rows of zeros are the dropped category, where there is one.
        """
        widths = [len(block.shown) for block in getattr(self, "_blocks", ())]
        parts = np.split(to_matrix(self, X, sum(widths)), np.cumsum(widths)[:-1], axis=1)
        columns: list[NDArray[Any]] = []
        for part, block in zip(parts, self._blocks, strict=True):
            none = ~part.any(axis=1)
            if none.any() and not block.dropped and self.handle_unknown == "error":
                raise DataError(
                    f"Samples {np.flatnonzero(none).tolist()} can not be inverted: they hold zeros "
                    "only, and no category was dropped."
                )
            shown = block.shown[part.argmax(axis=1)] if part.shape[1] else np.empty(len(part), "O")
            if none.any():
                value = block.dropped[0] if block.dropped else None
                kind = np.array([value]).dtype.kind
                shown = shown if kind == shown.dtype.kind != "U" else shown.astype(object)
                shown[none] = value
            columns.append(shown)
        return together(columns)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the name of every column: the feature's, an underscore, the category."""
        names = check_input_features(self, input_features)
        pairs = zip(names, self._blocks, strict=True)
        out = [f"{name}_{category}" for name, block in pairs for category in block.shown.tolist()]
        return np.array(out, dtype=object)

    def __sklearn_tags__(self) -> Any:
        """Say that columns of categories are welcome."""
        return categorical(super().__sklearn_tags__())

    def _place_columns(self, rare: list[NDArray[np.bool_]]) -> list[_Block]:
        """Return the columns of every feature, and note what was dropped."""
        dropped = [self._dropped(j, known) for j, known in enumerate(self.categories_)]
        blocks: list[_Block] = []
        drop_idx: list[int | None] = []
        for known, few, drop in zip(self.categories_, rare, dropped, strict=True):
            shown = known[~few]
            place = np.empty(len(known) + 1, np.intp)
            place[:-1] = np.where(few, len(shown), np.cumsum(~few) - 1)
            place[-1] = -1
            if few.any():
                shown = np.append(shown.astype(object), INFREQUENT)
                if self.handle_unknown == "infrequent_if_exist":
                    place[-1] = len(shown) - 1
            at = None
            if drop is not None and not (self._drops("if_binary") and len(shown) != 2):
                at = 0 if self._drops("first") or self._drops("if_binary") else int(place[drop])
            if at is None:
                blocks.append(_Block(shown, place, ()))
                drop_idx.append(None)
                continue
            drop_idx.append(int(np.flatnonzero(place == at)[0]))
            left = np.where(place == at, -1, place - (place > at))
            blocks.append(_Block(np.delete(shown, at), left, (shown.tolist()[at],)))
        self.drop_idx_ = None if self.drop is None else np.array(drop_idx, dtype=object)
        return blocks

    def _drops(self, which: str) -> bool:
        return isinstance(self.drop, str) and self.drop == which

    def _dropped(self, feature: int, known: NDArray[Any]) -> int | None:
        """Return which category of a feature ``drop`` names, if it names one."""
        if self.drop is None:
            return None
        if isinstance(self.drop, str):
            return 0
        wanted = np.asarray(self.drop, dtype=object)
        if wanted.shape != (len(self.categories_),):
            raise ParameterError(
                f"drop should have length equal to the number of features "
                f"({len(self.categories_)}), got {wanted.size}."
            )
        code = int(codes(wanted[[feature]], known.astype(object))[0])
        if code < 0:
            raise ParameterError(
                f"drop names {wanted[feature]!r} for feature {feature}, which is not among its "
                f"categories {known.tolist()}."
            )
        return code

    def _check_parameters(self) -> None:
        choices = ("error", "ignore", "infrequent_if_exist")
        check_choice("handle_unknown", self.handle_unknown, choices)
        if isinstance(self.drop, str):
            check_choice("drop", self.drop, ("first", "if_binary"))
        if self.max_categories is not None:
            check_number("max_categories", self.max_categories, at_least=1, whole=True)
        if isinstance(self.min_frequency, float):
            check_number("min_frequency", self.min_frequency, above=0, at_most=1)
        elif self.min_frequency is not None:
            check_number("min_frequency", self.min_frequency, at_least=1, whole=True)
