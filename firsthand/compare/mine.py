"""Compare the learner's own functions: the ones they passed, with ours for the rest.

The comparison runs in a process of its own, so neither their code nor the libraries enter the
one that asks. What it found is kept in the journey as evidence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.compare.comparison import Comparison
from firsthand.compare.plain import from_json
from firsthand.compare.registry import find

if TYPE_CHECKING:
    from firsthand.study.journey import Journey

JOB = "firsthand.compare.jobs:compare"


def compare_mine(
    journey: Journey,
    stage: str,
    *,
    data: Path | None = None,
    target: str | None = None,
    runs: int = 5,
) -> Comparison:
    """Return a comparison that ran on the learner's passed functions, in a process of its own.

    Raises
    ------
    CompareError
        If the data cannot be used, or a library is not installed.
    OverlayError
        If the learner's code fails while it runs; the text names their line.
    """
    from firsthand.study.overlay import run

    ran = run(
        journey.curriculum,
        journey.passed_sources(),
        JOB,
        stage=find(stage).name,
        data=str(data.resolve()) if data else None,
        target=target,
        runs=runs,
    )
    failed = (f"{e}: your function could not stand in: {why}" for e, why in ran.unusable.items())
    return replace(from_json(ran.value), notes=tuple(failed))


def keep(journey: Journey, comparison: Comparison, now: datetime) -> None:
    """Record a comparison in the journey, whole; one on the learner's functions is evidence."""
    journey.record_comparison(
        comparison.stage,
        comparison.agrees,
        now,
        mine=comparison.authors.yours,
        summary={"headline": comparison.headline, "result": comparison.to_json()},
    )
