"""A DCGAN for small pictures: both networks, and the step that each takes in turn."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def generator(
    *,
    n_latent: int = 64,
    channels: tuple[int, int] = (64, 32),
    out_channels: int = 1,
    size: tuple[int, int] = (28, 28),
) -> Any:
    """Return a model from noise to pictures in [-1, 1]."""
    nn = require("torch").nn
    (a, b), (height, width) = channels, (size[0] // 4, size[1] // 4)
    return nn.Sequential(
        nn.Linear(n_latent, a * height * width, bias=False),
        nn.Unflatten(1, (a, height, width)),
        nn.BatchNorm2d(a),
        nn.ReLU(),
        nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False),
        nn.BatchNorm2d(b),
        nn.ReLU(),
        nn.ConvTranspose2d(b, out_channels, 4, 2, 1),
        nn.Tanh(),
    )


def discriminator(
    *,
    channels: tuple[int, int] = (32, 64),
    in_channels: int = 1,
    size: tuple[int, int] = (28, 28),
    slope: float = 0.2,
) -> Any:
    """Return a model from pictures to one score each."""
    nn = require("torch").nn
    a, b = channels
    return nn.Sequential(
        nn.Conv2d(in_channels, a, 4, 2, 1),
        nn.LeakyReLU(slope),
        nn.Conv2d(a, b, 4, 2, 1, bias=False),
        nn.BatchNorm2d(b),
        nn.LeakyReLU(slope),
        nn.Flatten(),
        nn.Linear(b * (size[0] // 4) * (size[1] // 4), 1),
    )


def gan_step(
    G: Any, D: Any, optimizers: tuple[Any, Any], real: Any, noise: Any, smoothing: float = 0.0
) -> tuple[Any, Any]:
    """Let D take a step, and then G against the new D; return both losses."""
    torch = require("torch")
    J = torch.nn.functional.binary_cross_entropy_with_logits
    of_G, of_D = optimizers
    fake = G(noise)

    of_D.zero_grad()
    scores = D(real)
    J_D = J(scores, torch.full_like(scores, 1 - smoothing))
    scores = D(fake.detach())
    J_D = J_D + J(scores, torch.zeros_like(scores))
    J_D.backward()
    of_D.step()

    of_G.zero_grad()
    scores = D(fake)
    J_G = J(scores, torch.ones_like(scores))
    J_G.backward()
    of_G.step()
    return J_D.detach(), J_G.detach()
