"""y beside X: numbers for a regressor, labels for a classifier, a batch of either."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import (
    DataConversionWarning,
    DataError,
    DataTypeError,
    in_both_families,
)
from firsthand.scratch.validation.arrays import (
    NOT_COMPLEX,
    as_array,
    as_numbers,
    finite,
    refuse_sparse,
)
from firsthand.scratch.validation.fitted import column_names, note_columns
from firsthand.scratch.validation.tables import as_matrix, check_X

if TYPE_CHECKING:
    from firsthand.scratch.base import Estimator

Array = NDArray[np.float64]


def check_X_y(model: Estimator, X: ArrayLike, y: ArrayLike | None) -> tuple[Array, Array]:
    """Return what a regressor fits: ``X`` and a finite float64 ``y`` of shape (n_samples,)."""
    names = column_names(X)
    matrix = as_matrix(model, X, names)
    target = finite(as_numbers(_target(model, y, len(matrix)), "y"), "y")
    note_columns(model, matrix.shape[1], names)
    return matrix, target


def check_target(model: Estimator, y: ArrayLike | None) -> Array:
    """Return a regressor's ``y`` by itself: finite float64 of shape (n_samples,)."""
    return finite(as_numbers(_target(model, y, None), "y"), "y")


def check_X_labels(
    model: Estimator, X: ArrayLike, y: ArrayLike | None
) -> tuple[Array, NDArray[Any], NDArray[np.intp]]:
    """Return what a classifier fits: ``X``, the sorted classes, and each sample's class.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features)
    classes : ndarray of shape (n_classes,)
        At least two labels, of the kind that came: numbers or text.
    codes : ndarray of shape (n_samples,)
        ``classes[codes]`` is ``y``.
    """
    names = column_names(X)
    matrix = as_matrix(model, X, names)
    labels = _target(model, y, len(matrix))
    if labels.dtype.kind == "f":
        fractions = finite(labels, "y") % 1 != 0
        if fractions.any():
            raise DataError(
                "Unknown label type: y is continuous, it holds "
                f"{labels[fractions][0]:.4g}; a classifier needs a few whole numbers or texts."
            )
    try:
        classes, codes = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise DataTypeError(
            "Unknown label type: y mixes kinds that have no order, such as text and numbers "
            "or None; use one kind."
        ) from error
    if len(classes) < 2:
        raise DataError(
            f"y holds 1 class only, {classes.tolist()[0]!r}; a classifier needs at least two."
        )
    note_columns(model, matrix.shape[1], names)
    return matrix, classes, codes


def check_batch(
    model: Estimator, X: ArrayLike, y: ArrayLike | None, classes: ArrayLike | None
) -> tuple[Array, NDArray[Any], NDArray[np.intp]]:
    """Return what ``partial_fit`` of a classifier is given, as :func:`check_X_labels` does.

    A batch need not hold every class, so ``classes`` names them all at the first call. Later
    calls may leave it out, and their columns have to be those of the first.

    Raises
    ------
    DataError
        If the classes are not named, are not those of the first call, or do not hold a label.
    """
    known: NDArray[Any] | None = getattr(model, "classes_", None)
    every = known if classes is None else np.unique(np.asarray(classes))
    if every is None:
        raise DataError("classes must be passed on the first call to partial_fit.")
    if known is not None and not np.array_equal(known, every):
        raise DataError(
            f"classes={classes!r} is not the same as on the first call to partial_fit, "
            f"which was {known.tolist()}; leave it out in later calls."
        )
    matrix = check_X(model, X, fitting=known is None)
    labels = _target(model, y, len(matrix))
    try:
        codes = np.searchsorted(every, labels).clip(max=len(every) - 1)
        unknown = labels[every[codes] != labels]
    except TypeError as error:
        raise DataTypeError(
            "y and classes are of kinds that cannot be compared; use one kind for both."
        ) from error
    if len(unknown):
        raise DataError(
            f"y holds {unknown[:1].tolist()[0]!r}, which is none of the classes that were "
            f"named, {every.tolist()}; name all of them at the first call to partial_fit."
        )
    return matrix, every, codes


def _target(model: Estimator, y: Any, n_samples: int | None) -> NDArray[Any]:
    """Return ``y`` as one row of ``n_samples`` values (if told), of whatever kind they are."""
    if y is None:
        raise DataError(
            f"{type(model).__name__} requires y to be passed, but the target y is None."
        )
    refuse_sparse(y, "y")
    target = as_array(y, "y")
    if target.dtype.kind == "c":
        raise DataTypeError(NOT_COMPLEX.format(name="y"))
    if target.ndim == 2 and target.shape[1] == 1:
        warnings.warn(
            "A column-vector y was passed when a 1d array was expected; "
            f"it has shape {target.shape}, and y.ravel() has ({len(target)},).",
            in_both_families(DataConversionWarning),
            stacklevel=4,
        )
        target = target.ravel()
    if target.ndim != 1:
        raise DataError(f"y should be a 1d array, got an array of shape {target.shape}.")
    if n_samples is not None and len(target) != n_samples:
        raise DataError(
            f"X has {n_samples} samples, but y has {len(target)}; pass one target for each."
        )
    return target
