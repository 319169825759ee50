"""Curves for TensorBoard, in logs/tensorboard/ID; without it, a sentence and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.train.listeners import Figures, Listener, Plan, Step

if TYPE_CHECKING:
    from firsthand.train.loop import State

SECONDS_TO_FLUSH = 30


class TensorBoard(Listener):
    """Writes the figures of every epoch, and the loss of the steps that it hears of."""

    def __init__(self) -> None:
        self._writer: Any = None
        self._steps = 0

    def begins(self, plan: Plan, state: State) -> None:
        """Open the log; what an earlier part of the run wrote beyond its checkpoint is hidden."""
        try:
            from torch.utils.tensorboard.writer import SummaryWriter
        except ImportError:
            return
        self._steps = plan.steps
        try:
            self._writer = SummaryWriter(
                str(plan.run.tensorboard),
                purge_step=state.done if state.done else None,
                flush_secs=SECONDS_TO_FLUSH,
            )
        except OSError:
            self._writer = None  # curves for TensorBoard are worth no training

    def stepped(self, step: Step) -> None:
        """Write the loss of a step."""
        if self._writer is not None:
            self._writer.add_scalar("step/loss", step.loss, step.epoch * self._steps + step.step)

    def finished_epoch(self, figures: Figures, state: State) -> None:
        """Write an epoch's figures at its last step."""
        if self._writer is None:
            return
        for name, value in figures.items():
            if name not in ("epoch", "seconds", "monitored"):
                part, _, figure = name.partition("_")  # one panel for both parts
                self._writer.add_scalar(f"{figure}/{part}" if figure else name, value, state.done)

    def ends(self, state: State) -> None:
        """Close the log."""
        if self._writer is not None:
            self._writer.close()
