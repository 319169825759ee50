"""The implementation under test, as a check sees it: the reference with some functions replaced.

The replaced function may be the learner's (a proxy to the player), a misconception's or a
mutant's. All three are watched alike, so that one can be recognised in another:

- overflow, division by zero and invalid operations are errors, not warnings;
- an argument that the reference leaves alone and the function changes is a mismatch;
- what it raised and what it returned last is remembered, to explain a check that stumbled.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from firsthand.study.checking import Mismatch

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def careful() -> np.errstate:
    """Return the floating-point rules under which every graded function runs."""
    return np.errstate(over="raise", divide="raise", invalid="raise", under="ignore")


class Watched:
    """A function under test, callable like the reference function it stands for."""

    def __init__(self, function: Callable[..., Any], reference: Callable[..., Any]) -> None:
        self.function = function
        self.reference = reference
        self.calls = 0
        self.raised: list[BaseException] = []
        self.last: tuple[Arguments, Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function under the rules above."""
        self.calls += 1
        before = snapshot(args), snapshot(kwargs)
        self.last = None
        try:
            with careful():
                result = self.function(*args, **kwargs)
        except Exception as error:
            self.raised.append(error)
            raise
        self.last = before, result
        self._require_unchanged(before, (args, kwargs))
        return result

    def named(self, arguments: Arguments) -> dict[str, Any]:
        """Return arguments by the names of the reference's parameters."""
        args, kwargs = arguments
        try:
            return dict(inspect.signature(self.reference).bind(*args, **kwargs).arguments)
        except (TypeError, ValueError):
            return {f"argument {i + 1}": value for i, value in enumerate(args)} | kwargs

    def _require_unchanged(self, before: Arguments, after: Arguments) -> None:
        old, new = self.named(before), self.named(after)
        changed = [name for name in new if not same_content(old[name], new[name])]
        if not changed:
            return
        trial = snapshot(before[0]), snapshot(before[1])
        with careful():
            self.reference(*trial[0], **trial[1])
        allowed = self.named(trial)
        for name in changed:
            if same_content(old[name], allowed[name]):
                message = f"{name} was changed in place; work on a copy, the caller still needs it"
                raise Mismatch("changed input", name, new[name], old[name], old, message=message)


class Implementation:
    """Every public name of the reference module, with ``replaced`` functions in place of ours."""

    def __init__(self, reference: ModuleType, replaced: Mapping[str, Callable[..., Any]]) -> None:
        self._reference = reference
        self._watched = {
            name: Watched(function, getattr(reference, name)) for name, function in replaced.items()
        }

    def __getattr__(self, name: str) -> Any:
        watched: dict[str, Watched] = self.__dict__["_watched"]
        return watched[name] if name in watched else getattr(self.__dict__["_reference"], name)


def watched(implementation: Implementation) -> tuple[Watched, ...]:
    """Return the replaced functions of an implementation."""
    found: dict[str, Watched] = vars(implementation)["_watched"]
    return tuple(found.values())


def snapshot(value: Any) -> Any:
    """Return a copy of plain data that later changes to ``value`` leave alone."""
    match value:
        case np.ndarray():
            return value.copy()
        case list() | tuple():
            return type(value)(snapshot(v) for v in value) if _plain(value) else value
        case dict():
            return {k: snapshot(v) for k, v in value.items()}
        case np.random.Generator():
            return copy.deepcopy(value)
        case _:
            return value


def same_content(before: Any, after: Any) -> bool:
    """Return whether plain data still holds what it held; random generators may move on."""
    match before:
        case np.ndarray():
            return (
                isinstance(after, np.ndarray)
                and before.shape == after.shape
                and before.dtype == after.dtype
                and bool(_equal_arrays(before, after))
            )
        case list() | tuple() if _plain(before):
            return len(before) == len(after) and all(map(same_content, before, after))
        case dict():
            return before.keys() == after.keys() and all(
                same_content(before[k], after[k]) for k in before
            )
        case _:
            return True


def _plain(value: list[Any] | tuple[Any, ...]) -> bool:
    return type(value) in (list, tuple)


def _equal_arrays(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
