"""Conventions: two sides that compute the same thing and call it by different numbers.

A library may sum where we average, divide by n - 1 where we divide by n, penalise what we
leave free, or store the transpose. A :class:`Dimension` is one such choice with its possible
options; :func:`search` tries every combination and says under which the two sides are
identical. The first option of every dimension is the one that our module documents.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from firsthand.compare.agreement import Agreement, number


@dataclass(frozen=True)
class Option:
    """One way to choose: what to do with it, and how to say it (empty where nothing changes)."""

    value: Any
    says: str


@dataclass(frozen=True)
class Dimension:
    """One choice on which two implementations of the same idea may differ."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Attempt:
    """One combination of options, and how far apart the two sides were under it.

    ``difference`` is the largest of its rows; ``documented`` marks the convention that our
    module documents.
    """

    says: str
    difference: float
    rows: tuple[Agreement, ...]
    documented: bool

    @property
    def agrees(self) -> bool:
        """Whether the two sides are identical under it."""
        return bool(self.rows) and all(row.agrees for row in self.rows)


@dataclass(frozen=True)
class Convention:
    """What the search found.

    Attributes
    ----------
    statement : str
        One sentence: under which convention the sides are identical, or that under none.
    best : Attempt
        The convention that was found; the documented one where none was.
    tried : tuple of Attempt
        Every combination: the best, then by nearness.
    """

    statement: str
    best: Attempt
    tried: tuple[Attempt, ...]

    @property
    def agrees(self) -> bool:
        """Whether a convention was found."""
        return self.best.agrees

    def to_json(self) -> dict[str, Any]:
        """Return plain data: the statement, and what each attempt differed by."""
        return {
            "statement": self.statement,
            "agrees": self.agrees,
            "tried": [
                {
                    "says": attempt.says,
                    "difference": attempt.difference if math.isfinite(attempt.difference) else None,
                    "agrees": attempt.agrees,
                    "documented": attempt.documented,
                }
                for attempt in self.tried
            ],
        }


def search(
    dimensions: Sequence[Dimension],
    compare: Callable[[Mapping[str, Any]], Sequence[Agreement]],
) -> Convention:
    """Try every combination of options and say which makes the two sides identical.

    Parameters
    ----------
    dimensions : sequence of Dimension
        The first option of each is the documented one.
    compare : callable
        Given the value of each dimension by its name, runs both sides and returns the rows.

    Returns
    -------
    Convention
        Where several combinations agree, the data cannot tell them apart: the documented one
        is preferred, then the one that changes least, and the statement names the others.
    """
    attempts: list[Attempt] = []
    for combination in product(*(d.options for d in dimensions)):
        values = {d.name: o.value for d, o in zip(dimensions, combination, strict=True)}
        rows = tuple(compare(values))
        documented = all(o is d.options[0] for d, o in zip(dimensions, combination, strict=True))
        attempts.append(Attempt(_join(combination), _distance(rows), rows, documented))
    ranked = sorted(attempts, key=_rank)
    return Convention(_state(ranked), ranked[0], tuple(ranked))


def _rank(attempt: Attempt) -> tuple[int, float]:
    """Put what agrees first, in the order of the options; then the documented, the nearest."""
    if attempt.agrees:
        return 0, 0.0
    return (1, 0.0) if attempt.documented else (2, attempt.difference)


def _distance(rows: Sequence[Agreement]) -> float:
    """Return the largest difference of the rows; counts of labels matter only if all are counts."""
    measured = [row.difference for row in rows if row.tolerance > 0]
    return max(measured or [row.difference for row in rows], default=math.inf)


def _join(combination: Sequence[Option]) -> str:
    return " and ".join(option.says for option in combination if option.says) or "as they are"


def _state(ranked: Sequence[Attempt]) -> str:
    """Return the sentence that says what was found."""
    best = ranked[0]
    if not best.agrees:
        found = (
            "not identical under any convention that we know; documented is "
            f"{best.says}, and there they differ by {number(best.difference)}"
        )
        nearest = min(ranked, key=lambda attempt: attempt.difference)
        if nearest.difference < best.difference / 10:
            found += f"; nearest is {nearest.says}, by {number(nearest.difference)}"
        return found
    found = "identical as they are" if best.says == "as they are" else f"identical once {best.says}"
    also = [attempt.says for attempt in ranked[1:] if attempt.agrees]
    if also:
        found += f"; these data cannot tell that from: {'; '.join(also)}"
    if not best.documented:
        ours = next(attempt.says for attempt in ranked if attempt.documented)
        found += f" (our module documents: {ours})"
    return found
