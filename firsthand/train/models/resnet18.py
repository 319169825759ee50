"""ResNet-18, whose parameters have the names of torchvision's, so that its weights load.

    block    y = relu(x' + bn2(conv2(relu(bn1(conv1(x))))))     x' = x, or a 1 x 1 convolution of x
    network  7 x 7 convolution and max-pooling, four stages of two blocks, mean over places, fc

He et al., Deep residual learning for image recognition (2016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from firsthand.train.errors import ModelError

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts

HEAD = "fc"
CHANNELS = (64, 128, 256, 512)


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
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)
        self.downsample: nn.Module | None = None
        if stride != 1 or n_in != n_out:
            self.downsample = nn.Sequential(
                nn.Conv2d(n_in, n_out, 1, stride, bias=False), nn.BatchNorm2d(n_out)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return activations of shape (n, n_out, h / stride, w / stride)."""
        shortcut = x if self.downsample is None else self.downsample(x)
        z = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(z)) + shortcut)


class ResNet18(nn.Module):
    """See the module.

    Parameters
    ----------
    n_channels : int
        Of the pictures.
    n_outputs : int
    """

    def __init__(self, n_channels: int, n_outputs: int):
        super().__init__()
        self.conv1 = nn.Conv2d(n_channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        n_in = 64
        for number, n_out in enumerate(CHANNELS, 1):
            stride = 1 if number == 1 else 2
            stage = nn.Sequential(Block(n_in, n_out, stride), Block(n_out, n_out, 1))
            self.add_module(f"layer{number}", stage)
            n_in = n_out
        self.fc = nn.Linear(n_in, n_outputs)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (n, n_outputs) of pictures of shape (n, n_channels, h, w)."""
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        for number in range(1, len(CHANNELS) + 1):
            x = self.get_submodule(f"layer{number}")(x)
        scores: torch.Tensor = self.fc(x.mean((2, 3)))
        return scores


def build(settings: settings_of.ResNet18, facts: Facts) -> ResNet18:
    """Return the network for a data set."""
    n_channels, height, width = facts.input_shape
    if min(height, width) < 33:
        raise ModelError(
            f"resnet18 halves pictures five times, and {height} x {width} pixels are too few. "
            "Choose resnet_cifar or cnn, or set data.size to [64, 64] or more."
        )
    return ResNet18(n_channels, facts.output_size)
