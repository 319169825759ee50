r"""A recurrent model of characters: what it has read is a state of fixed size.

    e_t = E[x_t]                                  a row for the token
    h_t = step(e_t, h_t-1)                        of an RNN, a GRU or an LSTM
    Z_t = h_t W + b                               scores of the token at t + 1
    J   = -mean over t of log softmax(Z_t)[x_t+1]

A long text is read in pieces of n_steps: the state goes on from piece to piece, the gradient does
not (truncated backpropagation), so that a step costs the same wherever in the text it is. Graves,
Generating sequences with recurrent neural networks (2013); Karpathy, The unreasonable
effectiveness of recurrent neural networks (2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn.characters import streams
from firsthand.scratch.nn.layers.dropout import Dropout
from firsthand.scratch.nn.layers.embedding import Embedding
from firsthand.scratch.nn.layers.gru import GRU
from firsthand.scratch.nn.layers.linear import Linear
from firsthand.scratch.nn.layers.lstm import LSTM
from firsthand.scratch.nn.layers.rnn import RNN
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.network import Network
from firsthand.scratch.nn.optimizers.clipping import clip_by_norm
from firsthand.scratch.nn.optimizers.optimizer import Optimizer
from firsthand.scratch.validation import check_choice, check_sizes

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]

CELLS = {"rnn": RNN, "gru": GRU, "lstm": LSTM}


class CharRNN(Module):
    """Tokens (n_samples, n_steps) in, scores (..., n_samples, n_steps, n_tokens) out.

    Parameters
    ----------
    n_tokens : int
        Size of the vocabulary.
    n_features, n_hidden, n_layers : int
        Of the embedding, of the state, and how many recurrent layers stand on each other.
    cell : "rnn", "gru" or "lstm", default "lstm"
    dropout : float, default 0
        Share of what goes into and comes out of a recurrent layer that is left out while learning.

    Examples
    --------
    >>> network = Network(CharRNN(5, n_features=4, n_hidden=8, cell="gru"))
    >>> network.forward(np.array([[0, 3, 1]])).shape
    (1, 3, 5)
    """

    def __init__(
        self,
        n_tokens: int,
        *,
        n_features: int = 32,
        n_hidden: int = 128,
        n_layers: int = 1,
        cell: str = "lstm",
        dropout: float = 0.0,
    ) -> None:
        check_sizes(n_tokens=n_tokens, n_features=n_features)
        check_choice("cell", cell, tuple(CELLS))
        self.n_tokens = n_tokens
        self.embedding = Embedding(n_tokens, n_features)
        self.drop_1, self.drop_2 = Dropout(dropout), Dropout(dropout)
        self.recurrent = CELLS[cell](n_features, n_hidden, n_layers, dropout=dropout)
        self.head = Linear(n_hidden, n_tokens, gain=1.0)
        self.n_read = 0

    def forward(self, X: Any) -> Array:
        E = self.drop_1.forward(self.embedding.forward(X))
        H = self.drop_2.forward(self.recurrent.forward(E))
        return self.head.forward(H)

    def backward(self, dZ: Array) -> Array:
        dH = self.drop_2.backward(self.head.backward(dZ))
        dE = self.drop_1.backward(self.recurrent.backward(dH))
        return self.embedding.backward(dE)

    def start_carrying(self) -> None:
        """Let the state go on from each forward to the next; at first it is zero."""
        self.recurrent.start_carrying()

    def stop_carrying(self) -> None:
        """Let every forward start from zero."""
        self.recurrent.stop_carrying()

    def scores_of_next(self, tokens: Indices, *, cache: bool) -> Array:
        """Return the scores (n_samples, n_tokens) of what follows ``tokens`` (n_samples, n_steps).

        With ``cache`` only the tokens after those of the last call are read.
        """
        if not cache:
            self.stop_cache()
            return self.forward(tokens)[:, -1]
        if not self.n_read:
            self.start_carrying()
        Z = self.forward(tokens[:, self.n_read :])[:, -1]
        self.n_read = tokens.shape[1]
        return Z

    def stop_cache(self) -> None:
        """Forget what was read."""
        self.n_read = 0
        self.stop_carrying()

    def describe(self) -> str:
        return f"CharRNN of {self.n_tokens} tokens, {self.recurrent.describe()}"


def train_on_stream(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    tokens: Indices,
    *,
    n_samples: int,
    n_steps: int,
    clip_norm: float | None = 5.0,
) -> float:
    """Read all the text once, learning from piece to piece, and return the mean loss.

    Parameters
    ----------
    network : Network
        Around a :class:`CharRNN`, without trials.
    loss : Loss
    optimizer : Optimizer
    tokens : array of int (n_characters,)
    n_samples : int
        Places of the text that are read at once; each has a state of its own.
    n_steps : int
        Length of a piece: how far back a gradient reaches.
    clip_norm : float, optional
        The longest a gradient may be: along many steps it can explode.

    Raises
    ------
    DataError
        If the text is too short for one piece.
    """
    model = network.module
    if not isinstance(model, CharRNN) or network.trials:
        raise ParameterError(f"A stream is read by a CharRNN without trials, not by {network}.")
    network.train()
    losses: list[float] = []
    model.start_carrying()
    try:
        for X, y in streams(tokens, n_samples, n_steps):
            losses.append(float(loss.forward(network.forward(X), y)))
            network.backward(loss.backward())
            if clip_norm is not None:
                clip_by_norm(network.gradients.flat, clip_norm)
            optimizer.step(network.parameters.flat, network.gradients.flat)
    finally:
        model.stop_carrying()
    return float(np.mean(losses))
