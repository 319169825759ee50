"""Optimizers by name; weight decay pulls on weights, not on biases and normalisations.

    sgd       w -= lr g
    momentum  v = mu v + g;  w -= lr v            nesterov  ...  w -= lr (g + mu v)
    adagrad   s += g^2;      w -= lr g / (sqrt(s) + eps)
    rmsprop   s = alpha s + (1 - alpha) g^2;  as adagrad, with momentum
    adam      m = b1 m + (1 - b1) g,  s = b2 s + (1 - b2) g^2;  w -= lr m' / (sqrt(s') + eps)
    adamw     adam, with the decay apart from g: w -= lr weight_decay w

m' and s' are m / (1 - b1^t) and s / (1 - b2^t). Everywhere but in adamw, the decay is a part of the
gradient: g + weight_decay w.

Each group of parameters has a ``scale``, by which the learning rate of a step is multiplied for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config.training import TrainSection


def build_optimizer(
    model: nn.Module, settings: TrainSection, *, head: str = "head", body_lr: float = 1.0
) -> torch.optim.Optimizer:
    """Return the optimizer of a model's parameters, frozen ones included, for they may thaw.

    Parameters
    ----------
    model : nn.Module
    settings : TrainSection
    head : str
        Name of the last layer.
    body_lr : float
        Learning rate of all other layers, as a multiple.
    """
    # fused: one call for all parameters; on a processor, a step takes a fifth of the time
    groups = parameter_groups(model, settings, head, body_lr)
    lr, momentum = settings.lr, settings.momentum
    eps = settings.eps or (1e-10 if settings.optimizer == "adagrad" else 1e-8)
    match settings.optimizer:
        case "sgd":
            return torch.optim.SGD(groups, lr, fused=True)
        case "momentum" | "nesterov":
            nesterov = settings.optimizer == "nesterov"
            return torch.optim.SGD(groups, lr, momentum=momentum, nesterov=nesterov, fused=True)
        case "adagrad":
            return torch.optim.Adagrad(groups, lr, eps=eps, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr, settings.alpha, momentum=momentum, eps=eps)
        case "adam":
            return torch.optim.Adam(groups, lr, settings.betas, eps=eps, fused=True)
        case "adamw":
            return torch.optim.AdamW(groups, lr, settings.betas, eps=eps, fused=True)


def parameter_groups(
    model: nn.Module, settings: TrainSection, head: str = "head", body_lr: float = 1.0
) -> list[dict[str, Any]]:
    """Return groups by (part of the network, whether weight decay pulls), each with its scale."""
    groups: dict[tuple[bool, bool], dict[str, Any]] = {}
    for name, parameter in model.named_parameters():
        in_head, is_bias = name.startswith(f"{head}."), parameter.ndim <= 1
        scale = (1.0 if in_head else body_lr) * (settings.bias_lr if is_bias else 1.0)
        group = {
            "params": [],
            "scale": scale,
            "lr": settings.lr * scale,
            "weight_decay": 0.0 if is_bias else settings.weight_decay,
        }
        groups.setdefault((in_head, is_bias), group)["params"].append(parameter)
    return list(groups.values())
