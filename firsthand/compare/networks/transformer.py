"""A language model of one transformer block, under AdamW with clipped gradients."""

from __future__ import annotations

import numpy as np

from firsthand.compare.twins import Batch, Twin, cross_entropy, supervised
from firsthand.library.networks.transformer import transformer
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.layers import (
    Embedding,
    LayerNorm,
    LearnedPositions,
    Linear,
    TransformerBlock,
)
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.optimizers import AdamW

N_SYMBOLS, N_STEPS, N_FEATURES, N_HEADS = 11, 9, 16, 4


def scratch() -> Network:
    """Return our network."""
    chain = Sequential(
        Embedding(N_SYMBOLS, N_FEATURES),
        LearnedPositions(N_STEPS, N_FEATURES),
        TransformerBlock(N_FEATURES, N_HEADS, causal=True),
        LayerNorm(N_FEATURES),
        Linear(N_FEATURES, N_SYMBOLS, gain=1.0),
    )
    return Network(chain, random_state=0)


def symbols(rng: np.random.Generator) -> Batch:
    """Return 4 sequences, and the same a place further."""
    drawn = rng.integers(N_SYMBOLS, size=(4, N_STEPS + 1))
    return drawn[:, :-1], drawn[:, 1:]


TWIN = Twin(
    "transformer",
    "Language model of a transformer block",
    scratch=scratch,
    library=lambda: transformer(
        n_symbols=N_SYMBOLS, n_steps=N_STEPS, n_features=N_FEATURES, n_heads=N_HEADS
    ),
    batch=symbols,
    training=supervised(
        (CrossEntropy, cross_entropy),
        (
            lambda: AdamW(1e-3, weight_decay=0.1),
            lambda torch, theta: torch.optim.AdamW(theta, lr=1e-3, weight_decay=0.1),
        ),
        clip_norm=1.0,
    ),
    data="random symbols",
    tolerance=1e-8,
    why="rounding; AdamW divides that of the keys' bias, whose gradient is 0 in theory, by 1e-8",
)
