"""The classic half of scratch against its counterparts, family by family.

    comparison = compare_family("trees", Bench())

A family's module lists its pairs as ``PAIRS``: what is made on both sides, and what must
agree. ``tests/compare/test_classic.py`` drives every pair over a grid of data sets, easy and
degenerate; ``firsthand compare trees`` shows them on real data, with their times.
"""

from __future__ import annotations

from firsthand.compare.classic.counterpart import LEFT, Counterpart, FunctionPair
from firsthand.compare.classic.families import FAMILIES, compare_family, pairs
from firsthand.compare.classic.quantity import (
    DISTINCT,
    ENOUGH,
    INDEPENDENT,
    TIED,
    Condition,
    Fitted,
    Quantity,
    attribute,
    exact,
    is_wide,
    labels,
    no_worse,
    outputs,
    rows,
    scores_over_seeds,
    value,
)

__all__ = [
    "DISTINCT",
    "ENOUGH",
    "FAMILIES",
    "INDEPENDENT",
    "LEFT",
    "TIED",
    "Condition",
    "Counterpart",
    "Fitted",
    "FunctionPair",
    "Quantity",
    "attribute",
    "compare_family",
    "exact",
    "is_wide",
    "labels",
    "no_worse",
    "outputs",
    "pairs",
    "rows",
    "scores_over_seeds",
    "value",
]
