"""Comparisons that are run once and looked at by many tests."""

from functools import cache

import pytest

from firsthand.compare import Comparison, compare

STAGES = ("05", "06", "07", "15")


@cache
def _compared(stage: str) -> Comparison:
    return compare(stage, runs=0)


@pytest.fixture(params=STAGES)
def compared(request: pytest.FixtureRequest) -> Comparison:
    """The comparison of each stage in turn, without timing."""
    return _compared(request.param)
