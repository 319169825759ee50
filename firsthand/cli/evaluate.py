"""``firsthand evaluate``: judge a run on its test part, or say which of several is better."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import console, relative, say_json

if TYPE_CHECKING:
    from firsthand.train import Run
    from firsthand.train.evaluation.comparing import Ranking
    from firsthand.train.evaluation.report import Report

CONFIG = Path("configs/config.yaml")
LATEST = "latest"
SAID = ("figures", "baselines", "calibration", "slices", "generalisation", "robustness")


@click.command(
    epilog="\b\nExamples:\n  firsthand evaluate\n  firsthand evaluate --open"
    "\n  firsthand evaluate outputs/runs/20260102-030405-project --no-baselines"
    "\n  firsthand evaluate --data data/raw/later.csv"
    "\n  firsthand evaluate 20260102-030405-small 20260102-040506-large"
)
@click.argument("names", nargs=-1, metavar="[RUN]...")
@click.option(
    "--data",
    "path",
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Test on other examples, a file or folder like the one trained on.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the page here, too.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--no-baselines", is_flag=True, help="Fit no classical models beside it; quicker.")
@click.option("--open", "open_", is_flag=True, help="Show the report in a browser.")
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    path: Path | None,
    html: Path | None,
    as_json: bool,
    no_baselines: bool,
    open_: bool,
) -> None:
    """Judge a run, by default the latest, on examples it was not trained on.

    Writes report.html and report.json beside the run's records, and its predictions. A RUN is a
    folder of outputs/runs, or its name. Of several runs, says which is better: only where the
    interval of their difference leaves no doubt, and else how many examples would. Exits with 1
    where they cannot be ranked.
    """
    runs = [_find(name) for name in names or (LATEST,)]
    if len(runs) > 1:
        if path is not None or html is not None or open_:
            raise click.UsageError("--data, --html and --open are for one run at a time.")
        ranking = _compare(runs)
        if as_json:
            say_json(ranking.plain())
        else:
            _tell_ranking(ranking)
        ctx.exit(0 if ranking.ranked else 1)
    report = _evaluate(runs[0], path, baselines=not no_baselines, quiet=as_json)
    if html is not None:
        _copy(report.html, html)
    if as_json:
        say_json(report.plain())
    else:
        _tell(report)
    if open_:
        click.launch(report.html.resolve().as_uri())


def _find(name: str) -> Run:
    """Return the run of that name, or in that folder, or the latest of the project one is in."""
    from firsthand.train import Run, load_config, project_of
    from firsthand.train.errors import RunError

    if (Path(name) / "config.yaml").is_file() and name != LATEST:
        return Run.open(name)
    for config in (CONFIG, Path("config.yaml")):
        if config.is_file():
            return Run.find(name, load_config(config), project_of(config))
    raise RunError(
        f"There is no run {name!r} here, and no {CONFIG}. Go to a project's folder, or name a run "
        "by its folder."
    )


def _evaluate(run: Run, path: Path | None, *, baselines: bool, quiet: bool) -> Report:
    from firsthand.train.evaluation.report import evaluate

    if quiet:
        return evaluate(run, path=path, baselines=baselines)
    with console(stderr=True).status("Evaluating ...") as status:
        return evaluate(
            run,
            path=path,
            baselines=baselines,
            told=lambda title: status.update(f"{title} ..."),
        )


def _copy(report: Path, to: Path) -> None:
    from firsthand.train.errors import RunError

    try:
        to.write_bytes(report.read_bytes())
    except OSError as error:
        raise RunError(f"{to} cannot be written: {error.strerror}. The report is {report}.") from (
            error
        )


def _compare(runs: Sequence[Run]) -> Ranking:
    """Return the ranking; runs that have no predictions yet are evaluated first."""
    from firsthand.train.evaluation.comparing import compare_runs

    for run in runs:
        if not (run.predictions / "test.npz").is_file():
            _evaluate(run, None, baselines=False, quiet=True)
    return compare_runs(runs)


def _tell(report: Report) -> None:
    out = console()
    for remark in report.remarks:
        out.print(f"Note: {remark}", markup=False)
    for section in report.sections:
        if section.key in SAID:
            said = section.sentence or f"could not be made: {section.missing}"
            out.print(f"{section.title}: {said}", markup=False)
    out.print(f"\nReport:       {relative(report.html)}", markup=False, soft_wrap=True)
    if report.predictions is not None:
        out.print(f"Predictions:  {relative(report.predictions)}", markup=False, soft_wrap=True)


def _tell_ranking(ranking: Ranking) -> None:
    from rich.table import Table
    from rich.text import Text

    from firsthand.train.evaluation.comparing import NAMES
    from firsthand.train.evaluation.saying import say

    out = console()
    name, _, percent = NAMES[ranking.figure]
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("", name, "on other examples", "with other seeds"):
        table.add_column(Text(head), overflow="fold")
    for contender in ranking.contenders:
        cell, seeds = (say(i, percent=percent) for i in (contender.interval, contender.seeds))
        table.add_row(Text(contender.name), Text(cell.text), Text(cell.small), Text(seeds.small))
    out.print(table)
    out.print()
    for duel in ranking.duels:
        cell = say(duel.better_by, percent=percent, points=percent)
        verdict = "" if duel.decided else "; 0 lies within, so they are not ranked"
        out.print(
            f"{duel.first} − {duel.second}: better by {cell.text} ({cell.small}){verdict}",
            markup=False,
        )
    out.print()
    out.print(ranking.sentence(), markup=False)
