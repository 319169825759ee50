"""Methods that a model has only sometimes: a pipeline predicts if its last step does.

    @available_if(lambda self: hasattr(self.model, "predict_proba"))
    def predict_proba(self, X): ...

``hasattr(pipeline, "predict_proba")`` then tells the truth, and so does all that asks it:
scikit-learn's scorers, searches and meta-estimators do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

__all__ = ["available_if"]

P = ParamSpec("P")
R = TypeVar("R")


class _Available(Generic[P, R]):
    """A method behind a condition: while that is false, there is no such attribute."""

    def __init__(
        self,
        method: Callable[Concatenate[Any, P], R],
        condition: Callable[[Any], bool],
        otherwise: str,
    ) -> None:
        self.method = method
        self.condition = condition
        self.otherwise = otherwise
        update_wrapper(cast("Any", self), method)

    def __get__(self, model: Any, owner: type[Any] | None = None) -> Callable[P, R]:
        if model is None:  # read from the class: the function itself
            return cast("Callable[P, R]", self.method)
        if not self.condition(model):
            raise AttributeError(
                f"This {type(model).__name__} has no {self.method.__name__!r}: {self.otherwise}"
            )
        return MethodType(self.method, model)


def available_if(
    condition: Callable[[Any], bool],
    otherwise: str = "the model inside that would do it has none.",
) -> Callable[[Callable[Concatenate[Any, P], R]], _Available[P, R]]:
    """Return a decorator: the method exists while ``condition(model)`` holds.

    ``otherwise`` ends the sentence that says why it does not.

    Examples
    --------
    >>> class Door:
    ...     locked = True
    ...
    ...     @available_if(lambda door: not door.locked)
    ...     def open(self):
    ...         return "open"
    >>> door = Door()
    >>> hasattr(door, "open")
    False
    >>> door.locked = False
    >>> door.open()
    'open'
    """
    return lambda method: _Available(method, condition, otherwise)
