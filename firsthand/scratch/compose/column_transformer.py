"""A column transformer treats different columns differently, and puts the results side by side.

X = [numbers | words | rest]   ->   [scale(numbers) | one_hot(words) | rest or nothing]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer, clone
from firsthand.scratch.compose.columns import find_columns, take_columns
from firsthand.scratch.compose.parts import (
    Named,
    as_columns,
    check_names,
    check_transformers,
    default_names,
    fitted_and_transformed,
    is_dropped,
    is_passed,
    joined_names,
    names_out,
    side_by_side,
    side_by_side_tags,
    within,
)
from firsthand.scratch.errors import DataError
from firsthand.scratch.validation import (
    check_fitted,
    check_input_features,
    check_width,
    column_names,
    note_columns,
    to_array,
)

__all__ = ["ColumnTransformer", "make_column_transformer"]


class ColumnTransformer(Transformer, Estimator):
    """Transformers side by side, each for columns of its own.

    ``fit`` fits clones, which stand in ``transformers_``. Of a data frame, columns are found
    again by name: they may come in another order, and those that nobody uses may be missing.

    Parameters
    ----------
    transformers : list of (str, model, columns)
        A model is a transformer, "drop" or "passthrough". Columns are a name, a place, a list of
        either, a slice, a mask, or a function of X that returns one of these. A single name or
        place, not in a list, hands over one column of shape (n_samples,).
    remainder : {"drop", "passthrough"} or model
        What happens to columns that no transformer takes.
    verbose_feature_names_out : bool
        Whether the name of its transformer and two underscores stand before every name.

    Attributes
    ----------
    transformers_ : list of (str, fitted model, columns)
        The remainder comes last, if there is one.
    named_transformers_ : dict
        The fitted models by name, as attributes, too.
    output_indices_ : dict of slice
        Which columns of the output a transformer made.
    n_features_in_ : int

    Examples
    --------
    >>> from firsthand.scratch.preprocessing import OneHotEncoder, StandardScaler
    >>> prepare = ColumnTransformer(
    ...     [("size", StandardScaler(), [0]), ("kind", OneHotEncoder(), [1])]
    ... )
    >>> prepare.fit_transform([[1.0, "cat"], [3.0, "dog"]]).tolist()
    [[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    >>> prepare.get_feature_names_out().tolist()
    ['size__x0', 'kind__x1_cat', 'kind__x1_dog']
    """

    parts = "transformers"

    def __init__(
        self,
        transformers: list[tuple[str, Any, Any]],
        *,
        remainder: Any = "drop",
        verbose_feature_names_out: bool = True,
    ) -> None:
        self.transformers = transformers
        self.remainder = remainder
        self.verbose_feature_names_out = verbose_feature_names_out

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit every transformer on its columns of X; ``y`` is handed to all.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,), optional

        Raises
        ------
        ParameterError
            If columns are not there, or a transformer is none. What goes wrong in a transformer
            is noted with its name.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> NDArray[Any]:
        """Fit, and return the columns that all transformers make, (n_samples, n_columns_out)."""
        check_names(self, self.transformers, 3)
        check_transformers([*self.transformers, ("remainder", self.remainder)])
        X = X if hasattr(X, "iloc") else to_array(X)
        tasks = self._assigned(X)

        def learn(model: Any, part: Any) -> Any:
            return fitted_and_transformed(model, part, y, **fit_params)

        used = [task for task in tasks if not task.is_idle]
        blocks = [self._block(X, task, learn) for task in used]
        self._tasks = tasks
        self.transformers_ = [(task.name, task.model, task.key) for task in tasks]
        self.output_indices_ = {name: slice(0, 0) for name, *_ in [("remainder",), *tasks]}
        stop = 0
        for task, block in zip(used, blocks, strict=True):
            start, stop = stop, stop + block.shape[1]
            self.output_indices_[task.name] = slice(start, stop)
        return side_by_side(blocks, X)

    def transform(self, X: Any) -> NDArray[Any]:
        """Return the columns that all transformers make, (n_samples, n_columns_out)."""
        check_fitted(self)
        X = X if hasattr(X, "iloc") else to_array(X)
        tasks = self._found_again(X)
        blocks = [self._block(X, task, lambda model, part: model.transform(part)) for task in tasks]
        return side_by_side(blocks, X)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out."""
        names = check_input_features(self, input_features)
        made = [
            (task.name, names_out(task.name, task.model, names[task.places]))
            for task in self._tasks
            if not task.is_idle
        ]
        return joined_names(made, prefixed=self.verbose_feature_names_out)

    @property
    def named_transformers_(self) -> Named:
        """The fitted transformers by name."""
        return Named({name: model for name, model, _ in self.transformers_})

    def __sklearn_tags__(self) -> Any:
        """Describe it to scikit-learn by what it is made of."""
        return side_by_side_tags(super().__sklearn_tags__(), self.transformers)

    def _assigned(self, X: Any) -> list[_Task]:
        """Return which transformer has which columns of X, a clone of each; the remainder last."""
        n_columns, names = X.shape[1], column_names(X)
        note_columns(self, n_columns, names)
        tasks: list[_Task] = []
        for name, model, key in self.transformers:
            chosen = key(X) if callable(key) else key
            with within(f"transformer {name!r}"):
                places = find_columns(chosen, n_columns, names)
            tasks.append(_Task(name, _copy(model), chosen, places))
        left = sorted(set(range(n_columns)).difference(*(task.places for task in tasks)))
        if left:
            tasks.append(_Task("remainder", _copy(self.remainder), left, left))
        return tasks

    def _found_again(self, X: Any) -> list[_Task]:
        """Return the tasks that make anything, with the places of their columns in another X."""
        names, fitted = column_names(X), getattr(self, "feature_names_in_", None)
        used = [task for task in self._tasks if not task.is_idle]
        if names is None or fitted is None:
            check_width(self, X.shape[1])
            return used
        missing = {str(name) for task in used for name in fitted[task.places]} - set(names)
        if missing:
            raise DataError(
                f"columns are missing: {', '.join(sorted(missing))}; fit saw them, and a "
                "transformer needs them."
            )
        return [
            task._replace(places=find_columns(list(fitted[task.places]), len(names), names))
            for task in used
        ]

    def _block(self, X: Any, task: _Task, work: Callable[[Any, Any], Any]) -> NDArray[Any]:
        """Return what one transformer makes of its columns."""
        part = take_columns(X, task.places)
        if isinstance(task.key, str | int | np.integer):  # one column by itself
            part = part.iloc[:, 0] if hasattr(part, "iloc") else part[:, 0]
        with within(f"transformer {task.name!r} of the columns {task.key!r}"):
            return as_columns(part if is_passed(task.model) else work(task.model, part))


class _Task(NamedTuple):
    """A transformer and its columns: as they were asked for, and where they are."""

    name: str
    model: Any
    key: Any
    places: list[int]

    @property
    def is_idle(self) -> bool:
        """Whether nothing comes of it."""
        return is_dropped(self.model) or not self.places


def _copy(model: Any) -> Any:
    return model if model is None or isinstance(model, str) else clone(model)


def make_column_transformer(
    *transformers: tuple[Any, Any],
    remainder: Any = "drop",
    verbose_feature_names_out: bool = True,
) -> ColumnTransformer:
    """Return a column transformer of pairs (model, columns), each named by its class.

    Examples
    --------
    >>> from firsthand.scratch.preprocessing import StandardScaler
    >>> make_column_transformer((StandardScaler(), [0, 1])).transformers
    [('standardscaler', StandardScaler(), [0, 1])]
    """
    names = default_names([model for model, _ in transformers])
    named = [(name, *pair) for name, pair in zip(names, transformers, strict=True)]
    return ColumnTransformer(
        named, remainder=remainder, verbose_feature_names_out=verbose_feature_names_out
    )
