"""Draws from a generator of the caller's, on the inputs' device whatever the generator's.

A generator on the CPU draws the same numbers for training on a CPU and on a GPU.
"""

from __future__ import annotations

import numpy as np
import torch


def uniform(
    n: int, generator: torch.Generator, low: float = 0.0, high: float = 1.0
) -> torch.Tensor:
    """Return n numbers from ``low`` to ``high``, on the generator's device."""
    draws = torch.rand(n, generator=generator, device=generator.device)
    return low + (high - low) * draws


def whole(n: int, low: int, high: int, generator: torch.Generator) -> torch.Tensor:
    """Return n whole numbers from ``low`` to ``high``, both included."""
    return torch.randint(low, high + 1, (n,), generator=generator, device=generator.device)


def coin(n: int, generator: torch.Generator) -> torch.Tensor:
    """Return n times true or false, each as often."""
    return uniform(n, generator) < 0.5


def normal_like(inputs: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return numbers of mean 0 and deviation 1 in the shape of ``inputs``."""
    draws = torch.randn(inputs.shape, generator=generator, device=generator.device)
    return draws.to(inputs)


def beta(n: int, alpha: float, generator: torch.Generator) -> torch.Tensor:
    """Return n draws of Beta(alpha, alpha), for which PyTorch takes no generator."""
    seed = int(whole(1, 0, 2**62, generator).item())
    return torch.from_numpy(np.random.default_rng(seed).beta(alpha, alpha, n)).float()
