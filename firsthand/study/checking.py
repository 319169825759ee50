"""What the author of a check writes with.

A check is a function of the implementation under test::

    @check("logistic.gradient", oracle="finite differences")
    def is_the_slope_of_the_loss(impl, rng, reference): ...

``impl`` has every name of the reference module; the exercise's target is the learner's, the
rest is ours. ``rng`` is a ``numpy.random.Generator``; a check runs several times with
different ones. Ask for ``reference`` only where the check needs it as a tool. A check states
what must hold with :func:`close`, :func:`equal`, :func:`holds`, :func:`raises` or
:func:`unchanged`. An oracle that is a package comes from :func:`library`; where it is not
installed the check is not asked, and says so, instead of failing or passing. Arrays that come
back from ``impl`` are plain ``ndarray`` of the dtype the learner returned.

A misconception is a wrong version of a target that people really write, with the sentence
that helps them out of it. It is recognised by what it computes, never by how it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Relative to the largest entry of what was expected: float64 carries 16 digits, and honest
# algorithms in another order of operations lose up to six of them.
EXACT = 1e-10
NUMERICAL_SLOPE = 1e-6  # central differences: truncation h^2 against rounding eps / h


@dataclass(frozen=True)
class Check:
    """One graded test of an exercise."""

    exercise: str
    oracle: str
    function: Callable[..., None]
    repeats: int = 3

    @property
    def name(self) -> str:
        """The function's name, which says what must hold."""
        return self.function.__name__


@dataclass(frozen=True)
class Misconception:
    """A known wrong version of a target, with the sentence that explains it."""

    exercise: str
    explanation: str
    function: Callable[..., Any]

    @property
    def name(self) -> str:
        """The function's name, which says what was believed."""
        return self.function.__name__


def check(
    exercise: str, *, oracle: str, repeats: int = 3
) -> Callable[[Callable[..., None]], Check]:
    """Declare a check of ``exercise`` whose truth comes from ``oracle``."""
    return lambda function: Check(exercise, oracle, function, repeats)


def misconception(exercise: str, explanation: str) -> Callable[[Callable[..., Any]], Misconception]:
    """Declare a wrong version of the target of ``exercise`` and what to tell its author."""
    return lambda function: Misconception(exercise, explanation, function)


@dataclass
class Mismatch(Exception):  # noqa: N818 - it is what a check found, not an error of ours
    """What was computed differs from what is true.

    ``what`` is one of ``"type"``, ``"shape"``, ``"dtype"``, ``"value"``, ``"property"``,
    ``"no error"`` (it should have refused the input) and ``"changed input"``.
    """

    what: str
    of: str
    got: Any
    expected: Any
    case: dict[str, Any]
    tolerance: float = 0.0
    why_tolerance: str = ""
    message: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        return self.message or f"{self.of or 'the result'}: {self.what} differs"


class OracleUnavailable(Exception):  # noqa: N818 - it is a fact about this machine, not an error
    """The oracle that a check asks is not installed, so the check says nothing at all.

    Grading shows such a check as not asked. It counts neither as passed nor as failed, and an
    exercise of which no check was asked is not passed.
    """


