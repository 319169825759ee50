"""A variational autoencoder of real digits, under Adam; both sides are given the same noise."""

from __future__ import annotations

from typing import Any

from firsthand.compare.networks.autoencoder import digits
from firsthand.compare.twins import Twin, supervised
from firsthand.library import require
from firsthand.library.networks.vae import negative_elbo
from firsthand.library.networks.vae import vae as theirs
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.models import NegativeELBO, vae
from firsthand.scratch.nn.optimizers import Adam

N_FEATURES, HIDDEN, N_LATENT = 64, (32,), 3


def scratch() -> Network:
    """Return our network, which draws the noise after its weights."""
    made = vae(n_features=N_FEATURES, hidden=HIDDEN, n_latent=N_LATENT)
    return Network(made, random_state=0)


def library() -> Any:
    """Return their model, given the noise that ours draws; its outputs stand side by side."""
    torch, rng = require("torch"), scratch().rng
    model = theirs(n_features=N_FEATURES, hidden=HIDDEN, n_latent=N_LATENT)

    def with_noise(_: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        return *inputs, torch.tensor(rng.standard_normal((len(inputs[0]), N_LATENT)))

    def side_by_side(_: Any, __: Any, made: tuple[Any, ...]) -> Any:
        return torch.cat(made, dim=-1)

    model.register_forward_pre_hook(with_noise)
    model.register_forward_hook(side_by_side)
    return model


def unlikely(torch: Any, Z: Any, X: Any) -> Any:
    """Return PyTorch's bound of the evidence, its sign turned."""
    scores, mean, log_var = torch.split(Z, [N_FEATURES, N_LATENT, N_LATENT], dim=-1)
    return negative_elbo(scores, mean, log_var, X)


TWIN = Twin(
    "vae",
    "Variational autoencoder",
    scratch=scratch,
    library=library,
    batch=digits,
    training=supervised(
        (lambda: NegativeELBO(N_LATENT), unlikely),
        (lambda: Adam(1e-3), lambda torch, theta: torch.optim.Adam(theta, lr=1e-3)),
    ),
    data="digits of 8 x 8",
)
