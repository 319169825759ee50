"""An autoencoder of linear layers, and the chain that a VAE is made of, too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from firsthand.library.support import require


def chain(sizes: Sequence[int]) -> Any:
    """Return linear layers with a relu between them."""
    nn = require("torch").nn
    layers: list[Any] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def autoencoder(
    *, n_features: int = 784, hidden: Sequence[int] = (512, 128), n_latent: int = 32
) -> Any:
    """Return a model from pictures to the scores of their copies."""
    nn = require("torch").nn
    sizes = (n_features, *hidden, n_latent)

    class Autoencoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.decoder = chain(sizes), chain(sizes[::-1])

        def forward(self, X: Any) -> Any:
            return self.decoder(self.encoder(X))

    return Autoencoder()
