"""Test-time augmentation: the average of what a network says of a picture and of copies of it.

`flip` adds the mirror image; `flip_shift` adds also both of them shifted by a pixel up and left,
and down and right. In a segmentation the answers are moved back before they are averaged, and only
the mirror is used. Logits are averaged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch

from firsthand.train.augment.moves import moved

Views = Literal["none", "flip", "flip_shift"]


def averaged(
    model: Callable[[torch.Tensor], torch.Tensor], inputs: torch.Tensor, views: Views = "flip"
) -> torch.Tensor:
    """Return the model's outputs for pictures, averaged over their views.

    Parameters
    ----------
    model : function of inputs, such as a network
    inputs : Tensor of shape (n, channels, height, width)
    views : {"none", "flip", "flip_shift"}

    Returns
    -------
    Tensor of the shape of the model's outputs.
    """
    outputs = model(inputs)
    if views == "none":
        return outputs
    if outputs.ndim == 4:  # (n, classes, height, width)
        return (outputs + model(inputs.flip(-1)).flip(-1)) / 2
    shown = [inputs.flip(-1)]
    if views == "flip_shift":
        for by in (-1, 1):
            shift = torch.full((len(inputs),), by)
            shifted = moved(inputs, shift, shift)
            shown += [shifted, shifted.flip(-1)]
    for view in shown:
        outputs = outputs + model(view)
    return outputs / (1 + len(shown))
