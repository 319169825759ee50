r"""A GPT: blocks of causal attention over tokens and places, and a score for every next token.

    H   = E[x_t] + P[t]                                  a row for the token, a row for the place
    H  <- H + attention(norm(H)),  H <- H + mlp(norm(H))              in each of n_layers blocks
    Z_t = norm(H_t) W + b                                             scores of the token at t + 1
    J   = -mean over t of log softmax(Z_t)[x_t+1]                     nats a token

Each place sees itself and what is before it, so one window of n_steps tokens teaches n_steps
predictions at once. Weights start as N(0, 0.02^2), and those that write into H as
N(0, 0.02^2 / (2 n_layers)): 2 n_layers such parts add up, and H keeps its size at any depth.
Radford et al., Language models are unsupervised multitask learners (2019).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.initializers import normal
from firsthand.scratch.nn.layers.dropout import Dropout
from firsthand.scratch.nn.layers.embedding import Embedding
from firsthand.scratch.nn.layers.linear import Linear
from firsthand.scratch.nn.layers.normalization import LayerNorm
from firsthand.scratch.nn.layers.positions import LearnedPositions
from firsthand.scratch.nn.layers.transformer import TransformerBlock
from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]


class GPT(Module):
    """Tokens (n_samples, n_steps) in, scores (..., n_samples, n_steps, n_tokens) out.

    Parameters
    ----------
    n_tokens : int
        Size of the vocabulary.
    context : int
        The most steps that it sees at once.
    n_features, n_heads, n_layers : int
        ``n_heads`` divides ``n_features``.
    dropout : float, default 0
        Share left out, while it learns, of H at first and of what each part adds to it.
    std : float, default 0.02
        Deviation of the weights at the start. GPT-2's 0.02 is made for some thousand features;
        about 1 / sqrt(n_features) learns much faster where there are few.

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> network = Network(GPT(5, context=8, n_features=12, n_heads=2, n_layers=2))
    >>> network.forward(np.array([[0, 3, 1]])).shape
    (1, 3, 5)
    """

    def __init__(
        self,
        n_tokens: int,
        *,
        context: int = 64,
        n_features: int = 128,
        n_heads: int = 4,
        n_layers: int = 4,
        dropout: float = 0.0,
        std: float = 0.02,
    ) -> None:
        check_sizes(n_tokens=n_tokens, context=context, n_features=n_features)
        check_sizes(n_heads=n_heads, n_layers=n_layers)
        self.n_tokens, self.context, self.std = n_tokens, context, std
        self.embedding = Embedding(n_tokens, n_features, std=std)
        self.positions = LearnedPositions(context, n_features, std)
        self.drop = Dropout(dropout)
        self.blocks = [
            TransformerBlock(n_features, n_heads, causal=True, dropout=dropout, approximate=True)
            for _ in range(n_layers)
        ]
        self.norm = LayerNorm(n_features)
        self.head = Linear(n_features, n_tokens)
        self.caching = False

    def initialize(self, rng: np.random.Generator) -> None:
        adding = self.std / np.sqrt(2 * len(self.blocks))
        self.head.W[...] = normal(self.head.W.shape, rng, self.std)
        for block in self.blocks:
            for W in (block.attention.W, block.wide.W):
                W[...] = normal(W.shape, rng, self.std)
            for W in (block.attention.W_out, block.narrow.W):
                W[...] = normal(W.shape, rng, adding)

    def forward(self, X: Any) -> Array:
        H = self.positions.forward(self.embedding.forward(X))
        if self.caching:
            self.positions.first += X.shape[-1]
        H = self.drop.forward(H)
        for block in self.blocks:
            H = block.forward(H)
        return self.head.forward(self.norm.forward(H))

    def backward(self, dZ: Array) -> Array:
        dH = self.norm.backward(self.head.backward(dZ))
        for block in reversed(self.blocks):
            dH = block.backward(dH)
        return self.embedding.backward(self.positions.backward(self.drop.backward(dH)))

    def start_cache(self) -> None:
        """From now on each forward is given only the tokens after those of the one before.

        Keys and values of earlier tokens are remembered, and places are counted on.
        """
        self.caching, self.positions.first = True, 0
        for block in self.blocks:
            block.attention.start_cache()

    def stop_cache(self) -> None:
        """Forget them: every forward is given a whole text again."""
        self.caching, self.positions.first = False, 0
        for block in self.blocks:
            block.attention.stop_cache()

    def scores_of_next(self, tokens: Indices, *, cache: bool) -> Array:
        """Return the scores (n_samples, n_tokens) of what follows ``tokens`` (n_samples, n_steps).

        The last ``context`` tokens are seen. Once they are fewer than all, the window moves, every
        place in it is another one, and with or without a cache all is computed anew.
        """
        if not cache or tokens.shape[-1] > self.context:
            self.stop_cache()
            return self.forward(tokens[:, -self.context :])[:, -1]
        if not self.caching:
            self.start_cache()
        return self.forward(tokens[:, self.positions.first :])[:, -1]

    def describe(self) -> str:
        blocks = f"{len(self.blocks)} x {self.blocks[0].describe()}"
        return f"GPT of {self.n_tokens} tokens, context {self.context}, {blocks}"
