r"""Schedules: the learning rate as a function of the step, so that nothing has to be remembered.

With t epochs gone since the warm-up, of T in all, what the rate is multiplied by is

    step           factor^floor(t / every)
    exponential    factor^t
    linear         1 - (1 - end) t / T
    cosine         end + (1 - end) (1 + cos(pi t / T)) / 2
    warm_restarts  the cosine, within the period that t is in
    plateau        factor^k after k times of more than `patience` epochs without improvement
    one_cycle      1 / start -> 1 in the first `rise` of all steps, then -> 1 / (start end)

A warm-up of w steps comes before: (i + 1) / (w + 1) at step i. These are the rates of PyTorch's
schedulers, where it has them. Loshchilov & Hutter, SGDR (2017); Smith & Topin (2018).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firsthand.train.config.schedules import OneCycle, Plateau, Schedule, WarmRestarts


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
    if schedule.name == "one_cycle":
        return _one_cycle(schedule, step, steps_per_epoch * epochs)
    warm = round(schedule.warmup * steps_per_epoch)
    if step < warm:
        return (step + 1) / (warm + 1)
    t = (step - warm) / steps_per_epoch
    share = t / max(epochs - warm / steps_per_epoch, 1 / steps_per_epoch)
    match schedule.name:
        case "constant":
            return 1.0
        case "step":
            return schedule.factor ** int(t / schedule.every)
        case "exponential":
            return schedule.factor**t
        case "linear":
            return _between(1.0, schedule.end, share)
        case "cosine":
            return _between(1.0, schedule.end, _swing(share))
        case "warm_restarts":
            return _between(1.0, schedule.end, _swing(_in_period(schedule, t)))
        case "plateau":
            return _plateau(schedule, losses)


def _between(a: float, b: float, share: float) -> float:
    """From a at 0 to b at 1."""
    return a + (b - a) * share


def _swing(t: float) -> float:
    """From 0 at t = 0 to 1 at t = 1, along half a cosine."""
    return (1 - math.cos(math.pi * t)) / 2


def _one_cycle(schedule: OneCycle, step: int, total: int) -> float:
    top, last = schedule.rise * total - 1, total - 1  # steps at which it is highest and lowest
    low, lowest = 1 / schedule.start, 1 / schedule.start / schedule.end
    curve = _swing if schedule.shape == "cosine" else float
    if step < top:
        return _between(low, 1.0, curve(step / top))
    return _between(1.0, lowest, curve((step - top) / (last - top))) if last > top else 1.0


def _in_period(schedule: WarmRestarts, t: float) -> float:
    """How much of its period is over at t, from 0 to 1."""
    length = float(schedule.first)
    while t >= length:
        t, length = t - length, length * schedule.longer
    return t / length


def _plateau(schedule: Plateau, losses: Sequence[float]) -> float:
    factor, best, waited = 1.0, math.inf, 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited > schedule.patience:
            factor, waited = factor * schedule.factor, 0
    return factor
