r"""A transformer block: places look at each other, and then each thinks for itself.

    X <- X + attention(norm(X))
    X <- X + W2 gelu(W1 norm(X))

Normalising before each part ("pre-norm") keeps a straight way for the gradient through all blocks.
Radford et al., Language models are unsupervised multitask learners (2019);
``torch.nn.TransformerEncoderLayer(norm_first=True)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers.activations import GELU
from firsthand.scratch.nn.layers.attention import MultiHeadAttention
from firsthand.scratch.nn.layers.dropout import Dropout
from firsthand.scratch.nn.layers.linear import Linear
from firsthand.scratch.nn.layers.normalization import LayerNorm
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]


class TransformerBlock(Module):
    """Attention and a small network, each around a way past it.

    Parameters
    ----------
    n_features, n_heads : int
    n_hidden : int, optional
        Units of the small network; 4 times the features by default.
    causal : bool, default False
        True in a decoder, where a place must not see what comes after it.
    dropout : float, default 0
        Share of what each part adds that is left out while learning.
    approximate : bool, default False
        Whether the GELU is the one by tanh, as in GPT-2.
    rotary : bool, default False
        Whether attention turns queries and keys by their places.
    """

    def __init__(
        self,
        n_features: int,
        n_heads: int,
        n_hidden: int | None = None,
        *,
        causal: bool = False,
        dropout: float = 0.0,
        approximate: bool = False,
        rotary: bool = False,
    ) -> None:
        hidden = n_hidden or 4 * n_features
        self.norm_1 = LayerNorm(n_features)
        self.attention = MultiHeadAttention(n_features, n_heads, causal=causal, rotary=rotary)
        self.norm_2 = LayerNorm(n_features)
        self.wide = Linear(n_features, hidden)
        self.bend = GELU(approximate=approximate)
        self.narrow = Linear(hidden, n_features, gain=1.0)
        self.drop_1, self.drop_2 = Dropout(dropout), Dropout(dropout)

    def forward(self, X: Array) -> Array:
        looked = self.attention.forward(self.norm_1.forward(X))
        X = X + self.drop_1.forward(looked)
        thought = self.wide.forward(self.norm_2.forward(X))
        thought = self.narrow.forward(self.bend.forward(thought))
        return X + self.drop_2.forward(thought)

    def backward(self, dZ: Array) -> Array:
        dthought = self.narrow.backward(self.drop_2.backward(dZ))
        dthought = self.wide.backward(self.bend.backward(dthought))
        dX = dZ + self.norm_2.backward(dthought)
        dlooked = self.attention.backward(self.drop_1.backward(dX))
        return dX + self.norm_1.backward(dlooked)

    def describe(self) -> str:
        return f"TransformerBlock {self.attention.n_features}, {self.attention.n_heads} heads"
