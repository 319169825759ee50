r"""A network for tables: quantities as waves, and many perceptrons in one.

    e_j = relu(A_j [cos(2 pi c_j x_j), sin(2 pi c_j x_j)] + a_j)        a quantity x_j
    z   = relu(s_m * (W (r_m * z)) + b_m)                               a layer, of member m

A straight line through a quantity learns steps and bumps badly; waves whose frequencies c are
learnt, too, do not. The members share every W and differ in r, s, b and the last layer. An example
of training teaches one member, drawn at random, so that a step costs what one network costs; when
testing, the outputs of all are averaged (probabilities, for classes).

Gorishniy, Rubachev & Babenko, On Embeddings for Numerical Features (2022); Wen, Tran & Ba,
BatchEnsemble (2020); Gorishniy, Kotelnikov & Babenko, TabM (2025).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts


class Waves(nn.Module):
    """Each quantity as ``size`` numbers, by ``n_waves`` waves of it.

    Parameters
    ----------
    n_quantities, n_waves, size : int
    frequency : float
        Deviation of the first frequencies.
    """

    def __init__(self, n_quantities: int, n_waves: int, size: int, frequency: float):
        super().__init__()
        self.frequencies = nn.Parameter(torch.randn(n_quantities, n_waves) * frequency)
        bound = 1 / math.sqrt(2 * n_waves)
        weight = torch.empty(n_quantities, 2 * n_waves, size).uniform_(-bound, bound)
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.empty(n_quantities, size).uniform_(-bound, bound))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return numbers of shape (n, n_quantities * size) of x of shape (n, n_quantities)."""
        turns = 2 * math.pi * self.frequencies * x[..., None]  # (n, q, waves)
        waves = torch.cat([turns.cos(), turns.sin()], -1)  # (n, q, 2 waves)
        mixed = torch.einsum("nqw,qws->nqs", waves, self.weight) + self.bias
        return functional.relu(mixed).flatten(1)


class Shared(nn.Module):
    """A linear layer whose matrix all members share; scales and bias are each member's own.

    Parameters
    ----------
    n_members, n_inputs, n_outputs : int
    first : bool
        Of the first layer: members begin with signs of their own, and so look at other things.
    """

    def __init__(self, n_members: int, n_inputs: int, n_outputs: int, *, first: bool):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_outputs, n_inputs))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        r = torch.ones(n_members, n_inputs)
        if first and n_members > 1:
            r = torch.randn(n_members, n_inputs)
        self.scale_in = nn.Parameter(r)
        self.scale_out = nn.Parameter(torch.ones(n_members, n_outputs))
        bound = 1 / math.sqrt(n_inputs)
        self.bias = nn.Parameter(torch.empty(n_members, n_outputs).uniform_(-bound, bound))

    def forward(self, x: torch.Tensor, member: torch.Tensor) -> torch.Tensor:
        """Return outputs of shape (..., n_outputs) of x, each by the member of that index."""
        scaled = functional.linear(x * self.scale_in[member], self.weight)
        return scaled * self.scale_out[member] + self.bias[member]


class Heads(nn.Module):
    """A last layer for each member."""

    def __init__(self, n_members: int, n_inputs: int, n_outputs: int):
        super().__init__()
        bound = 1 / math.sqrt(n_inputs)
        shape = (n_members, n_inputs, n_outputs)
        self.weight = nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(n_members, n_outputs).uniform_(-bound, bound))

    def forward(self, x: torch.Tensor, member: torch.Tensor) -> torch.Tensor:
        """Return outputs of shape (n, n_outputs), each by the member of that index."""
        return torch.einsum("nh,nho->no", x, self.weight[member]) + self.bias[member]


class TabularNet(nn.Module):
    """See the module.

    Parameters
    ----------
    facts : Facts
    settings : settings_of.Tabular
    """

    def __init__(self, facts: Facts, settings: settings_of.Tabular):
        super().__init__()
        n_inputs, n_members = facts.input_shape[0], settings.members
        quantities = list(facts.quantities)
        self.register_buffer("quantities", torch.tensor(quantities, dtype=torch.int64))
        n, size = len(quantities), settings.wave_size
        self.waves = Waves(n, settings.waves, size, settings.frequency) if quantities else None
        sizes = [n_inputs + n * size, *settings.hidden]
        self.body = nn.ModuleList(
            Shared(n_members, before, after, first=i == 0)
            for i, (before, after) in enumerate(pairwise(sizes))
        )
        self.dropout = nn.Dropout(settings.dropout)
        self.head = Heads(n_members, sizes[-1], facts.output_size)
        self.n_members, self.of_classes = n_members, facts.problem == "classification"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return scores, or log-probabilities when testing, of shape (n, n_outputs)."""
        z = x
        if self.waves is not None:
            numbers = x.index_select(1, self.get_buffer("quantities"))
            z = torch.cat([x, self.waves(numbers)], 1)
        if self.training:
            members = torch.arange(len(x), device=x.device) % self.n_members
            return self._outputs(z, members[torch.randperm(len(x), device=x.device)])
        each = [
            self._outputs(z, torch.full((len(x),), m, device=x.device))
            for m in range(self.n_members)
        ]
        outputs = torch.stack(each)  # (members, n, n_outputs)
        if self.of_classes:
            return outputs.log_softmax(-1).logsumexp(0) - math.log(self.n_members)
        return outputs.mean(0)

    def _outputs(self, z: torch.Tensor, member: torch.Tensor) -> torch.Tensor:
        for layer in self.body:
            z = self.dropout(functional.relu(layer(z, member)))
        outputs: torch.Tensor = self.head(z, member)
        return outputs


def build(settings: settings_of.Tabular, facts: Facts) -> TabularNet:
    """Return the network for a data set."""
    return TabularNet(facts, settings)
