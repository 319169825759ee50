"""What comes in is looked at once, here, so that the algorithms need not.

A model validates in two lines:

    def fit(self, X, y):
        X, y = check_X_y(self, X, y)              # or check_X_labels, for a classifier
        rng = check_random_state(self.random_state)

    def predict(self, X):
        X = check_X(self, X)                      # fitted? the same columns? finite?

Each error says what was wrong, what came, and what to do.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import (
    DataConversionWarning,
    DataError,
    DataTypeError,
    NotFittedError,
    ParameterError,
    in_both_families,
)

if TYPE_CHECKING:
    from firsthand.scratch.base import Estimator

__all__ = [
    "check_X",
    "check_X_labels",
    "check_X_y",
    "check_batch",
    "check_choice",
    "check_class_weight",
    "check_fitted",
    "check_flags",
    "check_input_features",
    "check_number",
    "check_numbers",
    "check_random_state",
    "check_sample_weight",
    "check_table",
    "check_target",
    "check_width",
    "column_names",
    "note_columns",
    "to_array",
    "to_matrix",
]

Array = NDArray[np.float64]

LARGEST = 1e150  # size of a value in X or y: 1e8 squares of it add up to less than 1.8e308


def check_fitted(model: Estimator) -> None:
    """Refuse to go on with a model that has not been fitted.

    Raises
    ------
    NotFittedError
        Which is scikit-learn's, too, where scikit-learn is loaded.
    """
    if not model.__sklearn_is_fitted__():
        raise _not_fitted(model)


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
        _same_names(model, names)
    matrix = _matrix(model, X, names)
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
        _same_names(model, names)
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
    matrix = _matrix(model, X, None)
    expected = getattr(model, "n_features_in_", None) if n_columns is None else n_columns
    if matrix.shape[1] != (expected or matrix.shape[1]):
        raise DataError(
            f"X has {matrix.shape[1]} columns, but what {type(model).__name__} transforms to "
            f"has {expected}; pass all of them, in their order."
        )
    return matrix


def check_input_features(model: Estimator, input_features: ArrayLike | None = None) -> NDArray[Any]:
    """Return the names of the columns that went in, as text in an array of objects.

    They are those that ``fit`` saw, else x0, x1, ...; ``input_features`` may name columns that
    had no name, but not name them otherwise.

    Raises
    ------
    NotFittedError, DataError
        If ``fit`` saw no columns, other names, or another number of them.
    """
    n_features: int | None = getattr(model, "n_features_in_", None)
    if n_features is None:
        raise _not_fitted(model)
    fitted: NDArray[Any] | None = getattr(model, "feature_names_in_", None)
    if input_features is None:
        return np.array([f"x{i}" for i in range(n_features)], object) if fitted is None else fitted
    names = np.asarray(input_features, dtype=object)
    if fitted is not None and not np.array_equal(names, fitted):
        raise DataError(
            "input_features is not equal to feature_names_in_, the names that fit saw; "
            "leave it out."
        )
    if len(names) != n_features:
        raise DataError(
            f"input_features should have length equal to number of features ({n_features}), "
            f"got {len(names)}."
        )
    return names


def check_X_y(model: Estimator, X: ArrayLike, y: ArrayLike | None) -> tuple[Array, Array]:
    """Return what a regressor fits: ``X`` and a finite float64 ``y`` of shape (n_samples,)."""
    names = column_names(X)
    matrix = _matrix(model, X, names)
    target = _finite(_numbers(_target(model, y, len(matrix)), "y"), "y")
    note_columns(model, matrix.shape[1], names)
    return matrix, target


def check_target(model: Estimator, y: ArrayLike | None) -> Array:
    """Return a regressor's ``y`` by itself: finite float64 of shape (n_samples,)."""
    return _finite(_numbers(_target(model, y, None), "y"), "y")


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
    matrix = _matrix(model, X, names)
    labels = _target(model, y, len(matrix))
    if labels.dtype.kind == "f":
        fractions = _finite(labels, "y") % 1 != 0
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


