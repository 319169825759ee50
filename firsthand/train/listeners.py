"""What the loop tells while it runs, to whoever listens: a terminal, TensorBoard, a tuner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firsthand.train.loop import State
    from firsthand.train.run import Run

Figures = Mapping[str, float]
SECONDS_BETWEEN = 0.1  # that a listener hears of a step; each time costs some microseconds


@dataclass(frozen=True)
class Plan:
    """What is about to be trained.

    Attributes
    ----------
    run : Run
    epochs, steps : int
        Epochs in all, and steps in each.
    parameters : int
        Numbers that learn.
    examples : tuple of int
        Of training, validation and test.
    device : str
        Where it is computed, and in how many processes or threads.
    """

    run: Run
    epochs: int
    steps: int
    parameters: int
    examples: tuple[int, int, int]
    device: str


@dataclass(frozen=True)
class Step:
    """A step that was done: its place, its loss, and the learning rate it was taken with."""

    epoch: int
    step: int
    loss: float
    rate: float


class Listener:
    """Hears what happens in training, and does nothing with it; override what is of interest.

    What a method raises ends the training; its last checkpoint stays. So a tuner gives up a trial.
    """

    def begins(self, plan: Plan, state: State) -> None:
        """Training begins, or goes on from ``state``."""

    def says(self, text: str) -> None:
        """A sentence for a person: what was noticed, what was done instead."""

    def stepped(self, step: Step) -> None:
        """A step was done; told at most every 0.1 seconds."""

    def finished_epoch(self, figures: Figures, state: State) -> None:
        """An epoch was done, and its checkpoint is on disk."""

    def ends(self, state: State) -> None:
        """Training is over, and the best weights are in the network."""


class Listeners(Listener):
    """Several listeners as one."""

    def __init__(self, *listeners: Listener):
        self._all = listeners

    def begins(self, plan: Plan, state: State) -> None:
        """Tell all."""
        for listener in self._all:
            listener.begins(plan, state)

    def says(self, text: str) -> None:
        """Tell all."""
        for listener in self._all:
            listener.says(text)

    def stepped(self, step: Step) -> None:
        """Tell all."""
        for listener in self._all:
            listener.stepped(step)

    def finished_epoch(self, figures: Figures, state: State) -> None:
        """Tell all."""
        for listener in self._all:
            listener.finished_epoch(figures, state)

    def ends(self, state: State) -> None:
        """Tell all."""
        for listener in self._all:
            listener.ends(state)
