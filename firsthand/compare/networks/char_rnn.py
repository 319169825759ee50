"""A recurrent model of characters, cells of a GRU, trained as the one of an LSTM is."""

from __future__ import annotations

from firsthand.compare.networks.lstm import N_SYMBOLS, symbols, train_ours, train_theirs
from firsthand.compare.twins import Training, Twin
from firsthand.library.networks.char_rnn import char_rnn
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.models import CharRNN

TWIN = Twin(
    "char_rnn",
    "Recurrent model of characters, its state carried on",
    scratch=lambda: Network(
        CharRNN(N_SYMBOLS, n_features=6, n_hidden=12, n_layers=2, cell="gru"), random_state=0
    ),
    library=lambda: char_rnn(N_SYMBOLS, n_features=6, n_hidden=12, n_layers=2, cell="gru"),
    batch=symbols,
    training=Training(train_ours, train_theirs),
    data="random symbols",
)
