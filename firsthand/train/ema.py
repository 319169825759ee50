"""An exponential moving average of a network's weights: smoother than the last step's.

    d_t     = min(d, (1 + t) / (10 + t))       so that the random start is soon forgotten
    average = d_t average + (1 - d_t) weights

Polyak & Juditsky (1992); the rise of d_t is TensorFlow's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.optim.swa_utils import get_ema_multi_avg_fn

if TYPE_CHECKING:
    from torch import nn


class Average:
    """The average of a network's weights, and of the statistics of its normalisations.

    Averaged weights give other activations than the latest do, so they need their own statistics.
    Whole numbers, such as counts of batches, are the latest.

    Parameters
    ----------
    model : nn.Module
    decay : float
        ``d``, of each step.
    """

    def __init__(self, model: nn.Module, decay: float):
        self._decay = decay
        state = [*model.named_parameters(), *model.named_buffers()]
        moving = {name: value.detach() for name, value in state if value.is_floating_point()}
        self._names, self._weights = list(moving), list(moving.values())
        self._averages = [weight.clone() for weight in self._weights]

    @torch.no_grad()
    def update(self, t: int) -> None:
        """Take in the weights after step ``t``, counted from 0."""
        decay = min(self._decay, (1 + t) / (10 + t))
        move = get_ema_multi_avg_fn(decay)  # one call for all tensors
        move(self._averages, self._weights, t)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the network's weights and their averages; twice is as before, bit by bit."""
        for weight, average in zip(self._weights, self._averages, strict=True):
            kept = weight.clone()
            weight.copy_(average)
            average.copy_(kept)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Return the averages by the names of their parameters."""
        return dict(zip(self._names, self._averages, strict=True))

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        for name, average in zip(self._names, self._averages, strict=True):
            average.copy_(state[name])
