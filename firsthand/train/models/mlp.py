"""A multilayer perceptron: Linear, BatchNorm, ReLU, dropout, and a last Linear."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts


class MLP(nn.Module):
    """See the module.

    Parameters
    ----------
    n_inputs : int
    hidden : sequence of int
        Sizes of the hidden layers.
    n_outputs : int
    dropout : float
    """

    def __init__(self, n_inputs: int, hidden: tuple[int, ...], n_outputs: int, dropout: float):
        super().__init__()
        sizes = [n_inputs, *hidden]
        layers: list[nn.Module] = [nn.Flatten()]
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
            layers += [nn.Dropout(dropout)] if dropout else []
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(sizes[-1], n_outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (n, n_outputs) of inputs of shape (n, ...)."""
        scores: torch.Tensor = self.head(self.body(x))
        return scores


def build(settings: settings_of.MLP, facts: Facts) -> MLP:
    """Return the network for a data set."""
    n_inputs = math.prod(facts.input_shape)
    return MLP(n_inputs, settings.hidden, facts.output_size, settings.dropout)
