"""Learn one batch by heart: what cannot do that, cannot learn anything."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from firsthand.train.checks import few, without_dropout
from firsthand.train.losses import build_loss
from firsthand.train.optimizers import build_optimizer
from firsthand.train.scores import score

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config import Config
    from firsthand.train.data import Data

LEAST = 0.01  # share of the first loss at which a batch counts as learnt
BATCH = 32  # examples at most


@dataclass(frozen=True)
class Overfit:
    """What came of it.

    Attributes
    ----------
    losses : list of float
        Before every step, and after the last.
    figures : dict
        Of the batch, at the end.
    learnt : bool
    """

    losses: list[float]
    figures: dict[str, float]
    learnt: bool


def overfit_one_batch(
    model: nn.Module,
    data: Data,
    config: Config,
    *,
    steps: int = 500,
    told: Callable[[int, float], None] = lambda _, __: None,
) -> Overfit:
    """Train a copy of a network on one batch, without dropout, decay, smoothing or augmentation.

    The rate stays at ``train.lr``. Ends when the loss is a hundredth of the first.

    Parameters
    ----------
    model : nn.Module
        It is not changed.
    data : Data
    config : Config
    steps : int
    told : function of (step, loss)
        Called with every step.
    """
    plain = {"weight_decay": 0.0, "label_smoothing": 0.0}
    settings = config.train.model_copy(update=plain)
    x, y = few(data.train, min(settings.batch_size, BATCH), config.seed)
    model = copy.deepcopy(model)
    without_dropout(model)
    loss_of, optimizer = build_loss(settings, data.facts), build_optimizer(model, settings)
    losses: list[float] = []
    model.train()
    while True:
        outputs = model(x).float()
        loss = loss_of(outputs, y)
        told(len(losses), loss.item())
        losses.append(loss.item())
        if losses[-1] <= LEAST * losses[0] or not loss.isfinite() or len(losses) > steps:
            break
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        if settings.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
        optimizer.step()
    figures = score(loss_of, data.facts, outputs.detach(), y)
    return Overfit(losses, figures, losses[-1] <= LEAST * losses[0])
