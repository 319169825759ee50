"""Transformers that learn nothing: what they do to a row, they know without having seen another."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.availability import available_if
from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.preprocessing.scaling import size_or_one
from firsthand.scratch.validation import (
    check_choice,
    check_flags,
    check_input_features,
    check_number,
    check_X,
    column_names,
    note_columns,
)

__all__ = ["Binarizer", "FunctionTransformer", "Normalizer"]

Array = NDArray[np.float64]
Change = Callable[..., Any]


def row_sizes(X: Array, norm: str = "l2") -> Array:
    """Return the length of every row: the sum of |x|, the root of the sum of x^2, or the max |x|.

    Examples
    --------
    >>> [row_sizes(np.array([[3.0, -4.0]]), norm).item() for norm in ("l1", "l2", "max")]
    [7.0, 5.0, 4.0]
    """
    if norm == "l2":
        return np.sqrt(np.einsum("ij,ij->i", X, X))
    return np.sum(np.abs(X), axis=1) if norm == "l1" else np.max(np.abs(X), axis=1)


class Normalizer(Transformer, Estimator):
    """Divide every row by its length, so that only its direction is left; a row of 0 stays.

    Parameters
    ----------
    norm : {"l1", "l2", "max"}
        How long a row is, as in ``row_sizes``.

    Examples
    --------
    >>> Normalizer().transform([[3.0, 4.0], [0.0, 0.0]]).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """

    requires_fit = False

    def __init__(self, norm: Literal["l1", "l2", "max"] = "l2") -> None:
        self.norm = norm

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Look at the parameter and the number of columns; nothing is learned."""
        check_choice("norm", self.norm, ("l1", "l2", "max"))
        check_X(self, X, fitting=True)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return every row over its length, of the shape of X."""
        matrix = check_X(self, X)
        return matrix / size_or_one(row_sizes(matrix, self.norm))[:, None]


class Binarizer(Transformer, Estimator):
    """Replace every value by 1 where it is above a threshold, else by 0.

    Parameters
    ----------
    threshold : float

    Examples
    --------
    >>> Binarizer(threshold=2.0).transform([[1.0, 2.0, 3.0]]).tolist()
    [[0.0, 0.0, 1.0]]
    """

    requires_fit = False

    def __init__(self, *, threshold: float = 0.0) -> None:
        self.threshold = threshold

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Look at the parameter and the number of columns; nothing is learned."""
        check_number("threshold", self.threshold)
        check_X(self, X, fitting=True)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return 1 where X is above the threshold, else 0; of the shape of X."""
        return (check_X(self, X) > self.threshold).astype(np.float64)


class FunctionTransformer(Transformer, Estimator):
    """Make a transformer of a function.

    Parameters
    ----------
    func, inverse_func : callable, optional
        What ``transform`` and ``inverse_transform`` return, of X; by default X itself.
    validate : bool
        Whether X is checked and made an array of numbers first; else it is passed as it came.
    check_inverse : bool
        Whether ``fit`` warns where ``inverse_func`` does not undo ``func``.
    feature_names_out : callable or "one-to-one", optional
        The names of the columns that come out: ``feature_names_out(self, input_features)``, or
        those that went in. Without it there is no ``get_feature_names_out``.
    kw_args, inv_kw_args : dict, optional
        Further arguments of ``func`` and ``inverse_func``.

    Examples
    --------
    >>> FunctionTransformer(np.log1p).transform(np.array([[0.0, 1.0]])).round(3).tolist()
    [[0.0, 0.693]]
    """

    requires_fit = False

    def __init__(
        self,
        func: Change | None = None,
        inverse_func: Change | None = None,
        *,
        validate: bool = False,
        check_inverse: bool = True,
        feature_names_out: Callable[..., Any] | Literal["one-to-one"] | None = None,
        kw_args: dict[str, Any] | None = None,
        inv_kw_args: dict[str, Any] | None = None,
    ) -> None:
        self.func = func
        self.inverse_func = inverse_func
        self.validate = validate
        self.check_inverse = check_inverse
        self.feature_names_out = feature_names_out
        self.kw_args = kw_args
        self.inv_kw_args = inv_kw_args

    def fit(self, X: Any, y: Any = None) -> Self:
        """Look at the number of columns, and whether the functions undo each other."""
        check_flags(self)
        if self.validate:
            X = check_X(self, X, fitting=True)
        elif np.ndim(X) == 2:
            note_columns(self, np.shape(X)[1], column_names(X))
        if self.check_inverse and self.func is not None and self.inverse_func is not None:
            self._warn(np.asarray(X))
        return self

    def transform(self, X: Any) -> Any:
        """Return func(X)."""
        X = check_X(self, X) if self.validate else X
        return X if self.func is None else self.func(X, **(self.kw_args or {}))

    def inverse_transform(self, X: Any) -> Any:
        """Return inverse_func(X)."""
        return X if self.inverse_func is None else self.inverse_func(X, **(self.inv_kw_args or {}))

    @available_if(lambda self: self.feature_names_out is not None)
    def get_feature_names_out(  # pyright: ignore[reportIncompatibleMethodOverride]  # not always there
        self, input_features: ArrayLike | None = None
    ) -> NDArray[Any]:
        """Return the names of the columns that come out, as ``feature_names_out`` says."""
        names = check_input_features(self, input_features)
        if callable(self.feature_names_out):
            return np.asarray(list(self.feature_names_out(self, names)), dtype=object)
        check_choice("feature_names_out", self.feature_names_out, ("one-to-one",))
        return names

    def __sklearn_tags__(self) -> Any:
        """Say that anything may come, unless it is to be checked."""
        tags = super().__sklearn_tags__()
        tags.no_validation = not self.validate
        tags.input_tags.sparse = not self.validate
        return tags

    def _warn(self, X: NDArray[Any]) -> None:
        some = X[:: max(1, len(X) // 100)]
        if some.dtype.kind in "biuf" and not np.allclose(
            self.inverse_transform(self.transform(some)), some, equal_nan=True
        ):
            warnings.warn(
                "The provided functions are not strictly inverse of each other. If you are sure "
                "you want to proceed regardless, set 'check_inverse=False'.",
                UserWarning,
                stacklevel=3,
            )
