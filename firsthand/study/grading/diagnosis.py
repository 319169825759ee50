"""Say in a few words how what was computed differs from what is true, and show both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.study.checking import Mismatch, relative_error
from firsthand.study.verdict import Case, Shown

SAME = 1e-6  # relative: what counts as the same number when a pattern is looked for
EXPLAINED = ("value", "shape")  # elsewhere the kind of mismatch says it all
RUNGS = ((1e-7, "right"), (1e-4, "nearly"), (1e-2, "suspicious"))

Numbers = NDArray[Any]


def rung(error: float) -> str:
    """Return the step of the error ladder that a relative error reaches."""
    return next((name for bound, name in RUNGS if error <= bound), "wrong")


def case_of(mismatch: Mismatch, check: str, parameters: tuple[str, ...]) -> Case:
    """Return a mismatch as a verdict shows it; ``parameters`` are those of the target."""
    got, expected = mismatch.got, mismatch.expected
    if isinstance(got, np.ndarray) and isinstance(expected, list) and mismatch.what == "value":
        expected = np.asarray(expected)  # shown alike
    both = comparable(got, expected)
    numbers = mismatch.what in ("value", "property")  # else it is not their size that differs
    alike = both and both[0].shape == both[1].shape
    error = _error(*both) if both and alike and numbers else None
    digits = _digits(got, expected) if numbers else 4
    return Case(
        check=check,
        inputs=tuple((k, shown(v)) for k, v in _inputs(mismatch.case, parameters)),
        quantity=mismatch.of,
        got=shown(got, digits),
        expected=Shown(expected) if isinstance(expected, str) else shown(expected, digits),
        error=error,
        tolerance=mismatch.tolerance,
        why_tolerance=mismatch.why_tolerance,
        pattern=pattern(got, expected, mismatch.case) if mismatch.what in EXPLAINED else "",
        message=str(mismatch),
    )


def comparable(got: Any, expected: Any) -> tuple[Numbers, Numbers] | None:
    """Return both sides as arrays of numbers, or None where one is something else."""
    sides: list[Numbers] = []
    for side in (got, expected):
        if side is None or isinstance(side, str | dict | set):
            return None
        try:
            array = np.asarray(side)
        except (ValueError, MemoryError):  # rows of different lengths
            return None
        if array.dtype.kind not in "biuf":
            return None
        sides.append(array.astype(np.float64))
    return sides[0], sides[1]


def pattern(got: Any, expected: Any, case: Mapping[str, Any]) -> str:
    """Return how two results differ where that is simple; empty where it is not."""
    both = comparable(got, expected)
    if both is None:
        return ""
    value, truth = both
    if value.shape != truth.shape:
        with np.errstate(all="ignore"):
            return _shapes(value, truth)
    if not value.size:
        return ""
    if not np.isfinite(value).all():
        return _not_numbers(value)
    if not np.isfinite(truth).all():
        return ""
    if _close(value, truth):
        return _digits_agree(got, expected, _error(value, truth))
    with np.errstate(all="ignore"):  # what came back may be of any size
        if _close(value, truth):
            return ""
        return next(filter(None, (look(value, truth, case) for look in _LOOKS)), "")


def shown(value: Any, digits: int = 4) -> Shown:
    """Return a value as a person reads it."""
    whole = _shown(value, digits)
    return whole if len(whole.text) <= 2000 else replace(whole, text=whole.text[:2000] + " ...")


def _shown(value: Any, digits: int) -> Shown:
    match value:
        case np.ndarray():
            return Shown(_array_text(value, digits), value.shape, str(value.dtype))
        case str():
            return Shown(repr(value[:200]))
        case int() if value.bit_length() > 200:
            return Shown(f"an integer of {value.bit_length()} bits")
        case bool() | np.bool_() | int() | None:
            return Shown(str(value))
        case float() | np.floating():
            return Shown(f"{value:.{digits}g}", (), str(np.asarray(value).dtype))
        case tuple() | list() if len(value) <= 4:
            inner = ", ".join(shown(v, digits).text for v in value)
            return Shown(f"({inner})" if isinstance(value, tuple) else f"[{inner}]")
        case tuple() | list():
            return Shown(
                f"{', '.join(shown(v, digits).text for v in value[:3])}, ... ({len(value)})"
            )
        case _:
            return Shown(repr(value)[:200])


def _inputs(case: Mapping[str, Any], parameters: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield what the learner's function was given; an author may have passed all his locals."""
    only = set(parameters) if "impl" in case else set(case)
    odd = (ModuleType, np.random.Generator)
    names = [n for n in parameters if n in case] + [n for n in case if n not in parameters]
    for name in names[:12]:
        value = case[name]
        if name in only and not isinstance(value, odd) and not callable(value):
            yield name, value


def _array_text(value: Numbers, digits: int) -> str:
    value = value.ravel() if value.ndim > 3 else value  # every axis would show six entries
    if value.dtype.kind not in "fc":
        return np.array2string(value, threshold=24, edgeitems=3, max_line_width=88)
    return np.array2string(
        value,
        threshold=24,
        edgeitems=3,
        max_line_width=88,
        formatter={"float_kind": lambda number: f"{number:.{digits}g}"},
    )


def _digits(got: Any, expected: Any) -> int:
    """Return how many digits it takes to see the difference."""
    both = comparable(got, expected)
    if both is None or both[0].shape != both[1].shape:
        return 4
    error = _error(*both)
    return 4 if not 0 < error < 1e-3 else min(17, int(2 - np.log10(error)) + 1)


