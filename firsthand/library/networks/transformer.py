"""A small language model: ``torch.nn.MultiheadAttention`` in a block that normalises first."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def transformer(*, n_symbols: int, n_steps: int, n_features: int, n_heads: int) -> Any:
    """Return a model that scores the next symbol at every place of (n_samples, n_steps)."""
    torch = require("torch")
    nn = torch.nn

    class Positions(nn.Embedding):
        def forward(self, X: Any) -> Any:
            return X + self.weight[: X.shape[1]]

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm_1 = nn.LayerNorm(n_features)
            self.attention = nn.MultiheadAttention(n_features, n_heads, batch_first=True)
            self.norm_2 = nn.LayerNorm(n_features)
            self.wide = nn.Linear(n_features, 4 * n_features)
            self.narrow = nn.Linear(4 * n_features, n_features)

        def forward(self, X: Any) -> Any:
            n_steps, seen = X.shape[1], self.norm_1(X)
            later = torch.ones(n_steps, n_steps, dtype=torch.bool).triu(1)
            X = X + self.attention(seen, seen, seen, attn_mask=later, need_weights=False)[0]
            return X + self.narrow(nn.functional.gelu(self.wide(self.norm_2(X))))

    return nn.Sequential(
        nn.Embedding(n_symbols, n_features),
        Positions(n_steps, n_features),
        Block(),
        nn.LayerNorm(n_features),
        nn.Linear(n_features, n_symbols),
    )
