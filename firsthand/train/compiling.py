"""Compile a network, or go on without: what cannot be compiled is said and trained as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import nn


def compiled(model: nn.Module, x: torch.Tensor, says: Callable[[str], None]) -> nn.Module:
    """Return the network compiled, after it passed a batch forward and back; or as it was.

    Parameters
    ----------
    model : nn.Module
        Its parameters, running statistics and gradients stay as they are.
    x : Tensor
        Inputs of a batch.
    says : function
        Told why, where it cannot be compiled.
    """
    kept = [buffer.clone() for buffer in model.buffers()]
    try:
        fast: Any = torch.compile(model)
        fast(x).float().sum().backward()
    except Exception as error:  # whatever the compilers of other people raise
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        says(f"torch.compile cannot compile this network here ({reason}); going on without.")
        return model
    finally:
        model.zero_grad()
        for buffer, before in zip(model.buffers(), kept, strict=True):
            buffer.copy_(before)
    return fast
