"""A training as a person at a terminal sees it: a live line, and a line for every epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from firsthand.train.listeners import Figures, Listener, Plan, Step

if TYPE_CHECKING:
    from rich.console import Console

    from firsthand.train.loop import State

SECONDS_BETWEEN_LINES = 1.0  # where nobody watches; the first and the best epochs are always told


class Progress(Listener):
    """Prints to a console: live where it is a terminal, whole lines and fewer of them where not."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic):
        self._console, self._clock = console, clock
        self._live: Any = None
        self._task: Any = None
        self._plan: Plan | None = None
        self._told = -SECONDS_BETWEEN_LINES

    def begins(self, plan: Plan, state: State) -> None:
        """Say what is trained, on what, where; begin the live line."""
        n_train, n_validation, n_test = (f"{n:,}" for n in plan.examples)
        self._plan = plan
        self._console.print(
            f"{plan.run.id}: {plan.parameters:,} parameters, {n_train} examples to learn from, "
            f"{n_validation} to choose by, {n_test} to report on; {plan.device}.",
            soft_wrap=True,
        )
        if state.done:
            self._console.print(f"Going on in epoch {state.epoch + 1}, step {state.step + 1}.")
        if self._console.is_terminal:
            self._begin_live(plan, state)

    def says(self, text: str) -> None:
        """Print a sentence."""
        self._console.print(text, soft_wrap=True)

    def stepped(self, step: Step) -> None:
        """Move the live line."""
        if self._live is not None and self._plan is not None:
            done = step.epoch * self._plan.steps + step.step
            self._live.update(
                self._task, completed=done, epoch=step.epoch + 1, loss=step.loss, lr=step.rate
            )

    def finished_epoch(self, figures: Figures, state: State) -> None:
        """Print the figures of an epoch."""
        now = self._clock()
        is_best = state.best_epoch == state.epoch - 1 and math.isfinite(state.best)
        if self._live is not None or is_best or now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            self._console.print(_line(figures, self._plan, is_best), soft_wrap=True)

    def ends(self, state: State) -> None:
        """End the live line."""
        self.close()

    def close(self) -> None:
        """Give the terminal back, whatever happened."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _begin_live(self, plan: Plan, state: State) -> None:
        from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
        from rich.text import Text

        class Numbers(ProgressColumn):
            def render(self, task: Task) -> Text:
                f = task.fields
                return Text(
                    f"{f['loss']:.4f} at rate {f['lr']:.1e}, {task.speed or 0:,.0f} steps/s"
                    if f["loss"] is not None
                    else "starting"
                )

        self._live = Progress(
            "[bold]{task.fields[epoch]}/{task.fields[epochs]}",
            BarColumn(bar_width=24),
            Numbers(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._live.add_task(
            "",
            total=plan.epochs * plan.steps,
            completed=state.done,
            epoch=state.epoch + 1,
            epochs=plan.epochs,
            loss=None,
            lr=0.0,
        )
        self._live.start()


def _line(figures: Figures, plan: Plan | None, is_best: bool) -> str:
    """Return an epoch in a line: epoch, time, losses, then what else validation found."""
    epochs = f"/{plan.epochs}" if plan else ""
    others = [
        f"{name.removeprefix('validation_').replace('_', ' ')} {value:.4g}"
        for name, value in figures.items()
        if name.startswith("validation_") and name != "validation_loss"
    ]
    said = [
        f"epoch {figures['epoch']:>3.0f}{epochs}",
        f"{_spoken(figures['seconds']):>6}",
        f"loss {figures['train_loss']:.4f}, validation {figures['validation_loss']:.4f}",
        *others[:3],
    ]
    return "   ".join(said) + ("   best" if is_best else "")


def _spoken(seconds: float) -> str:
    """Return a span of time: 12 s, 3:05, 1:02:03."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
