"""Mixed precision: products in 16 bits, sums, losses and weights in 32.

bf16 has the range of float32 and 8 bits of precision; nothing else is needed. fp16 has 11 bits and
a small range: gradients below 6e-8 vanish, so the loss is multiplied by a factor first, which
falls when a gradient overflows (that step is left out) and rises again later.

Micikevicius et al., Mixed Precision Training (2018).
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import nn

TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


class Precision:
    """How products are computed, and how a step is taken then.

    Parameters
    ----------
    name : str
        float32, bf16 or fp16.
    device : torch.device
    """

    def __init__(self, name: str, device: torch.device):
        self._type, self._device = TYPES.get(name), device
        self._scaler = torch.amp.GradScaler(device.type) if name == "fp16" else None

    def casting(self) -> AbstractContextManager[Any]:
        """Return the context in which a network computes."""
        if self._type is None:
            return contextlib.nullcontext()
        return torch.autocast(self._device.type, self._type)

    def backward(self, loss: torch.Tensor) -> None:
        """Compute the gradients of a loss."""
        torch.autograd.backward(loss if self._scaler is None else self._scaler.scale(loss))

    def step(
        self, optimizer: torch.optim.Optimizer, model: nn.Module, clip_norm: float | None
    ) -> None:
        """Shrink a gradient that is longer than ``clip_norm``, and let the optimizer step."""
        if self._scaler is not None:
            self._scaler.unscale_(optimizer)
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        if self._scaler is None:
            optimizer.step()
        else:
            self._scaler.step(optimizer)
            self._scaler.update()

    def state_dict(self) -> dict[str, Any]:
        """Return what has to be remembered: the factor, and when it last changed."""
        return {} if self._scaler is None else self._scaler.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        if self._scaler is not None:
            self._scaler.load_state_dict(state)