def library(package: str) -> ModuleType:
    """Return an installed package to serve as oracle: ``torch = library("torch")``.

    Raises
    ------
    OracleUnavailable
        If it is not installed; the text says how to install it.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package.partition(".")[0]:
            raise  # it is installed, and broken: that is news
        name = error.name
        raise OracleUnavailable(f"{name} is not installed: pip install {name}") from error


@dataclass
class Recorder:
    """What a check established while it ran: how many comparisons, and how close they were."""

    comparisons: int = 0
    worst_error: float = 0.0
    errors: list[float] = field(default_factory=list[float])

    def agreed(self, error: float) -> None:
        """Note one comparison that held, with its relative error."""
        self.comparisons += 1
        self.errors.append(error)
        self.worst_error = max(self.worst_error, error)


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def recording() -> Generator[Recorder]:
    """Collect what the checks inside the block establish."""
    recorder = Recorder()
    token = _recorder.set(recorder)
    try:
        yield recorder
    finally:
        _recorder.reset(token)


def close(
    got: Any,
    expected: ArrayLike,
    *,
    case: Mapping[str, Any],
    of: str = "",
    rtol: float = EXACT,
    atol: float | None = None,
    why: str = "",
) -> None:
    """Require that ``got`` equals ``expected`` in shape, kind and value.

    The error is measured relative to the largest entry of ``expected``; ``atol`` defaults to
    ``rtol``, so that an expected zero may be off by rounding. ``case`` is what the learner is
    shown as the failing input, ``of`` names the quantity, and ``why`` the tolerance's reason.
    """
    truth = np.asarray(expected)
    _same_kind(got, truth, dict(case), of)
    value = np.asarray(got)
    if value.shape != truth.shape:
        message = f"{of or 'the result'} has shape {value.shape}, expected {truth.shape}"
        raise Mismatch("shape", of, got, expected, dict(case), message=message)
    error = relative_error(value, truth)
    scale = float(np.max(np.abs(truth), initial=0.0, where=np.isfinite(truth)))
    allowed = rtol * scale + (rtol if atol is None else atol)
    largest = error * (scale or 1.0)  # where all that is expected is zero, the error is absolute
    if not largest <= allowed and not np.array_equal(value, truth):
        raise Mismatch("value", of, got, expected, dict(case), rtol, why)
    _note(error)


def equal(got: Any, expected: Any, *, case: Mapping[str, Any], of: str = "") -> None:
    """Require exact equality: labels, counts, indices, shapes, booleans."""
    truth = np.asarray(expected)
    value = np.asarray(got)
    if value.shape != truth.shape:
        message = f"{of or 'the result'} has shape {value.shape}, expected {truth.shape}"
        raise Mismatch("shape", of, got, expected, dict(case), message=message)
    if not np.array_equal(value, truth):
        raise Mismatch("value", of, got, expected, dict(case))
    _note(0.0)


def holds(condition: bool | np.bool_, message: str, *, case: Mapping[str, Any], got: Any) -> None:
    """Require a property, said in ``message`` as what should have been true."""
    if not condition:
        raise Mismatch("property", "", got, message, dict(case), message=message)
    _note(0.0)


def unchanged(before: ArrayLike, after: ArrayLike, *, of: str, case: Mapping[str, Any]) -> None:
    """Require that an argument still holds what was passed in."""
    if not np.array_equal(np.asarray(before), np.asarray(after), equal_nan=True):
        message = f"{of} was changed in place; work on a copy, the caller still needs it"
        raise Mismatch("changed input", of, after, before, dict(case), message=message)
    _note(0.0)


@contextmanager
def raises(*errors: type[Exception], case: Mapping[str, Any], because: str) -> Generator[None]:
    """Require that the block refuses its input with one of ``errors``."""
    try:
        yield
    except errors:
        _note(0.0)
        return
    names = " or ".join(e.__name__ for e in errors)
    message = f"{because}: it should raise {names}"
    raise Mismatch("no error", "", None, names, dict(case), message=message)


def finite_difference(
    function: Callable[[Any], float], at: ArrayLike, step: float = 1e-5
) -> NDArray[np.float64]:
    """Return the gradient of a scalar ``function`` at ``at`` by central differences.

    (f(x + h) - f(x - h)) / 2h for every entry, in float64; the result has the shape of ``at``.
    """
    x = np.array(at, dtype=np.float64)
    slope = np.empty_like(x)
    for index in np.ndindex(x.shape):
        h = step * max(1.0, abs(x[index]))
        kept = x[index]
        x[index] = kept + h
        above = function(x.copy() if x.ndim else float(x))
        x[index] = kept - h
        below = function(x.copy() if x.ndim else float(x))
        x[index] = kept
        slope[index] = (above - below) / (2 * h)
    return slope


def relative_error(got: ArrayLike, expected: ArrayLike) -> float:
    """Return max |got - expected| / max |expected|, infinite where one side is not a number.

    Equal infinities agree; where everything expected is zero the error is absolute.
    """
    value, truth = np.asarray(got, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    differs = ~((value == truth) | (np.isnan(value) & np.isnan(truth)))
    if not differs.any():
        return 0.0
    if not (np.isfinite(value[differs]).all() and np.isfinite(truth[differs]).all()):
        return float("inf")
    scale = float(np.max(np.abs(truth), initial=0.0, where=np.isfinite(truth)))
    return float(np.max(np.abs(value[differs] - truth[differs]))) / (scale or 1.0)


def _same_kind(got: Any, truth: NDArray[Any], case: dict[str, Any], of: str) -> None:
    """Refuse None, text and objects where numbers are expected, and integers where reals are."""
    name = of or "the result"
    value = np.asarray(got) if not isinstance(got, (list, tuple, dict)) else None
    if got is None or value is None or value.dtype.kind not in "biuf":
        came = _came(got, value)
        message = f"{name} is {came}, expected " + ("an array" if truth.ndim else "a number")
        message += " of real numbers" if isinstance(got, np.ndarray) and truth.ndim else ""
        raise Mismatch("type", of, got, truth, case, message=message)
    if truth.dtype.kind == "f" and value.dtype.kind != "f" and truth.ndim:
        message = f"{name} has dtype {value.dtype}, expected {truth.dtype}"
        raise Mismatch("dtype", of, got, truth, case, message=message)


_CAME = {
    "NoneType": "None (a return is missing?)",
    "list": "a list (np.array makes an array of it)",
    "generator": "a generator (yield where return should be?)",
    "coroutine": "a coroutine (async def where def should be?)",
    "function": "a function (are the parentheses of a call missing?)",
    "method": "a method (are the parentheses of a call missing?)",
    "builtin_function_or_method": "a function (are the parentheses of a call missing?)",
}


def _came(got: Any, value: NDArray[Any] | None) -> str:
    """Return what came where numbers were expected, in words."""
    if isinstance(got, np.ndarray | np.generic) and value is not None:
        return f"an array of dtype {value.dtype}" if value.ndim else f"of dtype {value.dtype}"
    if isinstance(got, tuple):
        return f"a tuple of {len(got)}"
    name = type(got).__name__
    return _CAME.get(name, f"of type {name}")


def _note(error: float) -> None:
    recorder = _recorder.get()
    if recorder is not None:
        recorder.agreed(error)
