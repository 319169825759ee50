r"""Blocks of attention, for texts and for series.

    block      x + attention(norm(x)), then x + feed-forward(norm(x))
    attention  softmax(Q K' / sqrt(size / heads)) V, in each head

Position t of the input has a learnt vector that is added to it. Token 0 pads a text: no position
looks at it, and the mean that the scores come from leaves it out. A forecast comes from the last
step of a series. Vaswani et al., Attention is all you need (2017); norms before each part as in
Xiong et al. (2020).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from firsthand.train.errors import ModelError

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts


class Block(nn.Module):
    """Attention, then a feed-forward part; each adds to its input.

    Parameters
    ----------
    size, heads : int
        Of a position's vector, and the parts that attention divides it into.
    dropout : float
    """

    def __init__(self, size: int, heads: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.mix = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.dropout = nn.Dropout(dropout)
        self.feed_forward = nn.Sequential(
            nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size)
        )

    def forward(self, x: torch.Tensor, there: torch.Tensor | None) -> torch.Tensor:
        """Return (n, steps, size); ``there`` of (n, 1, 1, steps) says what may be looked at."""
        n, steps, size = x.shape
        q, k, v = (
            self.qkv(self.norm1(x))
            .view(n, steps, 3, self.heads, size // self.heads)
            .permute(2, 0, 3, 1, 4)  # (3, n, heads, steps, size / heads)
        )
        found = functional.scaled_dot_product_attention(q, k, v, attn_mask=there)
        x = x + self.dropout(self.mix(found.transpose(1, 2).reshape(n, steps, size)))
        return x + self.dropout(self.feed_forward(self.norm2(x)))


class Transformer(nn.Module):
    """See the module.

    Parameters
    ----------
    entrance : nn.Module
        From an input to vectors of shape (n, steps, size).
    steps : int
        Most positions an input has.
    size, heads, layers : int
    n_outputs : int
    dropout : float
    is_text : bool
        Whether inputs are tokens, of which 0 pads.
    """

    def __init__(
        self,
        entrance: nn.Module,
        steps: int,
        size: int,
        heads: int,
        layers: int,
        n_outputs: int,
        dropout: float,
        *,
        is_text: bool,
    ):
        super().__init__()
        self.is_text = is_text
        self.entrance = entrance
        self.positions = nn.Parameter(0.02 * torch.randn(steps, size))
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(size, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(size)
        self.head = nn.Linear(size, n_outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (n, n_outputs) of tokens (n, length) or of a series (n, steps, variables)."""
        there = None
        if self.is_text:
            there = x != 0
            there = torch.cat([torch.ones_like(there[:, :1]), there[:, 1:]], 1)  # an empty text: 1
        mask = None if there is None else there[:, None, None, :]
        z = self.dropout(self.entrance(x) + self.positions[: x.shape[1]])
        for block in self.blocks:
            z = block(z, mask)
        z = self.norm(z)
        if there is None:
            pooled = z[:, -1]
        else:
            weight = there[:, :, None].to(z.dtype)
            pooled = (z * weight).sum(1) / weight.sum(1)
        scores: torch.Tensor = self.head(self.dropout(pooled))
        return scores


def build(settings: settings_of.Transformer, facts: Facts) -> Transformer:
    """Return the network for a data set."""
    size, heads = settings.size, settings.heads
    if size % heads:
        raise ModelError(
            f"model.size={size} cannot be shared by model.heads={heads}; "
            f"choose a multiple, such as {heads * (size // heads + 1)}."
        )
    is_text = facts.task == "text"
    entrance: nn.Module
    if is_text:
        entrance = nn.Embedding(facts.vocabulary, size, padding_idx=0)
        with torch.no_grad():
            entrance.weight.mul_(0.1)
    else:
        entrance = nn.Linear(facts.input_shape[-1], size)
    return Transformer(
        entrance,
        facts.input_shape[0],
        size,
        heads,
        settings.layers,
        facts.output_size,
        settings.dropout,
        is_text=is_text,
    )
