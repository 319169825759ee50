"""Runs to judge: data of every problem in memory, and a network that has hardly learnt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from firsthand.train import Run, parse_config
from firsthand.train.data import Data, Facts
from firsthand.train.data.in_memory import InMemory
from firsthand.train.models import build_model

HOSTILE = '<script>alert("1")</script> $x_{\\frac$ \x1b[31m & "q"'
STEPS = {"train": 120, "validation": 40, "test": 60}


@dataclass(frozen=True)
class Rows(InMemory):
    """A table's part, whose rows can be shown."""

    def row(self, i: int) -> dict[str, Any]:
        return {HOSTILE: HOSTILE, "a": float(self.inputs[i, 0])}


@dataclass(frozen=True)
class Lines(InMemory):
    """A text's part."""

    def text(self, i: int) -> str:
        return f"{HOSTILE} {i}\nsecond line"

    def features(self, index: np.ndarray) -> Any:
        from scipy import sparse

        counts = [np.bincount(self.inputs[i], minlength=30) for i in index]
        return sparse.csr_matrix(np.stack(counts).astype(np.float32))


@dataclass(frozen=True)
class Past(InMemory):
    """A series' part; its own unit is 10 times what is learnt."""

    def past(self, index: np.ndarray, n_steps: int) -> np.ndarray:
        past = self.inputs[torch.from_numpy(index)].numpy()[:, :, :1] * 10.0
        return past[:, -n_steps:]

    def truth(self, index: np.ndarray) -> np.ndarray:
        return self.targets[torch.from_numpy(index)].numpy() * 10.0

    def undo(self, outputs: np.ndarray, index: np.ndarray) -> np.ndarray:
        assert len(outputs) == len(index)
        return outputs * 10.0


def data_of(problem: str, seed: int = 0, sizes: dict[str, int] = STEPS) -> Data:
    """Return data of a problem (``text`` and ``image`` are classifications of their own)."""
    rng = np.random.default_rng(seed)
    parts = [_MAKE[problem](rng, n, name) for name, n in sizes.items()]
    y = parts[0].targets
    classes = ("a", HOSTILE, "ć 猫")
    counts = tuple(np.bincount(y.flatten().long().clamp(0, 3), minlength=4)[:3].tolist())
    task = {"classification": "tabular", "regression": "tabular", "forecasting": "timeseries"}
    shape = tuple(parts[0].inputs.shape[1:])
    labelled = problem not in ("regression", "forecasting")
    facts = Facts(
        task.get(problem, problem),
        problem if problem not in ("text", "image") else "classification",
        shape,
        3 if labelled else parts[0].targets.shape[1],
        classes if labelled else (),
        counts if labelled else (),
        vocabulary=30 if problem == "text" else 0,
        ignore_index=255 if problem == "segmentation" else -100,
        target_mean=(50.0,) if problem == "regression" else (0.0,),
        target_std=(7.0,) if problem == "regression" else (1.0,),
        target_names=(HOSTILE,),
        unit="" if labelled else "€<b>",
    )
    slices = {
        "kind <b>": {
            p: [f"g{i % 3} <i>" for i in range(len(x))] for p, x in zip(sizes, parts, strict=True)
        }
    }
    preparation = {"period": 4, "seasonal_naive_error": [3.0]} if problem == "forecasting" else {}
    return Data(*parts, facts, preparation, fingerprint="f" * 64, slices=slices)


def _sources(name: str, n: int) -> list[str]:
    return [f"{name}.csv, row {i} <img src=x onerror=alert(1)>" for i in range(n)]


def _table(rng: np.random.Generator, n: int, name: str) -> InMemory:
    x = rng.normal(size=(n, 4)).astype(np.float32)
    y = (x[:, 0] + 0.7 * rng.normal(size=n) > 0).astype(int) + (x[:, 1] > 1)
    return Rows(torch.from_numpy(x), torch.from_numpy(y), _sources(name, n))


