"""``firsthand reset``: blank again, with a dated copy of what was there."""

from __future__ import annotations

from pathlib import Path

import click

from firsthand.cli.journeys import (
    clock,
    console,
    journey_option,
    json_option,
    open_journey,
    relative,
    say_json,
)


@click.command(epilog="\b\nExamples:\n  firsthand reset linear.gradient\n  firsthand reset 05")
@click.argument("what", metavar="EXERCISE|STAGE")
@journey_option
@json_option
def command(what: str, folder: Path | None, as_json: bool) -> None:
    """Make an exercise, or the whole file of a stage, blank again.

    The file as it was is kept in .firsthand/backups, under the date. What you passed stays
    passed. A function that your file lacks is added at its end.
    """
    from firsthand.study.errors import UnknownNameError

    with open_journey(folder) as journey:
        try:
            exercise = journey.curriculum.exercise(what)
        except UnknownNameError:
            if not what[:1].isdigit():
                raise
            stage = journey.curriculum.stage(what)
            copy = journey.reset_stage(stage, clock())
            file, name = journey.stage_folder(stage) / stage.file, f"Stage {stage.number}"
        else:
            copy, file, name = journey.reset(exercise, clock()), journey.file(exercise), exercise.id
    if as_json:
        say_json({"file": str(file), "copy": str(copy) if copy else None})
        return
    out = console()
    out.print(f"{name} is blank again in {relative(file)}.", soft_wrap=True)
    if copy:
        out.print(f"As it was: {relative(copy)}", soft_wrap=True)
