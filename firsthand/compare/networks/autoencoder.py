"""An autoencoder of real digits, its copies judged by binary cross-entropy, under Adam."""

from __future__ import annotations

from typing import Any

import numpy as np

from firsthand.compare.twins import Batch, Twin, supervised
from firsthand.data import load
from firsthand.library.networks.autoencoder import autoencoder as theirs
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import BinaryCrossEntropy
from firsthand.scratch.nn.models import autoencoder
from firsthand.scratch.nn.optimizers import Adam

N_FEATURES, HIDDEN, N_LATENT = 64, (32, 16), 4


def digits(rng: np.random.Generator) -> Batch:
    """Return 32 digits of 8 x 8, which are also what should come out."""
    data = load("digits")
    X = data.X[rng.integers(data.n_samples, size=32)] / 16
    return X, X


def unlikely(torch: Any, Z: Any, X: Any) -> Any:
    """Return PyTorch's mean binary cross-entropy of scores."""
    return torch.nn.functional.binary_cross_entropy_with_logits(Z, X)


TWIN = Twin(
    "autoencoder",
    "Autoencoder",
    scratch=lambda: Network(
        autoencoder(n_features=N_FEATURES, hidden=HIDDEN, n_latent=N_LATENT), random_state=0
    ),
    library=lambda: theirs(n_features=N_FEATURES, hidden=HIDDEN, n_latent=N_LATENT),
    batch=digits,
    training=supervised(
        (BinaryCrossEntropy, unlikely),
        (lambda: Adam(1e-3), lambda torch, theta: torch.optim.Adam(theta, lr=1e-3)),
    ),
    data="digits of 8 x 8",
)
