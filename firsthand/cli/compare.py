"""``firsthand compare``: your code, or ours, against the library, number by number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import clock, console, journey_option, json_option, say_json

if TYPE_CHECKING:
    from firsthand.compare import Comparison
    from firsthand.study.journey import Journey


@click.command(
    epilog="\b\nExamples:\n  firsthand compare 05\n  firsthand compare 06 --mine --html mine.html"
    "\n  firsthand compare trees\n  firsthand compare networks"
    "\n  firsthand compare 05 --data houses.csv --target price"
)
@click.argument("name", default="all", metavar="[STAGE|FAMILY|NETWORK|all]")
@click.option("--list", "listed", is_flag=True, help="Say what can be compared, and stop.")
@click.option("--mine", is_flag=True, help="Run on your passed functions, ours for the rest.")
@click.option(
    "--data",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Your own table, with column names in its first line; needs --target.",
)
@click.option("--target", metavar="COL", help="The column of --data to predict.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Also write a report with pictures, one file that needs no other.",
)
@journey_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    listed: bool,
    mine: bool,
    file: Path | None,
    target: str | None,
    html: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Run code from scratch and its counterpart on the same data, and say how far they agree.

    A stage compares the functions that it teaches, a family every model of it, a network its
    training, step by step; --list names them. For every quantity: the largest difference, the
    tolerance and its reason. Where both sides differ only by a convention, the convention is
    found and stated. Exits with 1 where they differ.
    """
    from firsthand.compare.mine import keep
    from firsthand.compare.registry import comparable, find

    if listed:
        for subject in comparable():
            click.echo(f"{subject.name:24}{subject.title}")
            for member in subject.members:
                click.echo(f"  {member:22}{find(member).title}")
        return
    if (file is None) != (target is None):
        raise click.UsageError("--data and --target belong together: a file, and what to predict.")
    subjects = [find(name)] if name != "all" else list(comparable())
    if mine and name == "all":
        subjects = [subject for subject in subjects if subject.targets]
    elif mine and not subjects[0].targets:
        raise click.UsageError(f"{name} stands for whole models, all ours; --mine needs a stage.")
    names = [subject.name for subject in subjects]
    journey = _journey(folder, needed=mine)
    try:
        if name == "all":
            names = _fitting(names, file, target)
        found = _run_all(names, journey if mine else None, file, target)
        stages = {subject.name for subject in subjects if subject.targets}
        if journey is not None:
            for comparison in found:
                if comparison.stage in stages:
                    keep(journey, comparison, clock())
    finally:
        if journey is not None:
            journey.close()
    if html is not None:
        _write(html, found)
    if as_json:
        plain = [comparison.to_json(pictures=False) for comparison in found]
        say_json(
            plain[0]
            if name != "all"
            else {"agrees": all(c.agrees for c in found), "comparisons": plain}
        )
    else:
        _tell(found, html)
    ctx.exit(0 if all(comparison.agrees for comparison in found) else 1)


def _run_all(
    names: list[str], journey: Journey | None, file: Path | None, target: str | None
) -> list[Comparison]:
    """Compare one by one; of several, those that cannot be compared here are named."""
    from firsthand.compare.errors import CompareError

    found: list[Comparison] = []
    refused: dict[str, CompareError] = {}
    for name in names:
        try:
            found.append(_run(name, journey, file, target))
        except CompareError as error:
            if len(names) == 1:
                raise
            refused[name] = error
    if not found:
        raise next(iter(refused.values()))
    for name, error in refused.items():
        click.echo(f"Left out {name}: {error}", err=True)
    return found


def _run(name: str, journey: Journey | None, file: Path | None, target: str | None) -> Comparison:
    from firsthand.compare.jobs import read_data
    from firsthand.compare.mine import compare_mine
    from firsthand.compare.registry import compare

    if journey is not None:
        return compare_mine(journey, name, data=file, target=target)
    given = read_data(name, str(file), target) if file else None
    return compare(name, data=given)


def _fitting(names: list[str], file: Path | None, target: str | None) -> list[str]:
    """Return those that can learn from the file; all of them where there is none."""
    from firsthand.compare.errors import CompareError
    from firsthand.compare.jobs import read_data

    if file is None:
        return names
    fitting: list[str] = []
    refused: list[str] = []
    for name in names:
        try:
            read_data(name, str(file), target)
        except CompareError as error:
            refused.append(str(error))
        else:
            fitting.append(name)
    if not fitting:
        raise CompareError(refused[0])
    return fitting


def _journey(folder: Path | None, *, needed: bool) -> Journey | None:
    """Return the journey; None where there is none and none is needed."""
    from firsthand.cli.journeys import open_journey
    from firsthand.study.errors import JourneyError

    try:
        return open_journey(folder)
    except JourneyError:
        if needed or folder is not None:
            raise
        return None


def _write(html: Path, found: list[Comparison]) -> None:
    from firsthand.compare.errors import CompareError
    from firsthand.compare.report import page

    try:
        html.write_text(page(found), "utf-8")
    except OSError as error:
        raise CompareError(f"{html} cannot be written: {error.strerror}.") from error


def _tell(found: list[Comparison], html: Path | None) -> None:
    from firsthand.compare.text import renderables

    out = console()
    for number, comparison in enumerate(found):
        if number:
            out.print()
        for part in renderables(comparison):
            out.print(part)
    if html is not None:
        out.print(f"\nWritten: {html}", soft_wrap=True)
