"""CIFAR-10, ten kinds of small colour pictures, learnt in NumPy alone, by the clock.

    python benchmarks/cifar.py
    python benchmarks/cifar.py --minutes 5
    python benchmarks/cifar.py --epochs 1 --samples 5000      the same numbers on every machine

Five convolutions with batch normalisation, pictures flipped and shifted at random, labels smoothed,
Nesterov's momentum. The rate rises and falls over the time that is given, not over a number of
steps, so that a faster machine learns more in it. The figure is the accuracy on the 10,000 test
pictures, each seen once and as it is; a guess is right in 10 %. Everything counts towards the
minutes: reading, training, measuring.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
os.environ.pop("OPENBLAS_CORETYPE", None)  # OpenBLAS's own choice for this processor is faster
os.environ.pop("OPENBLAS_L2_SIZE", None)

import argparse
import math
import time

import numpy as np

from firsthand.data import as_floats, load_cifar10
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.augmentation import random_flip, random_shift
from firsthand.scratch.nn.layers import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.optimizers import SGD
from firsthand.scratch.nn.schedules import cosine_between
from firsthand.scratch.nn.training import batches

GOAL, FURTHER = 0.72, 0.80
RESERVE = 15.0  # seconds kept for the last measurement
SHIFT = 3  # pixels


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--minutes", type=float, default=14.5)
    parser.add_argument("--epochs", type=float, default=math.inf, help="stop then, if earlier")
    parser.add_argument("--samples", type=int, default=50_000, help="training pictures")
    parser.add_argument("--width", type=int, default=32, help="channels of the first layer")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def network_of(width: int) -> Sequential:
    """Return convolutions at 32 x 32, 16 x 16 and 8 x 8 places, and scores from 4 x 4."""

    def convolution(n_in: int, n_out: int) -> list[Module]:
        return [Conv2d(n_in, n_out, 3, padding=1, bias=False), BatchNorm2d(n_out), ReLU()]

    return Sequential(
        *convolution(3, width),
        MaxPool2d(2),
        *convolution(width, 2 * width),
        *convolution(2 * width, 2 * width),
        MaxPool2d(2),
        *convolution(2 * width, 4 * width),
        *convolution(4 * width, 4 * width),
        MaxPool2d(2),
        Flatten(),
        Linear(4 * width * 16, 10, gain=1),
    )


def rate_at(share: float, highest: float) -> float:
    """Return the rate when ``share`` of the training is over: up in a fifth, and down to 0."""
    rising = 0.2
    if share < rising:
        return highest * (0.1 + 0.9 * share / rising)
    return cosine_between(highest, 0.0, min((share - rising) / (1 - rising), 1.0))


def accuracy(network: Network, X: np.ndarray, y: np.ndarray) -> float:
    """Return the part of pictures whose class has the highest score."""
    network.eval()
    right = 0
    for start in range(0, len(X), 256):
        rows = slice(start, start + 256)
        right += int(np.sum(network.forward(X[rows]).argmax(axis=1) == y[rows]))
    network.train()
    return right / len(X)


def main() -> int:
    start = time.perf_counter()
    given = arguments()
    (X, y), (X_test, y_test) = (load_cifar10(part, folder=given.data) for part in ("train", "test"))
    X, y = as_floats(X[: given.samples]), y[: given.samples]
    mean, spread = (f(X, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.std))
    X, X_test = (X - mean) / spread, (as_floats(X_test) - mean) / spread

    rng = np.random.default_rng(given.seed)
    network = Network(network_of(given.width), dtype=np.float32, random_state=given.seed)
    network.train()
    loss = CrossEntropy(smoothing=0.1)
    optimizer = SGD(given.rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
    print(network, f"seed {given.seed}, {len(X)} pictures, batches of {given.batch}")
    print("epoch  seconds  training loss  test accuracy  (of 2,000 pictures)", flush=True)

    seconds = 60 * given.minutes - RESERVE
    n_batches = math.ceil(len(X) / given.batch)
    share, reached = 0.0, None
    while share < 1:
        total = n_seen = 0
        for rows in batches(len(X), given.batch, rng):
            passed = time.perf_counter() - start
            share = max(passed / seconds, optimizer.t / (given.epochs * n_batches))
            if share >= 1:
                break
            optimizer.learning_rate = rate_at(share, given.rate)
            pictures = random_shift(random_flip(X[rows], rng), SHIFT, rng)
            J = loss.forward(network.forward(pictures), y[rows])
            network.backward(loss.backward(), inputs=False)
            optimizer.step(network.parameters.flat, network.gradients.flat)
            total, n_seen = total + float(J) * len(rows), n_seen + len(rows)
        if n_seen:
            seen = accuracy(network, X_test[:2000], y_test[:2000])
            passed = time.perf_counter() - start
            if seen >= FURTHER and reached is None:
                reached = passed
            epoch = optimizer.t / n_batches
            print(f"{epoch:5.2f} {passed:8.0f} {total / n_seen:14.3f} {seen:14.3f}", flush=True)

    right = accuracy(network, X_test, y_test)
    print("-" * 72)
    print(network, f"seed {given.seed}")
    print(f"pictures seen: {optimizer.t * given.batch:,} in {optimizer.t} steps")
    first = "never" if reached is None else f"after {reached:.0f} s"
    print(f"{FURTHER:.0%} on 2,000 pictures: {first}")
    error = math.sqrt(right * (1 - right) / len(X_test))
    print(f"test accuracy {right:.2%}, standard error {error:.2%} ({len(X_test):,} pictures)")
    print(f"in all {time.perf_counter() - start:.0f} s")
    return 0 if right >= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
