"""What a model has seen: is it fitted, and on which columns?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, NotFittedError, in_both_families
from firsthand.scratch.validation.parameters import check_flags

if TYPE_CHECKING:
    from firsthand.scratch.base import Estimator


def check_fitted(model: Estimator) -> None:
    """Refuse to go on with a model that has not been fitted.

    Raises
    ------
    NotFittedError
        Which is scikit-learn's, too, where scikit-learn is loaded.
    """
    if not model.__sklearn_is_fitted__():
        raise not_fitted(model)


def not_fitted(model: Estimator) -> NotFittedError:
    """Return the error that says so, in both families where scikit-learn is loaded."""
    error = in_both_families(NotFittedError)
    return error(f"This {type(model).__name__} is not fitted yet; call fit(X, y) first.")


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


def check_width(model: Estimator, n_columns: int) -> None:
    """Refuse another number of columns than ``fit`` saw, if it saw any."""
    fitted = getattr(model, "n_features_in_", n_columns)
    if n_columns != fitted:
        raise DataError(
            f"X has {n_columns} features, but {type(model).__name__} is expecting "
            f"{fitted} features as input, as it was fitted with; select the same columns."
        )


def check_names(model: Estimator, names: NDArray[Any] | None) -> None:
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
        raise not_fitted(model)
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
