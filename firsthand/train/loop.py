"""The loop: from a network and data to a trained network, in one file.

    for each epoch
        for each batch
            loss and its gradient, in parts if asked; clipped
            the optimizer steps with the rate of this step; the average of weights moves
        figures on the validation part: the best so far? worth going on?
        the state goes to disk

Whatever is random comes from (seed, epoch, step), and whatever has to be remembered is in `State`,
the network, the optimizer, the average and the precision, which a checkpoint holds. So training
that is killed at any moment goes on from its last checkpoint to the same bits.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from firsthand.train.data.batches import Batches
from firsthand.train.devices import choose_device, seed_devices
from firsthand.train.distributed import ALONE, Processes
from firsthand.train.ema import Average
from firsthand.train.errors import CheckpointError, DivergedError, StoppedError
from firsthand.train.figures import higher_is_better
from firsthand.train.interrupts import Interrupts
from firsthand.train.listeners import SECONDS_BETWEEN, Listener, Plan, Step
from firsthand.train.losses import build_loss
from firsthand.train.optimizers import build_optimizer
from firsthand.train.precision import Precision
from firsthand.train.resuming import circumstances, refuse_another
from firsthand.train.schedules import rate
from firsthand.train.scores import predict, score
from firsthand.train.seeds import seed_of

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config import Config
    from firsthand.train.data import Data
    from firsthand.train.run import Run

STEPS_BETWEEN_LOOKS = 50  # at the loss, where looking makes a graphics card wait


@dataclass
class State:
    """What training has to remember between two steps, besides weights and optimizer.

    Attributes
    ----------
    epoch, step : int
        The epoch under way, from 0, and how many of its steps are done.
    done : int
        Steps in all.
    loss_sum, seen : float
        Of the losses of this epoch's examples, and how many they are.
    history : list of dict
        Figures of every finished epoch.
    best, best_epoch : float, int
        The best monitored figure so far, as one that is to fall, and its epoch.
    seconds : float
        Spent so far.
    """

    epoch: int = 0
    step: int = 0
    done: int = 0
    loss_sum: float = 0.0
    seen: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best: float = math.inf
    best_epoch: int = -1
    seconds: float = 0.0


def fit(
    model: nn.Module,
    data: Data,
    config: Config,
    run: Run,
    *,
    resume: bool = False,
    listener: Listener | None = None,
    processes: Processes = ALONE,
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
    listener : Listener, optional
        Told what happens.
    processes : Processes
        Those that train together.
    clock : function
        Seconds; decides when a checkpoint is due and whether time is up, and nothing else.

    Raises
    ------
    ConfigError
        If the monitored figure or the device does not exist, or a resumed run had other settings.
    DivergedError
        If the loss is not finite.
    CheckpointError
        If the state cannot be written or read.
    StoppedError
        If somebody stopped it, by Ctrl-C or SIGTERM, after its state was saved.
    """
    training = _Training(model, data, config, run, listener or Listener(), processes, clock)
    with run.checkpoints.locked() if processes.writes else contextlib.nullcontext():
        return training.fit(resume=resume)


