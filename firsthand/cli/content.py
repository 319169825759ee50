"""``firsthand content``: for those who write stages."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import json_option
from firsthand.cli.main import EXIT_FAILED

if TYPE_CHECKING:
    from firsthand.study.content import Curriculum, Stage

MEASURE = "measure it by `firsthand content strength --write`"

ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The curriculum's folder; by default the one that firsthand ships.",
)


@click.group(epilog="\b\nExamples:\n  firsthand content check 05\n  firsthand content strength 05")
def command() -> None:
    """For authors: check content, measure it, add a stage."""


@command.command(
    epilog="\b\nExamples:\n  firsthand content check\n  firsthand content check 05 --json"
)
@click.argument("stage", required=False)
@click.option("--quick", is_flag=True, help="Read only; do not run the checks.")
@json_option
@ROOT
def check(stage: str | None, quick: bool, as_json: bool, root: Path | None) -> int:
    """Prove that a stage's content holds together, or say what to mend.

    Reads every file; then runs the checks: on the reference (must pass), on the skeleton (must
    fail as not attempted) and on every misconception (must fail and be named). Exits with 1 if
    something is to be mended.
    """
    from firsthand.study.proofreading import proofread

    curriculum, stages = _named(root, stage)
    problems = [str(p) for p in proofread(curriculum, stages if stage else None)]
    proved: list[str] = []
    if not quick and not problems:
        from firsthand.study.grading.audit import audit, stale

        report = audit(curriculum, stages, with_mutants=False)
        problems += report.problems
        proved = report.summary
        for each in stages:
            problems += [f"{id}: its strength is out of date; {MEASURE}" for id in stale(each)]
    if as_json:
        click.echo(json.dumps({"problems": problems, "proved": proved}, indent=2))
    else:
        for line in proved + [f"to mend  {problem}" for problem in problems]:
            click.echo(line)
        outcome = f"{len(problems)} to mend" if problems else "all hold"
        click.echo(f"{len(stages)} stages: {outcome}")
    return EXIT_FAILED if problems else 0


@command.command(
    epilog="\b\nExamples:\n  firsthand content strength\n  firsthand content strength 05 --write"
)
@click.argument("stage", required=False)
@click.option("--write", is_flag=True, help="Keep the figures in the stage's strength.toml.")
@json_option
@ROOT
def strength(stage: str | None, write: bool, as_json: bool, root: Path | None) -> int:
    """Measure how many wrong versions of each target its checks catch.

    Everything that `content check` runs, and machine-made mutants of each reference: operators,
    constants, axes, signs, off by one, dropped terms. Survivors are listed; those that
    compute the same stand in the stage's equivalent.toml with the reason. Exits with 1 if a
    bar is missed.
    """
    from firsthand.study.grading.audit import audit, write_strength

    curriculum, stages = _named(root, stage)
    report = audit(curriculum, stages)
    if write:
        for each in stages:
            ids = {e.id for e in each.exercises}
            write_strength(each, [row for row in report.rows if row.exercise in ids])
    if as_json:
        click.echo(json.dumps([asdict(row) for row in report.rows], indent=2))
    else:
        click.echo("\n".join(report.summary))
    return EXIT_FAILED if report.problems else 0


@command.command(epilog="\b\nExample:\n  firsthand content publish")
@ROOT
def publish(root: Path | None) -> None:
    """List every card and question id as published: from then on none may vanish."""
    from firsthand.study.content import load_curriculum
    from firsthand.study.proofreading import PUBLISHED, published_ids

    curriculum = load_curriculum(root)
    path = curriculum.root / PUBLISHED
    kept = set(path.read_text("utf-8").split()) if path.is_file() else set[str]()
    ids = sorted(kept | set(published_ids(curriculum)))
    path.write_text("\n".join(ids) + "\n", "utf-8")
    click.echo(f"{len(ids)} ids published, {len(set(ids) - kept)} of them new")


@command.command(
    epilog="\b\nExample:\n  firsthand content new 08_decision_tree "
    "--reference firsthand.scratch.trees.cart --target gini"
)
@click.argument("name")
@click.option("--reference", required=True, help="The module of firsthand.scratch to write.")
@click.option("--target", required=True, help="Its first function to be an exercise.")
@ROOT
def new(name: str, reference: str, target: str, root: Path | None) -> None:
    """Add the folder of a stage that path.toml lists, ready to be filled in."""
    from firsthand.study.authoring import new_stage
    from firsthand.study.content import load_curriculum

    folder = new_stage(load_curriculum(root), name, reference, target)
    click.echo(f"Made {folder}")
    click.echo(f"Replace every WRITE ME, then run `firsthand content check {name[:2]}`.")


def _named(root: Path | None, stage: str | None) -> tuple[Curriculum, list[Stage]]:
    """Return the curriculum in ``root`` and the stage of that name, or all that are written."""
    from firsthand.study.content import load_curriculum

    curriculum = load_curriculum(root)
    return curriculum, [curriculum.stage(stage)] if stage else list(curriculum.written)
