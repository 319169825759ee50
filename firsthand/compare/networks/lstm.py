"""A recurrent language model that goes on where the last batch ended: training of its own.

Backpropagation is truncated: the state of one batch is the start of the next, and no gradient
goes back into the batch before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from firsthand.compare.twins import Batch, Ours, Takes, Theirs, Training, Twin, cross_entropy
from firsthand.library.networks.lstm import lstm
from firsthand.scratch.nn import Module, Network
from firsthand.scratch.nn.layers import LSTM, Embedding, Linear, Recurrent
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.optimizers import RMSprop

N_SYMBOLS, N_FEATURES, N_HIDDEN, N_LAYERS = 9, 6, 12, 2
RATE = 1e-3


class LanguageModel(Module):
    """Symbols to vectors, through the cells, to scores of the next symbol."""

    def __init__(self) -> None:
        self.embedding = Embedding(N_SYMBOLS, N_FEATURES)
        self.recurrent = LSTM(N_FEATURES, N_HIDDEN, N_LAYERS)
        self.scores = Linear(N_HIDDEN, N_SYMBOLS, gain=1.0)

    def forward(self, X: Any) -> Any:
        """Return scores of shape (n_samples, n_steps, N_SYMBOLS)."""
        return self.scores.forward(self.recurrent.forward(self.embedding.forward(X)))

    def backward(self, dZ: Any) -> Any:
        """Fill the gradients; symbols have none."""
        return self.embedding.backward(self.recurrent.backward(self.scores.backward(dZ)))


def symbols(rng: np.random.Generator) -> Batch:
    """Return 4 sequences of 7 steps, and the same a step further."""
    drawn = rng.integers(N_SYMBOLS, size=(4, 8))
    return drawn[:, :-1], drawn[:, 1:]


def train_ours(side: Ours) -> Takes:
    """Return our step; recurrent layers carry their state."""
    J, stepping = CrossEntropy(), RMSprop(RATE)
    for part in side.network.modules.values():
        if isinstance(part, Recurrent):
            part.start_carrying()
    return lambda batch: side.learn(J, stepping, *batch)


def train_theirs(side: Theirs) -> Takes:
    """Return their step; the state is cut off from the batch that made it."""
    stepping = side.torch.optim.RMSprop(side.model.parameters(), lr=RATE)
    state: Any = None

    def step(batch: Batch) -> Mapping[str, Any]:
        nonlocal state
        X, y = side.tensors(batch)
        Z, state = side.model(X, state)
        state = tuple(s.detach() for s in state) if type(state) is tuple else state.detach()
        return side.learn(Z, cross_entropy(side.torch, Z, y), stepping)

    return step


TWIN = Twin(
    "lstm",
    "Recurrent language model, its state carried on",
    scratch=lambda: Network(LanguageModel(), random_state=0),
    library=lambda: lstm(
        n_symbols=N_SYMBOLS, n_features=N_FEATURES, n_hidden=N_HIDDEN, n_layers=N_LAYERS
    ),
    batch=symbols,
    training=Training(train_ours, train_theirs),
    data="random symbols",
)
