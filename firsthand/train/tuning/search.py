"""The search: each trial proposes settings, trains with them, and is stopped early if it lags."""

from __future__ import annotations

import math
import multiprocessing
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.library.support import require
from firsthand.train.config import Config
from firsthand.train.errors import DivergedError, RunError, StoppedError, TrainError
from firsthand.train.files import locked
from firsthand.train.listeners import Figures, Listener
from firsthand.train.tuning.space import check_space, configured, suggest, told
from firsthand.train.tuning.study import folder_of, line_of, open_study

if TYPE_CHECKING:
    import optuna

    from firsthand.train.data import Data
    from firsthand.train.loop import State

# of a trial's training: what only a training that is kept needs
PLAIN = {
    "train.tensorboard": False,
    "train.curves": False,
    "train.check": False,
    "train.checkpoints.every_seconds": None,
}


@dataclass(frozen=True)
class Job:
    """What a process needs to take part in a study."""

    config: Config
    project: Path
    name: str


def search(job: Job, *, say: Callable[[str], None] = lambda _: None) -> optuna.Study:
    """Run trials until there are as many as asked for, in as many processes; return the study.

    Raises
    ------
    ConfigError
        If a key or value of the space does not fit.
    TrainError
        If every trial fails, with the reason of the last.
    """
    check_space(job.config)
    study = open_study(job.config, job.project, job.name)
    if job.config.tune.storage is not None:  # it tells by heartbeats which processes are gone
        _work_all(job, say)
    else:
        with locked(folder_of(job.config, job.project, job.name), "is searching in this study"):
            start_again(study)
            _work_all(job, say)
    study = open_study(job.config, job.project, job.name)
    _check_some_finished(study)
    return study


def _work_all(job: Job, say: Callable[[str], None]) -> None:
    """Run trials here, or in as many processes as asked for."""
    if job.config.tune.processes == 1:
        _work(job, 0, say)
    else:
        _work_together(job)


def _work(job: Job, worker: int, say: Callable[[str], None] = print) -> None:
    """Run trials in this process until enough are done."""
    import torch

    from firsthand.train.project import open_data

    optuna = require("optuna")
    settings = job.config.tune
    if settings.processes > 1:
        torch.set_num_threads(max(1, torch.get_num_threads() // settings.processes))
    data = open_data(job.config, job.project)  # once for all trials of this process
    study = open_study(job.config, job.project, job.name, worker=worker)
    over = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
    until = None if settings.minutes is None else time.monotonic() + 60 * settings.minutes

    def note(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        say(line_of(trial, job.config.train))
        if until is not None and time.monotonic() > until:
            study.stop()

    if _is_enough(study, over, settings.trials):
        return
    study.optimize(
        lambda trial: _train(job, data, trial),
        n_trials=settings.trials * 2,  # those that diverge are not counted, but not tried for ever
        catch=(DivergedError,),
        callbacks=[note, optuna.study.MaxTrialsCallback(settings.trials, states=over)],
    )


def _is_enough(study: optuna.Study, over: tuple[optuna.trial.TrialState, ...], n: int) -> bool:
    return len(study.get_trials(deepcopy=False, states=over)) >= n


def _work_together(job: Job) -> None:
    """Run trials in several processes, and wait for all of them."""
    context = multiprocessing.get_context("spawn")  # a forked process cannot use PyTorch's threads
    workers = [
        context.Process(target=_work_quietly, args=(job, number), daemon=True)
        for number in range(job.config.tune.processes)
    ]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            worker.join()
    finally:
        for worker in workers:
            worker.terminate()
    if all(worker.exitcode for worker in workers):
        raise RunError("Every process of the search failed; what they said stands above.")


def _work_quietly(job: Job, worker: int) -> None:
    """Run trials; Ctrl-C reaches every process, and the one that started them tells of it."""
    try:
        _work(job, worker)
    except (StoppedError, KeyboardInterrupt):
        sys.exit(130)


def _train(job: Job, data: Data, trial: optuna.Trial) -> float:
    """Train with proposed settings; return the best monitored figure, as one that is to fall."""
    from firsthand.train.project import train

    values = suggest(trial, job.config.tune.space)
    home = folder_of(job.config, job.project, job.name) / "trials" / f"{trial.number:04}"
    plain = {**PLAIN, "folders.outputs": str(home), "folders.logs": str(home)}
    config = configured(job.config, {**values, **plain})

    try:
        run, state = train(config, job.project, data=data, listeners=[_Reporter(trial)])
        shutil.copy(run.folder / "history.jsonl", home / "history.jsonl")
    except StoppedError:
        trial.study.enqueue_trial(trial.params)  # so that the next search tries them
        raise
    finally:
        for part in ("checkpoints", "runs", "predictions", "tensorboard"):
            shutil.rmtree(home / part, ignore_errors=True)  # the winner is trained again
    if not math.isfinite(state.best):
        raise DivergedError(f"The validation {config.train.monitor} was never a finite number.")
    return state.best


class _Reporter(Listener):
    """Tells a trial how it goes, and ends the training where the pruner says so."""

    def __init__(self, trial: optuna.Trial):
        self._trial = trial

    def finished_epoch(self, figures: Figures, state: State) -> None:
        self._trial.report(figures["monitored"], int(figures["epoch"]))
        if self._trial.should_prune():
            raise require("optuna").TrialPruned


def start_again(study: optuna.Study) -> None:
    """Queue the settings of trials whose process is gone, and close those trials."""
    states = require("optuna").trial.TrialState
    for trial in study.get_trials(deepcopy=False, states=(states.RUNNING,)):
        study.tell(trial.number, state=states.FAIL)
        if trial.params:
            study.enqueue_trial(trial.params)


def _check_some_finished(study: optuna.Study) -> None:
    states = require("optuna").trial.TrialState
    if not study.get_trials(deepcopy=False, states=(states.COMPLETE,)):
        tried = ", ".join(told(trial.params) for trial in study.get_trials(deepcopy=False)[-3:])
        raise TrainError(
            f"No trial of {len(study.trials)} came to its end; the last had {tried}. "
            "Make the ranges of tune.space smaller, or train longer."
        )
