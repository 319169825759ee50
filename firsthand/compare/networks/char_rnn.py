"""A recurrent model of characters that goes on where the last batch ended: training of its own.

Backpropagation is truncated: the state of one batch is the start of the next, and no gradient
goes back into the batch before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from firsthand.compare.twins import Batch, Ours, Takes, Theirs, Training, Twin, cross_entropy
from firsthand.library.networks.char_rnn import char_rnn
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.layers import Recurrent
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import CharRNN
from firsthand.scratch.nn.optimizers import RMSprop

N_TOKENS = 9
SIZES: dict[str, Any] = {"n_features": 6, "n_hidden": 12, "n_layers": 2}
RATE = 1e-3


def tokens(rng: np.random.Generator) -> Batch:
    """Return 4 sequences of 7 steps, and the same a step further."""
    drawn = rng.integers(N_TOKENS, size=(4, 8))
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
        state = [part.detach() for part in state]
        return side.learn(Z, cross_entropy(side.torch, Z, y), stepping)

    return step


TWIN = Twin(
    "char_rnn",
    "Recurrent model of characters, its state carried on",
    scratch=lambda: Network(CharRNN(N_TOKENS, **SIZES), random_state=0),
    library=lambda: char_rnn(N_TOKENS, **SIZES),
    batch=tokens,
    training=Training(train_ours, train_theirs),
    data="random tokens",
)
