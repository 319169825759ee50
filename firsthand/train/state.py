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
