"""Train a recipe with several seeds, by the product's own loop, and tell what it reached.

What each seed reached is kept in a file, so a command that was interrupted goes on where it was: a
seed that is done is not run again, and one under way resumes from its last checkpoint.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import platform
import time
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import torch
from scipy import stats
from torch.utils.flop_counter import FlopCounterMode

from firsthand.train import Config, Run, load_config, open_data, train
from firsthand.train.augment.sizes import resized, side_at
from firsthand.train.data import Data
from firsthand.train.evaluation.opening import open_run
from firsthand.train.losses import build_loss
from firsthand.train.models import build_model
from firsthand.train.precision import Precision
from firsthand.train.scores import predict


def arguments(text: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=text.splitlines()[0])
    parser.add_argument("overrides", nargs="*", help="keys of the recipe, such as train.epochs=3")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--goal", type=float, default=None, help="accuracy to reach")
    parser.add_argument("--minutes", type=float, default=None, help="in which a seed is to end")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--out", type=Path, default=None, help="where runs and results are kept")
    return parser.parse_args()


def run_recipe(recipe: Path, folder: str, goal: float, minutes: float, text: str) -> int:
    """Train the recipe in a YAML file on a folder of the data; return 0 if the goal is reached."""
    given = arguments(text)
    overrides = [
        f"data.path={Path(given.data).resolve() / folder}",
        f"threads={given.threads}",
        *given.overrides,
    ]
    config = load_config(recipe, overrides)
    kept = json.dumps(config.model_dump(mode="json", exclude={"threads", "folders", "data"}))
    key = sha256(kept.encode()).hexdigest()[:12]
    out = given.out or Path("outputs") / "benchmarks" / f"{recipe.stem}-{key}"
    out.mkdir(parents=True, exist_ok=True)
    print(f"{recipe.stem}: {describe(config)}")
    print(f"{processor()}, {given.threads} threads, PyTorch {torch.__version__}\n")
    print("seed  accuracy  best epoch  training s  in all s", flush=True)
    results: list[dict[str, float]] = []
    for seed in range(given.first, given.first + given.seeds):
        record = out / f"seed-{seed}.json"
        if not record.is_file():
            result = run_seed(recipe, [*overrides, f"seed={seed}"], out / f"seed-{seed}")
            record.write_text(json.dumps(result) + "\n")
            gc.collect()
        results.append(json.loads(record.read_text()))
        r = results[-1]
        print(
            f"{seed:4} {r['accuracy']:9.2%} {r['epoch']:11.0f} {r['training']:11.0f} "
            f"{r['seconds']:9.0f}",
            flush=True,
        )
    return tell(results, given.goal or goal, given.minutes or minutes)


def run_seed(recipe: Path, overrides: list[str], project: Path) -> dict[str, float]:
    """Train once, or go on with it, and measure on the test part, once."""
    start = time.perf_counter()
    config = load_config(recipe, overrides)
    begun = sorted((project / "outputs" / "runs").glob("*/"))
    data = open_data(config, project)
    run, state = train(
        config,
        project,
        data=data,
        resume=Run.open(begun[-1]) if begun else None,
        now=datetime.now(),
    )
    before = time.perf_counter() - start
    opened = open_run(run, data=data)
    model = opened.model
    if config.train.channels_last:
        model = model.to(memory_format=torch.channels_last)
    with Precision(config.train.precision, torch.device("cpu")).casting():
        outputs, targets = predict(model, data.test)
    return {
        "accuracy": (outputs.argmax(1) == targets).double().mean().item(),
        "epoch": opened.epoch or state.best_epoch + 1,
        "training": before,
        "seconds": time.perf_counter() - start,
        "flop": flop(config, data),
        "examples": len(data.train),
    }


def flop(config: Config, data: Data) -> float:
    """Return the operations of products and convolutions in training, forward and backward."""
    model = build_model(config.model, data.facts)
    loss_of = build_loss(config.train, data.facts)
    steps = math.ceil(len(data.train) / config.train.batch_size) * config.train.epochs
    sides = [side_at(config.augment.sizes, step / steps) for step in range(steps)]
    total = 0.0
    for side in set(sides):
        x = resized(torch.zeros(4, *data.facts.input_shape), side)
        with FlopCounterMode(display=False) as counter:
            loss_of(model(x), torch.zeros(4, dtype=torch.int64)).backward()
        share = sides.count(side) / steps
        total += share * len(data.train) * config.train.epochs * counter.get_total_flops() / len(x)
    return total


def tell(results: list[dict[str, float]], goal: float, minutes: float) -> int:
    """Print the mean, its interval and the work, and whether the goal is reached."""
    n = len(results)
    accuracies = [r["accuracy"] for r in results]
    mean = sum(accuracies) / n
    slowest = max(r["seconds"] for r in results)
    print("-" * 72)
    if n > 1:
        spread = math.sqrt(sum((a - mean) ** 2 for a in accuracies) / (n - 1))
        half = float(stats.t.ppf(0.975, n - 1)) * spread / math.sqrt(n)
        print(
            f"test accuracy {mean:.2%} over {n} seeds, 95 % interval {mean - half:.2%} to "
            f"{mean + half:.2%}, deviation {spread:.2%}"
        )
    else:
        print(f"test accuracy {mean:.2%}, one seed")
    seconds = sum(r["seconds"] for r in results) / n
    work = results[-1]["flop"]
    print(
        f"{seconds:.0f} s a seed ({slowest:.0f} s the slowest), {work / 1e15:.4f} PFLOP of "
        f"products in training, {work / results[-1]['training'] / 1e9:.0f} GFLOP/s"
    )
    reached = mean >= goal and slowest <= 60 * minutes
    print(f"goal: {goal:.1%} in {minutes:g} minutes: {'reached' if reached else 'not reached'}")
    return 0 if reached else 1


def describe(config: Config) -> str:
    """Say what is trained in one line."""
    model, train_ = config.model.model_dump(), config.train
    channels = " ".join(map(str, model.get("channels", ())))
    return (
        f"{config.model.name} {channels}, {train_.epochs} epochs, batches of {train_.batch_size}, "
        f"{train_.optimizer}, {train_.precision}"
    )


def processor() -> str:
    """Return the processor's name and which fast products it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    about = dict(line.split(":", 1) for line in lines if ":" in line)
    about = {name.strip(): value.strip() for name, value in about.items()}
    known = [
        flag for flag in ("avx512f", "avx512_bf16", "amx_bf16") if flag in about.get("flags", "")
    ]
    return f"{about.get('model name', platform.machine())} ({', '.join(known) or 'no AVX-512'})"
