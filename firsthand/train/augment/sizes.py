"""Small pictures first: the side that pictures are shrunk to grows as training goes on.

Most of what there is to learn shows in small pictures already, and a convolution over half the
height and width costs a quarter. On CIFAR-10 a third of all the work was saved by it at the same
accuracy. Howard, Progressive resizing (2018); Tan & Le, EfficientNetV2 (2021).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional


def side_at(sizes: Sequence[tuple[float, int]], share: float) -> int | None:
    """Return the side of pictures when ``share`` of the training is over; None: as they are.

    >>> [side_at([(0, 20), (0.5, 26), (0.8, 32)], share) for share in (0, 0.4, 0.5, 0.99)]
    [20, 20, 26, 32]
    """
    begun = [side for start, side in sizes if share >= start]
    return begun[-1] if begun else None


def resized(pictures: torch.Tensor, side: int | None) -> torch.Tensor:
    """Return pictures whose longer side has ``side`` pixels; larger ones are not made."""
    height, width = pictures.shape[-2:]
    longer = max(height, width)
    if side is None or side >= longer:
        return pictures
    size = (max(1, round(height * side / longer)), max(1, round(width * side / longer)))
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True)
