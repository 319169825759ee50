"""A small convolutional network: convolutions and pooling, then a hidden layer and the scores.

A stage is (3 x 3 convolution, BatchNorm, ReLU) a few times and 2 x 2 max-pooling, so each has half
the height and width of the one before. LeCun et al., Gradient-based learning applied to document
recognition (1998), with the batch normalisation of Ioffe & Szegedy (2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from firsthand.train.errors import ModelError

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts


def convolution(n_in: int, n_out: int) -> list[nn.Module]:
    """Return a 3 x 3 convolution with its normalisation and ReLU."""
    return [nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]


class CNN(nn.Module):
    """See the module.

    Parameters
    ----------
    input_shape : (channels, height, width)
    channels : sequence of int
        Of each stage.
    convolutions : int
        In each stage.
    hidden : int
        Units before the head; 0 for none.
    n_outputs : int
    dropout : float
    """

    def __init__(
        self,
        input_shape: tuple[int, ...],
        channels: tuple[int, ...],
        convolutions: int,
        hidden: int,
        n_outputs: int,
        dropout: float,
    ):
        super().__init__()
        before, height, width = input_shape
        layers: list[nn.Module] = []
        for after in channels:
            for _ in range(convolutions):
                layers += convolution(before, after)
                before = after
            layers.append(nn.MaxPool2d(2))
            height, width = height // 2, width // 2
        n_features = before * height * width
        layers.append(nn.Flatten())
        if hidden:
            layers += [nn.Linear(n_features, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU()]
        layers.append(nn.Dropout(dropout))
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(hidden or n_features, n_outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (n, n_outputs) of pictures of shape (n, channels, h, w)."""
        scores: torch.Tensor = self.head(self.body(x))
        return scores


def build(settings: settings_of.CNN, facts: Facts) -> CNN:
    """Return the network for a data set."""
    _, height, width = facts.input_shape
    n = len(settings.channels)
    if min(height, width) < 2**n:
        raise ModelError(
            f"Pictures of {height} x {width} pixels cannot be halved {n} times; "
            "give model.channels fewer sizes, or data.size more pixels."
        )
    return CNN(
        facts.input_shape,
        settings.channels,
        settings.convolutions,
        settings.hidden,
        facts.output_size,
        settings.dropout,
    )
