"""The judge: take a learner's file, run the checks on its function, and say what was found.

    with Grader(curriculum) as grader:
        verdict = grader.grade(exercise, source)

The checks run here, in the trusted process; the function under test runs in a player that was
started before it was needed and is killed after its one verdict. Verdicts may be asked for
from several threads at once.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from firsthand.study.checking import Check, Misconception
from firsthand.study.content import Curriculum, Exercise, Stage
from firsthand.study.errors import ContentError, UnknownNameError
from firsthand.study.grading import report, shortcuts
from firsthand.study.grading.codec import Broken
from firsthand.study.grading.implementation import Implementation
from firsthand.study.grading.neighbours import neighbours
from firsthand.study.grading.players import Companion, Ended, Player, Pool
from firsthand.study.grading.recognition import recognise
from firsthand.study.grading.running import Outcome, run_check, run_checks
from firsthand.study.grading.signature import signature_difference
from firsthand.study.grading.strength import strength
from firsthand.study.grading.wire import Budget
from firsthand.study.parsing import parse
from firsthand.study.skeleton import is_blank
from firsthand.study.verdict import OracleSaid, Strength, Verdict

SECONDS = 5.0  # of waiting for the learner's code, over all checks of one verdict
AFTER_FAILURE = 1.0  # of those, for asking the remaining oracles once one has said no


@dataclass(frozen=True)
class Subject:
    """What a verdict is about: the exercise with all that its stage says of it."""

    stage: Stage
    exercise: Exercise
    reference: ModuleType
    reference_source: str
    checks: tuple[Check, ...]
    misconceptions: tuple[Misconception, ...]
    strength: Strength | None

    @property
    def target(self) -> str:
        """The name of the function."""
        return self.exercise.target

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's parameters."""
        return tuple(inspect.signature(getattr(self.reference, self.target)).parameters)


