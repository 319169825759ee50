"""What a model is constructed with: numbers in a range, choices, seeds."""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError

Array = NDArray[np.float64]


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


def check_sizes(**sizes: Any) -> None:
    """Refuse sizes, by their names, that are no whole numbers of at least 1.

    Raises
    ------
    ParameterError
        With the first such size and its value.
    """
    for name, size in sizes.items():
        check_number(name, size, at_least=1, whole=True)


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


def check_flags(model: Any, but: Sequence[str] = ()) -> None:
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
def _flags(model: type[Any]) -> tuple[str, ...]:
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
