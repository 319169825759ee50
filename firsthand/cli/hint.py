"""``firsthand hint``: help, one step at a time."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

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


@click.command(epilog="\b\nExamples:\n  firsthand hint\n  firsthand hint linear.gradient")
@click.argument("exercise", required=False)
@journey_option
@json_option
def command(exercise: str | None, folder: Path | None, as_json: bool) -> None:
    """Show the next hint for EXERCISE (a stage's next, or the next of all, if none is named).

    Hints go from a question to nearly the answer. That one was taken is remembered: what
    needed help comes back a little earlier.
    """
    from firsthand.cli.readable import readable

    with open_journey(folder) as journey:
        found = find_exercise(journey, exercise)
        hint = journey.hint(found.id, clock(), practice=journey.practising(found))
    if as_json:
        say_json(asdict(hint))
        return
    out = console()
    out.print(f"[dim]{found.id}, hint {hint.step} of {hint.step + hint.left}[/]")
    out.print(readable(hint.text), markup=False)
    if not hint.left:
        out.print(
            f"[dim]That was the last. Our version: firsthand solution {found.id} --give-up[/]"
        )
