"""A chain of linear layers on real digits, under Adam: the usual kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from firsthand.compare.twins import Batch, Twin, cross_entropy, supervised
from firsthand.data import load
from firsthand.library.networks.mlp import mlp
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.layers import GELU, Linear
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.optimizers import Adam

SIZES = (64, 32, 16, 10)


def scratch() -> Network:
    """Return our network."""
    a, b, c, d = SIZES
    return Network(
        Sequential(Linear(a, b), GELU(), Linear(b, c), GELU(), Linear(c, d, gain=1.0)),
        random_state=0,
    )


def digits(rng: np.random.Generator) -> Batch:
    """Return 32 digits of 8 x 8 and what they show."""
    data = load("digits")
    rows = rng.integers(data.n_samples, size=32)
    return data.X[rows] / 16, np.asarray(data.y[rows], np.int64)


def adam(torch: Any, theta: Any) -> Any:
    """Return their optimizer."""
    return torch.optim.Adam(theta, lr=1e-2)


TWIN = Twin(
    "mlp",
    "Multi-layer perceptron",
    scratch=scratch,
    library=lambda: mlp(SIZES),
    batch=digits,
    training=supervised((CrossEntropy, cross_entropy), (lambda: Adam(1e-2), adam)),
    data="digits of 8 x 8",
)
