r"""A variational autoencoder: every sample is a small cloud of codes, and the clouds fill a normal.

    (mean, log_var) = encoder(X)            q(h | X) = Normal(mean, exp(log_var)), a cloud a sample
    h = mean + exp(log_var / 2) noise       a draw from it: the reparameterisation trick
    Z = decoder(h)                          p(X | h): each feature is 1 with probability sigmoid(Z)

    J = mean over samples of [ - log p(X | h) + beta KL(q(h | X), Normal(0, 1)) ]
      = mean over samples of [ sum of the features' binary cross-entropies
                               + beta sum (mean^2 + exp(log_var) - 1 - log_var) / 2 ]

-J is a lower bound of the evidence log p(X) where beta = 1 (ELBO). The noise is drawn outside of
what is differentiated, so that the slope goes through mean and log_var; new digits are the
decoder's answers to draws from Normal(0, 1). A smaller beta copies more sharply, but then the
clouds do not fill the normal, and draws from a density that is fitted to the codes are better.

Kingma & Welling, Auto-encoding variational Bayes (2014); Higgins et al., beta-VAE (2017); Ghosh et
al., From variational to deterministic autoencoders (2020), for the fitted density.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers.activations import sigmoid
from firsthand.scratch.nn.losses import Loss, binary_cross_entropy, binary_cross_entropy_backward
from firsthand.scratch.nn.models.autoencoder import chain
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.network import Network

Array = NDArray[np.floating[Any]]


def reparameterise(mean: Array, log_var: Array, noise: Array) -> Array:
    """Return h = mean + exp(log_var / 2) noise, a draw from each sample's cloud.

    All have shape (..., n_samples, n_latent); ``noise`` is from Normal(0, 1).
    """
    return mean + np.exp(log_var / 2) * noise


def reparameterise_backward(dh: Array, log_var: Array, noise: Array) -> tuple[Array, Array]:
    """Return (dmean, dlog_var), given ``dh`` = dJ/dh."""
    return dh, dh * noise * np.exp(log_var / 2) / 2


def gaussian_kl(mean: Array, log_var: Array) -> Any:
    """Return the mean over samples of KL(Normal(mean, exp(log_var)), Normal(0, 1)), in nats.

    Both have shape (..., n_samples, n_latent), and the result (...).
    """
    return ((mean**2 + np.exp(log_var) - 1 - log_var) / 2).sum(axis=-1).mean(axis=-1)


def gaussian_kl_backward(mean: Array, log_var: Array) -> tuple[Array, Array]:
    """Return (dmean, dlog_var) of :func:`gaussian_kl`."""
    n_samples = mean.shape[-2]
    return mean / n_samples, (np.exp(log_var) - 1) / (2 * n_samples)


class NegativeELBO(Loss):
    """J of the formula above, for the outputs of a :class:`VAE` against its inputs.

    Parameters
    ----------
    n_latent : int
        Width of the code.
    beta : float, default 1
        How much the divergence counts.
    """

    def __init__(self, n_latent: int, beta: float = 1.0) -> None:
        self.n_latent, self.beta = n_latent, beta

    def value(self, Z: Array, y: Array) -> Any:
        scores, mean, log_var = parted(Z, self.n_latent)
        n_features = scores.shape[-1]  # the cross-entropy's mean over features becomes their sum
        unlikely = n_features * binary_cross_entropy(scores, y)
        return unlikely + self.beta * gaussian_kl(mean, log_var)

    def slope(self, Z: Array, y: Array) -> Array:
        scores, mean, log_var = parted(Z, self.n_latent)
        dscores = scores.shape[-1] * binary_cross_entropy_backward(scores, y)
        dmean, dlog_var = gaussian_kl_backward(mean, log_var)
        return np.concatenate([dscores, self.beta * dmean, self.beta * dlog_var], axis=-1)

    def targets(self, y: Array, Z: Array) -> Array:
        n_features = Z.shape[-1] - 2 * self.n_latent
        return super().targets(y, Z[..., :n_features])


def parted(Z: Array, n_latent: int) -> tuple[Array, Array, Array]:
    """Return (scores, mean, log_var) of a VAE's output (..., n_features + 2 n_latent)."""
    n_features = Z.shape[-1] - 2 * n_latent
    return Z[..., :n_features], Z[..., n_features:-n_latent], Z[..., -n_latent:]


