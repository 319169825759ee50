"""Texts with some tokens left out, so that no single word decides.

Iyyer et al., Deep unordered composition rivals syntactic methods for text classification (2015).
"""

from __future__ import annotations

import torch


def drop_tokens(tokens: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
    """Return texts without about that share of their tokens; those after them move up.

    ``tokens`` has shape (n, length); 0 pads at the end. A text keeps its first token.
    """
    draws = torch.rand(tokens.shape, generator=generator, device=generator.device)
    keep = (draws >= share).to(tokens.device)
    keep[:, 0] = True
    keep &= tokens != 0
    order = (~keep).byte().argsort(dim=1, stable=True)
    return (tokens * keep).gather(1, order)