def check_sample_weight(sample_weight: ArrayLike | None, n_samples: int) -> Array:
    """Return one weight for each sample, all 1 where none are given.

    Raises
    ------
    DataError
        If they are not ``n_samples`` finite numbers, if one is negative, or if all are zero or
        next to it.
    """
    if sample_weight is None:
        return np.ones(n_samples)
    weights = _finite(_numbers(np.asarray(sample_weight), "sample_weight"), "sample_weight")
    if weights.shape != (n_samples,):
        raise DataError(
            f"sample_weight has shape {weights.shape}, but X has {n_samples} samples; "
            "pass one weight for each."
        )
    if (weights < 0).any():
        raise DataError(
            f"A sample weight is negative ({weights.min():.4g}); use 0 to leave it out."
        )
    if not weights.any():
        raise DataError("All sample weights are zero; at least one sample has to count.")
    if weights.max() < 1 / LARGEST:
        raise DataError(
            f"The largest sample weight is {weights.max():.3g}; below {1 / LARGEST:g} products of "
            "weights are zero. Multiply all of them by the same number."
        )
    return weights


def check_class_weight(
    class_weight: Any, classes: NDArray[Any], codes: NDArray[np.intp]
) -> Array | None:
    """Return the weight that each sample has by its class, or None if all count alike.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        Weights by label, 1 for those it leaves out; or n_samples / (n_classes n_k), with
        which the n_k samples of every class weigh the same together.
    classes : ndarray of shape (n_classes,)
    codes : ndarray of shape (n_samples,)
        ``classes[codes]`` is ``y``.

    Raises
    ------
    ParameterError
        If it is neither, if it names an unknown label, or if a weight is not positive.
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(codes, minlength=len(classes))
        return (len(codes) / (len(classes) * counts))[codes]
    if not isinstance(class_weight, dict):
        raise ParameterError(
            f"class_weight is {class_weight!r}; pass 'balanced', None, or a weight for each label."
        )
    given = cast("dict[Any, Any]", class_weight)
    labels = classes.tolist()
    unknown = [label for label in given if label not in labels]
    if unknown:
        raise ParameterError(f"class_weight names {unknown[0]!r}, which is no class of y.")
    for label, weight in given.items():
        check_number(f"class_weight[{label!r}]", weight, above=0)
    return np.array([float(given.get(label, 1.0)) for label in labels])[codes]


def check_random_state(random_state: Any) -> np.random.Generator:
    """Return a generator: from a seed, fresh from ``None``, or the one that was passed.

    Raises
    ------
    ParameterError
        If NumPy cannot seed a generator with it.
    """
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"random_state is {random_state!r}; pass a non-negative integer, None, "
            "or a numpy.random.Generator."
        ) from error


def check_number(
    name: str,
    value: Any,
    *,
    above: float = -np.inf,
    at_least: float = -np.inf,
    at_most: float = np.inf,
    whole: bool = False,
) -> None:
    """Refuse a parameter that is not a finite number in its range.

    Parameters
    ----------
    name : str
        What the parameter is called, for the message.
    above, at_least, at_most : float
        The range: ``above < value``, ``at_least <= value <= at_most``.
    whole : bool
        Whether it has to be an integer.

    Raises
    ------
    ParameterError
        With the range that is allowed and the value that came.
    """
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    is_finite = is_number and (isinstance(value, int) or math.isfinite(value))
    if not (is_finite and value > above and at_least <= value <= at_most):
        bounds = [
            f"{word} {bound:g}"
            for word, bound in (("above", above), ("at least", at_least), ("at most", at_most))
            if np.isfinite(bound)
        ]
        infinite = is_number and not is_finite and not np.isnan(value)
        what = "a whole number" if whole else "a finite number" if infinite else "a number"
        raise ParameterError(f"{name} is {value!r}; it has to be {what} {' and '.join(bounds)}.")


def check_numbers(name: str, values: Any, length: int | None = None) -> Array:
    """Return a parameter that holds finite numbers as an array of its own, of any shape.

    With ``length``, it has to be a row of so many.

    Raises
    ------
    ParameterError
        If it holds anything else.
    """
    try:
        numbers = np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name} is {values!r}; it has to hold numbers.") from error
    if length is not None and numbers.shape != (length,):
        raise ParameterError(f"{name} is {values!r}; it has to hold {length} numbers.")
    if not np.isfinite(numbers).all():
        raise ParameterError(f"{name} holds what is NaN or infinite; all have to be finite.")
    return numbers


def check_flags(model: Estimator, but: Sequence[str] = ()) -> None:
    """Refuse another value than True or False for a parameter whose default is one of them.

    Anything is true or false to Python, so ``bootstrap="no"`` would switch it on. Parameters
    that may be something else, too, are named in ``but``.

    Raises
    ------
    ParameterError
        With the first such parameter and its value.
    """
    for name in _flags(type(model)):
        value = getattr(model, name)
        if name not in but and not isinstance(value, bool | np.bool_):
            raise ParameterError(f"{name} is {value!r}; use True or False.")


@cache
def _flags(model: type[Estimator]) -> tuple[str, ...]:
    parameters = inspect.signature(model).parameters.values()
    return tuple(p.name for p in parameters if isinstance(p.default, bool))


def check_choice(name: str, value: Any, allowed: Sequence[Any]) -> None:
    """Refuse a parameter that is none of the ``allowed`` values.

    Raises
    ------
    ParameterError
        With the value that came and those that are allowed.
    """
    if not any(value is c or (isinstance(value, str) and value == c) for c in allowed):
        *others, last = [repr(choice) for choice in allowed]
        told = f"{', '.join(others)} or {last}" if others else last
        raise ParameterError(f"{name} is {value!r}; use {told}.")


def _not_fitted(model: Estimator) -> NotFittedError:
    error = in_both_families(NotFittedError)
    return error(f"This {type(model).__name__} is not fitted yet; call fit(X, y) first.")


def check_width(model: Estimator, n_columns: int) -> None:
    """Refuse another number of columns than ``fit`` saw, if it saw any."""
    fitted = getattr(model, "n_features_in_", n_columns)
    if n_columns != fitted:
        raise DataError(
            f"X has {n_columns} features, but {type(model).__name__} is expecting "
            f"{fitted} features as input, as it was fitted with; select the same columns."
        )


def _matrix(model: Estimator, X: Any, names: NDArray[Any] | None) -> Array:
    _refuse_sparse(X, "X")
    matrix = _numbers(_array(X, "X"), "X")
    _refuse_shape(matrix.shape)
    return _finite(matrix, "X", names, allow_nan=model.allows_nan)


def _refuse_shape(shape: tuple[int, ...]) -> None:
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
    _refuse_sparse(X, "X")
    table = _array(X, "X")
    if table.dtype.kind in "US" and not hasattr(X, "dtype"):
        table = np.asarray(X, dtype=object)
    _refuse_shape(table.shape)
    return table


def _columns(X: Any, names: NDArray[Any] | None) -> list[NDArray[Any]]:
    if hasattr(X, "iloc"):  # a data frame, or one column of it
        _refuse_shape(X.shape)
        columns = [_without_na(np.asarray(X.iloc[:, j])) for j in range(X.shape[1])]
    else:
        columns = list(np.ascontiguousarray(to_array(X).T))
    for j, column in enumerate(columns):
        if column.dtype.kind == "c":
            raise DataTypeError(_NOT_COMPLEX.format(name="X"))
        if column.dtype.kind == "f" and np.isinf(column).any():
            place = f"column {j}" if names is None else f"column {j} ({names[j]!r})"
            raise DataError(f"Input X contains infinity in {place}; replace it, or drop its rows.")
    return columns


def _without_na(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values with NaN in place of pandas' NA, which no comparison can hold."""
    if values.dtype != object:
        return values
    lacks = np.array([type(value).__name__ == "NAType" for value in values.flat], dtype=bool)
    return np.where(lacks.reshape(values.shape), np.nan, values) if lacks.any() else values


