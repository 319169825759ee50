"""Kill training 50 times, resume it each time, and compare the end with training left alone.

    python benchmarks/train/kills.py [--kills 50] [--damage 10]

A process that has loaded everything forks one training after the other and ends each with SIGKILL
after a random while: most at any moment, a third around the writing of a checkpoint, where a random
call of os.fsync or os.replace ends the process before, or just after, it does its work. In between,
the latest checkpoint is cut, emptied, flipped in a bit or removed. Dropout, mixup, an average of
weights, a warm-up and accumulation are on. The verdict: weights, averages, the optimizer's state,
best weights and every epoch's figures are the same to the last bit.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import torch

from firsthand.train import Config, Run, parse_config
from firsthand.train.data.contract import Data, Facts
from firsthand.train.data.in_memory import InMemory
from firsthand.train.errors import TrainError
from firsthand.train.loop import fit
from firsthand.train.models.mlp import MLP


def data() -> Data:
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(2000, 20, generator=generator)
    y = (X @ torch.randn(20, 5, generator=generator)).argmax(1)
    sources = [f"row {i}" for i in range(len(X))]
    cuts = ((0, 1600), (1600, 1800), (1800, 2000))
    parts = [InMemory(X[a:b], y[a:b], sources[a:b]) for a, b in cuts]
    counts = tuple(torch.bincount(y[:1600], minlength=5).tolist())
    facts = Facts("tabular", "classification", (20,), 5, tuple("abcde"), counts)
    return Data(*parts, facts, {}, fingerprint="of the benchmark")


def config() -> Config:
    return parse_config(
        {
            "task": "tabular",
            "device": "cpu",
            "data": {"target": "kind"},
            "augment": {"mixup": 0.2},
            "train": {
                "epochs": 12,
                "batch_size": 32,
                "ema": 0.99,
                "accumulate": 2,
                "schedule": {"name": "cosine", "warmup": 1},
                "checkpoints": {"every_steps": 7},
                "patience": None,
            },
        }
    )


def train(run: Run, *, resume: bool) -> None:
    torch.manual_seed(0)
    fit(MLP(20, (64, 32), 5, 0.3), data(), config(), run, resume=resume)


def killed(run: Run, longest: float, draw: random.Random) -> str:
    """Resume in a process that dies on the way; return how, or "" if it reached the end.

    ``longest`` is in seconds.
    """
    at_writing = draw.random() < 1 / 3
    call, after, seconds = draw.randrange(12), draw.random() < 0.5, draw.uniform(0, longest)
    process = os.fork()
    if process == 0:
        torch.set_num_threads(1)
        if at_writing:
            die_writing(call, after)
        try:
            train(run, resume=True)
        except TrainError as error:
            print(error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    if not at_writing:
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if code > 0:
        raise SystemExit("A resumed training ended with an error.")
    return "" if code == 0 else "while writing" if at_writing else "anywhere"


def die_writing(call: int, after: bool) -> None:
    """Have this process killed at its ``call``-th fsync or rename."""
    left = [call]

    def dying(real: Any) -> Any:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if left[0] == 0 and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*arguments, **options)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return result

        return wrapped

    os.fsync = dying(os.fsync)
    os.replace = dying(os.replace)


def damaged(run: Run, draw: random.Random) -> str:
    """Damage the latest of two or more checkpoints; return how."""
    steps = run.checkpoints.steps()
    if len(steps) < 2:
        return ""
    how = draw.choice(["cut", "emptied", "flipped", "removed"])
    content = bytearray(steps[0].read_bytes())
    if how == "removed":
        steps[0].unlink()
        return how
    if how == "cut":
        del content[draw.randrange(len(content)) :]
    elif how == "emptied":
        content.clear()
    else:
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    steps[0].write_bytes(bytes(content))
    return how


def end(run: Run) -> dict[str, Any]:
    """Return all that a run ended with, but the time it took."""
    state, _ = run.checkpoints.latest()
    assert state
    state["state"].pop("seconds")
    for figures in state["state"]["history"]:
        figures.pop("seconds")
    return state | {"best": run.checkpoints.best()["model"]}


def same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--damage", type=int, default=10, help="checkpoints that are damaged")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    torch.set_num_threads(1)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        alone = Run.create(config(), Path(folder, "alone"), datetime.now())
        train(alone, resume=False)
        longest = 4 * (time.perf_counter() - started) / asked.kills  # so that all of it is hit
        ways: dict[str, int] = {}
        runs, n = [], 0
        while n < asked.kills:  # a run that reaches its end before 50 kills is followed by another
            runs.append(Run.create(config(), Path(folder, str(len(runs))), datetime.now()))
            while n < asked.kills and (how := killed(runs[-1], longest, draw)):
                n += 1
                ways[how] = ways.get(how, 0) + 1
                if n % max(asked.kills // max(asked.damage, 1), 1) == 0:
                    hurt = damaged(runs[-1], draw)
                    ways[hurt] = ways.get(hurt, 0) + bool(hurt)
        last = runs[-1].checkpoints.steps()[:1]
        for run in runs:
            train(run, resume=True)
        wanted = end(alone)
        good = sum(same(end(run), wanted) for run in runs)
    told = ", ".join(f"{count} {how}" for how, count in ways.items() if how)
    seconds = time.perf_counter() - started
    print(f"{n} kills ({told}) in {len(runs)} runs, {seconds:.0f} s")
    where = last[0].stem if last else "its start"
    print(f"each has {wanted['state']['done']} steps; the last kill came after {where}")
    print(f"{good} of {len(runs)} runs ended with the same bits as the one left alone")
    sys.exit(good != len(runs))


if __name__ == "__main__":
    main()
