r"""Bytes to numbers that a network learns from well: each channel with mean 0 and deviation 1.

    x = (pixel / 255 - mean) / std

The sums that mean and deviation come from are whole numbers, so they are the same in whatever
order, and from whatever store, the training pictures are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # what most published weights expect


@dataclass(frozen=True)
class Normalisation:
    """Mean and deviation of each channel, of pixels from 0 to 1."""

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return bytes of shape (n, channels, height, width) as float32 of the same shape."""
        mean = 255 * torch.tensor(self.mean).view(-1, 1, 1)
        scale = 1 / (255 * torch.tensor(self.std).view(-1, 1, 1))
        return pixels.float().sub_(mean).mul_(scale)


def sums(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return (count, sum, sum of squares) of each channel, of shape (3, channels).

    ``pixels`` has shape (..., channels, height, width).
    """
    pixels = pixels if pixels.ndim == 4 else pixels[None]
    values = np.arange(256)
    counts = np.stack([np.bincount(c.ravel(), minlength=256) for c in pixels.swapaxes(0, 1)])
    return np.stack([counts.sum(1), counts @ values, counts @ values**2]).astype(np.int64)


def measured(totals: NDArray[np.int64]) -> Normalisation:
    """Return the normalisation of pictures whose `sums` add up to ``totals``."""
    count, total, squares = totals.astype(np.float64)
    mean = total / count
    variance = np.maximum(squares / count - mean**2, 0)
    std = np.where(variance > 0, np.sqrt(variance), 255)  # a channel of one value stays near 0
    return Normalisation(tuple((mean / 255).tolist()), tuple((std / 255).tolist()))


def chosen(name: str, totals: NDArray[np.int64]) -> Normalisation:
    """Return the normalisation that ``data.normalise`` names."""
    n_channels = totals.shape[1]
    if name == "standard":
        return measured(totals)
    if name == "imagenet":
        mean, std = IMAGENET
        if n_channels == len(mean):
            return Normalisation(mean, std)
        return Normalisation((float(np.mean(mean)),), (float(np.mean(std)),))
    return Normalisation((0.0,) * n_channels, (1.0,) * n_channels)
