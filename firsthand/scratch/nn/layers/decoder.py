r"""A decoder block: places look back, then into the memory, and then each thinks for itself.

    X <- X + attention(norm(X))                     of what stands before it: causal
    X <- X + cross_attention(norm(X), memory)       of what the encoder made of its input
    X <- X + W2 gelu(W1 norm(X))

Normalised before each part, as in ``transformer``. Vaswani et al., Attention is all you need
(2017), 3.1; ``torch.nn.TransformerDecoderLayer(norm_first=True, activation="gelu")``, whose names
are kept here, so that states go both ways.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers.activations import GELU
from firsthand.scratch.nn.layers.attention import MultiHeadAttention
from firsthand.scratch.nn.layers.cross_attention import CrossAttention
from firsthand.scratch.nn.layers.dropout import Dropout
from firsthand.scratch.nn.layers.linear import Linear
from firsthand.scratch.nn.layers.normalization import LayerNorm
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]


class DecoderBlock(Module):
    """Causal self-attention, cross-attention and a small network, each around a way past it.

    Parameters
    ----------
    n_features, n_heads : int
    n_hidden : int, optional
        Units of the small network; 4 times the features by default.
    dropout : float, default 0
        Share of what each part adds that is left out while learning.

    Attributes
    ----------
    dmemory : ndarray of the memory's shape
        dJ/dmemory after the last backward, which returns dJ/dX.
    self_attn : MultiHeadAttention
        Its ``padding`` is that of X; ``start_cache`` decodes step by step.
    multihead_attn : CrossAttention
        Its ``padding`` is that of the memory.

    Notes
    -----
    ``forward(X, memory)`` takes X (..., n_samples, n_steps, n_features) and a memory of any length,
    (..., n_samples, n_keys, n_features). Blocks that read one memory each have their part of its
    gradient::

        for block in blocks:
            X = block.forward(X, memory)

        for block in reversed(blocks):
            dX = block.backward(dX)
        dmemory = sum(block.dmemory for block in blocks)

    PyTorch's layer drops between the two layers of the small network and in the shares of
    attention, too.

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> block = Network(DecoderBlock(4, 2)).module
    >>> block.forward(np.ones((1, 3, 4)), np.ones((1, 5, 4))).shape
    (1, 3, 4)
    """

    dmemory: Array

    def __init__(
        self, n_features: int, n_heads: int, n_hidden: int | None = None, *, dropout: float = 0.0
    ) -> None:
        hidden = n_hidden or 4 * n_features
        self.norm1 = LayerNorm(n_features)
        self.self_attn = MultiHeadAttention(n_features, n_heads, causal=True)
        self.norm2 = LayerNorm(n_features)
        self.multihead_attn = CrossAttention(n_features, n_heads)
        self.norm3 = LayerNorm(n_features)
        self.linear1 = Linear(n_features, hidden)
        self.activation = GELU()
        self.linear2 = Linear(hidden, n_features, gain=1.0)
        self.dropout1, self.dropout2, self.dropout3 = (Dropout(dropout) for _ in range(3))

    def forward(self, X: Array, memory: Any = None) -> Array:
        """Return the next X, given the memory, which has to be there."""
        looked = self.self_attn.forward(self.norm1.forward(X))
        X = X + self.dropout1.forward(looked)
        read = self.multihead_attn.forward(self.norm2.forward(X), memory)
        X = X + self.dropout2.forward(read)
        thought = self.linear1.forward(self.norm3.forward(X))
        thought = self.linear2.forward(self.activation.forward(thought))
        return X + self.dropout3.forward(thought)

    def backward(self, dZ: Array) -> Array:
        """Return dJ/dX and fill the parameters' gradients and ``dmemory``."""
        dthought = self.linear2.backward(self.dropout3.backward(dZ))
        dthought = self.linear1.backward(self.activation.backward(dthought))
        dX = dZ + self.norm3.backward(dthought)
        dread = self.multihead_attn.backward(self.dropout2.backward(dX))
        self.dmemory = self.multihead_attn.dmemory
        dX = dX + self.norm2.backward(dread)
        dlooked = self.self_attn.backward(self.dropout1.backward(dX))
        return dX + self.norm1.backward(dlooked)

    def describe(self) -> str:
        return f"DecoderBlock {self.self_attn.n_features}, {self.self_attn.n_heads} heads"