def _close(a: Numbers, b: Numbers) -> bool:
    scale = float(np.max(np.abs(b), initial=0.0))
    return bool(np.max(np.abs(a - b), initial=0.0) <= SAME * (scale or 1.0))


def _error(value: Numbers, truth: Numbers) -> float:
    with np.errstate(all="ignore"):
        return relative_error(value, truth)


def _shapes(value: Numbers, truth: Numbers) -> str:
    if value.ndim == 2 and truth.ndim == 2 and value.T.shape == truth.shape:
        return "transposed" if _close(value.T, truth) else "its axes are swapped"
    if value.size == truth.size and value.squeeze().shape == truth.squeeze().shape:
        more = "an axis of length 1 too many" if value.ndim > truth.ndim else "an axis is missing"
        return more if value.ndim != truth.ndim else ""
    if truth.ndim == 1 and value.shape == truth.shape * 2:
        return "a column and a row were broadcast against each other"
    if value.ndim == 0:
        return "it was summed or averaged over every axis"
    if truth.ndim == 0:
        return "a single number is expected: a sum or a mean of these"
    return ""


def _not_numbers(value: Numbers) -> str:
    which = "nan" if np.isnan(value).any() else "inf"
    count = int((~np.isfinite(value)).sum())
    return f"{which} where a number belongs" + (
        f", in {count} of {value.size} entries" if value.size > 1 else ""
    )


def _digits_agree(got: Any, expected: Any, error: float) -> str:
    """Say how far two results agree that are the same at first sight."""
    if not error:
        return ""
    types = [getattr(side, "dtype", np.dtype(np.float64)) for side in (got, expected)]
    if types == [np.float32, np.float64]:
        return "it was computed in float32, which keeps 7 digits; use float64"
    return f"it agrees to {int(-np.log10(error))} digits and no further"


def _zeros(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    return "" if value.any() else ("zero" if value.ndim == 0 else "all zeros")


def _multiple(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    if not truth.any():
        return ""
    k = float((value * truth).sum() / (truth * truth).sum())
    if not 1e-6 < abs(k) < 1e6 or not _close(value, k * truth) or abs(k - 1) <= SAME:
        return ""
    if abs(k + 1) <= SAME:
        return "the sign is opposite"
    opposite = ", and of opposite sign" if k < 0 else ""
    size = abs(k) if abs(k) > 1 else 1 / abs(k)
    whole = abs(size - round(size)) <= 1e-5 * size
    number = str(round(size)) if whole else f"{size:.4g}"
    which = "large" if abs(k) > 1 else "small"
    return f"{number} times too {which}{opposite}{_named(round(size), case) if whole else ''}"


def _named(number: int, case: Mapping[str, Any]) -> str:
    """Return where the number is met among the inputs: how many rows or columns one has."""
    if number < 2:
        return ""
    for name, value in case.items():
        if isinstance(value, np.ndarray) and value.ndim and number in value.shape:
            if value.ndim == 1:
                return f" ({name} has {number} entries)"
            axis = value.shape.index(number)
            what = ("rows", "columns")[axis] if value.ndim == 2 else f"entries along axis {axis}"
            return f" ({name} has {number} {what})"
        if type(value) is int and value == number:
            return f" ({name} is {number})"
    return ""


def _offset(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    gap = value - truth
    if value.size < 2 or not _close(gap, np.full_like(gap, gap.flat[0])):
        return ""
    return f"{abs(gap.flat[0]):.4g} too {'large' if gap.flat[0] > 0 else 'small'} everywhere"


def _one_minus(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    return "one minus what is expected" if _close(value, 1 - truth) else ""


def _transposed(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    square = value.ndim == 2 and value.shape[0] == value.shape[1]
    return "transposed" if square and _close(value.T, truth) else ""


def _signs(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    return "some signs are opposite" if _close(np.abs(value), np.abs(truth)) else ""


def _order(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    if value.size < 2:
        return ""
    if _close(value[::-1], truth):
        return "in reverse order"
    same = _close(np.sort(value, axis=None), np.sort(truth, axis=None))
    return "the right numbers in another order" if same else ""


def _powers(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    if _close(value, truth * truth):
        return "the square of what is expected"
    if _close(value * value, truth) and (value >= 0).all():
        return "the square root of what is expected"
    return ""


def _few(value: Numbers, truth: Numbers, case: Mapping[str, Any]) -> str:
    scale = float(np.max(np.abs(truth), initial=0.0)) or 1.0
    wrong = np.argwhere(np.abs(value - truth) > SAME * scale)
    if value.size < 2 or not len(wrong):
        return ""
    if len(wrong) == 1:
        return f"entry {wrong[0].tolist()} alone differs"
    if value.ndim == 2 and value.shape[0] > 2:
        for axis, name in ((0, "row"), (1, "column")):
            if value.shape[axis] > 1 and len(set(wrong[:, axis].tolist())) == 1:
                return f"{name} {wrong[0, axis]} alone differs"
    if len(wrong) <= value.size / 2:
        return f"{len(wrong)} of {value.size} entries differ"
    return ""


_LOOKS: tuple[Callable[[Numbers, Numbers, Mapping[str, Any]], str], ...] = (
    *(_zeros, _multiple, _offset, _one_minus, _transposed, _signs, _order, _powers, _few),
)
