"""Handwritten digits: a perceptron and a convolutional network, in NumPy alone, on MNIST.

    python benchmarks/mnist.py
    python benchmarks/mnist.py cnn --epochs 1 --samples 5000

Both learn from the 60,000 training digits, in float32, under Adam with a rate that rises and falls
once. The convolutional one sees every digit moved by up to a pixel, anew in each epoch. The
10,000 test digits are looked at once, at the end, and nothing is chosen by them.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from firsthand.data import as_floats, load_mnist
from firsthand.scratch.nn import Network, Progress, Sequential, train
from firsthand.scratch.nn.augmentation import random_shift
from firsthand.scratch.nn.layers import BatchNorm1d, Dropout, Linear, ReLU
from firsthand.scratch.nn.losses import CrossEntropy, Loss
from firsthand.scratch.nn.models import lenet
from firsthand.scratch.nn.optimizers import Adam
from firsthand.scratch.nn.schedules import one_cycle

GOALS = {"mlp": 0.98, "cnn": 0.992}
BATCH = 128
Array = np.ndarray


def perceptron() -> Sequential:
    """Return 784-512-256-10 with batch normalisation and dropout."""
    parts: list[Any] = []
    for n_in, n_out in ((784, 512), (512, 256)):
        parts += [Linear(n_in, n_out, bias=False), BatchNorm1d(n_out), ReLU(), Dropout(0.3)]
    return Sequential(*parts, Linear(256, 10, gain=1.0))


def convolutional() -> Sequential:
    """Return 3 x 3 kernels, 32 and 64 of them, and 128 hidden units."""
    return lenet(channels=(32, 64), hidden=(128,), kernel=3, batch_norm=True, dropout=0.3)


def shifted(X: Array, rng: np.random.Generator) -> Array:
    """Return the digits moved by up to a pixel."""
    return random_shift(X, 1, rng)


def scores(network: Network, X: Array) -> Array:
    """Return what a network answers in the mode that predicts, 500 samples at a time."""
    network.eval()
    return np.concatenate([network.forward(X[n : n + 500]) for n in range(0, len(X), 500)])


def learn(
    network: Network,
    loss: Loss,
    X: Array,
    y: Array,
    *,
    n_epochs: int,
    rate: float,
    augment: Callable[[Array, np.random.Generator], Array] | None = None,
    seed: int = 0,
) -> float:
    """Train a network, print its progress, and return the seconds that it took."""
    n_steps = n_epochs * -(-len(X) // BATCH)
    started = time.perf_counter()

    def tell(seen: Progress) -> None:
        if seen.batch == seen.n_batches:
            seconds = time.perf_counter() - started
            print(f"  epoch {seen.epoch:2}  loss {seen.loss:8.4f}  {seconds:6.1f} s", flush=True)

    train(
        *(network, loss, Adam(rate), X, y),
        n_epochs=n_epochs,
        batch_size=BATCH,
        schedule=lambda t: one_cycle(t, rate, n_steps),
        augment=augment,
        callbacks=[tell],
        random_state=seed,
    )
    return time.perf_counter() - started


def learn_cnn(X: Array, y: Array, *, n_epochs: int = 5, seed: int = 0) -> tuple[Network, float]:
    """Return the convolutional network, trained, and the seconds that it took."""
    network = Network(convolutional(), dtype=np.float32, random_state=seed)
    how: dict[str, Any] = {"n_epochs": n_epochs, "rate": 5e-3, "augment": shifted, "seed": seed}
    return network, learn(network, CrossEntropy(), X, y, **how)


def learn_mlp(X: Array, y: Array, *, n_epochs: int = 10, seed: int = 0) -> tuple[Network, float]:
    """Return the perceptron, trained on rows of 784 pixels, and the seconds that it took."""
    network = Network(perceptron(), dtype=np.float32, random_state=seed)
    how: dict[str, Any] = {"n_epochs": n_epochs, "rate": 3e-3, "seed": seed}
    return network, learn(network, CrossEntropy(), _rows(X), y, **how)


def _rows(X: Array) -> Array:
    return X.reshape(len(X), -1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="mlp|cnn", help="default: both")
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--epochs", type=int, help="default: 10 for the mlp, 5 for the cnn")
    parser.add_argument("--samples", type=int, help="learn from so many digits only")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    models = asked.models or list(GOALS)
    if not set(models) <= set(GOALS):
        parser.error(f"models are {' and '.join(GOALS)}, not {' '.join(models)}")
    digits, test = (load_mnist(part, folder=asked.data) for part in ("train", "test"))
    X, y = as_floats(digits.X[: asked.samples]), digits.y[: asked.samples]
    X_test = as_floats(test.X)
    how = {"seed": asked.seed} | ({"n_epochs": asked.epochs} if asked.epochs else {})
    summary = []
    for name in models:
        print(f"{name}, seed {asked.seed}, {len(X)} digits")
        network, seconds = (learn_cnn if name == "cnn" else learn_mlp)(X, y, **how)
        Z = scores(network, X_test if name == "cnn" else _rows(X_test))
        share = (Z.argmax(axis=1) == test.y).mean()
        summary.append((name, network.parameters.flat.size, seconds, share))
    print("\nmodel  parameters  seconds  test accuracy    goal")
    for name, size, seconds, share in summary:
        print(f"{name:5} {size:11} {seconds:8.1f} {share:13.2%} {GOALS[name]:9.1%}")
    return 0 if all(share >= GOALS[name] for name, _, _, share in summary) else 1


if __name__ == "__main__":
    sys.exit(main())
