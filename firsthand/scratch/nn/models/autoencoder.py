r"""An autoencoder: through a narrow place and back, so that what fits through is what matters.

    H = encoder(X)     (n, n_latent)       the code
    Z = decoder(H)     (n, n_features)     scores; sigmoid(Z) is the copy of X
    J = loss(Z, X)                         binary cross-entropy, for X between 0 and 1

Without bends, and with squared error, the code spans the space of the first n_latent principal
components. Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks
(2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers import Linear, ReLU
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.sequential import Sequential

Array = NDArray[np.floating[Any]]


def chain(sizes: Sequence[int]) -> Sequential:
    """Return linear layers with a relu between them, from ``sizes[0]`` to ``sizes[-1]``."""
    parts: list[Module] = []
    for n_in, n_out in pairwise(sizes):
        parts += [Linear(n_in, n_out), ReLU()]
    parts[-2:] = [Linear(*sizes[-2:], gain=1.0)]  # what comes out is not bent
    return Sequential(*parts)


class Autoencoder(Module):
    """An encoder and a decoder, for ``X`` of shape (..., n_samples, n_features).

    Parameters
    ----------
    encoder, decoder : Module
        Any two that fit each other.

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> network = Network(autoencoder(n_features=6, hidden=(5, 4), n_latent=2))
    >>> network.forward(np.ones((3, 6))).shape
    (3, 6)
    >>> network.module.encoder.forward(np.ones((3, 6))).shape
    (3, 2)
    """

    def __init__(self, encoder: Module, decoder: Module) -> None:
        self.encoder, self.decoder = encoder, decoder

    def forward(self, X: Array) -> Array:
        return self.decoder.forward(self.encoder.forward(X))

    def backward(self, dZ: Array) -> Array:
        return self.encoder.backward(self.decoder.backward(dZ))


def autoencoder(
    *, n_features: int = 784, hidden: Sequence[int] = (512, 128), n_latent: int = 32
) -> Autoencoder:
    """Return an autoencoder of linear layers; the decoder's are the encoder's turned round."""
    sizes = (n_features, *hidden, n_latent)
    return Autoencoder(chain(sizes), chain(sizes[::-1]))
