"""``firsthand start``: make the journey, or add what a newer firsthand brought."""

from __future__ import annotations

import os
from pathlib import Path

import click

from firsthand.cli.journeys import clock, console, find_curriculum, json_option, relative, say_json


@click.command(epilog="\b\nExamples:\n  firsthand start\n  firsthand start ~/learning/ml --json")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@json_option
def command(folder: Path | None, as_json: bool) -> None:
    """Make your journey: the folder FOLDER (ml_journey) that holds all your work.

    One folder a stage: from_scratch/ with the functions you write, library_impl/,
    comparison.ipynb and notes.md. Run again, on a journey or inside it, it adds what is new or
    missing and never touches a file that is there.
    """
    from firsthand.study.journey import Journey, is_journey

    folder = _meant(folder)
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
    out, name = console(), folder.resolve().name
    if not known:
        where = folder if folder.name else name
        out.print(f"Your journey is in {where}.", soft_wrap=True, markup=False)
        out.print("\n  firsthand studio     study in the browser")
        out.print("  firsthand next       or begin with the first exercise")
        if file:
            out.print(f"                       in {file}", soft_wrap=True)
        return
    if not new:
        out.print(f"{name} has all its files.", soft_wrap=True, markup=False)
    else:
        out.print(f"Added to {name}; what was there is as it was:", soft_wrap=True, markup=False)
    for file in new:
        out.print(f"  {file}", soft_wrap=True, markup=False)
    for number, found in missing.items():
        for exercise in found:
            out.print(f"Your file of stage {number} has no {exercise.target}.", soft_wrap=True)
            out.print(
                f"  To add it blank, at the end: firsthand reset {exercise.id}", soft_wrap=True
            )


def _meant(folder: Path | None) -> Path:
    """Return the folder to make: one journey never lies inside another.

    Raises
    ------
    JourneyError
        If ``folder`` is given and lies inside a journey.
    """
    from firsthand.study.errors import JourneyError
    from firsthand.study.journey import DEFAULT_FOLDER, is_journey

    place = (folder or Path.cwd()).resolve()
    around = next((p for p in (place, *place.parents) if is_journey(p)), None)
    if folder is None:
        return Path(os.path.relpath(around)) if around else Path(DEFAULT_FOLDER)
    if around and around != place:
        raise JourneyError(f"{folder} lies inside the journey {around}. Choose another folder.")
    return folder


def _files(folder: Path) -> set[str]:
    """Return the files in a folder, as paths inside it, without firsthand's own."""
    if not folder.is_dir():
        return set()
    paths = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return {str(p) for p in paths if p.parts[0] != ".firsthand"}
