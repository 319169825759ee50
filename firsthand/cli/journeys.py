"""What commands share: finding the journey, options of one name and meaning, calm output."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from rich.console import Console

    from firsthand.study.content import Curriculum, Exercise
    from firsthand.study.journey import Journey

Command = TypeVar("Command", bound=Callable[..., Any])
WIDEST = 88  # characters; longer lines are hard to read


def journey_option(command: Command) -> Command:
    """Add ``--journey DIR`` to a command, as its argument ``folder``."""
    return click.option(
        "--journey",
        "folder",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help="The journey's folder; by default $FIRSTHAND_JOURNEY, or one around or below here.",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json`` to a command, as its argument ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(
        command
    )


def clock() -> datetime:
    """Return the time, in the learner's own time zone: their midnight ends their day."""
    return datetime.now().astimezone()


def find_curriculum() -> Curriculum:
    """Return the curriculum that ships, or the folder that $FIRSTHAND_CURRICULUM names."""
    from firsthand.study.content import load_curriculum

    folder = os.environ.get("FIRSTHAND_CURRICULUM")
    return load_curriculum(Path(folder) if folder else None)


def open_journey(folder: Path | None = None) -> Journey:
    """Open the learner's journey; stages that an upgrade brought are laid out, and said.

    Raises
    ------
    JourneyError
        If there is none; the command line exits with code 3.
    """
    from firsthand.study.journey import Journey

    journey = Journey.find(folder, find_curriculum())
    new = sorted(
        {path.relative_to(journey.folder).parts[0] for path in journey.write_stages(clock())}
    )
    if new:
        click.echo(f"New in your journey: {', '.join(new)}.", err=True)
    return journey


def find_exercise(journey: Journey, name: str | None) -> Exercise:
    """Return the exercise that a command means: by id or target, else the next one to write.

    A stage (``06``) stands for its next exercise.

    Raises
    ------
    UnknownNameError
        If there is no such exercise.
    RequestError
        If none was named and all are passed, or the stage has none.
    """
    from firsthand.study.errors import RequestError
    from firsthand.study.routine import next_exercise

    if name and name[0].isdigit():
        stage = journey.curriculum.stage(name)
        if not stage.exercises:
            raise RequestError(f"Stage {stage.number} {stage.title} has no exercises.")
        passed = journey.passed()
        return next((e for e in stage.exercises if e.id not in passed), stage.exercises[0])
    if name:
        return journey.curriculum.exercise(name)
    found = next_exercise(journey)
    if found is None:
        raise RequestError("Every exercise is passed. Name one: firsthand path --exercises")
    return found


def console(*, stderr: bool = False) -> Console:
    """Return what prints for people: plain where it is no terminal, never too wide."""
    from rich.console import Console

    class Calm(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # the root command knows what to do

    made = Calm(stderr=stderr, highlight=False)
    width = min(made.width, WIDEST)
    if made.is_terminal:
        return Calm(stderr=stderr, highlight=False, width=width)
    stream = cast("IO[str]", Trimmed(sys.stderr if stderr else sys.stdout))
    return Calm(file=stream, highlight=False, width=width)


class Trimmed:
    """A stream without the blanks with which a table fills its lines."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write whole lines, each without its trailing blanks."""
        return self._stream.write(re.sub(r" +(?=\n)", "", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def say_json(value: Any) -> None:
    """Print plain data for a script."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def relative(path: Path) -> str:
    """Return a path as one would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)
