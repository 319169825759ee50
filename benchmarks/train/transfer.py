"""Transfer: a network that has learnt CIFAR-10 learns digits from 200 of them, against a new one.

    python benchmarks/train/transfer.py
    python benchmarks/train/transfer.py --examples 50 --seeds 3

ResNet-20 starts from random weights, from published CIFAR-10 weights, or from those with all but
the last layer frozen in the first epochs and then slower than it. Digits are shown in colour and
32 x 32 pixels, as the weights know pictures. All ways see the same examples, as often, under the
same rate, which was chosen for the random start. Accuracy is over 10,000 test digits.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import stats

from firsthand.train import open_data, parse_config, train
from firsthand.train.data import Examples
from firsthand.train.evaluation.opening import open_run
from firsthand.train.scores import predict

WEIGHTS = Path("pretrained") / "resnet20-12fca82f.th"


@dataclass(frozen=True)
class Chosen:
    """Some examples of a part."""

    examples: Examples
    rows: np.ndarray
    in_memory: bool = True

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, index: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        return self.examples.batch(self.rows[index])

    def source(self, i: int) -> str:
        return self.examples.source(int(self.rows[i]))

    def features(self, index: np.ndarray) -> Any:
        return self.examples.features(self.rows[index])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=200, help="digits to learn from")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    return parser.parse_args()


def main() -> int:
    given = arguments()
    torch.set_num_threads(given.threads)
    folder = Path(given.data).resolve()
    ways: dict[str, dict[str, Any]] = {
        "random weights": {},
        "CIFAR-10 weights": {"pretrained": str(folder / WEIGHTS)},
        "CIFAR-10 weights, thawed": {
            "pretrained": str(folder / WEIGHTS),
            "freeze": ["backbone"],
            "thaw_epoch": given.epochs // 6 + 1,
            "body_lr": 0.3,
        },
    }
    right: dict[str, list[float]] = {way: [] for way in ways}
    print("seed  " + "  ".join(ways), flush=True)
    for seed in range(given.seeds):
        data = None
        for way, keys in ways.items():
            config = parse_config(
                {
                    "task": "image",
                    "seed": seed,
                    "data": {
                        "path": str(folder / "mnist"),
                        "size": [32, 32],
                        "channels": "colour",
                        "normalise": "imagenet",
                        "split": {"validation": 0.01},
                    },
                    "model": {"name": "resnet_cifar", **keys},
                    "train": {
                        "epochs": given.epochs,
                        "batch_size": 32,
                        "lr": 0.003,
                        "weight_decay": 0.01,
                        "channels_last": True,
                        "patience": None,
                        "check": False,
                        "curves": False,
                        "tensorboard": False,
                    },
                    "augment": {"crop": 2},
                }
            )
            with tempfile.TemporaryDirectory() as project:
                data = data or open_data(config, Path(project))
                rows = np.random.default_rng(seed).permutation(len(data.train))[: given.examples]
                few = replace(data, train=Chosen(data.train, rows))
                run, _ = train(config, project, data=few)
                model = open_run(run, data=few).model.to(memory_format=torch.channels_last)
                outputs, targets = predict(model, data.test)
            right[way].append((outputs.argmax(1) == targets).double().mean().item())
        told = "  ".join(f"{right[way][-1]:{len(way)}.2%}" for way in ways)
        print(f"{seed:4}  {told}", flush=True)
    print("-" * 72)
    for way, accuracies in right.items():
        mean, n = float(np.mean(accuracies)), len(accuracies)
        told = ""
        if n > 1:
            half = stats.t.ppf(0.975, n - 1) * np.std(accuracies, ddof=1) / n**0.5
            told = f", 95 % interval {mean - half:.2%} to {mean + half:.2%} over {n} seeds"
        print(f"{way:25} {mean:.2%}{told}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
