"""A tiny GPT, two blocks deep, under AdamW with clipped gradients."""

from __future__ import annotations

import numpy as np

from firsthand.compare.twins import Batch, Twin, cross_entropy, supervised
from firsthand.library.networks.gpt import gpt
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import GPT
from firsthand.scratch.nn.optimizers import AdamW

N_TOKENS, N_STEPS = 11, 9
SIZES = {"context": 12, "n_features": 16, "n_heads": 4, "n_layers": 2}


def tokens(rng: np.random.Generator) -> Batch:
    """Return 4 sequences shorter than the context, and the same a place further."""
    drawn = rng.integers(N_TOKENS, size=(4, N_STEPS + 1))
    return drawn[:, :-1], drawn[:, 1:]


TWIN = Twin(
    "gpt",
    "A tiny GPT",
    scratch=lambda: Network(GPT(N_TOKENS, **SIZES), random_state=0),
    library=lambda: gpt(N_TOKENS, **SIZES),
    batch=tokens,
    training=supervised(
        (CrossEntropy, cross_entropy),
        (
            lambda: AdamW(1e-3, weight_decay=0.1),
            lambda torch, theta: torch.optim.AdamW(theta, lr=1e-3, weight_decay=0.1),
        ),
        clip_norm=1.0,
    ),
    data="random tokens",
    tolerance=1e-8,
    why="rounding; AdamW divides that of the keys' bias, whose gradient is 0 in theory, by 1e-8",
)
