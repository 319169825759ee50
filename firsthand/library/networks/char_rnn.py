"""A recurrent model of characters: ``torch.nn.LSTM`` or another between table and scores."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def char_rnn(
    n_tokens: int,
    *,
    n_features: int = 32,
    n_hidden: int = 128,
    n_layers: int = 1,
    cell: str = "lstm",
) -> Any:
    """Return a module: ``model(X, state)`` gives scores of the next token, and the new state.

    Raises
    ------
    MissingPackageError
        If PyTorch is not installed.
    """
    nn = require("torch").nn
    kind = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell]

    class CharRNN(nn.Module):
        """Tokens (n_samples, n_steps) in, scores (n_samples, n_steps, n_tokens) out."""

        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(n_tokens, n_features)
            self.recurrent = kind(n_features, n_hidden, n_layers, batch_first=True)
            self.head = nn.Linear(n_hidden, n_tokens)

        def forward(self, X: Any, state: Any = None) -> Any:
            H, state = self.recurrent(self.embedding(X), state)
            return self.head(H), state

    return CharRNN()
