"""Run checks on an implementation and say, for each, what came of it."""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from types import ModuleType
from typing import Any

import numpy as np

from firsthand.study.checking import Check, Mismatch, OracleUnavailable, Recorder, recording
from firsthand.study.grading.implementation import (
    Implementation,
    Watched,
    careful,
    snapshot,
    watched,
)


@dataclass(frozen=True)
class Outcome:
    """What one check found: nothing amiss, a mismatch, or an error of the function under test.

    ``repeat`` and ``comparisons`` say where in the check it stopped. ``unavailable`` is the
    reason why the check could not ask its oracle at all. ``remark`` says what the mismatch
    itself does not know: that the values are right and only their order is not.
    """

    check: Check
    repeat: int
    comparisons: int
    calls: int
    worst_error: float
    mismatch: Mismatch | None = None
    error: BaseException | None = None
    unavailable: str = ""
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check ran to its end and compared something of the learner's."""
        return not self.failed and not self.unavailable

    @property
    def failed(self) -> bool:
        """Whether the check found something wrong."""
        return self.mismatch is not None or self.error is not None


def run_checks(
    checks: Sequence[Check], implementation: Implementation, reference: ModuleType
) -> Iterator[Outcome]:
    """Yield the outcome of every check, one after the other."""
    for check in checks:
        yield run_check(check, implementation, reference)


def run_check(check: Check, implementation: Implementation, reference: ModuleType) -> Outcome:
    """Run all repeats of one check, until one fails.

    Random cases depend on the check and the repeat alone, so that every implementation meets
    the same ones.
    """
    functions = watched(implementation)
    total = Recorder()
    calls = repeat = 0
    mismatch, error, unavailable = None, None, ""
    for repeat in range(check.repeats):
        name = f"{check.exercise} {check.name}".encode()
        rng = np.random.default_rng([zlib.crc32(name), repeat])
        asked = sum(f.calls for f in functions)
        with recording() as recorder:
            mismatch, error, unavailable = _once(check, implementation, reference, rng, functions)
        called = sum(f.calls for f in functions) - asked
        calls += called
        total.comparisons += recorder.comparisons
        total.worst_error = max(total.worst_error, recorder.worst_error)
        if not (mismatch or error or unavailable) and not (recorder.comparisons and called):
            mismatch = _proves_nothing(check, recorder)
        if mismatch or error or unavailable:
            break
    remark = _reordered(functions) if mismatch else ""
    return Outcome(
        check,
        repeat,
        total.comparisons,
        calls,
        total.worst_error,
        mismatch,
        error,
        unavailable,
        remark,
    )


def _once(
    check: Check,
    implementation: Implementation,
    reference: ModuleType,
    rng: np.random.Generator,
    functions: Sequence[Watched],
) -> tuple[Mismatch | None, BaseException | None, str]:
    more = {"reference": reference} if "reference" in _parameters(check) else {}
    try:
        check.function(implementation, rng, **more)
    except Mismatch as mismatch:
        return mismatch, None, ""
    except OracleUnavailable as reason:
        return None, None, str(reason)
    except Exception as error:
        if any(error is raised for f in functions for raised in f.raised):
            return None, error, ""
        return _explained(error, functions), None, ""
    return None, None, ""


def _explained(error: Exception, functions: Sequence[Watched]) -> Mismatch:
    """Return the mismatch behind a check that stumbled over what it was given.

    A check that unpacks two values from None raises a TypeError of its own; what the reference
    returns for the same arguments says what it should have been given.
    """
    for function in functions:
        if function.last is None:
            continue
        (args, kwargs), got = function.last
        case = function.named((args, kwargs))
        with careful():
            expected = function.reference(*snapshot(args), **snapshot(kwargs))
        if difference := structure_difference(got, expected):
            return Mismatch("type", "", got, expected, case, message=difference)
        return Mismatch("type", "", got, expected, case, message=f"it could not be used: {error}")
    raise error


def _reordered(functions: Sequence[Watched]) -> str:
    """Return that the last result holds the right values in another order, if it does."""
    for function in functions:
        if function.last is None or not isinstance(function.last[1], tuple | list):
            continue
        (args, kwargs), got = function.last
        try:
            with careful():
                expected = function.reference(*snapshot(args), **snapshot(kwargs))
            if isinstance(expected, tuple) and _permuted(got, expected):
                return "The values are right, but they are returned in another order."
        except Exception:  # what a check passed on from an earlier answer may be anything
            continue
    return ""


def _permuted(got: Sequence[Any], expected: Sequence[Any]) -> bool:
    if not 1 < len(got) == len(expected) < 6:
        return False
    same = [[_alike(g, e) for e in expected] for g in got]
    orders = permutations(range(len(got)))
    next(orders)  # the order in which they stand
    return any(all(same[i][j] for i, j in enumerate(order)) for order in orders)


def _alike(got: Any, expected: Any) -> bool:
    value, truth = np.asarray(got), np.asarray(expected)
    return value.shape == truth.shape and bool(np.allclose(value, truth, rtol=1e-6, atol=1e-12))


def structure_difference(got: Any, expected: Any, of: str = "the result") -> str:
    """Return how ``got`` is built otherwise than ``expected``, in words; empty if it is not."""
    if got is None and expected is not None:
        return f"{of} is None (a return is missing?), expected {structure(expected)}"
    if isinstance(expected, tuple | list):
        if not isinstance(got, tuple | list) or len(got) != len(expected):
            return f"{of} is {structure(got)}, expected {structure(expected)}"
        parts = (
            structure_difference(g, e, f"entry {i} of {of}")
            for i, (g, e) in enumerate(zip(got, expected, strict=True))
        )
        return next((part for part in parts if part), "")
    if isinstance(expected, np.ndarray | np.generic | float | int | bool):
        if not isinstance(got, np.ndarray | np.generic | float | int | bool):
            return f"{of} is {structure(got)}, expected {structure(expected)}"
        if np.shape(got) != np.shape(expected):
            return f"{of} has shape {np.shape(got)}, expected {np.shape(expected)}"
        return ""
    if isinstance(expected, dict) and isinstance(got, dict):
        missing = [repr(key) for key in expected if key not in got]
        return f"{of} lacks {', '.join(missing)}" if missing else ""
    return "" if type(got) is type(expected) else f"{of} is {structure(got)}"


def structure(value: Any) -> str:
    """Return in words how a value is built: "a tuple of 2", "an array of shape (3,)"."""
    match value:
        case None:
            return "None"
        case tuple() | list():
            return f"a {'list' if isinstance(value, list) else 'tuple'} of {len(value)}"
        case np.ndarray():
            return f"an array of shape {value.shape}"
        case bool() | np.bool_():
            return "a truth value"
        case int() | float() | complex() | np.number():
            return "a number"
        case str():
            return "text"
        case dict():
            return f"a dict of {len(value)}"
        case _:
            return f"a {type(value).__name__}"


def _parameters(check: Check) -> Sequence[str]:
    return list(inspect.signature(check.function).parameters)


def _proves_nothing(check: Check, recorder: Recorder) -> Mismatch:
    why = "compared nothing" if not recorder.comparisons else "did not call your function"
    message = f"the check {check.name} {why}, so it proves nothing; please report it"
    return Mismatch("property", "", None, "a comparison", {}, message=message)
