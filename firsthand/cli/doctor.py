"""``firsthand doctor``: what this machine has, and what to do about what it lacks."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from firsthand.cli.journeys import journey_option, json_option
from firsthand.cli.main import EXIT_FAILED

REQUIRED = ("numpy", "scikit-learn", "matplotlib", "fsrs", "fastapi", "jupytext")
PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``well`` is None where it is optional and missing."""

    what: str
    found: str
    well: bool | None = True
    remedy: str = ""


@click.command(epilog="\b\nExamples:\n  firsthand doctor\n  firsthand doctor --json")
@journey_option
@json_option
def command(folder: Path | None, as_json: bool) -> int:
    """Say what is installed, whether code can be sandboxed, and what data is found.

    Exit code 1 if something is missing that firsthand cannot do without.
    """
    findings = list(_examine(folder))
    if as_json:
        click.echo(json.dumps([asdict(f) for f in findings], indent=2))
    else:
        marks = {True: "yes", None: "-", False: "NO"}
        for finding in findings:
            click.echo(f"{marks[finding.well]:>3}  {finding.what:<14} {finding.found}")
            if finding.remedy:
                click.echo(f"{'':20}{finding.remedy}")
    return EXIT_FAILED if any(f.well is False for f in findings) else 0


def _examine(folder: Path | None) -> Iterator[Finding]:
    recent = sys.version_info >= PYTHON
    yield Finding(
        "Python", platform.python_version(), recent, "" if recent else "3.11 or later is needed"
    )
    for name in REQUIRED:
        yield _package(name, needed=True, remedy="pip install firsthand")
    yield _package("torch", needed=False, remedy="stage 15 compares with it; make run installs it")
    yield _sandbox()
    yield _program("dot", "draws graphs: apt install graphviz")
    yield _program("chromium", "only the browser tests need it: apt install chromium")
    yield _data()
    yield _journey(folder)


def _package(name: str, *, needed: bool, remedy: str) -> Finding:
    try:
        return Finding(name, version(name))
    except PackageNotFoundError:
        return Finding(name, "not installed", False if needed else None, remedy)


def _program(name: str, remedy: str) -> Finding:
    where = shutil.which(name)
    return Finding(name, where) if where else Finding(name, "not found", None, remedy)


def _sandbox() -> Finding:
    from firsthand.study.grading.sandbox import unavailable

    why = unavailable()
    if why:
        return Finding("sandbox", why, None, "your code is graded, and verdicts say: not sandboxed")
    return Finding("sandbox", "bubblewrap: no network, no files, bounded time and memory")


def _data() -> Finding:
    from firsthand.data import DataError, data_folder, found

    try:
        folder = data_folder()
    except DataError as error:
        return Finding("real data", str(error), None)
    if folder is None:
        remedy = "scikit-learn's bundled sets are used; FIRSTHAND_DATA=FOLDER adds your own"
        return Finding("real data", "FIRSTHAND_DATA is not set", None, remedy)
    return Finding("real data", f"{len(found())} sets in {folder}")


def _journey(folder: Path | None) -> Finding:
    from firsthand.cli.journeys import open_journey
    from firsthand.study.errors import JourneyError
    from firsthand.study.journey import find_folder

    try:
        where = find_folder(folder)
    except JourneyError as error:
        return Finding("journey", str(error), None)
    try:
        with open_journey(where) as journey:
            problems = "; ".join(journey.store.problems())
    except JourneyError as error:
        problems = str(error)
    return Finding("journey", str(where), not problems, problems)
