"""How many known wrong versions the checks of an exercise catch: measured, kept, compared.

Each stage folder holds ``strength.toml``, written by the audit and never by hand. An entry is
good for as long as its fingerprint is: a digest of the target, the checks and the
misconceptions it was measured on. A stale entry is shown nowhere and fails the audit, so
what a verdict says of the checks' strength is always a measurement. Measuring at grading
time instead would cost seconds; a cache outside the stage would be measured by no one's review.

``equivalent.toml`` lists mutants that compute the same as the target, with the reason::

    [[equivalent]]
    exercise = "logistic.sigmoid"
    change = "return a  ->  return b"
    reason = "..."
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from importlib import import_module

from firsthand.study.content import Exercise, Stage
from firsthand.study.errors import ContentError
from firsthand.study.skeleton import function_source
from firsthand.study.verdict import Strength

FILE, EQUIVALENT = "strength.toml", "equivalent.toml"


def fingerprint(stage: Stage, exercise: Exercise) -> str:
    """Return a digest of everything that the exercise's strength was measured on."""
    source = inspect.getsource(import_module(stage.reference))
    parts = (
        function_source(source, exercise.target),
        stage.read("checks.py"),
        stage.read("misconceptions.py"),
        stage.read(EQUIVALENT),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def strength(stage: Stage, exercise: Exercise) -> Strength | None:
    """Return the measured strength of an exercise's checks, or None if it is not up to date."""
    row = stage.table(FILE).get(exercise.id)
    if row is None or row["fingerprint"] != fingerprint(stage, exercise):
        return None
    return Strength(tuple(row["misconceptions"]), tuple(row["mutants"]))


def equivalents(stage: Stage) -> dict[tuple[str, str], str]:
    """Return the reasons of the stage's equivalent mutants, by exercise and change."""
    rows = stage.table(EQUIVALENT).get("equivalent", [])
    for row in rows:
        if not row.get("reason", "").strip():
            raise ContentError(f"{stage.name}/{EQUIVALENT}: {row.get('change')} needs a reason.")
    return {(row["exercise"], row["change"]): row["reason"] for row in rows}


def rendered(stage: Stage, measured: Mapping[str, Strength]) -> str:
    """Return the text of the stage's ``strength.toml``."""
    lines = ["# Measured by `firsthand content strength --write`; never edited by hand."]
    for exercise in stage.exercises:
        if exercise.id in measured:
            value = measured[exercise.id]
            lines += [
                "",
                f'["{exercise.id}"]',
                f"misconceptions = {list(value.misconceptions)}",
                f"mutants = {list(value.mutants)}",
                f'fingerprint = "{fingerprint(stage, exercise)}"',
            ]
    return "\n".join(lines) + "\n"
