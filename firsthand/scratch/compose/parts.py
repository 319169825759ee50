"""Lists of named models: what a pipeline, a union and a column transformer share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.base import Estimator
from firsthand.scratch.errors import DataError, ParameterError, ParameterTypeError

PASSTHROUGH, DROP = "passthrough", "drop"


class Named(dict[str, Any]):
    """Models by name, as items and as attributes.

    Examples
    --------
    >>> Named(scale=1).scale
    1
    """

    def __getattr__(self, name: str) -> Any:
        """Return the model of that name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no {name!r} among {', '.join(self)}") from None


def is_passed(step: Any) -> bool:
    """Return whether a step does nothing: "passthrough", or None."""
    return step is None or (isinstance(step, str) and step == PASSTHROUGH)


def is_dropped(step: Any) -> bool:
    """Return whether a step leaves its columns out."""
    return isinstance(step, str) and step == DROP


def check_names(model: Estimator, parts: Any, length: int) -> None:
    """Refuse what is no list of tuples (name, model, ...) with different names that can be set.

    Raises
    ------
    ParameterError
        If a name is used twice, is a parameter's, or holds two underscores.
    """
    kind, called = type(model).__name__, model.parts
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
        raise ParameterError(f"{kind}: {called} is {parts!r}; it has to be a list of named models.")
    for part in parts:
        whole = isinstance(part, tuple | list) and len(part) == length and isinstance(part[0], str)
        if not whole:
            raise ParameterError(
                f"{kind}: {called} holds {part!r}; each has to be a tuple of {length}, "
                "with a name first."
            )
    names = [part[0] for part in parts]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ParameterError(f"{kind}: Names provided are not unique: {', '.join(twice)}.")
    taken = [name for name in names if name in model.get_params(deep=False)]
    if taken:
        raise ParameterError(
            f"{kind}: Estimator names conflict with constructor arguments: {', '.join(taken)}."
        )
    broken = [name for name in names if "__" in name]
    if broken:
        raise ParameterError(
            f"{kind}: Estimator names must not contain __, which separates a name from a "
            f"parameter: {', '.join(broken)}."
        )


def check_transformers(parts: Iterable[Sequence[Any]]) -> None:
    """Refuse models that cannot transform, and words other than "drop" and "passthrough"."""
    for name, model, *_ in parts:
        if not (is_passed(model) or is_dropped(model) or transforms(model)):
            raise ParameterTypeError(
                "All estimators should implement fit and transform, or can be 'drop' or "
                f"'passthrough', but {name!r} is {model!r}."
            )


def transforms(model: Any) -> bool:
    """Return whether a model can be fitted and then transform."""
    return hasattr(model, "transform") and (
        hasattr(model, "fit") or hasattr(model, "fit_transform")
    )


@contextmanager
def within(what: str) -> Generator[None]:
    """Note on an exception where it happened: in which step, under which name."""
    try:
        yield
    except Exception as error:
        error.add_note(f"This happened in {what}.")
        raise


def fitted_and_transformed(step: Any, X: Any, y: Any = None, **fit_params: Any) -> Any:
    """Return X as the step transforms it after it was fitted on it."""
    if hasattr(step, "fit_transform"):
        return step.fit_transform(X, y, **fit_params)
    return step.fit(X, y, **fit_params).transform(X)


def as_columns(block: Any) -> NDArray[Any]:
    """Return what a transformer made as an array with two axes, dense where it was sparse."""
    dense = np.asarray(block.toarray() if hasattr(block, "toarray") else block)
    if dense.ndim != 2:
        raise DataError(
            f"The output of a transformer should be 2D, but it has shape {dense.shape}; give it "
            "its columns as a list."
        )
    return dense


def side_by_side(blocks: list[NDArray[Any]], X: Any) -> NDArray[Any]:
    """Return what was made of X as one array; where nothing was, one of no columns."""
    return np.hstack(blocks) if blocks else np.empty((len(X), 0))


def names_out(name: str, model: Any, names_in: NDArray[Any]) -> NDArray[Any]:
    """Return how the columns are called that a model makes; itself where it passes them on."""
    if is_passed(model):
        return names_in
    if not hasattr(model, "get_feature_names_out"):
        raise AttributeError(
            f"Transformer {name} (type {type(model).__name__}) does not provide "
            "get_feature_names_out."
        )
    return model.get_feature_names_out(names_in)


def joined_names(made: list[tuple[str, NDArray[Any]]], *, prefixed: bool) -> NDArray[Any]:
    """Return the names that several transformers gave, each after its transformer's if prefixed.

    Raises
    ------
    ParameterError
        If two columns would have the same name.
    """
    names = [f"{part}__{name}" if prefixed else name for part, inside in made for name in inside]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        shown = str(twice) if len(twice) < 6 else f"{str(twice[:5])[:-1]}, ...]"
        raise ParameterError(
            f"Output feature names: {shown} are not unique. Please set "
            "verbose_feature_names_out=True to add prefixes to feature names."
        )
    return np.array(names, dtype=object)


def default_names(models: Sequence[Any]) -> list[str]:
    """Return a name for each model: its class in small letters, numbered where it repeats.

    Examples
    --------
    >>> default_names([1, 2.0, 3])
    ['int-1', 'float', 'int-2']
    """
    names = [m if isinstance(m, str) else type(m).__name__.lower() for m in models]
    total, seen = Counter(names), Counter[str]()
    out: list[str] = []
    for name in names:
        seen[name] += 1
        out.append(f"{name}-{seen[name]}" if total[name] > 1 else name)
    return out


def is_fitted(model: Any) -> bool:
    """Return whether a model, ours or scikit-learn's, has been fitted."""
    if hasattr(model, "__sklearn_is_fitted__"):
        return bool(model.__sklearn_is_fitted__())
    return any(name.endswith("_") and not name.startswith("__") for name in vars(model))


def side_by_side_tags(tags: Any, parts: Iterable[Sequence[Any]]) -> Any:
    """Return the tags of models side by side: what every one of them takes, all together take."""
    inside = [part[1] for part in parts if not (is_passed(part[1]) or is_dropped(part[1]))]
    tags.input_tags.allow_nan = all(m.__sklearn_tags__().input_tags.allow_nan for m in inside)
    return tags
