r"""Turn and zoom: pixels between pixels, from the four around them; masks from the nearest.

    (x, y) of the picture = 1 / zoom * R(angle) (x, y) of the result, from its middle, in pixels

What lies outside is the picture reflected.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional


def grid(
    degrees: torch.Tensor, zoom: torch.Tensor, shape: torch.Size, device: torch.device
) -> torch.Tensor:
    """Return where each pixel comes from, as `warped` takes it, of shape (n, height, width, 2).

    Parameters
    ----------
    degrees, zoom : Tensor of shape (n,)
        Against the clock; 2 shows everything twice as large.
    shape : torch.Size
        Of the pictures: (n, channels, height, width).
    """
    height, width = shape[-2:]
    angle = degrees * (math.pi / 180)
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    aspect = height / width  # the grid runs from -1 to 1 along both sides, however long
    zero = torch.zeros_like(cos)
    first = torch.stack([cos, -sin * aspect, zero], 1)
    second = torch.stack([sin / aspect, cos, zero], 1)
    matrix = torch.stack([first, second], 1).to(device)
    size = [len(degrees), 1, height, width]
    return functional.affine_grid(matrix, size, align_corners=False)


def warped(pixels: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Return pictures of float32 at those places, of their shape."""
    return functional.grid_sample(
        pixels, places.to(pixels.dtype), padding_mode="reflection", align_corners=False
    )


def warped_mask(mask: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Return masks of classes, of shape (n, height, width), at those places."""
    found = functional.grid_sample(
        mask[:, None].float(),
        places,
        mode="nearest",
        padding_mode="reflection",
        align_corners=False,
    )
    return found[:, 0].to(mask.dtype)
