"""A DCGAN for small pictures: both networks, and the steps that they take in turn."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def generator(
    *,
    n_latent: int = 64,
    n_hidden: int = 512,
    channels: tuple[int, int] = (64, 32),
    out_channels: int = 1,
    size: tuple[int, int] = (28, 28),
) -> Any:
    """Return a model from noise to pictures in [-1, 1]."""
    nn = require("torch").nn
    (a, b), (height, width) = channels, (size[0] // 4, size[1] // 4)
    return nn.Sequential(
        nn.Linear(n_latent, n_hidden, bias=False),
        nn.BatchNorm1d(n_hidden),
        nn.ReLU(),
        nn.Linear(n_hidden, a * height * width, bias=False),
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
    n_hidden: int = 256,
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
        nn.Linear(b * (size[0] // 4) * (size[1] // 4), n_hidden, bias=False),
        nn.BatchNorm1d(n_hidden),
        nn.LeakyReLU(slope),
        nn.Linear(n_hidden, 1),
    )


def discriminator_step(D: Any, optimizer: Any, real: Any, fake: Any, smoothing: float = 0.0) -> Any:
    """Teach D to tell pictures that are real from others, and return its loss before the step."""
    torch = require("torch")
    J = torch.nn.functional.binary_cross_entropy_with_logits
    optimizer.zero_grad()
    for_real, for_fake = D(real), D(fake.detach())
    loss = J(for_real, torch.full_like(for_real, 1 - smoothing))
    loss = loss + J(for_fake, torch.zeros_like(for_fake))
    loss.backward()
    optimizer.step()
    return loss.detach()


def generator_step(D: Any, optimizer: Any, fake: Any) -> Any:
    """Teach what made ``fake`` to pass for real, and return its loss before the step."""
    torch = require("torch")
    optimizer.zero_grad()
    scores = D(fake)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.ones_like(scores))
    loss.backward()
    optimizer.step()
    return loss.detach()
