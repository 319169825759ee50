"""A variational autoencoder of real digits: training of its own, since both need the same noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firsthand.compare.networks.autoencoder import digits
from firsthand.compare.twins import Batch, Ours, Takes, Theirs, Training, Twin
from firsthand.library.networks.vae import negative_elbo
from firsthand.library.networks.vae import vae as theirs
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.models import NegativeELBO, vae
from firsthand.scratch.nn.optimizers import Adam

N_FEATURES, HIDDEN, N_LATENT = 64, (32,), 3
RATE = 1e-3


def scratch() -> Network:
    """Return our network."""
    made = vae(n_features=N_FEATURES, hidden=HIDDEN, n_latent=N_LATENT)
    return Network(made, random_state=0)


def train_ours(side: Ours) -> Takes:
    """Return our step; the network draws the noise."""
    J, stepping = NegativeELBO(N_LATENT), Adam(RATE)
    return lambda batch: side.learn(J, stepping, batch[0], batch[0])


def train_theirs(side: Theirs) -> Takes:
    """Return their step; the noise is what a network of ours draws after its weights."""
    torch, model = side.torch, side.model
    stepping, rng = torch.optim.Adam(model.parameters(), lr=RATE), scratch().rng

    def step(batch: Batch) -> Mapping[str, Any]:
        X, _ = side.tensors(batch)
        noise = torch.tensor(rng.standard_normal((len(X), N_LATENT)))
        scores, mean, log_var = model(X, noise)
        J = negative_elbo(scores, mean, log_var, X)
        return side.learn(torch.cat([scores, mean, log_var], dim=-1), J, stepping)

    return step


TWIN = Twin(
    "vae",
    "Variational autoencoder",
    scratch=scratch,
    library=lambda: theirs(n_features=N_FEATURES, hidden=HIDDEN, n_latent=N_LATENT),
    batch=digits,
    training=Training(train_ours, train_theirs),
    data="digits of 8 x 8",
)
