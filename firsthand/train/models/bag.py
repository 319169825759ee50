"""A bag of words and pairs of words: the mean of their vectors, then one linear layer.

    h(text) = mean over tokens and neighbouring pairs of E[token] or E[hash(pair)]
    scores  = W dropout(h) + b

It knows which words come, and which come next to which, and nothing of their order beyond that.
Joulin et al., Bag of Tricks for Efficient Text Classification (2017).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts

_FACTORS = (0x9E3779B1, 0x85EBCA6B)  # odd, so that multiplying mixes all low bits of a hash
EMPTY = 0  # the token that pads; its vector is 0 and stays so


class Bag(nn.Module):
    """See the module.

    Parameters
    ----------
    vocabulary : int
        Different tokens; token 0 pads.
    width : int
        Numbers of a vector.
    n_outputs : int
    ngrams : int
        1: words alone; 2: neighbouring pairs, too; and so on.
    buckets : int
        Vectors that all pairs share, each by its hash.
    dropout : float
        Share of the mean vector's numbers that is dropped.
    word_dropout : float
        Share of the words and pairs that a text loses while training.
    """

    def __init__(
        self,
        vocabulary: int,
        width: int,
        n_outputs: int,
        *,
        ngrams: int = 2,
        buckets: int = 2**17,
        dropout: float = 0.5,
        word_dropout: float = 0.0,
    ):
        super().__init__()
        self.vocabulary, self.ngrams, self.word_dropout = vocabulary, ngrams, word_dropout
        self.buckets = buckets if ngrams > 1 else 0
        self.vectors = nn.Embedding(vocabulary + self.buckets, width, padding_idx=EMPTY)
        nn.init.uniform_(self.vectors.weight, -1 / width, 1 / width)
        with torch.no_grad():
            self.vectors.weight[EMPTY] = 0
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, n_outputs)

    def entries(self, x: torch.Tensor) -> torch.Tensor:
        """Return the rows of the table for tokens (n, length): words, pairs, ...; 0 for none."""
        found, code = [x], x
        for n in range(1, min(self.ngrams, x.shape[1])):
            # the hash of the n words before, then the next word
            code = code[:, :-1] * _FACTORS[0] + x[:, n:] * _FACTORS[1]
            code = (code ^ (code >> 15)) & 0x7FFFFFFF
            row = self.vocabulary + code % self.buckets
            found.append(torch.where(x[:, n:] == EMPTY, EMPTY, row))
        return torch.cat(found, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (n, n_outputs) of tokens of shape (n, length)."""
        rows = self.entries(x)
        if self.training and self.word_dropout:
            dropped = torch.rand(rows.shape, device=rows.device) < self.word_dropout
            rows = torch.where(dropped, EMPTY, rows)
        there = (rows != EMPTY).sum(1, keepdim=True).clamp(min=1)
        h = functional.embedding(rows, self.vectors.weight, padding_idx=EMPTY).sum(1) / there
        scores: torch.Tensor = self.head(self.dropout(h))
        return scores


def build(settings: settings_of.Bag, facts: Facts) -> Bag:
    """Return the network for a data set."""
    return Bag(
        facts.vocabulary,
        settings.width,
        facts.output_size,
        ngrams=settings.ngrams,
        buckets=settings.buckets,
        dropout=settings.dropout,
        word_dropout=settings.word_dropout,
    )
