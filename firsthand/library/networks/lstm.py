"""A small recurrent language model: ``torch.nn.LSTM`` between an embedding and a linear layer."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def lstm(*, n_symbols: int, n_features: int, n_hidden: int, n_layers: int) -> Any:
    """Return a model: ``model(X, state)`` gives scores and the new state."""
    nn = require("torch").nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(n_symbols, n_features)
            self.recurrent = nn.LSTM(n_features, n_hidden, n_layers, batch_first=True)
            self.scores = nn.Linear(n_hidden, n_symbols)

        def forward(self, X: Any, state: Any = None) -> Any:
            H, state = self.recurrent(self.embedding(X), state)
            return self.scores(H), state

    return Model()
