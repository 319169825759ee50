"""Optimizers by name; weight decay pulls on weights, not on biases and normalisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config.training import TrainSection


def build_optimizer(model: nn.Module, settings: TrainSection) -> torch.optim.Optimizer:
    """Return the optimizer of a model's parameters, frozen ones included, for they may thaw."""
    parameters = list(model.parameters())
    groups: list[dict[str, Any]] = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    lr, momentum = settings.lr, settings.momentum
    match settings.optimizer:
        case "sgd":
            return torch.optim.SGD(groups, lr)
        case "momentum" | "nesterov":
            nesterov = settings.optimizer == "nesterov"
            return torch.optim.SGD(groups, lr, momentum=momentum, nesterov=nesterov)
        case "adagrad":
            return torch.optim.Adagrad(groups, lr)
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr, momentum=momentum)
        case "adam":
            return torch.optim.Adam(groups, lr)
        case "adamw":
            return torch.optim.AdamW(groups, lr)