class Grader:
    """Grades solutions; keeps a player warm for the next one. Use it as a context manager.

    Parameters
    ----------
    curriculum : Curriculum
    spares : int, default=1
        How many players wait for a verdict.
    seconds : float, default=5
        How long the learner's code may take for one verdict.
    """

    def __init__(
        self, curriculum: Curriculum, *, spares: int = 1, seconds: float = SECONDS
    ) -> None:
        self.curriculum = curriculum
        self.seconds = seconds
        self._pool = Pool(spares)
        self._subject = cache(self._read)

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process that was started."""
        self._pool.close()

    def warm(self, stage: Stage) -> None:
        """Import the stage's oracles and start its companion, so that its verdicts are fast."""
        for exercise in stage.exercises:
            subject = self._subject(exercise)
            ours = {subject.target: getattr(subject.reference, subject.target)}
            for _ in run_checks(
                [replace(check, repeats=1) for check in subject.checks],
                Implementation(subject.reference, ours),
                subject.reference,
            ):
                continue
        if stage.exercises:
            companion = self._pool.companion(stage.reference)
            companion.start()
            self._pool.give_back(companion, sound=True)

    async def grade_async(self, exercise: Exercise | str, source: str) -> Verdict:
        """Grade without holding up an event loop."""
        return await asyncio.to_thread(self.grade, exercise, source)

    def grade(self, exercise: Exercise | str, source: str) -> Verdict:
        """Return the verdict on an exercise.

        Parameters
        ----------
        exercise : Exercise or str
            The exercise, or its id.
        source : str
            The whole text of the learner's file.

        Raises
        ------
        ContentError
            If the exercise has no checks: nothing passes that nothing was asked of.
        """
        started = time.perf_counter()
        if isinstance(exercise, str):
            exercise = self.curriculum.exercise(exercise)
        subject = self._subject(exercise)
        verdict = self._before_running(subject, source) or self._run(subject, source)
        seconds = round(time.perf_counter() - started, 4)
        return replace(verdict, strength=subject.strength, seconds=seconds)

    def _read(self, exercise: Exercise) -> Subject:
        stage = self.curriculum.stage(exercise.stage)
        reference = import_module(stage.reference)
        checks = tuple(c for c in stage.declared("checks.py", Check) if c.exercise == exercise.id)
        if not checks:
            raise ContentError(f"{exercise.id} has no checks; nothing can pass it.")
        declared = stage.declared("misconceptions.py", Misconception)
        return Subject(
            stage,
            exercise,
            reference,
            inspect.getsource(reference),
            checks,
            tuple(m for m in declared if m.exercise == exercise.id),
            strength(stage, exercise),
        )

    def _before_running(self, subject: Subject, source: str) -> Verdict | None:
        """Return the verdict that the text alone decides, or None."""
        exercise = subject.exercise
        try:
            parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return report.unreadable(exercise, error, source)
        try:
            if is_blank(source, subject.target):
                return report.not_attempted(exercise)
        except UnknownNameError:
            return report.missing(exercise, source)
        difference = signature_difference(source, subject.reference_source, subject.target)
        if difference:
            return report.wrong_signature(exercise, *difference)
        taken = self._shortcut(subject, source)
        if taken and taken.name.partition(".")[0] in shortcuts.LIBRARIES:
            return report.shortcut(exercise, taken.name, taken.line, source, ran=False)
        return None

    def _shortcut(self, subject: Subject, source: str) -> shortcuts.Shortcut | None:
        targets = [e.target for e in subject.stage.exercises]
        return shortcuts.find_shortcut(source, subject.target, targets, subject.exercise.forbidden)

    def _run(self, subject: Subject, source: str) -> Verdict:
        """Run the checks on the learner's function in a fresh player."""
        budget = Budget(self.seconds)
        player = Player(self._pool.player(), budget)
        companion = self._pool.companion(subject.stage.reference)
        outcomes: list[Outcome] = []
        broken: BaseException | None = None
        try:
            function = self._load(player, companion, subject, source, budget)
            version = Implementation(subject.reference, {subject.target: function})
            for check in subject.checks:
                outcomes.append(run_check(check, version, subject.reference))
                if outcomes[-1].failed:
                    budget.seconds = min(budget.seconds or 0.0, AFTER_FAILURE)
        except (Broken, Ended) as error:
            broken = error
        except Exception as error:  # only their file can have raised it while it was loaded
            if outcomes or not any(error is told for told, _ in player.channel.told):
                raise
            broken = error
        finally:
            ended = player.close()
            self._pool.give_back(companion, sound=broken is None)
            self._pool.prepare()
        verdict = self._verdict(subject, source, outcomes, broken, player, ended)
        return replace(verdict, sandbox=player.protection, printed=player.channel.printed)

    def _load(
        self,
        player: Player,
        companion: Companion,
        subject: Subject,
        source: str,
        budget: Budget,
    ) -> Any:
        targets = [e.target for e in subject.stage.exercises]
        names = neighbours(source, subject.reference_source, subject.target, targets)
        functions = companion.functions(names, budget) if names else {}
        file = subject.stage.file.rpartition("/")[2]
        forbidden = subject.exercise.forbidden
        return player.load(source, file, subject.target, functions, forbidden)

    def _verdict(
        self,
        subject: Subject,
        source: str,
        outcomes: Sequence[Outcome],
        broken: BaseException | None,
        player: Player,
        ended: int,
    ) -> Verdict:
        exercise = subject.exercise
        told = player.channel.told
        first = next((outcome for outcome in outcomes if outcome.failed), None)
        if first is None and broken is not None:
            verdict = report.broken(exercise, broken, told, source, ended, self.seconds)
        elif first is None:
            verdict = self._passed(subject, source, outcomes)
        elif first.error is not None and (trapped := report.trapped(first.error, told)):
            verdict = report.shortcut(exercise, *trapped, source, ran=False)
        elif first.error is not None and isinstance(first.error, MemoryError):
            verdict = report.out_of_memory(exercise)
        else:
            verdict = self._failed(subject, source, outcomes, first, player)
        measured = [o.worst_error for o in outcomes if o.comparisons]
        return replace(
            verdict,
            oracles=_oracles(subject.checks, outcomes, broken is not None and first is None),
            comparisons=sum(o.comparisons for o in outcomes),
            worst_error=verdict.worst_error if first else max(measured, default=None),
        )

    def _passed(self, subject: Subject, source: str, outcomes: Sequence[Outcome]) -> Verdict:
        if not any(outcome.passed for outcome in outcomes):
            reasons = {outcome.unavailable for outcome in outcomes}
            return report.nothing_asked(subject.exercise, sorted(reasons))
        taken = self._shortcut(subject, source)
        if taken:
            return report.shortcut(subject.exercise, taken.name, taken.line, source, ran=True)
        return report.passed(subject.exercise, outcomes)

    def _failed(
        self,
        subject: Subject,
        source: str,
        outcomes: Sequence[Outcome],
        first: Outcome,
        player: Player,
    ) -> Verdict:
        if first.error is not None:
            verdict = report.raised(subject.exercise, first.error, player.channel.told, source)
        else:
            printed = player.channel.printed
            verdict = report.wrong(subject.exercise, first, subject.parameters, printed)
        known = recognise(outcomes, subject.misconceptions, subject.target, subject.reference)
        return report.recognised(verdict, known) if known else verdict


def _oracles(
    checks: Sequence[Check], outcomes: Sequence[Outcome], stopped: bool
) -> tuple[OracleSaid, ...]:
    """Return what each oracle said: no, if one of its checks failed; None, if it was not asked."""
    said: dict[str, bool | None] = {}
    found = {outcome.check: outcome for outcome in outcomes}
    waiting = stopped
    for check in checks:
        outcome = found.get(check)
        before = said.get(check.oracle)
        if outcome is None or outcome.unavailable:
            agreed = False if outcome is None and waiting else None
            waiting = waiting and outcome is not None
        else:
            agreed = outcome.passed
        if before is False or agreed is False:
            said[check.oracle] = False
        else:
            said[check.oracle] = agreed if before is None else before
    return tuple(OracleSaid(oracle, agreed) for oracle, agreed in said.items())
