"""A text as a bag: the embeddings of its tokens and of pairs of neighbours, summed; one linear.

    scores = head(sum over t of (E[x_t] + P[hash(x_t, x_t+1)]) / sqrt(n))

n tokens and pairs that have nothing to do with each other add up to a vector about sqrt(n) long;
divided by that, short and long texts are alike. With n instead, as in the paper, a word counts for
little in a long text. Pairs share a table of fixed size, in which a hash gives each its place.
Token 0 pads and counts for nothing.

Joulin et al., Bag of tricks for efficient text classification (2017).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts

PRIME = 1_000_003


class Bag(nn.Module):
    """See the module.

    Parameters
    ----------
    vocabulary : int
        Tokens, 0 among them.
    size : int
        Of an embedding.
    pairs : int
        Places for pairs; 0 for none.
    n_outputs : int
    dropout : float
    """

    def __init__(self, vocabulary: int, size: int, pairs: int, n_outputs: int, dropout: float):
        super().__init__()
        self.n_pairs = pairs
        self.tokens = nn.Embedding(vocabulary, size, padding_idx=0)
        self.pairs = nn.Embedding(pairs + 1, size, padding_idx=0) if pairs else None
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(size, n_outputs)
        with torch.no_grad():
            for table in (self.tokens, self.pairs):
                if table is not None:
                    table.weight.mul_(0.03)  # small, so that the first scores are even

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (n, n_outputs) of tokens of shape (n, length)."""
        total = self.tokens(x).sum(1)  # (n, size); padding adds zeros
        count = (x != 0).sum(1)
        if self.pairs is not None:
            there = x[:, 1:] != 0
            places = ((x[:, :-1] * PRIME + x[:, 1:]) % self.n_pairs + 1) * there
            total = total + self.pairs(places).sum(1)
            count = count + there.sum(1)
        bag = total / count.clamp(min=1).sqrt()[:, None]
        scores: torch.Tensor = self.head(self.dropout(bag))
        return scores


def build(settings: settings_of.Bag, facts: Facts) -> Bag:
    """Return the network for a data set."""
    return Bag(facts.vocabulary, settings.size, settings.pairs, facts.output_size, settings.dropout)
