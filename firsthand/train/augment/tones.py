"""Brightness, contrast and noise, in units of the inputs' own deviation."""

from __future__ import annotations

import torch

from firsthand.train.augment.randomness import normal_like, uniform


def brightness(inputs: torch.Tensor, most: float, generator: torch.Generator) -> torch.Tensor:
    """Return each picture with one number from -``most`` to ``most`` added."""
    return inputs + _each(inputs, uniform(len(inputs), generator, -most, most))


def contrast(inputs: torch.Tensor, most: float, generator: torch.Generator) -> torch.Tensor:
    """Return each picture's distance from its mean, times 1 - ``most`` to 1 + ``most``."""
    factor = _each(inputs, uniform(len(inputs), generator, 1 - most, 1 + most))
    mean = inputs.flatten(1).mean(1).view(factor.shape)
    return torch.lerp(mean, inputs, factor)


def noise(inputs: torch.Tensor, deviation: float, generator: torch.Generator) -> torch.Tensor:
    """Return the inputs with normal noise added to every number."""
    return inputs.add(normal_like(inputs, generator), alpha=deviation)


def _each(inputs: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Return one value an example, in a shape that multiplies with the inputs."""
    return values.to(inputs).view(-1, *[1] * (inputs.ndim - 1))
