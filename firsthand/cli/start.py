"""``firsthand start``: make the journey, or add what a newer firsthand brought."""

from __future__ import annotations

from pathlib import Path

import click

from firsthand.cli.journeys import clock, console, find_curriculum, json_option, relative, say_json


@click.command(epilog="\b\nExamples:\n  firsthand start\n  firsthand start ~/learning/ml --json")
@click.argument("folder", type=click.Path(path_type=Path), default="ml_journey")
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Make your journey: the folder FOLDER (ml_journey) that holds all your work.

    One folder a stage: from_scratch/ with the functions you write, library_impl/,
    comparison.ipynb and notes.md. Run again on a journey it adds what is new or missing and
    never touches a file that is there.
    """
    from firsthand.study.journey import Journey, is_journey

    known = is_journey(folder)
    before = _files(folder)
    with Journey.create(folder, clock(), find_curriculum()) as journey:
        missing = {s.number: journey.missing(s) for s in journey.curriculum.written if s.exercises}
        first = next((e for e in journey.curriculum.exercises), None)
        file = relative(journey.file(first)) if first else ""
    new = sorted(_files(folder) - before)
    lacking = {n: [e.target for e in found] for n, found in missing.items() if found}
    if as_json:
        say_json({"journey": str(folder), "new": new, "lacking": lacking, "first": file})
        return
    out = console()
    if not known:
        out.print(f"Your journey is in [bold]{folder}[/].", soft_wrap=True)
        out.print("\n  firsthand studio     study in the browser")
        out.print("  firsthand next       or begin with the first exercise")
        if file:
            out.print(f"                       in {file}", soft_wrap=True)
        return
    out.print(f"{folder} is up to date." if not new else f"Added to {folder}:", soft_wrap=True)
    for name in new:
        out.print(f"  {name}", soft_wrap=True)
    for number, targets in lacking.items():
        out.print(f"Your file of stage {number} has no {', '.join(targets)}.", soft_wrap=True)
        out.print("  Nothing was inserted. `firsthand reset EXERCISE` adds a blank at its end.")


def _files(folder: Path) -> set[str]:
    """Return the files in a folder, as paths inside it, without firsthand's own."""
    if not folder.is_dir():
        return set()
    paths = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return {str(p) for p in paths if p.parts[0] != ".firsthand"}