class _Training:
    """One training: the parts it is made of, and the loop over epochs and batches."""

    def __init__(
        self,
        model: nn.Module,
        data: Data,
        config: Config,
        run: Run,
        listener: Listener,
        processes: Processes,
        clock: Callable[[], float],
    ):
        settings = config.train
        self.config, self.settings, self.data, self.run = config, settings, data, run
        self.listener, self.processes, self.clock = listener, processes, clock
        self.device = choose_device(config.device)
        self.model = model.to(self.device)
        self.loss_of = build_loss(settings, data.facts)
        self.optimizer = build_optimizer(model, settings)
        self.precision = Precision(settings.precision, self.device)
        self.average = Average(model, settings.ema) if settings.ema else None
        self.batches = Batches(
            data.train,
            settings.batch_size,
            seed=config.seed,
            rank=processes.rank,
            world_size=processes.world_size,
        )
        self.sign = -1 if higher_is_better(settings.monitor, data.facts.problem) else 1
        self.state = State()
        self.losses = torch.zeros((), device=self.device)
        self.interrupts = Interrupts()
        self.began = self.saved = self.shown = clock()

    def fit(self, *, resume: bool) -> State:
        """Train to the end, and return the state then."""
        state, settings = self.state, self.settings
        if resume:
            self._restore()
        self.listener.begins(self._plan(), state)
        self.began = self.clock() - state.seconds
        with self.interrupts.noted():
            while state.epoch < settings.epochs and self._is_worth_it():
                self._train_epoch()
                self._close_epoch()
        self.model.load_state_dict(self.run.checkpoints.best()["model"])
        self.listener.ends(state)
        return state

    def _train_epoch(self) -> None:
        """Take the steps of the epoch that are still to be taken."""
        state, settings = self.state, self.settings
        look_each = 1 if self.device.type == "cpu" else STEPS_BETWEEN_LOOKS
        monitored = [figures["monitored"] for figures in state.history]
        self.losses.fill_(state.loss_sum)
        self.model.train()
        for x, y in self.batches.epoch(state.epoch, start=state.step):
            seed_devices(seed_of(self.config.seed, state.epoch, state.step, self.processes.rank))
            lr = settings.lr * rate(
                settings.schedule, state.done, len(self.batches), settings.epochs, monitored
            )
            for group in self.optimizer.param_groups:
                group["lr"] = lr * group.get("scale", 1.0)
            loss = self._step(*self._moved(x, y))
            self.losses += loss * len(y)
            state.seen += len(y)
            state.step += 1
            state.done += 1
            if state.step % look_each == 0 or state.step == len(self.batches):
                self._refuse_to_diverge(loss, lr)
            self._between_steps(loss, lr)

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Take one step of the optimizer; return the loss of the batch before it."""
        self.optimizer.zero_grad()
        with self.precision.casting():
            loss = self.loss_of(self.model(x).float(), y)
        self.precision.backward(loss)
        self.precision.step(self.optimizer, self.model, self.settings.clip_norm)
        if self.average is not None:
            self.average.update(self.state.done)
        return loss.detach()

    def _between_steps(self, loss: torch.Tensor, lr: float) -> None:
        """Save if it is time to, stop if somebody asked for it, and tell who listens."""
        state, every = self.state, self.settings.checkpoints
        now = self.clock()
        if now - self.shown >= SECONDS_BETWEEN:
            self.shown = now
            self.listener.stepped(Step(state.epoch, state.step, loss.item(), lr))
        if state.step == len(self.batches) and not self.interrupts.name:
            return  # the epoch is about to be closed, and saved then
        due = every.every_seconds is not None and now - self.saved >= every.every_seconds
        due = due or (every.every_steps is not None and state.done % every.every_steps == 0)
        if due or self.interrupts.name:
            self._refuse_to_diverge(loss, lr)
            self._save()
        if self.interrupts.name:
            raise StoppedError(
                f"Stopped by {self.interrupts.name} in epoch {state.epoch + 1}, step {state.step}; "
                f"the state is saved. Go on with: firsthand train --resume {self.run.id}"
            )

    def _close_epoch(self) -> None:
        """Judge the epoch that has just ended, and write everything down."""
        state = self.state
        with self._averaged():
            figures = self._figures()
            state.history.append(figures)
            if figures["monitored"] < state.best:
                state.best, state.best_epoch = figures["monitored"], state.epoch
                self.run.checkpoints.save_best(
                    {"model": self.model.state_dict(), "epoch": state.epoch, "figures": figures}
                )
        state.epoch += 1
        state.step = state.seen = 0
        self.losses.zero_()
        self._save()
        self.run.write_history(state.history)
        self.listener.finished_epoch(figures, state)

    def _figures(self) -> dict[str, float]:
        """Return the figures of the epoch that has just ended."""
        with self.precision.casting():
            outputs, targets = predict(self.model, self.data.validation, device=self.device)
        figures = score(self.loss_of, self.data.facts, outputs, targets)
        return {
            "epoch": self.state.epoch + 1,
            "seconds": self.clock() - self.began,
            "lr": self.optimizer.param_groups[0]["lr"],
            "train_loss": self.losses.item() / max(self.state.seen, 1),
            **{f"validation_{name}": value for name, value in figures.items()},
            "monitored": figures[self.settings.monitor] * self.sign,
        }

    def _is_worth_it(self) -> bool:
        """Whether there is patience and time left for another epoch."""
        state, settings = self.state, self.settings
        waited = state.epoch - 1 - state.best_epoch
        if settings.patience is not None and waited >= settings.patience:
            self.listener.says(
                f"Stopped after epoch {state.epoch}: the last {waited} epochs brought nothing "
                f"better than epoch {state.best_epoch + 1}."
            )
            return False
        minutes = (self.clock() - self.began) / 60
        if settings.max_minutes is not None and minutes >= settings.max_minutes and state.epoch:
            self.listener.says(f"Stopped after epoch {state.epoch}: {minutes:.1f} minutes are up.")
            return False
        return True

    def _refuse_to_diverge(self, loss: torch.Tensor, lr: float) -> None:
        if not math.isfinite(self.losses.item()):
            state = self.state
            raise DivergedError(
                f"The loss is {loss.item():g} in step {state.step} of epoch {state.epoch + 1}, at "
                f"a learning rate of {lr:.2g}. Try a lower train.lr (--find-lr suggests one), or "
                "find the operation with train.detect_anomaly=true. Checkpoints before it stay."
            )

    def _moved(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return a batch where the network is."""
        if self.device.type != "cpu":
            x, y = x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)
        return x, y

    @contextlib.contextmanager
    def _averaged(self) -> Generator[None]:
        """Have the averaged weights in the network, where they are kept."""
        if self.average is None:
            yield
            return
        self.average.swap()
        try:
            yield
        finally:
            self.average.swap()

    def _plan(self) -> Plan:
        parameters = sum(p.numel() for p in self.model.parameters() if p.requires_grad)
        sizes = len(self.data.train), len(self.data.validation), len(self.data.test)
        return Plan(
            self.run,
            self.settings.epochs,
            len(self.batches),
            parameters,
            sizes,
            str(self.device),
        )

    def _save(self) -> None:
        state = self.state
        state.loss_sum = self.losses.item()
        self.saved = self.clock()
        state.seconds = self.saved - self.began
        everything = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict() if self.average else {},
            "precision": self.precision.state_dict(),
            "state": vars(state).copy(),
            **circumstances(self.config, self.data),
        }
        self.run.checkpoints.save(everything, state.done)

    def _restore(self) -> None:
        everything, damaged = self.run.checkpoints.latest()
        for path in damaged:
            self.listener.says(f"{path.name} is damaged; going on from the checkpoint before it.")
        if everything is None:
            return
        refuse_another(everything, self.config, self.data)
        try:
            self.model.load_state_dict(everything["model"])
            self.optimizer.load_state_dict(everything["optimizer"])
            if self.average is not None:
                self.average.load_state_dict(everything["average"])
            self.precision.load_state_dict(everything["precision"])
            vars(self.state).update(everything["state"])
        except (RuntimeError, ValueError, KeyError) as error:
            raise CheckpointError(
                f"The checkpoints of {self.run.id} belong to another network: {error}. Resume with "
                "the code it was started with, or start a new run."
            ) from error
