"""Small data, networks and runs in memory, for tests of the loop."""

from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from torch import nn

from firsthand.train import Config, Run, parse_config
from firsthand.train.data.contract import Data, Facts
from firsthand.train.data.in_memory import InMemory

NOW = datetime(2026, 1, 2, 3, 4, 5)


def classes(n: int = 90, *, n_classes: int = 3, seed: int = 0) -> Data:
    """Points in four dimensions that a line nearly parts into classes."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n + 40, 4, generator=generator)
    W = torch.randn(4, n_classes, generator=generator)
    return data_of(X, (X @ W).argmax(1), n, n_classes)


def data_of(X: torch.Tensor, y: torch.Tensor, n: int, output_size: int, **facts: Any) -> Data:
    """Tensors as data: the first ``n`` to train on, the rest to validate and test."""
    sources = [f"points.csv, row {i + 2}" for i in range(len(X))]
    parts = [InMemory(X[a:b], y[a:b], sources[a:b]) for a, b in ((0, n), (n, -20), (-20, len(X)))]
    if y.is_floating_point():
        known = Facts("tabular", "regression", tuple(X.shape[1:]), output_size)
    else:
        names = tuple(f"class {i}" for i in range(output_size))
        counts = tuple(torch.bincount(y[:n].flatten().clamp(0), minlength=output_size).tolist())
        shape, given = tuple(X.shape[1:]), {"classes": names, "class_counts": counts} | facts
        task = given.pop("task", "tabular")
        known = Facts(task, given.pop("problem", "classification"), shape, output_size, **given)
    return Data(*parts, known, {}, fingerprint=f"{X.sum().item()} {y.sum().item()}")


def network(n_classes: int = 3, *, dropout: float = 0.0, norm: bool = False) -> nn.Sequential:
    """Two layers whose random weights are always the same."""
    torch.manual_seed(0)
    middle: list[nn.Module] = [nn.BatchNorm1d(8)] if norm else []
    middle += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(nn.Linear(4, 8), *middle, nn.Tanh(), nn.Linear(8, n_classes))


def config_with(*, augment: dict[str, Any] | None = None, **train: Any) -> Config:
    """A configuration of small trainings."""
    given: dict[str, Any] = {"epochs": 3, "batch_size": 16, "lr": 0.01, "weight_decay": 0.01}
    raw: dict[str, Any] = {
        "task": "tabular",
        "device": "cpu",
        "data": {"target": "kind"},
        "train": given | train,
    }
    return parse_config(raw | ({"augment": augment} if augment else {}))


def unchecked(**train: Any) -> Config:
    """A configuration of settings that would be refused together."""
    config = config_with()
    return config.model_copy(update={"train": config.train.model_copy(update=train)})


def run_in(folder: Path, config: Config) -> Run:
    """A new run."""
    return Run.create(config, folder, NOW)


def same(a: Any, b: Any) -> bool:
    """Whether two states are the same to the bit."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b
