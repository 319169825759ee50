"""``firsthand new``: a project, after a look at its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import console, relative

if TYPE_CHECKING:
    from firsthand.train.generator import Created


@click.command(
    epilog="\b\nExamples:\n  firsthand new customers --task tabular"
    "\n  firsthand new houses --task tabular --data houses.csv --target price"
    "\n  firsthand new digits --task image --data pictures"
    "\n  firsthand new spam --task text --data sms.tsv data.names=[label,text]"
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="NAME")
@click.argument("keys", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--task",
    required=True,
    metavar="TASK",
    help="What the data are: tabular, image, text, timeseries or segmentation.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file or folder to learn from; without it, a small sample is made.",
)
@click.option("--target", metavar="COL", help="The column to predict.")
@click.option("--force", is_flag=True, help="Into a folder that is there: write what is missing.")
def command(
    folder: Path,
    keys: tuple[str, ...],
    task: str,
    data: Path | None,
    target: str | None,
    force: bool,
) -> None:
    """Make a project: data, configuration, network, notebook, tests, and a README that begins it.

    The data are read first. The README answers what to ask before anything is learnt: the problem,
    the shapes, how much there is, what a baseline reaches, which figures matter, and what to begin
    with. Small data are copied to data/raw, large ones stay where they are. KEY=VALUE sets a key of
    the configuration. Nothing is overwritten, and nothing is left behind where something is wrong.
    """
    from firsthand.train.generator import Wish, create

    _tell(create(Wish(folder, task, data, target, keys, force)))


def _tell(made: Created) -> None:
    from firsthand.train.generator.checklist import baseline

    out, data = console(), made.data
    out.print(f"Made {relative(made.folder)}. The data are {made.told}", soft_wrap=True)
    parts = f"{len(data.train):,} to learn from, {len(data.validation):,} to choose by, "
    out.print(f"Examples: {parts}{len(data.test):,} to report on.", soft_wrap=True)
    out.print(f"Baseline: {baseline(data)}", soft_wrap=True)
    for finding in data.findings:
        out.print(f"Noticed:  {finding.text}", soft_wrap=True, markup=False)
    for name in made.kept:
        out.print(f"Kept:     {name}, which was there.", soft_wrap=True, markup=False)
    out.print(f"Next:     cd {relative(made.folder)}; python main.py train", soft_wrap=True)
