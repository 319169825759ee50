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
from typing import TYPE_CHECKING, Any

import torch

from firsthand.train.anomalies import watched
from firsthand.train.augment import augment
from firsthand.train.augment.sizes import resized, side_at
from firsthand.train.checks import has_batch_norm
from firsthand.train.compiling import compiled
from firsthand.train.data.batches import Batches
from firsthand.train.devices import choose_device, seed_devices
from firsthand.train.distributed import (
    ALONE,
    STEPS_BETWEEN_AGREEMENTS,
    Processes,
    Share,
    dealt,
    dealt_optimizer,
    spread,
    whole,
)
from firsthand.train.ema import Average
from firsthand.train.errors import CheckpointError, DivergedError, StoppedError
from firsthand.train.figures import higher_is_better, undefined
from firsthand.train.interrupts import Interrupts
from firsthand.train.listeners import SECONDS_BETWEEN, Listener, Plan, Step
from firsthand.train.losses import build_loss
from firsthand.train.models import head_of
from firsthand.train.optimizers import build_optimizer
from firsthand.train.precision import Precision
from firsthand.train.resuming import circumstances, refuse_another
from firsthand.train.schedules import rate
from firsthand.train.scores import predict, score
from firsthand.train.seeds import seed_of
from firsthand.train.state import State
from firsthand.train.transfer import set_training
from firsthand.train.weighing import Weigher

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config import Config
    from firsthand.train.data import Data
    from firsthand.train.run import Run

__all__ = ["State", "fit"]

