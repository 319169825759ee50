"""``firsthand check``: grade what the learner wrote."""

from __future__ import annotations

import json
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
    relative,
    say_json,
)
from firsthand.cli.main import EXIT_FAILED

if TYPE_CHECKING:
    from firsthand.study.content import Exercise
    from firsthand.study.grading import Grader
    from firsthand.study.journey import Journey
    from firsthand.study.verdict import Verdict


@click.command(
    epilog="\b\nExamples:\n  firsthand check\n  firsthand check linear.gradient --watch\n"
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
    """Grade EXERCISE (the next one to write, if none is named).

    Exits with 0 if it is passed and with 1 if not. With --watch every exercise whose function
    changed is graded as you save, in any of your files, or EXERCISE alone if you name it; --json
    then prints one verdict a line.
    """
    from firsthand.study.grading import Grader

    with open_journey(folder) as journey, Grader(journey.curriculum) as grader:
        if everything:
            return _check_all(journey, grader, as_json)
        found = find_exercise(journey, exercise)
        if watch:
            _watch(journey, grader, found, alone=exercise is not None, as_json=as_json)
            return 0
        verdict = check(journey, grader, found, practice=journey.practising(found))
        _say(verdict, as_json)
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
    """Grade every exercise; those still blank are listed and are no failure."""
    from firsthand.cli.verdicts import one_line

    out = console()
    verdicts: list[Verdict] = []
    for exercise in journey.curriculum.exercises:
        verdicts.append(check(journey, grader, exercise))
        if not as_json:
            out.print(one_line(verdicts[-1]))
    if as_json:
        say_json([verdict.to_json() for verdict in verdicts])
    failed = [v for v in verdicts if not v.passed and v.kind != "not_attempted"]
    return EXIT_FAILED if failed else 0


def _watch(
    journey: Journey, grader: Grader, exercise: Exercise, *, alone: bool, as_json: bool
) -> None:
    """Grade at every save until interrupted."""
    from watchfiles import watch

    seen = _Seen(journey)
    _say(check(journey, grader, exercise, practice=journey.practising(exercise)), as_json)
    stage = journey.curriculum.stage(exercise.stage)
    Thread(target=grader.warm, args=(stage,), daemon=True).start()
    if not as_json:
        console(stderr=True).print(f"[dim]watching {relative(journey.folder)}; Ctrl+C ends[/]")
    saves = watch(
        journey.folder,
        watch_filter=lambda _, path: path.endswith(".py"),
        debounce=200,
        step=10,  # milliseconds of silence that end a save
        rust_timeout=1000,  # look anyway: a save may have come before the watch began
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    for _ in saves:
        for found, practice in seen.changed():
            if not alone or found.id == exercise.id:
                _say(check(journey, grader, found, practice=practice), as_json, again=True)


class _Seen:
    """The text of every exercise file as it was graded last, to find which function changed."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey
        self._texts = {
            path: _text(path)
            for exercise in journey.curriculum.exercises
            for path in (journey.file(exercise), journey.practice_file(exercise))
        }

    def changed(self) -> Iterator[tuple[Exercise, bool]]:
        """Yield the exercises whose function changed, and whether in a practice copy."""
        for path, before in self._texts.items():
            now = _text(path)
            self._texts[path] = now
            if now == before or not now:
                continue
            place = self._journey.at(path)
            targets = [exercise.target for exercise in place.exercises]
            differ = [
                exercise
                for exercise in place.exercises
                if _function(before, exercise.target, targets)
                != _function(now, exercise.target, targets)
            ]
            if _unreadable(now):
                differ = differ[:1]  # one verdict on a file that Python cannot read is enough
            for exercise in differ:
                yield exercise, place.practice


def _function(text: str, target: str, targets: list[str]) -> str:
    """Return the function with what it leans on; empty where it cannot be found."""
    from firsthand.study.errors import UnknownNameError
    from firsthand.study.skeleton import standalone_source

    try:
        return standalone_source(text, target, targets)
    except (SyntaxError, ValueError, UnknownNameError):
        return ""


def _unreadable(text: str) -> bool:
    try:
        compile(text, "", "exec")
    except (SyntaxError, ValueError):
        return True
    return False


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _say(verdict: Verdict, as_json: bool, *, again: bool = False) -> None:
    from firsthand.cli.verdicts import show_verdict

    if as_json:
        click.echo(json.dumps(verdict.to_json(), ensure_ascii=False, default=str))
        return
    out = console()
    if again:
        out.print()
    show_verdict(out, verdict)