def _numbers(rng: np.random.Generator, n: int, name: str) -> InMemory:
    x = rng.normal(size=(n, 4)).astype(np.float32)
    y = (x[:, :1] + 0.5 * rng.normal(size=(n, 1))).astype(np.float32)
    return Rows(torch.from_numpy(x), torch.from_numpy(y), _sources(name, n))


def _text(rng: np.random.Generator, n: int, name: str) -> InMemory:
    y = rng.integers(0, 3, n)
    x = rng.integers(1, 30, (n, 9))
    x[:, 0] = 1 + y
    x[:, 6:] = 0
    return Lines(torch.from_numpy(x), torch.from_numpy(y), _sources(name, n))


def _image(rng: np.random.Generator, n: int, name: str) -> InMemory:
    y = rng.integers(0, 3, n)
    x = rng.normal(size=(n, 3, 8, 8)) * 0.3
    x[np.arange(n), y] += 1
    return InMemory(torch.from_numpy(x).float(), torch.from_numpy(y), _sources(name, n))


def _series(rng: np.random.Generator, n: int, name: str) -> InMemory:
    start = {"train": 0, "validation": 300, "test": 500}[name]
    t = np.arange(start, start + n + 12)
    y = (np.sin(t * np.pi / 2) + 2 + 0.1 * rng.normal(size=len(t))).astype(np.float32)
    past = np.stack([y[i : i + 8] for i in range(n)])[:, :, None]
    future = np.stack([y[i + 8 : i + 12] for i in range(n)])
    return Past(torch.from_numpy(past), torch.from_numpy(future), _sources(name, n))


def _masks(rng: np.random.Generator, n: int, name: str) -> InMemory:
    n = n // 4
    y = np.zeros((n, 16, 16), int)
    y[:, 8:] = 1
    y[:, :, 12:] = rng.integers(0, 2, (n, 1, 1)) * 2
    y[:, 0] = 255
    x = rng.normal(size=(n, 3, 16, 16)) * 0.2 + np.where(y == 1, 1, 0)[:, None]
    return InMemory(torch.from_numpy(x).float(), torch.from_numpy(y), _sources(name, n))


_MAKE = {
    "classification": _table,
    "regression": _numbers,
    "text": _text,
    "image": _image,
    "forecasting": _series,
    "segmentation": _masks,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "classification": {"task": "tabular", "data": {"path": "a.csv", "target": "y"}},
    "regression": {"task": "tabular", "data": {"path": "a.csv", "target": "y"}},
    "text": {"task": "text", "data": {"path": "a.csv"}, "model": {"name": "bag"}},
    "image": {"task": "image", "data": {"path": "a"}, "model": {"name": "cnn"}},
    "forecasting": {
        "task": "timeseries",
        "data": {"path": "a.csv", "history": 8, "horizon": 4},
        "model": {"name": "mlp"},
    },
    "segmentation": {"task": "segmentation", "data": {"path": "a"}, "model": {"name": "unet"}},
}


def run_of(problem: str, data: Data, folder: Path, *, steps: int = 40, **settings: Any) -> Run:
    """Return a run whose network took some steps on the training part."""
    config = parse_config({"name": "judged", **SETTINGS[problem], **settings})
    run = Run.create(config, folder, datetime(2026, 1, 2, 3, 4, 5))
    torch.manual_seed(config.seed)
    model = build_model(config.model, data.facts)
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    rng = np.random.default_rng(config.seed)
    for _ in range(steps):
        x, y = data.train.batch(rng.integers(0, len(data.train), 16))
        optimizer.zero_grad()
        loss = (
            functional.cross_entropy(model(x), y, ignore_index=data.facts.ignore_index)
            if data.facts.classes
            else functional.mse_loss(model(x), y)
        )
        loss.backward()
        optimizer.step()
    run.checkpoints.save_best({"model": model.state_dict(), "epoch": 0})
    run.write_history(
        [
            {"epoch": e, "train_loss": 1 / e, "validation_loss": 1.1 / e, "seconds": 0.1}
            for e in (1, 2, 3)
        ]
    )
    return run
