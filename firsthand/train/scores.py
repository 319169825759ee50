"""Figures of one pass over a part: the loss, and what the problem is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from firsthand.train.data.batches import Batches

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.data.contract import Examples, Facts
    from firsthand.train.losses import Loss


@torch.inference_mode()
def predict(
    model: nn.Module,
    examples: Examples,
    *,
    batch_size: int = 512,
    device: torch.device | str = "cpu",
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (outputs, targets) of all examples, in their order, on the CPU."""
    was_training = model.training
    model.eval()
    outputs: list[torch.Tensor] = []
    targets: list[torch.Tensor] = []
    for x, y in Batches(examples, batch_size).epoch(0):
        outputs.append(model(x.to(device)).float().cpu())
        targets.append(y)
    model.train(was_training)
    return torch.cat(outputs), torch.cat(targets)


def score(
    loss: Loss, facts: Facts, outputs: torch.Tensor, targets: torch.Tensor
) -> dict[str, float]:
    """Return the loss, and the accuracy of classes or the R2 of numbers."""
    figures = {"loss": float(loss(outputs, targets))}
    if facts.problem in ("classification", "segmentation"):
        counted = targets != facts.ignore_index
        right = (outputs.argmax(1) == targets) & counted
        figures["accuracy"] = float(right.sum() / counted.sum())
    else:
        spread = ((targets - targets.mean(0)) ** 2).sum()
        figures["r2"] = float(1 - ((outputs - targets) ** 2).sum() / spread)
    return figures