def _target(model: Estimator, y: Any, n_samples: int | None) -> NDArray[Any]:
    """Return ``y`` as one row of ``n_samples`` values (if told), of whatever kind they are."""
    if y is None:
        raise DataError(
            f"{type(model).__name__} requires y to be passed, but the target y is None."
        )
    _refuse_sparse(y, "y")
    target = _array(y, "y")
    if target.dtype.kind == "c":
        raise DataTypeError(_NOT_COMPLEX.format(name="y"))
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


_NOT_COMPLEX = "Complex data not supported: {name} is complex; pass its real part, or its modulus."


def _array(values: Any, name: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:  # rows of unequal length
        raise DataError(f"{name} is not a table: {error}") from error


def _numbers(values: NDArray[Any], name: str) -> Array:
    """Return float64, without a copy where it already is."""
    if values.dtype.kind == "c":
        raise DataTypeError(_NOT_COMPLEX.format(name=name))
    if values.dtype.kind in "mM":
        raise DataTypeError(f"{name} holds dates ({values.dtype}); turn them into numbers first.")
    if values.dtype.kind in "US" and values.size:  # though NumPy would read numbers in it
        raise DataError(
            f"{name} does not hold numbers, but text such as {values.flat[0].item()!r}; "
            "encode text as numbers first."
        )
    try:
        return _without_na(values).astype(np.float64, copy=False)
    except TypeError as error:
        raise DataTypeError(f"{name} does not hold numbers: {error}.") from error
    except ValueError as error:
        raise DataError(
            f"{name} does not hold numbers: {error}; encode text as numbers first."
        ) from error


def _finite(
    values: Array, name: str, names: NDArray[Any] | None = None, *, allow_nan: bool = False
) -> Array:
    """Refuse NaN, infinity and what is too large to square, and say where the first one is."""
    flat = values.ravel(order="K")
    with np.errstate(over="ignore", invalid="ignore"):
        if flat @ flat <= LARGEST**2:  # one pass without a copy; NaN and infinity fail it, too
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


def _refuse_sparse(values: Any, name: str) -> None:
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise DataTypeError(
            f"{name} is a sparse matrix, and sparse data is not supported; pass {name}.toarray()."
        )


def column_names(X: Any) -> NDArray[Any] | None:
    """Return the names of a table's columns, if all of them are text."""
    columns = getattr(X, "columns", None)
    if columns is None or callable(columns):
        return None
    names = list(cast("list[object]", columns))
    if not all(isinstance(name, str) for name in names):
        return None
    return np.array(names, dtype=object)


def note_columns(model: Estimator, n_columns: int, names: NDArray[Any] | None) -> None:
    """Keep on the model how many columns it was fitted on, and their names if they have any.

    It is what every ``fit`` does once, so the model's flags are looked at here, too.
    """
    check_flags(model)
    model.n_features_in_ = n_columns
    if names is not None:
        model.feature_names_in_ = names
    else:
        vars(model).pop("feature_names_in_", None)  # of an earlier fit


def _same_names(model: Estimator, names: NDArray[Any] | None) -> None:
    """Refuse a table whose columns are not those that ``fit`` saw, in that order."""
    fitted = getattr(model, "feature_names_in_", None)
    if names is None or fitted is None or np.array_equal(names, fitted):
        return
    told = "The feature names should match those that were passed during fit.\n"
    unseen = sorted(set(names) - set(fitted))
    missing = sorted(set(fitted) - set(names))
    if unseen:
        told += "Feature names unseen at fit time:\n" + _listed(unseen)
    if missing:
        told += "Feature names seen at fit time, yet now missing:\n" + _listed(missing)
    if not unseen and not missing:
        told += "Feature names must be in the same order as they were in fit.\n"
    raise DataError(told)


def _listed(names: list[str], most: int = 5) -> str:
    more = ["- ..."] if len(names) > most else []
    return "\n".join([*(f"- {name}" for name in names[:most]), *more]) + "\n"