STEPS_BETWEEN_LOOKS = 50  # at the loss, where looking makes a graphics card wait


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
        self.sign = -1 if higher_is_better(settings.monitor, data.facts.problem) else 1
        self.device = choose_device(config.device, processes.local_rank)
        self.layout = torch.channels_last if settings.channels_last else torch.preserve_format
        if processes.many and settings.sync_batch_norm and self.device.type == "cuda":
            model = torch.nn.SyncBatchNorm.convert_sync_batchnorm(model)
        self.model = model.to(self.device)
        if settings.channels_last:
            # documented, but PyTorch's types do not have it
            model.to(memory_format=self.layout)  # pyright: ignore[reportCallIssue] - see above
        frozen = bool(config.model.freeze)
        self.forward = spread(self.model, settings.parallel, processes, self.device, partly=frozen)
        self.loss_of, self.weigh = build_loss(settings, data.facts), Weigher(settings, data.facts)
        self.optimizer = build_optimizer(
            self.model, settings, head=head_of(config.model), body_lr=config.model.body_lr
        )
        self.precision = Precision(settings.precision, self.device)
        self.average = Average(self.model, settings.ema) if settings.ema else None
        self.augment = augment(config.augment, data.facts)
        smallest = len(data.train) % settings.batch_size // processes.world_size
        self.batches = Batches(
            data.train,
            settings.batch_size,
            seed=config.seed,
            drop_last=smallest < 2 and has_batch_norm(model),  # one example has no variance
            rank=processes.rank,
            world_size=processes.world_size,
        )
        self.state = State()
        self.losses = torch.zeros((), dtype=self._wide(), device=self.device)
        self.interrupts = Interrupts()
        self.began = self.saved = self.shown = clock()

    def fit(self, *, resume: bool) -> State:
        """Train to the end, and return the state then."""
        state, settings = self.state, self.settings
        if resume:
            self._restore()
        self.listener.begins(self._plan(), state)
        self.began = self.clock() - state.seconds
        if settings.compile:
            x, _ = next(self.batches.epoch(0))
            self.forward = compiled(self.forward, self._moved(x), self.listener.says)
        watching = watched(self.model) if settings.detect_anomaly else contextlib.nullcontext()
        with self.interrupts.noted(), watching:
            while state.epoch < settings.epochs and self._is_worth_it():
                self._train_epoch()
                self._close_epoch()
        self._load(self.processes.from_first(self._best()))
        self.listener.ends(state)
        return state

    def _train_epoch(self) -> None:
        """Take the steps of the epoch that are still to be taken."""
        state, settings = self.state, self.settings
        look_each = 1 if self.device.type == "cpu" else STEPS_BETWEEN_LOOKS
        monitored = [figures["monitored"] for figures in state.history]
        order = self.batches.order(state.epoch) if self.augment else None
        self.losses.fill_(state.loss_sum)
        set_training(self.model, self.config.model, state.epoch)
        for x, y in self.batches.epoch(state.epoch, start=state.step):
            seed = seed_of(self.config.seed, state.epoch, state.step, self.processes.rank)
            seed_devices(seed, self.device)
            x, y = self._moved(x), y.to(self.device, non_blocking=True)
            if self.augment is not None and order is not None:
                index = torch.from_numpy(self.batches.index(order, state.step))
                generator = torch.Generator().manual_seed(seed)
                x, y = self.augment(x, y, generator, epoch=state.epoch, index=index)
            share = state.done / (len(self.batches) * settings.epochs)
            x = resized(x, side_at(self.config.augment.sizes, share))
            lr = settings.lr * rate(
                settings.schedule, state.done, len(self.batches), settings.epochs, monitored
            )
            for group in self.optimizer.param_groups:
                group["lr"] = lr * group.get("scale", 1.0)
            loss = self._step(x, y)
            n = self.batches.size(state.step)
            self.losses.add_(loss, alpha=n)
            state.seen += n
            state.step += 1
            state.done += 1
            if state.step % look_each == 0 or state.step == len(self.batches):
                self._refuse_to_diverge(loss, lr)
            self._between_steps(loss, lr)

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Take one step of the optimizer; return the loss of the batch before it."""
        self.optimizer.zero_grad()
        loss = self._gradient(x, y)
        self.precision.step(self.optimizer, self.model, self.settings.clip_norm)
        if self.average is not None:
            self.average.update(self.state.done)
        return loss

    def _gradient(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Leave the gradient of the batch's mean loss in the network; return our share of it."""
        n_parts = min(self.settings.accumulate, max(len(x) // 2, 1))
        if n_parts == 1 and not self.processes.many:
            loss = self._loss(x, y)
            self.precision.backward(loss)
            return loss.detach()
        parts = list(zip(x.tensor_split(n_parts), y.tensor_split(n_parts), strict=True))
        n_all, rank = self.batches.size(self.state.step), self.processes.rank
        weights = [self.weigh(part) if rank < n_all else 0.0 for _, part in parts]
        together = n_all if self.weigh.counts else self.processes.sum(sum(weights))
        ours = torch.zeros((), device=self.device)
        for number, ((x_part, y_part), weight) in enumerate(zip(parts, weights, strict=True), 1):
            with self._without_exchange(number < n_parts):
                loss = self._loss(x_part, y_part) * (weight / max(together, 1e-12))
                # the processes' gradients are averaged, not summed
                self.precision.backward(loss * self.processes.world_size)
            ours += loss.detach()
        return ours

    def _loss(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        with self.precision.casting():
            outputs = self.forward(x)
        return self.loss_of(outputs.float(), y)

    def _between_steps(self, loss: torch.Tensor, lr: float) -> None:
        """Save if it is time to, stop if somebody asked for it, and tell who listens."""
        state, every = self.state, self.settings.checkpoints
        now = self.clock()
        if now - self.shown >= SECONDS_BETWEEN:
            self.shown = now
            self.listener.stepped(Step(state.epoch, state.step, loss.item(), lr))
        if self.processes.many and state.done % STEPS_BETWEEN_AGREEMENTS:
            return
        stop = self.processes.any(bool(self.interrupts.name))
        if state.step == len(self.batches) and not stop:
            return  # the epoch is about to be closed, and saved then
        due = every.every_seconds is not None and now - self.saved >= every.every_seconds
        due = due or (every.every_steps is not None and state.done % every.every_steps == 0)
        if self.processes.any(due) or stop:
            self._refuse_to_diverge(loss, lr)
            self._save()
        if stop:
            raise StoppedError(
                f"Stopped by {self.interrupts.name or 'another process'} in epoch "
                f"{state.epoch + 1}, step {state.step}; the state is saved. Go on with: "
                f"firsthand train --resume {self.run.id}"
            )

    def _close_epoch(self) -> None:
        """Judge the epoch that has just ended, and write everything down."""
        state = self.state
        with self._averaged():
            figures = self._figures()
            if state.close(figures):
                weights = whole(self.model.state_dict())
                if self.processes.writes:
                    best = {"model": weights, "epoch": state.epoch, "figures": figures}
                    self.run.checkpoints.save_best(best)
        state.epoch += 1
        state.step = state.seen = 0
        self.losses.zero_()
        self._save()
        if self.processes.writes:
            self.run.write_history(state.history)
        if state.has_first_unknown:
            self.listener.says(undefined(self.settings.monitor, figures, state.best_epoch + 1))
        self.listener.finished_epoch(figures, state)

    def _figures(self) -> dict[str, float]:
        """Return the figures of the epoch that has just ended, the same in all processes."""
        processes, examples = self.processes, self.data.validation
        processes.share_buffers(self.model)
        ours = Share(examples, processes.rank, processes.world_size) if processes.many else examples
        with self.precision.casting():
            outputs, targets = predict(self.model, ours, device=self.device)
        outputs = processes.gather(outputs, len(examples))
        targets = processes.gather(targets, len(examples))
        figures = score(self.loss_of, self.data.facts, outputs, targets)
        train_loss = processes.sum(self.losses.item()) / max(self.state.seen, 1)
        return {
            "epoch": self.state.epoch + 1,
            "seconds": self.clock() - self.began,
            "lr": self.optimizer.param_groups[0]["lr"] / self.optimizer.param_groups[0]["scale"],
            "train_loss": train_loss,
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
        is_up = settings.max_minutes is not None and minutes >= settings.max_minutes
        if state.epoch and self.processes.any(is_up):
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

    def _moved(self, x: torch.Tensor) -> torch.Tensor:
        """Return inputs where the network is, and as it keeps pictures in memory."""
        layout = self.layout if x.ndim == 4 else torch.preserve_format
        return x.to(self.device, non_blocking=True, memory_format=layout)

    def _wide(self) -> torch.dtype:
        """The type that sums of losses have; Apple's cards know no float64."""
        return torch.float32 if self.device.type == "mps" else torch.float64

    def _without_exchange(self, wait: bool) -> contextlib.AbstractContextManager[Any]:
        """Keep gradients here until the last part of a batch."""
        if wait and hasattr(self.forward, "no_sync"):
            return self.forward.no_sync()  # pyright: ignore[reportCallIssue] - of DDP alone
        return contextlib.nullcontext()

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
        n = self.processes.world_size
        return Plan(
            self.run,
            self.settings.epochs,
            len(self.batches),
            sum(p.numel() for p in self.model.parameters() if p.requires_grad),
            (len(self.data.train), len(self.data.validation), len(self.data.test)),
            f"{n} processes, {self.device.type}" if n > 1 else str(self.device),
        )

    def _save(self) -> None:
        """Write everything that training goes on from."""
        state = self.state
        state.loss_sum = self.losses.item()
        self.saved = self.clock()
        state.seconds = self.saved - self.began
        everything = {
            "model": whole(self.model.state_dict()),
            "optimizer": whole(self.optimizer.state_dict()),
            "average": whole(self.average.state_dict()) if self.average else {},
            "precision": self.precision.state_dict(),
            "state": vars(state).copy(),
            **circumstances(self.config, self.data),
        }
        if self.processes.many:
            everything["state"]["loss_sum"] = self.processes.sum(state.loss_sum)
        if self.processes.writes:
            self.run.checkpoints.save(everything, state.done)

    def _restore(self) -> None:
        """Take over what the last whole checkpoint holds, if there is one."""
        everything: dict[str, Any] | None = None
        if self.processes.writes:
            everything, damaged = self.run.checkpoints.latest()
            for path in damaged:
                self.listener.says(f"{path.name} is damaged; going on from the one before it.")
        everything = self.processes.from_first(everything)
        if everything is None:
            return
        refuse_another(everything, self.config, self.data)
        try:
            self._load(everything["model"])
            parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
            state = dealt_optimizer(everything["optimizer"], parameters)
            self.optimizer.load_state_dict(state)
            if self.average is not None:
                self.average.load_state_dict(everything["average"])
            self.precision.load_state_dict(everything["precision"])
            vars(self.state).update(everything["state"])
        except (RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise CheckpointError(
                f"The checkpoints of {self.run.id} belong to another network: {error}. Resume with "
                "the code it was started with, or start a new run."
            ) from error
        if not self.processes.writes:
            self.state.loss_sum = 0.0  # the sum of all went to rank 0

    def _best(self) -> dict[str, Any] | None:
        return self.run.checkpoints.best()["model"] if self.processes.writes else None

    def _load(self, weights: dict[str, Any] | None) -> None:
        """Take over the weights of a whole network."""
        own = self.model.state_dict()
        self.model.load_state_dict(
            {name: dealt(w, own[name]) if name in own else w for name, w in (weights or {}).items()}
        )
