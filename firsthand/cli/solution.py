"""``firsthand solution``: our version, after passing or on giving up."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from firsthand.cli.journeys import (
    clock,
    console,
    journey_option,
    json_option,
    open_journey,
    say_json,
)


@click.command(
    epilog="\b\nExamples:\n  firsthand solution linear.gradient\n"
    "  firsthand solution linear.gradient --give-up"
)
@click.argument("exercise")
@click.option("--give-up", is_flag=True, help="Show it before you passed; this is recorded.")
@journey_option
@json_option
def command(exercise: str, give_up: bool, folder: Path | None, as_json: bool) -> None:
    """Show our version of EXERCISE, once you passed it, or when you give up.

    Giving up is recorded and no disgrace: the exercise comes back soon, blank.
    """
    with open_journey(folder) as journey:
        found = journey.curriculum.exercise(exercise)
        solution = journey.solution(found.id, clock(), give_up=give_up)
    if as_json:
        say_json(asdict(solution))
        return
    if not sys.stdout.isatty():
        click.echo(solution.source, nl=False)
        return
    from rich.syntax import Syntax

    console().print(
        Syntax(solution.source, "python", theme="ansi_light", background_color="default")
    )
