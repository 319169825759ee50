"""``firsthand content``: for those who write stages."""

from __future__ import annotations

import json
from pathlib import Path

import click

from firsthand.cli.main import EXIT_FAILED

ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The curriculum's folder; by default the one that firsthand ships.",
)


@click.group(epilog="Example: firsthand content check 05")
def command() -> None:
    """For authors: check content, measure it, add a stage."""


@command.command(epilog="Examples: firsthand content check; firsthand content check 05 --json")
@click.argument("stage", required=False)
@click.option("--quick", is_flag=True, help="Read only; do not run the checks.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@ROOT
def check(stage: str | None, quick: bool, as_json: bool, root: Path | None) -> int:
    """Prove that a stage's content holds together, or say what to mend.

    Reads every file; then runs the checks: on the reference (must pass), on the skeleton (must
    fail as not attempted) and on every misconception (must fail and be named).
    """
    from firsthand.study.content import load_curriculum
    from firsthand.study.proofreading import proofread

    curriculum = load_curriculum(root)
    stages = [curriculum.stage(stage)] if stage else None
    problems = [str(p) for p in proofread(curriculum, stages)]
    proved: list[str] = []
    if not quick and not problems:
        from firsthand.study.grading.audit import audit

        report = audit(curriculum, stages or list(curriculum.written))
        problems += report.problems
        proved = report.summary
    if as_json:
        click.echo(json.dumps({"problems": problems, "proved": proved}, indent=2))
    else:
        for line in proved:
            click.echo(line)
        for problem in problems:
            click.echo(f"to mend  {problem}")
        count = len(stages or curriculum.written)
        click.echo(
            f"{count} stages, {len(problems)} to mend" if problems else f"{count} stages hold"
        )
    return EXIT_FAILED if problems else 0


@command.command(epilog="Example: firsthand content publish")
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
    epilog="Example: firsthand content new 08_decision_tree "
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
