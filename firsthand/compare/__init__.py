"""Compare it: run both sides on the same data, measure agreement, explain disagreement.

    comparison = compare("05")
    comparison.agrees, comparison.rows, comparison.to_json()

Notebooks import :mod:`firsthand.compare.notebook`.
"""

from __future__ import annotations

from firsthand.compare.agreement import Agreement, agree, agree_exactly, at_most
from firsthand.compare.authors import Authors
from firsthand.compare.comparison import Comparison, Pair, Picture, Score, Source
from firsthand.compare.conventions import Convention, Dimension, Option, search
from firsthand.compare.errors import CompareError
from firsthand.compare.registry import comparable, compare
from firsthand.compare.timing import Timing, time_both

__all__ = [
    "Agreement",
    "Authors",
    "CompareError",
    "Comparison",
    "Convention",
    "Dimension",
    "Option",
    "Pair",
    "Picture",
    "Score",
    "Source",
    "Timing",
    "agree",
    "agree_exactly",
    "at_most",
    "comparable",
    "compare",
    "search",
    "time_both",
]
