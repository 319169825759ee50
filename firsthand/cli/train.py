"""``firsthand train``: from a configuration to a trained network, or on from where it stopped."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import console, relative

if TYPE_CHECKING:
    from firsthand.train import Config, Run
    from firsthand.train.loop import State

CONFIG = Path("configs/config.yaml")
LATEST = "latest"


def _tell_keys(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    """Print every key with what it may be, its default and what it means."""
    if not asked or ctx.resilient_parsing:
        return
    from firsthand.train.config import all_keys

    for key in all_keys():
        only = f"  (of {key.only})" if key.only else ""
        default = f"; default {key.default}" if key.default else ""
        click.echo(f"{key.path}{only}\n    {key.allowed}{default}\n    {key.description}")
    ctx.exit()


@click.command(
    epilog="\b\nExamples:\n  firsthand train"
    "\n  firsthand train configs/config.yaml train.lr=0.01 train.epochs=40"
    "\n  firsthand train --find-lr"
    "\n  firsthand train --resume"
    "\n  firsthand train --resume outputs/runs/20260102-030405-project train.epochs=40"
)
@click.argument("words", nargs=-1, metavar="[CONFIG] [KEY=VALUE]...")
@click.option(
    "--resume",
    is_flag=False,
    flag_value=LATEST,
    metavar="[RUN]",
    help="Go on with a run, exactly where its last checkpoint is; by default with the latest.",
)
@click.option(
    "--keys",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_keys,
    help="List all keys of a configuration, and stop.",
)
@click.option("--find-lr", is_flag=True, help="Suggest a learning rate, draw why, and stop.")
@click.option(
    "--overfit-one-batch", is_flag=True, help="Learn one batch by heart, as a test, and stop."
)
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    resume: str | None,
    find_lr: bool,
    overfit_one_batch: bool,
) -> None:
    """Train what a configuration describes, by default configs/config.yaml.

    KEY=VALUE sets a key for this run. What comes of it is below outputs/runs, outputs/checkpoints
    and logs/tensorboard. Ctrl-C saves the state and stops; --resume goes on from there, to the
    same bits. A resumed run keeps its settings; how long it trains may be changed.
    Several processes train one network by: torchrun --nproc-per-node 2 -m firsthand train
    """
    from firsthand.train import project_of, train
    from firsthand.train.progress import Progress

    if resume is not None and ("=" in resume or resume.endswith((".yaml", ".yml"))):
        words, resume = (resume, *words), LATEST  # what follows --resume is not its value
    config, overrides = _sorted(words)
    run: Run | None = None
    if resume is None:
        settings, project = _read(config, overrides), project_of(config)
    else:
        run, settings = _find(resume, config, overrides)
        project = run.project
    if find_lr:
        ctx.exit(_find_rate(settings, project))
    if overfit_one_batch:
        ctx.exit(_overfit(settings, project))
    progress = Progress(console())
    try:
        run, state = train(settings, project, resume=run, listeners=[progress])
    finally:
        progress.close()
    if int(os.environ.get("RANK", "0")) == 0:
        _tell(run, state)
        if settings.train.report:
            _report(run)


def _sorted(words: tuple[str, ...]) -> tuple[Path, list[str]]:
    """Return (the configuration's file, what overrides it)."""
    files = [word for word in words if "=" not in word]
    if len(files) > 1:
        raise click.UsageError(
            f"One configuration at a time; these are {len(files)}: {', '.join(files)}."
        )
    return Path(files[0]) if files else CONFIG, [word for word in words if "=" in word]


def _read(config: Path, overrides: list[str]) -> Config:
    from firsthand.train import load_config

    if not config.exists() and config == CONFIG:
        raise click.UsageError(
            f"There is no {CONFIG} here. Go to a project's folder, name its configuration, or "
            "make a project: firsthand new"
        )
    return load_config(config, overrides)


def _find(resume: str, config: Path, overrides: list[str]) -> tuple[Run, Config]:
    """Return the run to go on with, and its settings with what overrides them."""
    from firsthand.train import Run, load_config, project_of

    if (Path(resume) / "config.yaml").is_file():
        run = Run.open(resume)
    else:
        run = Run.find(resume, _read(config, []), project_of(config))
    return run, load_config(run.folder / "config.yaml", overrides)


def _find_rate(settings: Config, project: Path) -> int:
    from firsthand.train.files import write_whole
    from firsthand.train.project import prepare
    from firsthand.train.rate_finder import find_rate

    data, model, _ = prepare(settings, project)
    found = find_rate(model, data, settings)
    path = project / settings.folders.outputs / "learning_rate.png"
    write_whole(path, found.picture())
    click.echo(
        f"Suggested: train.lr={found.suggested:.1e} (train.lr is {settings.train.lr:g}). "
        f"The loss over the rate: {relative(path)}"
    )
    return 0


def _overfit(settings: Config, project: Path) -> int:
    from firsthand.train.overfitting import LEAST, overfit_one_batch
    from firsthand.train.project import prepare

    def told(step: int, loss: float) -> None:
        if step in (0, 1, 2, 5) or (step % 10 == 0 and (step < 100 or step % 100 == 0)):
            click.echo(f"step {step:>4}   loss {loss:.5f}")

    data, model, _ = prepare(settings, project)
    found = overfit_one_batch(model, data, settings, told=told)
    n = len(found.losses) - 1
    if found.learnt:
        click.echo(f"Learnt by heart in {n} steps: the loss fell to {found.losses[-1]:.5f}.")
        return 0
    click.echo(
        f"Not learnt by heart in {n} steps: the loss went from {found.losses[0]:.4f} to "
        f"{found.losses[-1]:.4f}, not below {LEAST:.0%} of it. Try --find-lr, a larger network, "
        "and look whether equal inputs have different targets."
    )
    return 1


def _tell(run: Run, state: State) -> None:
    out = console()
    best = state.history[state.best_epoch]
    figures = ", ".join(
        f"{name.removeprefix('validation_').replace('_', ' ')} {value:.4g}"
        for name, value in best.items()
        if name.startswith("validation_")
    )
    kept = "Best" if math.isfinite(state.best) else "Kept, for no epoch could be compared"
    out.print(f"\n{kept}: epoch {state.best_epoch + 1} of {state.epoch}; validation {figures}.")
    out.print(f"Records:  {relative(run.folder)}  (curves.png, history.jsonl)", soft_wrap=True)
    out.print(f"Weights:  {relative(run.checkpoints.folder / 'best.pt')}", soft_wrap=True)


def _report(run: Run) -> None:
    """Judge the run; whatever stands in the way, the training is done and kept."""
    from firsthand.train.evaluation.report import evaluate

    out = console()
    try:
        with console(stderr=True).status("Evaluating ..."):
            report = evaluate(run)
    except Exception as error:  # of any kind: nothing may look as if training had failed
        out.print(f"No report: {error}", markup=False, soft_wrap=True)
        out.print(f"Try:      firsthand evaluate {relative(run.folder)}", soft_wrap=True)
        return
    out.print(f"Report:   {relative(report.html)}", soft_wrap=True)
    out.print(f"\n{report.section('figures').sentence}", markup=False)
