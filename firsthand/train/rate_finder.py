"""Find a learning rate: Smith's range test.

    rate_i = lowest (highest / lowest)^(i / (n - 1))

One step each, on batch after batch, until the smoothed loss is four times its least. Where the loss
falls most steeply over log rate, learning is fastest; a tenth of the rate of the least loss is the
safest rate near the edge. The lower of both is suggested.

Smith, Cyclical Learning Rates for Training Neural Networks (2017).
"""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from firsthand.train.data.batches import Batches
from firsthand.train.errors import DivergedError
from firsthand.train.losses import build_loss
from firsthand.train.optimizers import build_optimizer
from firsthand.train.seeds import seed_of

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config import Config
    from firsthand.train.data import Data

LOWEST, HIGHEST, STEPS = 1e-7, 10.0, 120
ENOUGH = 4.0  # times the least loss, at which the test ends
SMOOTHING = 0.9


@dataclass(frozen=True)
class RateTest:
    """What the test found.

    Attributes
    ----------
    rates, losses : list of float
        The smoothed loss at every rate that was tried.
    suggested : float
    """

    rates: list[float]
    losses: list[float]
    suggested: float

    def picture(self) -> bytes:
        """Return a PNG of the loss over the rate."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(5.5, 3.4), dpi=110, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.plot(self.rates, self.losses, color="#0072b2", linewidth=1.5)
        axes.axvline(self.suggested, color="#d55e00", linewidth=1.2, linestyle="--")
        axes.text(
            self.suggested,
            0.98,
            f" suggested: {self.suggested:.1e}",
            color="#d55e00",
            fontsize=9,
            va="top",
            transform=axes.get_xaxis_transform(),
        )
        axes.set_xscale("log")
        first = self.losses[0]
        axes.set_ylim(min(self.losses) - 0.05 * first, first * 1.6)
        axes.set_xlabel("learning rate", fontsize=9)
        axes.set_ylabel("loss, smoothed", fontsize=9)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        file = io.BytesIO()
        figure.savefig(file, format="png")
        return file.getvalue()


def find_rate(model: nn.Module, data: Data, config: Config, *, steps: int = STEPS) -> RateTest:
    """Return the losses over rising learning rates, and the rate they suggest.

    Parameters
    ----------
    model : nn.Module
        It is not changed.
    data : Data
    config : Config
        Loss, optimizer, batches and clipping are as in training.
    steps : int

    Raises
    ------
    DivergedError
        If the loss is not finite from the start.
    """
    rates: list[float] = []
    losses: list[float] = []
    mean, least = 0.0, math.inf
    for i, (rate, loss) in enumerate(_tries(copy.deepcopy(model), data, config, steps)):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        smooth = mean / (1 - SMOOTHING ** (i + 1))  # as if there had been losses before
        if not math.isfinite(smooth) or (i > steps // 10 and smooth > ENOUGH * least):
            break
        least = min(least, smooth)
        rates.append(rate)
        losses.append(smooth)
    if len(rates) < 3:
        raise DivergedError(
            "The loss is not finite at any learning rate. train.detect_anomaly=true names the "
            "layer where it begins."
        )
    return RateTest(rates, losses, suggest(rates, losses))


def suggest(rates: list[float], losses: list[float]) -> float:
    """Return the lower of: where the loss falls most steeply, a tenth of where it is least."""
    lowest = int(np.argmin(losses))
    if lowest < 2:
        return rates[0]
    slopes = np.gradient(np.array(losses[: lowest + 1]), np.log(rates[: lowest + 1]))
    return min(rates[int(np.argmin(slopes))], rates[lowest] / 10)


def _tries(
    model: nn.Module, data: Data, config: Config, steps: int
) -> Iterator[tuple[float, float]]:
    """Yield every rate and the loss before the step that is taken with it."""
    settings = config.train
    loss_of, optimizer = build_loss(settings, data.facts), build_optimizer(model, settings)
    batches = Batches(data.train, settings.batch_size, seed=config.seed, drop_last=True)
    if not len(batches):
        batches = Batches(data.train, settings.batch_size, seed=config.seed)
    endless = (batch for epoch in count() for batch in batches.epoch(epoch))
    model.train()
    with torch.random.fork_rng(devices=[]):
        for i, (x, y) in zip(range(steps), endless, strict=False):
            torch.manual_seed(seed_of(config.seed, i))
            rate = LOWEST * (HIGHEST / LOWEST) ** (i / (steps - 1))
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("scale", 1.0)
            loss = loss_of(model(x).float(), y)
            yield rate, loss.item()
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            if settings.clip_norm is not None:
                clip_grad_norm_(model.parameters(), settings.clip_norm)
            optimizer.step()
