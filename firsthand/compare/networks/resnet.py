"""Residual blocks, projected where the shape changes, under momentum with weight decay."""

from __future__ import annotations

import numpy as np

from firsthand.compare.twins import Batch, Twin, cross_entropy, supervised
from firsthand.library.networks.resnet import resnet
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import ResNet
from firsthand.scratch.nn.optimizers import SGD

N_BLOCKS, CHANNELS = 1, (4, 8, 8)
RATE, MOMENTUM, DECAY = 0.02, 0.9, 5e-4


def pictures(rng: np.random.Generator) -> Batch:
    """Return 8 pictures of 12 x 12 in three colours, and labels."""
    return rng.normal(size=(8, 3, 12, 12)), rng.integers(10, size=8)


TWIN = Twin(
    "resnet",
    "Residual network",
    scratch=lambda: Network(ResNet(n_blocks=N_BLOCKS, channels=CHANNELS), random_state=0),
    library=lambda: resnet(n_blocks=N_BLOCKS, channels=CHANNELS),
    batch=pictures,
    training=supervised(
        (CrossEntropy, cross_entropy),
        (
            lambda: SGD(RATE, MOMENTUM, weight_decay=DECAY),
            lambda torch, theta: torch.optim.SGD(
                theta, lr=RATE, momentum=MOMENTUM, weight_decay=DECAY
            ),
        ),
    ),
    data="random pictures",
)
