"""Read a comparison back from the plain data that it was written as.

A comparison on the learner's functions runs in a process of its own and comes back as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from firsthand.compare.agreement import Agreement
from firsthand.compare.authors import Authors
from firsthand.compare.comparison import Comparison, Pair, Picture, Score, Source
from firsthand.compare.conventions import Attempt, Convention
from firsthand.compare.timing import Timing


def from_json(plain: Mapping[str, Any]) -> Comparison:
    """Return the comparison whose ``to_json`` is ``plain``.

    Of the conventions that were tried only what was said of them comes back, not their rows.
    """
    return Comparison(
        plain["stage"],
        plain["title"],
        tuple(map(_source, plain["data"])),
        Authors(tuple(plain["authors"]["yours"]), tuple(plain["authors"]["ours"])),
        tuple(map(_pair, plain["pairs"])),
        tuple(plain["notes"]),
    )


def _pair(plain: Mapping[str, Any]) -> Pair:
    rows = tuple(map(_agreement, plain["rows"]))
    return Pair(
        plain["title"],
        plain["scratch"],
        plain["library"],
        plain["data"],
        rows,
        _convention(plain["convention"], rows) if plain["convention"] else None,
        _score(plain["score"]) if plain["score"] else None,
        Timing(**plain["timing"]) if plain["timing"] else None,
        plain["oracle"],
        tuple(plain["targets"]),
        tuple(plain["notes"]),
        tuple(Picture(**picture) for picture in plain["pictures"]),
    )


def _source(plain: Mapping[str, Any]) -> Source:
    facts: dict[str, Any] = {**plain, "notes": tuple(plain["notes"])}
    return Source(**facts)


def _score(plain: Mapping[str, Any]) -> Score:
    ours, theirs = (math.nan if plain[k] is None else plain[k] for k in ("scratch", "library"))
    return Score(plain["name"], ours, theirs)


def _agreement(plain: Mapping[str, Any]) -> Agreement:
    row = {k: v for k, v in plain.items() if k != "agrees"}
    row |= {k: tuple(row[k]) for k in ("where", "shape")}
    row |= {k: math.inf if row[k] is None else row[k] for k in ("difference", "largest")}
    return Agreement(**row)


def _convention(plain: Mapping[str, Any], rows: tuple[Agreement, ...]) -> Convention:
    tried = tuple(
        Attempt(
            attempt["says"],
            math.inf if attempt["difference"] is None else attempt["difference"],
            rows if i == 0 else (),
            attempt["documented"],
        )
        for i, attempt in enumerate(plain["tried"])
    )
    return Convention(plain["statement"], tried[0], tried)
