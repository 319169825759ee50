r"""Mixed pairs: an example and another of its batch, the targets in the same proportion.

    mixup    x = b x1 + (1 - b) x2,  y = b y1 + (1 - b) y2,  b ~ Beta(alpha, alpha) for each pair
    cutmix   a box of x1 comes from x2; b is the share of x1 that is left

Classes become probabilities, of shape (n, n_classes). In a segmentation, CutMix takes the box of
the mask along with that of the picture, and its targets stay classes.

Zhang, Cisse, Dauphin & Lopez-Paz, mixup: Beyond empirical risk minimization (2018).
"""

from __future__ import annotations

import torch
from torch.nn import functional

from firsthand.train.augment.boxes import cutmix_boxes
from firsthand.train.augment.randomness import beta


def mixup(
    inputs: torch.Tensor,
    targets: torch.Tensor,
    alpha: float,
    n_classes: int,
    generator: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the examples mixed in pairs; ``n_classes`` is 0 where targets are quantities."""
    partner = _partners(inputs, generator)
    b = beta(len(inputs), alpha, generator).to(inputs.device)
    targets = soft(targets, n_classes)
    return (
        torch.lerp(inputs[partner], inputs, b.view(-1, *[1] * (inputs.ndim - 1))),
        torch.lerp(targets[partner], targets, b.view(-1, *[1] * (targets.ndim - 1))),
    )


def cutmix(
    inputs: torch.Tensor,
    targets: torch.Tensor,
    alpha: float,
    n_classes: int,
    generator: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pictures with a box from another each, and their targets or masks."""
    partner = _partners(inputs, generator)
    n, height, width = len(inputs), *inputs.shape[-2:]
    box = cutmix_boxes(n, (height, width), alpha, generator).to(inputs.device)
    inputs = torch.where(box[:, None], inputs[partner], inputs)
    if targets.ndim == 3 and targets.shape[1:] == box.shape[1:]:  # a mask each
        return inputs, torch.where(box, targets[partner], targets)
    targets = soft(targets, n_classes)
    taken = box.flatten(1).float().mean(1)[:, None]
    return inputs, torch.lerp(targets, targets[partner], taken)


def soft(targets: torch.Tensor, n_classes: int) -> torch.Tensor:
    """Return classes as probabilities of shape (n, n_classes); probabilities as they are."""
    if targets.is_floating_point():
        return targets
    return functional.one_hot(targets, n_classes).float()


def _partners(inputs: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    order = torch.randperm(len(inputs), generator=generator, device=generator.device)
    return order.to(inputs.device)
