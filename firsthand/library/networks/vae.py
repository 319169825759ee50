"""A variational autoencoder, and its loss, as autograd has them: no slope is written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firsthand.library.networks.autoencoder import chain
from firsthand.library.support import require


def vae(*, n_features: int = 784, hidden: Sequence[int] = (512,), n_latent: int = 20) -> Any:
    """Return a model: ``model(X, noise)`` gives the scores, the means and the log-variances.

    Without noise the decoder is given the means.
    """
    torch = require("torch")

    class VAE(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = chain((n_features, *hidden, 2 * n_latent))
            self.decoder = chain((n_latent, *hidden[::-1], n_features))

        def forward(self, X: Any, noise: Any = None) -> tuple[Any, Any, Any]:
            mean, log_var = self.encoder(X).chunk(2, dim=-1)
            h = mean if noise is None else mean + (log_var / 2).exp() * noise
            return self.decoder(h), mean, log_var

    return VAE()


def negative_elbo(scores: Any, mean: Any, log_var: Any, X: Any, beta: float = 1.0) -> Any:
    """Return the mean over samples of cross-entropy and divergence, summed over the rest."""
    torch = require("torch")
    clouds = torch.distributions.Normal(mean, (log_var / 2).exp())
    standard = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    unlikely = torch.nn.functional.binary_cross_entropy_with_logits(scores, X, reduction="none")
    divergence = torch.distributions.kl_divergence(clouds, standard)
    return (unlikely.sum(dim=-1) + beta * divergence.sum(dim=-1)).mean()
