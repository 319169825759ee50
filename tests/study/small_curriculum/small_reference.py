"""Sums.

total = x_1 + ... + x_n
"""

from __future__ import annotations


def total(x: list[float]) -> float:
    """Return the sum of ``x``; 0.0 for no numbers."""
    value = 0.0
    for number in x:
        value += number
    return value


def mean(x: list[float]) -> float:
    """Return the sum of ``x`` over its count."""
    return total(x) / len(x)
