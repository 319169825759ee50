"""The residual networks for small pictures, ResNet-20 to ResNet-110.

    3 x 3 convolution to 16 channels; 3 stages of n blocks with 16, 32, 64 channels, the second and
    third of half the height and width; mean over places; linear          depth = 6 n + 2

Where a block changes the shape, its shortcut takes every second pixel and pads the new channels
with zeros, so it has no parameters (option A of the paper). Names are those of the published
weights of Y. Idelbayev's implementation. He et al., Deep residual learning (2016), 4.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts

HEAD = "linear"


class Block(nn.Module):
    """Two 3 x 3 convolutions, to whose result their input is added.

    Parameters
    ----------
    n_in, n_out : int
        Channels.
    stride : int
        2 halves the height and width.
    """

    def __init__(self, n_in: int, n_out: int, stride: int):
        super().__init__()
        self.stride, self.n_new = stride, n_out - n_in
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return activations of shape (n, n_out, h / stride, w / stride)."""
        z = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(z)) + self._shortcut(x))

    def _shortcut(self, x: torch.Tensor) -> torch.Tensor:
        if not self.n_new:
            return x
        half = self.n_new // 2
        return functional.pad(
            x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, half, self.n_new - half)
        )


class ResNetCifar(nn.Module):
    """See the module.

    Parameters
    ----------
    n_channels : int
        Of the pictures.
    depth : int
        6 n + 2 for n blocks a stage.
    n_outputs : int
    """

    def __init__(self, n_channels: int, depth: int, n_outputs: int):
        super().__init__()
        self.conv1 = nn.Conv2d(n_channels, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        n_blocks = (depth - 2) // 6
        self.layer1 = self._stage(n_blocks, 16, 16, 1)
        self.layer2 = self._stage(n_blocks, 16, 32, 2)
        self.layer3 = self._stage(n_blocks, 32, 64, 2)
        self.linear = nn.Linear(64, n_outputs)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)

    @staticmethod
    def _stage(n_blocks: int, n_in: int, n_out: int, stride: int) -> nn.Sequential:
        first = Block(n_in, n_out, stride)
        return nn.Sequential(first, *(Block(n_out, n_out, 1) for _ in range(n_blocks - 1)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (n, n_outputs) of pictures of shape (n, n_channels, h, w)."""
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        scores: torch.Tensor = self.linear(x.mean((2, 3)))
        return scores


def build(settings: settings_of.ResNetCifar, facts: Facts) -> ResNetCifar:
    """Return the network for a data set."""
    return ResNetCifar(facts.input_shape[0], settings.depth, facts.output_size)
