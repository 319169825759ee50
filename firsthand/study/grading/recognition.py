"""Recognise a misconception by what it computes where the learner's code failed.

The failed check is run again on each misconception, with the same random cases. Who stops at
the same comparison with the same value believes the same thing, however it is written.
Where that value says little (an exception, a truth value, zeros), every other check must
agree as well; where several fit, the one that fits the most checks is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from firsthand.study.checking import Misconception
from firsthand.study.grading.implementation import Implementation
from firsthand.study.grading.running import Outcome, run_check

SAME = 1e-6  # relative: two writings of one formula differ by rounding, two formulas by more


def recognise(
    outcomes: Sequence[Outcome],
    misconceptions: Sequence[Misconception],
    target: str,
    reference: ModuleType,
) -> Misconception | None:
    """Return the misconception that fails as ``outcomes`` did, or None where none does.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What each check of the exercise found; at least one failed.
    misconceptions : sequence of Misconception
        Those of the exercise.
    target : str
        The exercise's function in ``reference``.
    """
    first = next(outcome for outcome in outcomes if outcome.failed)
    others = [o for o in outcomes if o is not first and not o.unavailable]
    best: tuple[int, Misconception] | None = None
    for candidate in misconceptions:
        version = Implementation(reference, {target: candidate.function})
        if not same_outcome(first, run_check(first.check, version, reference)):
            continue
        fits = sum(same_outcome(o, run_check(o.check, version, reference)) for o in others)
        if not telling(first) and fits < len(others):
            continue
        if best is None or fits > best[0]:
            best = fits, candidate
    return best[1] if best else None


def same_outcome(one: Outcome, other: Outcome) -> bool:
    """Return whether two runs of one check went the same way, and failed in the same way."""
    if one.failed != other.failed:
        return False
    if not one.failed:
        return True
    if (one.repeat, one.comparisons) != (other.repeat, other.comparisons):
        return False
    if one.error is not None and other.error is not None:
        return type(one.error) is type(other.error) and str(one.error) == str(other.error)
    if one.mismatch is None or other.mismatch is None:
        return False
    same_place = (one.mismatch.what, one.mismatch.of) == (other.mismatch.what, other.mismatch.of)
    return same_place and same_value(one.mismatch.got, other.mismatch.got)


def same_value(one: Any, other: Any) -> bool:
    """Return whether two computed values are equal up to rounding."""
    match one:
        case list() | tuple():
            return (
                isinstance(other, list | tuple)
                and len(one) == len(other)
                and all(map(same_value, one, other))
            )
        case dict():
            return (
                isinstance(other, dict)
                and one.keys() == other.keys()
                and all(same_value(one[key], other[key]) for key in one)
            )
        case None:
            return other is None
        case _:
            return _same_numbers(np.asarray(one), np.asarray(other))


def telling(outcome: Outcome) -> bool:
    """Return whether a failure carries numbers that hardly arise twice by chance."""
    if outcome.mismatch is None:
        return False
    got = outcome.mismatch.got
    if isinstance(got, list | tuple | dict | str | bool | np.bool_) or got is None:
        return False
    value = np.asarray(got)
    if value.dtype.kind not in "fc":
        return False
    odd = value[np.isfinite(value) & (value != np.round(value))]
    return odd.size > 0


def _same_numbers(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    if one.shape != other.shape:
        return False
    if one.dtype.kind not in "biufc" or other.dtype.kind not in "biufc":
        return one.dtype.kind == other.dtype.kind and bool(np.all(one == other))
    if not one.size:
        return True
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)):
        return False
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    scale = np.max(np.abs(one), initial=0.0, where=finite)
    kind = np.result_type(one, other, float)  # truth values have no difference of their own
    gap = np.subtract(one, other, where=finite, out=np.zeros(one.shape, kind), dtype=kind)
    return bool(np.max(np.abs(gap)) <= SAME * scale)
