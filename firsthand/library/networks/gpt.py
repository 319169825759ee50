"""A GPT: ``scaled_dot_product_attention``, which is one fused kernel, and the GELU by tanh."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def gpt(
    n_tokens: int,
    *,
    context: int = 64,
    n_features: int = 128,
    n_heads: int = 4,
    n_layers: int = 4,
) -> Any:
    """Return a module: tokens (n_samples, n_steps) in, scores (n_samples, n_steps, n_tokens) out.

    Raises
    ------
    MissingPackageError
        If PyTorch is not installed.
    """
    torch = require("torch")
    nn, functional = torch.nn, torch.nn.functional

    class Attention(nn.Module):
        """Causal self-attention with the parameters of ``nn.MultiheadAttention``."""

        def __init__(self) -> None:
            super().__init__()
            self.in_proj_weight = nn.Parameter(torch.empty(3 * n_features, n_features))
            self.in_proj_bias = nn.Parameter(torch.zeros(3 * n_features))
            self.out_proj = nn.Linear(n_features, n_features)
            nn.init.normal_(self.in_proj_weight, std=0.02)

        def forward(self, X: Any) -> Any:
            joint = functional.linear(X, self.in_proj_weight, self.in_proj_bias)
            Q, K, V = (
                part.unflatten(-1, (n_heads, -1)).transpose(1, 2) for part in joint.chunk(3, -1)
            )
            A = functional.scaled_dot_product_attention(Q, K, V, is_causal=True)
            return self.out_proj(A.transpose(1, 2).flatten(-2))

    class Block(nn.Module):
        """Attention and a small network, each around a way past it."""

        def __init__(self) -> None:
            super().__init__()
            self.norm_1 = nn.LayerNorm(n_features)
            self.attention = Attention()
            self.norm_2 = nn.LayerNorm(n_features)
            self.wide = nn.Linear(n_features, 4 * n_features)
            self.narrow = nn.Linear(4 * n_features, n_features)

        def forward(self, X: Any) -> Any:
            X = X + self.attention(self.norm_1(X))
            thought = functional.gelu(self.wide(self.norm_2(X)), approximate="tanh")
            return X + self.narrow(thought)

    class GPT(nn.Module):
        """Tokens and places, the blocks, and a score for every next token."""

        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(n_tokens, n_features)
            self.positions = nn.Embedding(context, n_features)
            self.blocks = nn.ModuleList(Block() for _ in range(n_layers))
            self.norm = nn.LayerNorm(n_features)
            self.head = nn.Linear(n_features, n_tokens)

        def forward(self, X: Any) -> Any:
            H = self.embedding(X) + self.positions.weight[: X.shape[-1]]
            for block in self.blocks:
                H = block(H)
            return self.head(self.norm(H))

    return GPT()
