"""Convolutions, pooling, batch normalisation and linear layers on real digits, under Adam."""

from __future__ import annotations

import numpy as np

from firsthand.compare.twins import Batch, Twin, cross_entropy, supervised
from firsthand.data import load
from firsthand.library.networks.lenet import lenet as theirs
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import lenet
from firsthand.scratch.nn.optimizers import Adam

SIZE, CHANNELS, HIDDEN = (8, 8), (4, 8), (16,)


def scratch() -> Network:
    """Return our network."""
    made = lenet(size=SIZE, channels=CHANNELS, hidden=HIDDEN, batch_norm=True)
    return Network(made, random_state=0)


def digits(rng: np.random.Generator) -> Batch:
    """Return 32 digits of 8 x 8 and what they show."""
    data = load("digits")
    rows = rng.integers(data.n_samples, size=32)
    return data.X[rows].reshape(-1, 1, *SIZE) / 16, np.asarray(data.y[rows], np.int64)


TWIN = Twin(
    "lenet",
    "LeNet with batch normalisation",
    scratch=scratch,
    library=lambda: theirs(size=SIZE, channels=CHANNELS, hidden=HIDDEN, batch_norm=True),
    batch=digits,
    training=supervised(
        (CrossEntropy, cross_entropy),
        (lambda: Adam(1e-3), lambda torch, theta: torch.optim.Adam(theta, lr=1e-3)),
    ),
    data="digits of 8 x 8",
)
