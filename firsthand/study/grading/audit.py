"""Prove that the checks of a stage can tell right from wrong, and measure how well.

For every exercise: the reference passes; the skeleton is blank; every misconception fails and
is recognised as itself; mutants are caught, or listed as equivalent with the reason.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from firsthand.study.checking import Misconception
from firsthand.study.content import Curriculum, Exercise, Stage, load_curriculum
from firsthand.study.grading.implementation import Implementation
from firsthand.study.grading.mutants import mutants
from firsthand.study.grading.recognition import recognise
from firsthand.study.grading.running import Outcome, run_checks
from firsthand.study.grading.strength import FILE, equivalents, rendered, strength
from firsthand.study.grading.trial import Trial, exercise_checks
from firsthand.study.skeleton import is_blank, skeleton
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


def audit(curriculum: Curriculum, stages: Sequence[Stage]) -> list[Audited]:
    """Audit every exercise of ``stages``.

    Takes about a second for ten mutants: each is run through the checks in another process.
    """
    found: list[Audited] = []
    for stage in stages:
        with Trial(curriculum, stage.name) as trial:
            found += [audit_exercise(curriculum, exercise, trial) for exercise in stage.exercises]
    return found


def audit_exercise(curriculum: Curriculum, exercise: Exercise, trial: Trial) -> Audited:
    """Audit one exercise."""
    stage = curriculum.stage(exercise.stage)
    reference = import_module(stage.reference)
    source = inspect.getsource(reference)
    checks = exercise_checks(curriculum, exercise)
    declared = stage.declared("misconceptions.py", Misconception)
    misconceptions = [m for m in declared if m.exercise == exercise.id]

    def outcomes(function: Any) -> list[Outcome]:
        version = Implementation(reference, {exercise.target: function})
        return list(run_checks(checks, version, reference))

    faults: list[str] = [] if checks else ["it has no check"]
    ours = outcomes(getattr(reference, exercise.target))
    faults += [f"the reference fails {o.check.name}: {_why(o)}" for o in ours if o.failed]
    if not is_blank(skeleton(source, [exercise.target]), exercise.target):
        faults.append("the skeleton is not blank")
    named = 0
    for misconception in misconceptions:
        results = outcomes(misconception.function)
        if not any(outcome.failed for outcome in results):
            faults.append(f"the misconception {misconception.name} passes")
            continue
        who = recognise(results, misconceptions, exercise.target, reference)
        if who is misconception:
            named += 1
        else:
            other = f"taken for {who.name}" if who else "not recognised"
            faults.append(f"the misconception {misconception.name} is {other}")
    known = equivalents(stage)
    survivors: list[Survivor] = []
    tried = mutants(source, exercise.target)
    for mutant in tried if not any("reference fails" in f for f in faults) else ():
        if not trial.killer(exercise, mutant):
            reason = known.get((exercise.id, mutant.change), "")
            survivors.append(Survivor(mutant.kind, mutant.change, reason))
    alive = tuple(s for s in survivors if not s.reason)
    equivalent = tuple(s for s in survivors if s.reason)
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
        named,
        total,
        total - len(alive),
        alive,
        equivalent,
        tuple(faults),
    )


def write_strength(stage: Stage, found: Iterable[Audited]) -> None:
    """Write the stage's ``strength.toml`` from what its audit found."""
    assert stage.folder is not None
    text = rendered(stage, {row.exercise: row.strength for row in found})
    (stage.folder / FILE).write_text(text, "utf-8")


def stale(curriculum: Curriculum, stage: Stage) -> list[str]:
    """Return the exercises of a stage whose recorded strength is missing or out of date."""
    return [e.id for e in stage.exercises if strength(stage, e) is None]


def report(found: Sequence[Audited]) -> str:
    """Return the audit as a table, survivors and faults below each exercise."""
    lines = [f"{'exercise':<36} {'checks':>6} {'named':>7} {'killed':>9}"]
    for row in found:
        named, killed = f"{row.named}/{row.misconceptions}", f"{row.killed}/{row.mutants}"
        lines.append(f"{row.exercise:<36} {row.checks:>6} {named:>7} {killed:>9}")
        lines += [f"    survives ({s.kind}): {s.change}" for s in row.survivors]
        lines += [f"    equivalent ({s.reason}): {s.change}" for s in row.equivalent]
        lines += [f"    FAULT: {fault}" for fault in row.faults]
    mutants, killed = sum(r.mutants for r in found), sum(r.killed for r in found)
    misconceptions, named = sum(r.misconceptions for r in found), sum(r.named for r in found)
    share = f" ({killed / mutants:.1%})" if mutants else ""
    lines.append(
        f"misconceptions named {named}/{misconceptions}, mutants killed {killed}/{mutants}{share}"
    )
    return "\n".join(lines)


def _why(outcome: Outcome) -> str:
    return str(outcome.mismatch) if outcome.mismatch else repr(outcome.error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit the named stages, or all; print the table or JSON; return 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=audit.__doc__)
    parser.add_argument("stages", nargs="*", help="such as 05; all by default")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help=f"write each stage's {FILE}")
    given = parser.parse_args(arguments)
    curriculum = load_curriculum()
    stages = [curriculum.stage(name) for name in given.stages] or list(curriculum.written)
    found = audit(curriculum, stages)
    if given.write:
        for stage in stages:
            ids = {e.id for e in stage.exercises}
            write_strength(stage, [row for row in found if row.exercise in ids])
    text = json.dumps([asdict(row) for row in found], indent=2) if given.json else report(found)
    sys.stdout.write(text + "\n")
    return int(any(row.faults for row in found))


if __name__ == "__main__":
    sys.exit(main())
