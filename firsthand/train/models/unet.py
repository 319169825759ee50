"""U-Net: a class for each pixel.

    down   twice (3 x 3 convolution, BatchNorm, ReLU), then 2 x 2 max-pooling, level by level
    up     enlarge twofold, put beside it what the level had on the way down, convolve twice

Pictures of any size: their edges are repeated until the levels divide evenly, and the scores are
cut back. Ronneberger, Fischer & Brox, U-Net (2015).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from firsthand.train.models.cnn import convolution

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts


class UNet(nn.Module):
    """See the module.

    Parameters
    ----------
    n_channels : int
        Of the pictures.
    channels : sequence of int
        Of each level, from the picture's own size downwards.
    n_outputs : int
        Classes of a pixel.
    dropout : float
    """

    def __init__(self, n_channels: int, channels: tuple[int, ...], n_outputs: int, dropout: float):
        super().__init__()
        self.down = nn.ModuleList(_twice(a, b) for a, b in pairwise((n_channels, *channels)))
        self.dropout = nn.Dropout2d(dropout)
        upwards = channels[::-1]
        self.enlarge = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairwise(upwards)
        )
        self.up = nn.ModuleList(_twice(2 * b, b) for b in upwards[1:])
        self.head = nn.Conv2d(channels[0], n_outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores (n, n_outputs, h, w) of pictures (n, n_channels, h, w)."""
        height, width = x.shape[2:]
        even = 2 ** (len(self.down) - 1)
        z = functional.pad(x, (0, -width % even, 0, -height % even), "replicate")
        levels: list[torch.Tensor] = []
        for number, stage in enumerate(self.down):
            z = stage(functional.max_pool2d(z, 2) if number else z)
            levels.append(z)
        z = self.dropout(levels.pop())
        for enlarge, stage in zip(self.enlarge, self.up, strict=True):
            z = stage(torch.cat([levels.pop(), enlarge(z)], 1))
        scores: torch.Tensor = self.head(z)
        return scores[:, :, :height, :width]


def _twice(n_in: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(*convolution(n_in, n_out), *convolution(n_out, n_out))


def build(settings: settings_of.UNet, facts: Facts) -> UNet:
    """Return the network for a data set."""
    return UNet(facts.input_shape[0], settings.channels, facts.output_size, settings.dropout)
