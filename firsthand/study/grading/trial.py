"""Try mutants in a process that can be killed: some of them never end.

A worker reads one mutant a line and answers one line: the name of the check that killed it, or
nothing. Python loops are interrupted from inside; a worker that does not answer is killed
from outside, and its mutant counts as caught.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from firsthand.study.content import Curriculum, Exercise, load_curriculum
from firsthand.study.grading.implementation import Implementation
from firsthand.study.grading.mutants import Mutant, build
from firsthand.study.grading.running import run_checks

SECONDS = 3.0  # a mutant's; the checks of an exercise take about 0.2
STARTING = 60.0  # the first answer waits for the oracles to be imported


class Trial:
    """A worker that tries mutants of one stage; restarted when a mutant had to be killed."""

    def __init__(self, curriculum: Curriculum, stage: str) -> None:
        self._command = [sys.executable, "-m", __name__, str(curriculum.root), stage]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop()

    def killer(self, exercise: Exercise, mutant: Mutant) -> str:
        """Return the check that catches the mutant; empty if it survives."""
        started = self._process is not None
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        line = json.dumps({"exercise": exercise.id, "source": mutant.source})
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        patience = 3 * SECONDS + (0 if started else STARTING)
        ready, _, _ = select.select([process.stdout], [], [], patience)
        answer = process.stdout.readline() if ready else b""
        if not answer:
            self._stop()
            return "the time limit"
        result: str = json.loads(answer)["killer"]
        return result

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class _OutOfTime(BaseException):
    """Raised in the middle of a mutant that takes too long."""


def killed_by(curriculum: Curriculum, exercise: Exercise, source: str) -> str:
    """Return the name of the first check that the function ``source`` fails; empty if none."""
    stage = curriculum.stage(exercise.stage)
    reference = import_module(stage.reference)
    checks = exercise_checks(curriculum, exercise)
    try:
        function = build(source, exercise.target, reference)
        implementation = Implementation(reference, {exercise.target: function})
        for outcome in run_checks(checks, implementation, reference):
            if outcome.failed:
                return outcome.check.name
    except Exception as error:
        return type(error).__name__
    return ""


def exercise_checks(curriculum: Curriculum, exercise: Exercise) -> Sequence[Any]:
    """Return the checks of an exercise, in the order of their file."""
    from firsthand.study.checking import Check

    declared = curriculum.stage(exercise.stage).declared("checks.py", Check)
    return [check for check in declared if check.exercise == exercise.id]


def _serve(root: str, stage: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a mutant prints is not an answer
    signal.signal(signal.SIGALRM, _interrupt)
    curriculum = load_curriculum(Path(root))
    for exercise in curriculum.stage(stage).exercises:  # import the oracles outside the limit
        for check in exercise_checks(curriculum, exercise):
            reference = import_module(curriculum.stage(stage).reference)
            implementation = Implementation(
                reference, {exercise.target: getattr(reference, exercise.target)}
            )
            for _ in run_checks([check], implementation, reference):
                pass
    for line in sys.stdin:
        task = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            killer = killed_by(curriculum, curriculum.exercise(task["exercise"]), task["source"])
        except _OutOfTime:
            killer = "the time limit"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps({"killer": killer}) + "\n")
        answers.flush()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise _OutOfTime


if __name__ == "__main__":
    _serve(*sys.argv[1:])
