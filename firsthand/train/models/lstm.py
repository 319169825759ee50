"""Long short-term memory, for texts and for series.

A text is read token by token, in both directions; its scores come from the largest value that each
unit takes in it. Token 0 pads: steps behind the end of a text are not taken at all. A series is
read from its oldest step to its latest; the forecast comes from the last state.

Hochreiter & Schmidhuber, Long short-term memory (1997).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts


class TextLSTM(nn.Module):
    """See the module.

    Parameters
    ----------
    vocabulary : int
        Tokens, 0 among them.
    size : int
        Of an embedding and of the memory in each direction.
    layers : int
    both_ways : bool
    n_outputs : int
    dropout : float
    """

    def __init__(
        self,
        vocabulary: int,
        size: int,
        layers: int,
        both_ways: bool,
        n_outputs: int,
        dropout: float,
    ):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, size, padding_idx=0)
        self.lstm = _lstm(size, size, layers, both_ways, dropout)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(size * (1 + both_ways), n_outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (n, n_outputs) of tokens of shape (n, length)."""
        lengths = (x != 0).sum(1).clamp(min=1).cpu()
        packed = pack_padded_sequence(
            self.dropout(self.tokens(x)), lengths, batch_first=True, enforce_sorted=False
        )
        states, _ = pad_packed_sequence(  # (n, longest, size * directions)
            self.lstm(packed)[0], batch_first=True, padding_value=-torch.inf
        )
        scores: torch.Tensor = self.head(self.dropout(states.amax(1)))
        return scores


class SeriesLSTM(nn.Module):
    """See the module.

    Parameters
    ----------
    n_variables : int
    size : int
        Of the memory in each direction.
    layers : int
    both_ways : bool
    n_outputs : int
        Steps of the forecast, times the variables that are forecast.
    dropout : float
    """

    def __init__(
        self,
        n_variables: int,
        size: int,
        layers: int,
        both_ways: bool,
        n_outputs: int,
        dropout: float,
    ):
        super().__init__()
        self.directions = 1 + both_ways
        self.lstm = _lstm(n_variables, size, layers, both_ways, dropout)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(size * self.directions, n_outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return forecasts of shape (n, n_outputs) of series of shape (n, steps, n_variables)."""
        last = self.lstm(x)[1][0][-self.directions :]  # (directions, n, size), of the last layer
        state = last.transpose(0, 1).flatten(1)
        forecast: torch.Tensor = self.head(self.dropout(state))
        return forecast


def _lstm(n_in: int, size: int, layers: int, both_ways: bool, dropout: float) -> nn.LSTM:
    between = dropout if layers > 1 else 0.0
    return nn.LSTM(n_in, size, layers, batch_first=True, bidirectional=both_ways, dropout=between)


def build(settings: settings_of.LSTM, facts: Facts) -> nn.Module:
    """Return the network for a data set."""
    is_text = facts.task == "text"
    both_ways = is_text if settings.both_ways is None else settings.both_ways
    network = TextLSTM if is_text else SeriesLSTM
    return network(
        facts.vocabulary if is_text else facts.input_shape[-1],
        settings.size,
        settings.layers,
        both_ways,
        facts.output_size,
        settings.dropout,
    )
