"""Boxes in pictures: blanked (cutout), or taken from another picture of the batch (CutMix).

DeVries & Taylor, Improved regularization of convolutional neural networks with cutout (2017).
Yun et al., CutMix: Regularization strategy to train strong classifiers (2019).
"""

from __future__ import annotations

import torch

from firsthand.train.augment.randomness import beta, whole


def boxes(
    n: int,
    size: tuple[int, int],
    sides: tuple[torch.Tensor, torch.Tensor],
    generator: torch.Generator,
) -> torch.Tensor:
    """Return which pixels lie in a box around a random pixel, of shape (n, height, width).

    ``sides`` are each box's height and width; what reaches over the border is cut off.
    """
    inside: list[torch.Tensor] = []
    for length, side in zip(size, sides, strict=True):
        middle = whole(n, 0, length - 1, generator)
        first = (middle - side.to(middle.device) // 2)[:, None]
        at = torch.arange(length, device=middle.device)
        inside.append((at >= first) & (at < first + side.to(middle.device)[:, None]))
    return inside[0][:, :, None] & inside[1][:, None, :]


def cutout(
    inputs: torch.Tensor, side: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (pictures with a square of 0 each, which pixels are blanked)."""
    n, height, width = len(inputs), *inputs.shape[-2:]
    sides = torch.full((n,), side)
    hidden = boxes(n, (height, width), (sides, sides), generator).to(inputs.device)
    return inputs * ~hidden[:, None], hidden  # four times as fast as masked_fill


def cutmix_boxes(
    n: int, size: tuple[int, int], alpha: float, generator: torch.Generator
) -> torch.Tensor:
    """Return which pixels come from the partner: a share of 1 - Beta(alpha, alpha) of the area."""
    share = (1 - beta(n, alpha, generator)).sqrt()
    sides = (share * size[0]).round().long(), (share * size[1]).round().long()
    return boxes(n, size, sides, generator)
