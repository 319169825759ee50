"""The two networks of a GAN on real digits: training of its own, a step of each in turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from firsthand.compare.networks.lenet import digits
from firsthand.compare.twins import Batch, Ours, Takes, Theirs, Training, Twin
from firsthand.library.networks import gan as library
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.models import discriminator, discriminator_step, generator, generator_step
from firsthand.scratch.nn.optimizers import Adam

N_LATENT, SIZE = 6, (8, 8)
RATE_G, RATE_D, BETA_1, SMOOTHING = 1e-3, 2e-3, 0.5, 0.1


def scratch() -> Mapping[str, Network]:
    """Return our networks."""
    G = generator(n_latent=N_LATENT, n_hidden=12, channels=(8, 4), size=SIZE)
    D = discriminator(channels=(4, 8), n_hidden=12, size=SIZE)
    return {"generator": Network(G, random_state=0), "discriminator": Network(D, random_state=1)}


def theirs() -> Mapping[str, Any]:
    """Return their models."""
    return {
        "generator": library.generator(n_latent=N_LATENT, n_hidden=12, channels=(8, 4), size=SIZE),
        "discriminator": library.discriminator(channels=(4, 8), n_hidden=12, size=SIZE),
    }


def digits_and_noise(rng: np.random.Generator) -> Batch:
    """Return 32 digits of 8 x 8 in [-1, 1], and what to draw others from."""
    X, _ = digits(rng)
    return 2 * X - 1, rng.normal(size=(len(X), N_LATENT))


def train_ours(side: Ours) -> Takes:
    """Return our step."""
    G, D = side.networks["generator"], side.networks["discriminator"]
    adams = Adam(RATE_G, BETA_1), Adam(RATE_D, BETA_1)

    def step(batch: Batch) -> Mapping[str, Any]:
        real, noise = batch
        fake = G.forward(noise)
        seen: dict[str, Any] = {"fake": fake}
        seen["loss of D"] = discriminator_step(D, adams[1], real, fake, SMOOTHING)
        seen |= side.gradients("discriminator")
        seen["loss of G"] = generator_step(G, D, adams[0], fake)
        return seen | side.gradients("generator")

    return step


def train_theirs(side: Theirs) -> Takes:
    """Return their step."""
    G, D = side.models["generator"], side.models["discriminator"]
    adams = tuple(
        side.torch.optim.Adam(model.parameters(), lr=rate, betas=(BETA_1, 0.999))
        for model, rate in ((G, RATE_G), (D, RATE_D))
    )

    def step(batch: Batch) -> Mapping[str, Any]:
        real, noise = side.tensors(batch)
        fake = G(noise)
        seen: dict[str, Any] = {"fake": fake}
        seen["loss of D"] = library.discriminator_step(D, adams[1], real, fake, SMOOTHING)
        seen |= side.gradients("discriminator")
        seen["loss of G"] = library.generator_step(D, adams[0], fake)
        return seen | side.gradients("generator")

    return step


TWIN = Twin(
    "gan",
    "Generative adversarial network",
    scratch=scratch,
    library=theirs,
    batch=digits_and_noise,
    training=Training(train_ours, train_theirs),
    data="digits of 8 x 8",
)
