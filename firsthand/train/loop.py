"""The loop: from a network and data to a trained network, in one file.

Each step takes one batch, computes the loss and its gradient, and lets the optimizer step. Whatever
is random in it comes from (seed, epoch, step), and whatever it has to remember is in `State`, so
training that is killed at any moment goes on from its last checkpoint to the same bits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from firsthand.train.data.batches import Batches
from firsthand.train.errors import DivergedError
from firsthand.train.losses import build_loss
from firsthand.train.optimizers import build_optimizer
from firsthand.train.schedules import rate
from firsthand.train.scores import predict, score

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config import Config
    from firsthand.train.data import Data
    from firsthand.train.run import Run

LOWER_IS_BETTER = {"loss", "mse", "mae", "rmse"}


@dataclass
class State:
    """What training has to remember between two steps, besides weights and optimizer.

    Attributes
    ----------
    epoch, step : int
        The epoch under way, from 0, and how many of its steps are done.
    loss_sum : float
        Of the losses of those steps.
    history : list of dict
        Figures of every finished epoch.
    best, best_epoch : float, int
        The best monitored figure so far, as one that is to fall, and its epoch.
    """

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)
    best: float = math.inf
    best_epoch: int = -1


def fit(
    model: nn.Module,
    data: Data,
    config: Config,
    run: Run,
    *,
    resume: bool = False,
    told: Callable[[dict[str, float]], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> State:
    """Train a network, and leave its best weights in it and in the run's checkpoints.

    Parameters
    ----------
    model : nn.Module
    data : Data
    config : Config
    run : Run
    resume : bool
        Go on from the run's last checkpoint, if there is one.
    told : function of the figures of an epoch
        Called after each.
    clock : function
        Seconds; decides when a checkpoint is due, and nothing else.

    Raises
    ------
    DivergedError
        If the loss is not finite.
    CheckpointError
        If the state cannot be written or read.
    """
    settings = config.train
    loss_of = build_loss(settings, data.facts)
    optimizer = build_optimizer(model, settings)
    batches = Batches(data.train, settings.batch_size, seed=config.seed)
    state = State()
    if resume:
        state = _restore(run, model, optimizer) or state
    saved = clock()
    while state.epoch < settings.epochs and not _is_stuck(state, settings.patience):
        model.train()
        for x, y in batches.epoch(state.epoch, start=state.step):
            done = state.epoch * len(batches) + state.step
            torch.manual_seed(config.seed + 1 + done)  # of dropout, wherever training was resumed
            factor = rate(
                settings.schedule,
                done,
                len(batches),
                settings.epochs,
                _monitored(state, settings.monitor),
            )
            for group in optimizer.param_groups:
                group["lr"] = settings.lr * factor
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            if settings.clip_norm is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
            optimizer.step()
            state.loss_sum += loss.item()
            state.step += 1
            if not math.isfinite(state.loss_sum):
                raise DivergedError(
                    f"The loss is {loss.item()} in step {state.step} of epoch {state.epoch + 1}. "
                    f"Try a learning rate below {settings.lr:g}, or train.detect_anomaly=true."
                )
            every = settings.checkpoints.every_seconds
            if every is not None and clock() - saved >= every:
                _save(run, model, optimizer, state)
                saved = clock()
        figures = _validate(model, data, state, config)
        state.history.append(figures)
        if figures["monitored"] < state.best:
            state.best, state.best_epoch = figures["monitored"], state.epoch
            run.checkpoints.save_best({"model": model.state_dict(), "epoch": state.epoch})
        state.epoch, state.step, state.loss_sum = state.epoch + 1, 0, 0.0
        _save(run, model, optimizer, state)
        run.write_history(state.history)
        told(figures)
    model.load_state_dict(run.checkpoints.best()["model"])
    return state


def _validate(model: nn.Module, data: Data, state: State, config: Config) -> dict[str, float]:
    """Return the figures of the epoch that has just ended."""
    loss_of = build_loss(config.train, data.facts)
    figures = score(loss_of, data.facts, *predict(model, data.validation))
    monitored = figures[config.train.monitor]
    return {
        "epoch": state.epoch + 1,
        "train_loss": state.loss_sum / max(state.step, 1),
        **{f"validation_{name}": value for name, value in figures.items()},
        "monitored": monitored if config.train.monitor in LOWER_IS_BETTER else -monitored,
    }


def _monitored(state: State, monitor: str) -> list[float]:
    return [figures["monitored"] for figures in state.history]


def _is_stuck(state: State, patience: int | None) -> bool:
    """Whether as many epochs as patience allows have brought nothing better."""
    return patience is not None and state.epoch - 1 - state.best_epoch >= patience


def _save(run: Run, model: nn.Module, optimizer: torch.optim.Optimizer, state: State) -> None:
    everything = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "state": vars(state).copy(),
    }
    run.checkpoints.save(everything, state.epoch * 10**6 + state.step)


def _restore(run: Run, model: nn.Module, optimizer: torch.optim.Optimizer) -> State | None:
    everything: dict[str, Any] | None
    everything, _ = run.checkpoints.latest()
    if everything is None:
        return None
    model.load_state_dict(everything["model"])
    optimizer.load_state_dict(everything["optimizer"])
    return State(**everything["state"])
