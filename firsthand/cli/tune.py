"""``firsthand tune``: search for settings."""

from __future__ import annotations

from pathlib import Path

import click

from firsthand.cli.journeys import console, json_option, say_json


@click.command(
    epilog="\b\nExamples:\n  firsthand tune --trials 50"
    "\n  firsthand tune --processes 2 train.epochs=5"
    "\n  firsthand tune --study wide --storage postgresql://user@host/studies"
)
@click.argument("config", default="configs/config.yaml", metavar="[CONFIG]")
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--trials", type=click.IntRange(1), help="Trials in all, with those of earlier runs.")
@click.option("--processes", type=click.IntRange(1), help="Trials at the same time.")
@click.option("--storage", metavar="URL", help="A database that several machines share.")
@click.option("--study", "name", help="Name of the study; by default the project's.")
@json_option
def command(
    config: str,
    overrides: tuple[str, ...],
    trials: int | None,
    processes: int | None,
    storage: str | None,
    name: str | None,
    as_json: bool,
) -> None:
    """Search for settings: the keys and ranges that stand in the configuration under tune.space.

    Every trial is stored when it ends. Called again, the search goes on where it was; called on
    several machines with the same --storage, they share it. Trials that lag are stopped early, and
    the best are trained again with other seeds before one is named.
    """
    from firsthand.train import load_config, project_of
    from firsthand.train.tuning import Job, tune

    if "=" in config:  # only overrides were given
        config, overrides = "configs/config.yaml", (config, *overrides)
    given = {"trials": trials, "processes": processes, "storage": storage}
    overrides += tuple(f"tune.{key}={value}" for key, value in given.items() if value is not None)
    read = load_config(config, overrides)
    job = Job(read, project_of(Path(config)), name or read.name)
    out = console()
    result = tune(job, say=lambda line: click.echo(line, err=as_json))
    if as_json:
        say_json({"values": result.values, "verdict": result.verdict, "config": str(result.config)})
        return
    out.print(f"\n[bold]Best:[/] {' '.join(f'{k}={v}' for k, v in result.values.items())}")
    out.print(result.verdict)
    for line in result.warnings:
        out.print(f"[yellow]{line}[/]")
    out.print(f"Report: {result.folder / 'report.html'}", soft_wrap=True)
    out.print(f"Train with it: firsthand train {result.config}", soft_wrap=True)
