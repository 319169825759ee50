"""Schedules: the learning rate as a function of the step, so that nothing has to be remembered.

    one cycle   s/25 -> s along a cosine over the first 30 %, then s -> s/250000
    cosine      end + (1 - end) (1 + cos(pi t)) / 2
    plateau     factor^k after k times of `patience` epochs without improvement

Loshchilov & Hutter, SGDR (2017); Smith & Topin, Super-Convergence (2018).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firsthand.train.config.training import Plateau, Schedule


def rate(
    schedule: Schedule, step: int, steps_per_epoch: int, epochs: int, losses: Sequence[float] = ()
) -> float:
    """Return what the learning rate is multiplied by at a step, counted from 0.

    Parameters
    ----------
    schedule : settings of a schedule
    step : int
    steps_per_epoch, epochs : int
    losses : sequence of float
        The monitored figure after each epoch so far, lower being better; for plateau.
    """
    total = steps_per_epoch * epochs
    if schedule.name == "one_cycle":
        return _one_cycle(step / max(total - 1, 1), schedule.rise, schedule.start, schedule.end)
    warm = schedule.warmup * steps_per_epoch
    if step < warm:
        return (step + 1) / (warm + 1)
    if schedule.name == "cosine":
        done = (step - warm) / max(total - warm - 1, 1)
        return schedule.end + (1 - schedule.end) * _falling(min(done, 1))
    if schedule.name == "plateau":
        return _plateau(schedule, losses)
    return 1.0


def _falling(t: float) -> float:
    """From 1 at t = 0 to 0 at t = 1, along half a cosine."""
    return (1 + math.cos(math.pi * t)) / 2


def _one_cycle(t: float, rise: float, start: float, end: float) -> float:
    first, last = 1 / start, 1 / start / end
    if t < rise:
        return 1 - (1 - first) * _falling(t / rise)
    return last + (1 - last) * _falling((t - rise) / (1 - rise))


def _plateau(schedule: Plateau, losses: Sequence[float]) -> float:
    factor, best, waited = 1.0, math.inf, 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited > schedule.patience:
            factor, waited = factor * schedule.factor, 0
    return factor
