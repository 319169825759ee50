"""Losses by name: what is minimised, averaged over the examples of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from firsthand.train.config.training import TrainSection
    from firsthand.train.data.contract import Facts

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def build_loss(settings: TrainSection, facts: Facts) -> Loss:
    """Return the loss of (outputs, targets), a scalar; targets are as `Examples.batch` gives them.

    Classes may also come as probabilities of shape (n, n_classes), as mixup makes them.
    """
    name = settings.loss
    if name == "auto":
        name = "mse" if facts.problem in ("regression", "forecasting") else "cross_entropy"
    if name == "mse":
        return functional.mse_loss

    def cross_entropy(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(
            outputs,
            targets,
            ignore_index=facts.ignore_index,
            label_smoothing=settings.label_smoothing,
        )

    return cross_entropy
