"""One training step of an MLP, ours against PyTorch's: forward, backward, SGD.

    python benchmarks/mlp.py

784-256-128-64-10, ReLU, batches of 64, float32, plain SGD, two threads on both sides. The two
sides alternate in rounds with a pause of 50 ms between them, because the idle threads of one
library slow the other; the figure is the median of the rounds' ratios.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from firsthand.scratch.nn.mlp import cross_entropy, cross_entropy_backward, sgd_step
from firsthand.scratch.nn.models.mlp import MLP

SIZES, BATCH, STEPS, ROUNDS, LEARNING_RATE = [784, 256, 128, 64, 10], 64, 60, 25, 0.1


def ours(X: np.ndarray, y: np.ndarray) -> Callable[[], float]:
    network = MLP(SIZES, dtype=np.float32)

    def step() -> float:
        Z = network.forward(X)
        loss = float(cross_entropy(Z, y))
        network.backward(cross_entropy_backward(Z, y))
        sgd_step(network.parameters.flat, network.gradients.flat, LEARNING_RATE)
        return loss

    return step


def theirs(X: np.ndarray, y: np.ndarray) -> Callable[[], float]:
    import torch

    torch.set_num_threads(2)
    modules: list[torch.nn.Module] = []
    for n_in, n_out in pairwise(SIZES):
        modules += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*modules[:-1])
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)
    inputs, labels = torch.tensor(X), torch.tensor(y)

    def step() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(inputs), labels)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def milliseconds(step: Callable[[], float]) -> float:
    """The median step of one round."""
    times = []
    for _ in range(STEPS):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def main() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(BATCH, SIZES[0])).astype(np.float32)
    y = rng.integers(SIZES[-1], size=BATCH)
    sides = ours(X, y), theirs(X, y)
    rounds = []
    for _ in range(ROUNDS):
        pair = []
        for step in sides:
            time.sleep(0.05)
            pair.append(milliseconds(step))
        rounds.append(pair)
    mine, library = np.median(rounds, axis=0)
    ratio = np.median([a / b for a, b in rounds])
    print(f"MLP {'-'.join(map(str, SIZES))}, batch {BATCH}, SGD, float32, 2 threads")
    print(f"ours {mine:.2f} ms   PyTorch {library:.2f} ms   ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
