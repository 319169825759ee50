"""What training has to remember between two steps, besides weights and optimizer."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass
class State:
    """The place that training is at, and what came of it so far.

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
        The best monitored figure so far, as one that is to fall, and its epoch. As long as no
        figure was finite, infinity and the latest epoch.
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

    def close(self, figures: dict[str, float]) -> bool:
        """Note the figures of the epoch that has just ended; return whether its weights are kept.

        They are if its monitored figure is the best, and while no figure has been finite.
        """
        self.history.append(figures)
        monitored = figures["monitored"]
        is_kept = monitored < self.best if math.isfinite(monitored) else self.best == math.inf
        if is_kept:
            self.best_epoch = self.epoch
            self.best = monitored if math.isfinite(monitored) else math.inf
        return is_kept

    @property
    def has_first_unknown(self) -> bool:
        """Whether the monitored figure of the last epoch is the first that is not finite."""
        unknown = [not math.isfinite(figures["monitored"]) for figures in self.history]
        return sum(unknown) == 1 and unknown[-1]