class VAE(Module):
    """Encoder, a draw, decoder; its output is (scores, mean, log_var) side by side.

    Parameters
    ----------
    encoder : Module
        From (..., n_samples, n_features) to (..., n_samples, 2 n_latent): mean and log_var.
    decoder : Module
        From n_latent to n_features.
    n_latent : int

    Attributes
    ----------
    noise : ndarray of shape (..., n_samples, n_latent)
        What the last forward drew: zeros in the mode that predicts, so that h is the mean.

    Notes
    -----
    ``Z`` has shape (..., n_samples, n_features + 2 n_latent), so that a loss sees all that it
    depends on, and ``backward`` sends the slopes of all three back. :func:`parted` takes it apart.
    """

    noise: Array

    def __init__(self, encoder: Module, decoder: Module, n_latent: int) -> None:
        self.encoder, self.decoder, self.n_latent = encoder, decoder, n_latent

    def forward(self, X: Array) -> Array:
        clouds = self.encoder.forward(X)
        mean, self.log_var = clouds[..., : self.n_latent], clouds[..., self.n_latent :]
        self.noise = np.zeros_like(mean)
        if self.training:
            self.noise = self.rng.standard_normal(mean.shape).astype(mean.dtype)
        h = reparameterise(mean, self.log_var, self.noise)
        return np.concatenate([self.decoder.forward(h), clouds], axis=-1)

    def backward(self, dZ: Array) -> Array:
        dscores, dmean, dlog_var = parted(dZ, self.n_latent)
        dh = self.decoder.backward(dscores)
        through_mean, through_log_var = reparameterise_backward(dh, self.log_var, self.noise)
        dclouds = np.concatenate([dmean + through_mean, dlog_var + through_log_var], axis=-1)
        return self.encoder.backward(dclouds)


def vae(*, n_features: int = 784, hidden: Sequence[int] = (512,), n_latent: int = 20) -> VAE:
    """Return a VAE of linear layers; the decoder's are the encoder's turned round.

    Examples
    --------
    >>> network = Network(vae(n_features=6, hidden=(5,), n_latent=2))
    >>> network.forward(np.ones((3, 6))).shape
    (3, 10)
    >>> sample_vae(network, 4, np.random.default_rng(0)).shape
    (4, 6)
    """
    encoder = chain((n_features, *hidden, 2 * n_latent))
    return VAE(encoder, chain((n_latent, *hidden[::-1], n_features)), n_latent)


def encode(network: Network, X: Array) -> tuple[Array, Array]:
    """Return (mean, log_var) of each sample's cloud, of shape (..., n_samples, n_latent).

    ``network`` is one around a :class:`VAE`.
    """
    module = cast(VAE, network.module)
    clouds = module.encoder.forward(X)
    return clouds[..., : module.n_latent], clouds[..., module.n_latent :]


def decode(network: Network, h: Array) -> Array:
    """Return the probabilities of 1, (..., n_samples, n_features), for codes ``h``."""
    module = cast(VAE, network.module)
    return sigmoid(module.decoder.forward(h.astype(network.parameters.flat.dtype)))


def sample_vae(network: Network, n_samples: int, rng: np.random.Generator) -> Array:
    """Return new samples of shape (*trials, n_samples, n_features), each from 0 to 1."""
    n_latent = cast(VAE, network.module).n_latent
    return decode(network, rng.standard_normal((*network.trials, n_samples, n_latent)))
