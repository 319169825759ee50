"""``firsthand check``: grade what the learner wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import (
    clock,
    console,
    find_exercise,
    journey_option,
    json_option,
    open_journey,
    say_json,
)
from firsthand.cli.main import EXIT_FAILED

if TYPE_CHECKING:
    from firsthand.study.content import Exercise
    from firsthand.study.grading import Grader
    from firsthand.study.journey import Journey
    from firsthand.study.verdict import Verdict


@click.command(
    epilog="\b\nExamples:\n  firsthand check\n  firsthand check 06\n"
    "  firsthand check linear.gradient --watch\n"
    "  firsthand check --all --json"
)
@click.argument("exercise", required=False)
@click.option("--watch", is_flag=True, help="Grade at every save, until Ctrl+C.")
@click.option("--all", "everything", is_flag=True, help="Grade every exercise you have written.")
@journey_option
@json_option
def command(
    exercise: str | None, watch: bool, everything: bool, folder: Path | None, as_json: bool
) -> int:
    """Grade EXERCISE (a stage's next, or the next of all, if none is named).

    Exits with 0 if it is passed and with 1 if not; with --all, with 1 if anything you wrote is
    not. With --watch every exercise whose function changed is graded as you save, in any of your
    files, or EXERCISE alone if you name it; --json then prints one verdict a line; Ctrl+C ends
    with 0. While a passed exercise is being written again, its practice copy is graded.
    """
    from firsthand.study.grading import Grader
    from firsthand.study.routine import next_exercise

    with open_journey(folder) as journey, Grader(journey.curriculum) as grader:
        if everything:
            return _check_all(journey, grader, as_json)
        if watch:
            alone = find_exercise(journey, exercise) if exercise else None
            _watch(journey, grader, alone or next_exercise(journey), alone, as_json=as_json)
            return 0
        found = find_exercise(journey, exercise)
        practice = journey.practising(found)
        verdict = check(journey, grader, found, practice=practice)
        _say(verdict, as_json, practice=practice)
        return 0 if verdict.passed else EXIT_FAILED


def check(
    journey: Journey, grader: Grader, exercise: Exercise, *, practice: bool = False
) -> Verdict:
    """Grade an exercise as it stands in the journey, and record the verdict."""
    source = journey.source(exercise, practice=practice)
    verdict = grader.grade(exercise, source)
    journey.record_verdict(verdict, source, clock(), practice=practice)
    return verdict


def _check_all(journey: Journey, grader: Grader, as_json: bool) -> int:
    """Grade every exercise; those still blank are counted and are no failure."""
    from firsthand.cli.verdicts import one_line
    from firsthand.study.errors import JourneyError

    out = console()
    verdicts: list[Verdict] = []
    trouble: list[str] = []
    for exercise in journey.curriculum.exercises:
        try:
            source = journey.source(exercise)
        except JourneyError as error:  # a file is missing or no text; the others are graded
            trouble.append(str(error))
            continue
        verdict = grader.grade(exercise, source)
        verdicts.append(verdict)
        if verdict.kind == "not_attempted":
            continue
        journey.record_verdict(verdict, source, clock())
        if not as_json:
            out.print(one_line(verdict))
    blank = sum(v.kind == "not_attempted" for v in verdicts)
    passed = sum(v.passed for v in verdicts)
    failed = len(verdicts) - blank - passed
    if as_json:
        say_json([verdict.to_json() for verdict in verdicts])
    else:
        out.print(f"{passed} passed, {failed} not passed, {blank} not written yet.")
    for line in dict.fromkeys(trouble):
        click.echo(f"firsthand: {line}", err=True)
    return EXIT_FAILED if failed or trouble else 0


def _watch(
    journey: Journey,
    grader: Grader,
    first: Exercise | None,
    alone: Exercise | None,
    *,
    as_json: bool,
) -> None:
    """Grade at every save until interrupted: any exercise, or one ``alone``."""
    from watchfiles import watch

    seen = _Seen(journey, alone)
    try:
        if first:
            practice = journey.practising(first)
            _say(check(journey, grader, first, practice=practice), as_json, practice=practice)
            stage = journey.curriculum.stage(first.stage)
            Thread(target=grader.warm, args=(stage,), daemon=True).start()
        if not as_json:
            what = alone.id if alone else f"every file of {journey.folder.resolve().name}"
            console(stderr=True).print(f"[dim]watching {what}; Ctrl+C ends[/]")
        saves = watch(
            journey.folder,
            watch_filter=lambda _, path: path.endswith(".py"),
            debounce=200,
            step=10,  # milliseconds of silence that end a save
            rust_timeout=1000,  # look anyway: a save may have come before the watch began
            yield_on_timeout=True,
        )
        for _ in saves:
            for found, practice in seen.changed():
                verdict = check(journey, grader, found, practice=practice)
                _say(verdict, as_json, practice=practice, again=True)
    except KeyboardInterrupt:
        return


class _Seen:
    """The text of every exercise file as it was graded last, to find which function changed."""

    def __init__(self, journey: Journey, alone: Exercise | None = None) -> None:
        self._journey = journey
        self._alone = alone
        self._texts = {
            path: _text(path)
            for exercise in journey.curriculum.exercises
            for path in (journey.file(exercise), journey.practice_file(exercise))
        }
        self._unreadable: dict[Path, tuple[str, Exercise]] = {}

    def changed(self) -> Iterator[tuple[Exercise, bool]]:
        """Yield the exercises whose function changed, and whether in a practice copy.

        A file that Python cannot read gives one verdict, and is forgotten once it is mended:
        what changed since it could be read last is graded then.
        """
        for path, before in self._texts.items():
            now = _text(path)
            broken, mended = self._unreadable.get(path, ("", None))
            if not now or now == (broken or before):
                continue
            place = self._journey.at(path)
            exercises = [e for e in place.exercises if self._alone in (None, e)]
            if not exercises:
                continue
            if line := _unreadable(now):
                found = _around(now, line, exercises)
                self._unreadable[path] = (now, found)
                yield found, place.practice
                continue
            self._texts[path] = now
            self._unreadable.pop(path, None)
            targets = [exercise.target for exercise in place.exercises]
            for e in exercises:
                was, now_is = (_function(text, e.target, targets) for text in (before, now))
                if was != now_is or e == mended:
                    yield e, place.practice


def _function(text: str, target: str, targets: list[str]) -> str:
    """Return the function with what it leans on; empty where it cannot be found."""
    from firsthand.study.errors import UnknownNameError
    from firsthand.study.skeleton import standalone_source

    try:
        return standalone_source(text, target, targets)
    except (SyntaxError, ValueError, UnknownNameError):
        return ""


def _unreadable(text: str) -> int:
    """Return the line at which Python cannot read the text; 0 where it can."""
    try:
        compile(text, "", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1
    except ValueError:  # a null byte
        return 1
    return 0


def _around(text: str, line: int, exercises: list[Exercise]) -> Exercise:
    """Return the exercise whose function begins last before a line; else the first."""
    by_name = {exercise.target.rpartition(".")[2]: exercise for exercise in exercises}
    begins = re.findall(r"(?m)^\s*(?:async\s+)?def\s+(\w+)", "\n".join(text.splitlines()[:line]))
    return next((by_name[name] for name in reversed(begins) if name in by_name), exercises[0])


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _say(verdict: Verdict, as_json: bool, *, practice: bool = False, again: bool = False) -> None:
    from firsthand.cli.verdicts import show_verdict

    if as_json:
        plain = verdict.to_json() | {"practice": practice}
        click.echo(json.dumps(plain, ensure_ascii=False, default=str))
        return
    out = console()
    if again:
        out.print()
    if practice:
        out.print(f"[dim]Your practice copy, practice/{verdict.exercise}.py:[/]", soft_wrap=True)
    show_verdict(out, verdict)
