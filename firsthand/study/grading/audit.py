"""Prove that the checks of a stage can tell right from wrong, and measure how well.

For every exercise: the reference passes; the skeleton is blank; every misconception fails and
is recognised as itself; mutants are caught, or listed as equivalent with the reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from firsthand.study.checking import Check, Misconception
from firsthand.study.content import Curriculum, Exercise, Stage
from firsthand.study.grading.implementation import Implementation
from firsthand.study.grading.judge import Grader
from firsthand.study.grading.mutants import mutants
from firsthand.study.grading.recognition import recognise
from firsthand.study.grading.running import run_checks
from firsthand.study.grading.strength import FILE, equivalents, rendered, strength
from firsthand.study.grading.trial import Trial, exercise_checks
from firsthand.study.skeleton import function_source, replace_function, skeleton
from firsthand.study.verdict import Strength

REQUIRED = 0.95  # of the mutants that are not equivalent


@dataclass(frozen=True)
class Survivor:
    """A mutant that no check caught."""

    kind: str
    change: str
    reason: str = ""


@dataclass(frozen=True)
class Audited:
    """What the audit of one exercise found; ``faults`` is empty where everything holds."""

    exercise: str
    checks: int
    misconceptions: int
    named: int
    mutants: int
    killed: int
    survivors: tuple[Survivor, ...] = ()
    equivalent: tuple[Survivor, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def strength(self) -> Strength:
        """The figures that a verdict shows."""
        return Strength((self.named, self.misconceptions), (self.killed, self.mutants))


@dataclass(frozen=True)
class Audit:
    """What the audit of some stages found."""

    rows: tuple[Audited, ...]

    @property
    def problems(self) -> list[str]:
        """Every fault, with the exercise it belongs to."""
        return [f"{row.exercise}: {fault}" for row in self.rows for fault in row.faults]

    @property
    def summary(self) -> list[str]:
        """The figures as a table, survivors and faults below each exercise."""
        return report(self.rows).splitlines()


def audit(curriculum: Curriculum, stages: Sequence[Stage], *, with_mutants: bool = True) -> Audit:
    """Audit every exercise of ``stages``.

    The reference and the skeleton are graded as a learner's file would be. Without mutants
    it takes a fraction of a second an exercise, with them up to ten.
    """
    rows: list[Audited] = []
    with Grader(curriculum) as grader:
        for stage in stages:
            with Trial(curriculum, stage.name) as trial:
                tried = trial if with_mutants else None
                rows += [audit_exercise(grader, e, tried) for e in stage.exercises]
    return Audit(tuple(rows))


def audit_exercise(grader: Grader, exercise: Exercise, trial: Trial | None) -> Audited:
    """Audit one exercise; without a ``trial`` no mutant is tried."""
    curriculum = grader.curriculum
    stage = curriculum.stage(exercise.stage)
    reference = import_module(stage.reference)
    source = inspect.getsource(reference)
    checks = exercise_checks(curriculum, exercise)
    if not checks:
        return Audited(exercise.id, 0, 0, 0, 0, 0, faults=("it has no check",))
    misgraded = _graded(grader, stage, exercise, source)
    declared = stage.declared("misconceptions.py", Misconception)
    misconceptions = [m for m in declared if m.exercise == exercise.id]
    named = [_unnamed(m, misconceptions, checks, exercise, reference) for m in misconceptions]
    unnamed = [fault for fault in named if fault]
    faults = [*misgraded, *unnamed]
    tried = mutants(source, exercise.target) if trial and not misgraded else []
    known = equivalents(stage)
    alive: list[Survivor] = []
    equivalent: list[Survivor] = []
    for mutant in tried:
        if trial and not trial.killer(exercise, mutant):
            reason = known.get((exercise.id, mutant.change), "")
            survivor = Survivor(mutant.kind, mutant.change, reason)
            (equivalent if reason else alive).append(survivor)
    if tried:
        listed = {change for id, change in known if id == exercise.id}
        unknown = sorted(listed - {s.change for s in equivalent})
        faults += [f"equivalent.toml lists what is caught or does not exist: {c}" for c in unknown]
    total = len(tried) - len(equivalent)
    if len(alive) > (1 - REQUIRED) * total:
        faults.append(f"{len(alive)} of {total} mutants survive")
    return Audited(
        exercise.id,
        len(checks),
        len(misconceptions),
        len(misconceptions) - len(unnamed),
        total,
        total - len(alive),
        tuple(alive),
        tuple(equivalent),
        tuple(faults),
    )


def _graded(grader: Grader, stage: Stage, exercise: Exercise, source: str) -> list[str]:
    """Grade the skeleton, and the skeleton with our function in it, as a learner's file."""
    blanks = skeleton(source, [e.target for e in stage.exercises])
    ours = replace_function(blanks, exercise.target, function_source(source, exercise.target))
    faults: list[str] = []
    for text, wanted in ((blanks, "not_attempted"), (ours, "passed")):
        verdict = grader.grade(exercise, text)
        if verdict.kind != wanted:
            where = f" ({verdict.case.check}: {verdict.case.message})" if verdict.case else ""
            what = "the skeleton" if text is blanks else "the reference"
            faults.append(f"{what} is graded {verdict.kind}: {verdict.explanation}{where}")
    return faults


def _unnamed(
    misconception: Misconception,
    all_of_them: Sequence[Misconception],
    checks: Sequence[Check],
    exercise: Exercise,
    reference: ModuleType,
) -> str:
    """Return why a misconception is not caught and named as itself; empty if it is."""
    version = Implementation(reference, {exercise.target: misconception.function})
    outcomes = list(run_checks(checks, version, reference))
    if not any(outcome.failed for outcome in outcomes):
        return f"the misconception {misconception.name} passes"
    who = recognise(outcomes, all_of_them, exercise.target, reference)
    if who is misconception:
        return ""
    other = f"taken for {who.name}" if who else "not recognised"
    return f"the misconception {misconception.name} is {other}"


def write_strength(stage: Stage, found: Iterable[Audited]) -> None:
    """Write the stage's ``strength.toml`` from what its audit found."""
    assert stage.folder is not None
    text = rendered(stage, {row.exercise: row.strength for row in found})
    (stage.folder / FILE).write_text(text, "utf-8")


def stale(stage: Stage) -> list[str]:
    """Return the exercises of a stage whose recorded strength is missing or out of date."""
    return [e.id for e in stage.exercises if strength(stage, e) is None]


def report(found: Sequence[Audited]) -> str:
    """Return the audit as a table, survivors and faults below each exercise."""
    lines = [f"{'exercise':<36} {'checks':>6} {'named':>7} {'killed':>9}"]
    for row in found:
        named = f"{row.named}/{row.misconceptions}"
        killed = f"{row.killed}/{row.mutants}" if row.mutants else "not tried"
        lines.append(f"{row.exercise:<36} {row.checks:>6} {named:>7} {killed:>9}")
        lines += [f"    survives ({s.kind}): {s.change}" for s in row.survivors]
        lines += [f"    equivalent ({s.reason}): {s.change}" for s in row.equivalent]
        lines += [f"    FAULT: {fault}" for fault in row.faults]
    mutants, killed = sum(r.mutants for r in found), sum(r.killed for r in found)
    misconceptions, named = sum(r.misconceptions for r in found), sum(r.named for r in found)
    tried = f", mutants killed {killed}/{mutants} ({killed / mutants:.1%})" if mutants else ""
    lines.append(f"misconceptions named {named}/{misconceptions}{tried}")
    return "\n".join(lines)
