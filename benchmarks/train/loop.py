"""What our loop costs: its throughput against a bare PyTorch loop, the same work on both sides.

    python benchmarks/train/loop.py

The bare loop is what one would write for speed: tensors indexed by a permutation, zero_grad,
forward, loss, backward, the clipping of the gradient's norm, a schedule and the optimizer's step;
no seeds, no look at the loss, no checkpoints, no progress. Ours is `fit` as a project runs it, with
validation and what it writes taken out of both sides: the time from the first step of an epoch to
its last. The sides alternate, and take turns at being first; the figure is the median of the
rounds' ratios. Time is that of the processor, all threads together, which other programs disturb
little; --wall takes the clock's.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from firsthand.train import Config, Run, parse_config
from firsthand.train import loop as ours
from firsthand.train.data.contract import Data, Facts
from firsthand.train.data.in_memory import InMemory
from firsthand.train.models.mlp import MLP
from firsthand.train.optimizers import build_optimizer

now: Callable[[], float] = time.process_time


def data_of(task: str, shape: tuple[int, ...], n: int) -> Data:
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(n, *shape, generator=generator)
    y = torch.randint(10, (n,), generator=generator)
    part, few = InMemory(X, y, range(n)), InMemory(X[:64], y[:64], range(64))
    facts = Facts(task, "classification", shape, 10, tuple("abcdefghij"), (n // 10,) * 10)
    return Data(part, few, few, facts, {}, fingerprint="of the benchmark")


def mlp() -> nn.Module:
    return MLP(40, (256, 128, 64), 10, 0.3)


def cnn() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(32 * 49, 10)),
    )


CASES: dict[str, tuple[Callable[[], nn.Module], str, tuple[int, ...], int]] = {
    "an MLP on a table (40 columns, 256-128-64)": (mlp, "tabular", (40,), 16_000),
    "a CNN on pictures (28 x 28, 16-32 channels)": (cnn, "image", (1, 28, 28), 4_000),
}


def bare(model: nn.Module, data: Data, optimizer: torch.optim.Optimizer) -> float:
    """Return the examples a second of an epoch in a bare loop."""
    X, y = data.train.inputs, data.train.targets  # type: ignore[attr-defined]
    steps = len(y) // 64
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=steps + 1)
    model.train()
    started = now()
    order = torch.randperm(len(y))
    for i in range(steps):
        chosen = order[i * 64 : (i + 1) * 64]
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(X[chosen]), y[chosen])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return steps * 64 / (now() - started)


def loop(model: nn.Module, data: Data, config: Config, folder: Path) -> float:
    """Return the examples a second of an epoch in our loop."""
    taken: list[float] = []
    real = ours._Training._train_epoch

    def timed(self: Any) -> None:
        started = now()
        real(self)
        taken.append(now() - started)

    ours._Training._train_epoch = timed
    try:
        ours.fit(model, data, config, Run.create(config, folder, datetime.now()))
    finally:
        ours._Training._train_epoch = real
    return len(data.train) // 64 * 64 / taken[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--wall", action="store_true", help="the clock's time, on an idle machine")
    asked = parser.parse_args()
    if asked.wall:
        global now
        now = time.perf_counter
    torch.set_num_threads(asked.threads)
    for name, (build, task, shape, n) in CASES.items():
        data = data_of(task, shape, n)
        raw = {"task": task, "device": "cpu", "data": {}, "train": {"epochs": 1, "batch_size": 64}}
        raw["data"] = {"target": "y"} if task == "tabular" else {}
        config = parse_config(raw)
        pairs: list[tuple[float, float]] = []
        with tempfile.TemporaryDirectory() as folder:
            for number in range(asked.rounds + 1):
                sides = {}
                for side in ("bare", "ours") if number % 2 else ("ours", "bare"):
                    if side == "ours":
                        sides[side] = loop(build(), data, config, Path(folder, str(number)))
                    else:
                        model = build()
                        optimizer = build_optimizer(model, config.train)
                        sides[side] = bare(model, data, optimizer)
                if number:  # the first round is to warm up
                    pairs.append((sides["ours"], sides["bare"]))
        ratio = statistics.median(a / b for a, b in pairs)
        mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
        print(f"{name}, batch 64, AdamW, one cycle, clipped, {asked.threads} threads")
        print(f"  ours {mine:,.0f} examples a second   bare {theirs:,.0f}   ratio {ratio:.3f}")


if __name__ == "__main__":
    main()
