"""A convolutional network in the manner of LeNet-5: ``torch.nn.Sequential`` of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firsthand.library.support import require


def lenet(
    *,
    n_classes: int = 10,
    in_channels: int = 1,
    size: tuple[int, int] = (28, 28),
    channels: tuple[int, int] = (6, 16),
    hidden: Sequence[int] = (120, 84),
    kernel: int = 5,
    batch_norm: bool = False,
    dropout: float = 0.0,
) -> Any:
    """Return two convolutions, each halved by a maximum, and linear layers behind them."""
    nn = require("torch").nn
    layers: list[Any] = []
    for n_in, n_out in ((in_channels, channels[0]), channels):
        layers.append(nn.Conv2d(n_in, n_out, kernel, padding="same", bias=not batch_norm))
        layers += [nn.BatchNorm2d(n_out)] if batch_norm else []
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
    layers.append(nn.Flatten())
    n_in = channels[1] * (size[0] // 4) * (size[1] // 4)
    for n_hidden in hidden:
        layers += [nn.Linear(n_in, n_hidden), nn.ReLU()]
        layers += [nn.Dropout(dropout)] if dropout else []
        n_in = n_hidden
    return nn.Sequential(*layers, nn.Linear(n_in, n_classes))
