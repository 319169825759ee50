"""``firsthand today``: what to do now, and why."""

from __future__ import annotations

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


@click.command(epilog="\b\nExamples:\n  firsthand today\n  firsthand today --json")
@journey_option
@json_option
def command(folder: Path | None, as_json: bool) -> None:
    """Show what to do today, and why, in minutes.

    Reviews come first, then exercises whose recall decayed, the next exercise, and questions.
    """
    from rich.markup import escape
    from rich.table import Table

    from firsthand.cli.readable import readable
    from firsthand.study.routine import today

    now = clock()
    with open_journey(folder) as journey:
        tasks = today(journey, now)
    if as_json:
        say_json({"minutes": sum(t.minutes for t in tasks), "tasks": [asdict(t) for t in tasks]})
        return
    out = console()
    if not tasks:
        out.print("Nothing is due, and every exercise is passed. Enjoy the day.")
        return
    out.print(f"{now:%A}, {now.day} {now:%B}. About {sum(t.minutes for t in tasks)} minutes.\n")
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for number, task in enumerate(tasks):
        if number:
            table.add_row("", "")
        table.add_row(f"{task.minutes} min", f"[bold]{escape(readable(task.title))}[/]")
        table.add_row("", escape(readable(task.why)))
        table.add_row("", f"[dim]{escape(task.command)}[/]")
    out.print(table)
