r"""A generative adversarial network: one draws, the other tells drawn from real, in turn.

    generator      G(noise) = a picture, (n, n_latent) to (n, c, h, w), in [-1, 1]
    discriminator  D(picture) = a score, (n, c, h, w) to (n, 1); sigmoid(D) = how real it looks

    D learns   J_D = mean -log sigmoid(D(real)) + mean -log(1 - sigmoid(D(G(noise))))
    G learns   J_G = mean -log sigmoid(D(G(noise)))           the gradient comes through D

G does not minimise mean log(1 - sigmoid(D(G))), though it is the same game: that is flat as long
as G is bad. Both are convolutional after DCGAN: strides instead of pooling, batch norm, leaky
relu in D, relu in G, a tanh at its end. Each also has one linear layer that sees the whole
picture at once, as in InfoGAN: on few channels the strokes are good without it, and the digits not.

Goodfellow et al., Generative adversarial nets (2014); Radford, Metz & Chintala, Unsupervised
representation learning with deep convolutional GANs (2016); Chen et al., InfoGAN (2016).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn.layers import (
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    LeakyReLU,
    Linear,
    ReLU,
    Tanh,
    Unflatten,
)
from firsthand.scratch.nn.losses import binary_cross_entropy, binary_cross_entropy_backward
from firsthand.scratch.nn.network import Network
from firsthand.scratch.nn.optimizers import Optimizer
from firsthand.scratch.nn.sequential import Sequential

Array = NDArray[np.floating[Any]]


def generator(
    *,
    n_latent: int = 64,
    n_hidden: int = 512,
    channels: tuple[int, int] = (64, 32),
    out_channels: int = 1,
    size: tuple[int, int] = (28, 28),
) -> Sequential:
    """Return the chain from noise (..., n_samples, n_latent) to pictures of ``size`` in [-1, 1].

    Two transposed convolutions, 4 x 4 with stride 2, double the pictures from a quarter of
    ``size``, which is a multiple of 4. What is normalised afterwards has no bias.
    """
    height, width = _quarter(size)
    a, b = channels
    return Sequential(
        Linear(n_latent, n_hidden, bias=False),
        BatchNorm1d(n_hidden),
        ReLU(),
        Linear(n_hidden, a * height * width, bias=False),
        Unflatten(a, height, width),
        BatchNorm2d(a),
        ReLU(),
        ConvTranspose2d(a, b, 4, 2, 1, bias=False),
        BatchNorm2d(b),
        ReLU(),
        ConvTranspose2d(b, out_channels, 4, 2, 1),
        Tanh(),
    )


def discriminator(
    *,
    channels: tuple[int, int] = (32, 64),
    n_hidden: int = 256,
    in_channels: int = 1,
    size: tuple[int, int] = (28, 28),
    slope: float = 0.2,
) -> Sequential:
    """Return the chain from pictures (..., n_samples, in_channels, *size) to one score each.

    Two convolutions, 4 x 4 with stride 2, halve the pictures. The first is not normalised, so
    that D sees how bright a picture is. ``slope`` is that of the leaky relus.
    """
    height, width = _quarter(size)
    a, b = channels
    return Sequential(
        Conv2d(in_channels, a, 4, 2, 1),
        LeakyReLU(slope),
        Conv2d(a, b, 4, 2, 1, bias=False),
        BatchNorm2d(b),
        LeakyReLU(slope),
        Flatten(),
        Linear(b * height * width, n_hidden, bias=False),
        BatchNorm1d(n_hidden),
        LeakyReLU(slope),
        Linear(n_hidden, 1, gain=1.0),
    )


def _quarter(size: tuple[int, int]) -> tuple[int, int]:
    if size[0] % 4 or size[1] % 4 or min(size) < 4:
        raise ParameterError(f"size is {size}; both have to be multiples of 4.")
    return size[0] // 4, size[1] // 4


def start_small(network: Network, rng: np.random.Generator, std: float = 0.02) -> None:
    """Draw every weight matrix and kernel anew from Normal(0, std), as DCGAN starts.

    Batch norm makes the scale of what it follows immaterial to the output, but a step of Adam
    turns small weights further than large ones: both networks learn faster from here.
    """
    for name, W in network.parameters.items():
        if name.rpartition(".")[2] == "W":
            W[...] = rng.normal(scale=std, size=W.shape)


def draw_noise(network: Network, n_samples: int, rng: np.random.Generator) -> Array:
    """Return noise of shape (*trials, n_samples, n_latent) for a generator, from Normal(0, 1)."""
    n_latent = network.parameters["0.W"].shape[-2]
    noise = rng.standard_normal((*network.trials, n_samples, n_latent))
    return noise.astype(network.parameters.flat.dtype)


def discriminator_step(
    D: Network, optimizer: Optimizer, real: Array, fake: Array, smoothing: float = 0.0
) -> Any:
    """Teach D to tell pictures that are real from others, and return its J_D before the step.

    Each kind is a batch of its own, so that batch norm does not mix them. ``smoothing`` asks for
    a probability of only 1 - smoothing for real ones, which keeps D from being too sure.
    """
    scores = D.forward(real)
    sure = np.full_like(scores, 1 - smoothing)
    J = binary_cross_entropy(scores, sure)
    D.backward(binary_cross_entropy_backward(scores, sure))
    for_real = D.gradients.flat.copy()

    scores = D.forward(fake)
    J = J + binary_cross_entropy(scores, np.zeros_like(scores))
    D.backward(binary_cross_entropy_backward(scores, np.zeros_like(scores)))
    D.gradients.flat += for_real
    optimizer.step(D.parameters.flat, D.gradients.flat)
    return J


def generator_step(G: Network, D: Network, optimizer: Optimizer, fake: Array) -> Any:
    """Teach G to pass for real with ``fake``, its last forward, and return J_G before the step.

    D only hands the gradient on; its parameters stay, whatever gradients they got.
    """
    scores = D.forward(fake)
    real = np.ones_like(scores)
    J = binary_cross_entropy(scores, real)
    dfake = D.backward(binary_cross_entropy_backward(scores, real))
    G.backward(dfake)
    optimizer.step(G.parameters.flat, G.gradients.flat)
    return J


def gan_step(
    G: Network,
    D: Network,
    optimizers: tuple[Optimizer, Optimizer],
    real: Array,
    noise: Array,
    smoothing: float = 0.0,
) -> tuple[Any, Any]:
    """Let D take a step, and then G against the new D; return (J_D, J_G).

    Parameters
    ----------
    G, D : Network
        Around a :func:`generator` and a :func:`discriminator`.
    optimizers : (Optimizer, Optimizer)
        That of G and that of D.
    real : array of shape (..., n_samples, channels, height, width)
        In [-1, 1].
    noise : array of shape (..., n_samples, n_latent)
    smoothing : float, default 0
        See :func:`discriminator_step`.

    Returns
    -------
    J_D, J_G : float, or array of the trials' shape
    """
    fake = G.forward(noise)
    J_D = discriminator_step(D, optimizers[1], real, fake, smoothing)
    J_G = generator_step(G, D, optimizers[0], fake)
    return J_D, J_G


def sample_gan(G: Network, n_samples: int, rng: np.random.Generator) -> Array:
    """Return pictures from new noise, of shape (*trials, n_samples, channels, height, width)."""
    return G.forward(draw_noise(G, n_samples, rng))
