"""Deep learning by hand, ours against PyTorch on the CPU: time of one step, and memory.

    python benchmarks/deep.py                      the table of times
    python benchmarks/deep.py --rows conv lstm     only works whose name holds one of these
    python benchmarks/deep.py --memory             peaks above what was there before the work

Both sides have two threads, or as many as OPENBLAS_NUM_THREADS says, and the kernels that their
libraries choose for this processor: a setting that holds OpenBLAS to those of an older one is not
heeded, since PyTorch would not heed it either.
A step is forward and backward, float32, the same work on both sides; a row that says so takes the
optimizer's step, too. A layer alone returns the gradient of its input on both sides. Each side gets
images and gradients in the layout in which its own layers hand them on.

A block of steps takes at least 0.2 s. The sides' blocks alternate with a pause of 50 ms, because
the idle threads of one library slow the other. Milliseconds are medians, and the ratio is the
median of the runs' ratios.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
os.environ.setdefault("OMP_NUM_THREADS", os.environ["OPENBLAS_NUM_THREADS"])
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.pop("OPENBLAS_L2_SIZE", None)

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import geometric_mean
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.compare.memory import in_a_process, resident, risen
from firsthand.compare.timing import Timing, time_both
from firsthand.library.networks.gpt import gpt
from firsthand.scratch.nn import Module, Network, Sequential
from firsthand.scratch.nn.layers import (
    LSTM,
    BatchNorm2d,
    Conv2d,
    Flatten,
    LayerNorm,
    Linear,
    MaxPool2d,
    MultiHeadAttention,
    ReLU,
)
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import GPT
from firsthand.scratch.nn.optimizers import Adam, AdamW, Optimizer

if TYPE_CHECKING:
    import torch

Array = np.ndarray
Step = Callable[[], object]
WIDTH, BLOCK, PAUSE, MARGIN = 60, 0.2, 0.05, 200
THREADS = int(os.environ["OPENBLAS_NUM_THREADS"])
SIZES, SMALL, N_TRIALS, BATCH = (784, 256, 128, 64, 10), (20, 32, 16, 3), 32, 64


@dataclass(frozen=True)
class Work:
    """One row: what both sides do, each a function that prepares and returns its step.

    ``bar`` is the largest ratio allowed. ``times`` is how often the row's work holds the step: a
    whole epoch is measured by one of its steps.
    """

    name: str
    bar: float
    ours: Callable[[], Step]
    theirs: Callable[[], Step]
    times: int = 1


def layer(name: str, bar: float, ours: Module, theirs: Callable[[], Any], *shape: int) -> Work:
    """Return the work of one layer on images of ``shape``, the input's gradient included."""

    def our_step() -> Step:
        network = Network(ours, dtype=np.float32)
        X = handed_on(numbers(*shape))
        dZ = like(network.forward(X))

        def step() -> Array:
            network.forward(X)
            return network.backward(dZ)

        return step

    def their_step() -> Step:
        import torch

        module, X = theirs(), torch.tensor(numbers(*shape), requires_grad=True)
        dZ = torch.tensor(like(module(X).detach().numpy()))

        def step() -> object:
            X.grad = None
            module.zero_grad(set_to_none=True)
            module(X).backward(dZ)
            return X.grad

        return step

    return Work(name, bar, our_step, their_step)


def training(
    make: Callable[[], Module],
    X: Array,
    y: Array,
    *,
    trials: tuple[int, ...] = (),
    rule: type[Optimizer] = Adam,
) -> Callable[[], Step]:
    """Return a training step of ours: forward, cross-entropy, backward, and the optimizer's."""

    def prepare() -> Step:
        network = Network(make(), trials=trials, dtype=np.float32)
        loss, optimizer = CrossEntropy(), rule(1e-3)
        loss.trials = trials

        def step() -> object:
            J = loss.forward(network.forward(X), y)
            network.backward(loss.backward(), inputs=False)
            optimizer.step(network.parameters.flat, network.gradients.flat)
            return J

        return step

    return prepare


def torch_training(
    make: Callable[[], torch.nn.Module],
    X: Array,
    y: Array,
    *,
    copies: int = 1,
    rule: str = "Adam",
) -> Callable[[], Step]:
    """Return the same step as one writes it in PyTorch, once for each of ``copies`` networks."""

    def prepare() -> Step:
        import torch

        inputs, labels = torch.tensor(X), torch.tensor(y).flatten()
        twins = [make() for _ in range(copies)]
        optimizers = [getattr(torch.optim, rule)(twin.parameters(), lr=1e-3) for twin in twins]

        def step() -> float:
            J = 0.0
            for twin, optimizer in zip(twins, optimizers, strict=True):
                optimizer.zero_grad(set_to_none=True)
                Z = twin(inputs).flatten(0, -2)
                loss = torch.nn.functional.cross_entropy(Z, labels)
                loss.backward()
                optimizer.step()
                J = loss.item()
            return J

        return step

    return prepare


def mlp(sizes: tuple[int, ...]) -> Sequential:
    parts: list[Module] = []
    for n_in, n_out in pairwise(sizes):
        parts += [Linear(n_in, n_out), ReLU()]
    return Sequential(*parts[:-1])


def torch_mlp(sizes: tuple[int, ...]) -> torch.nn.Module:
    from torch import nn

    parts: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        parts += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def mini_cnn() -> Sequential:
    first = Conv2d(1, 32, 3, padding=1), ReLU(), MaxPool2d(2)
    second = Conv2d(32, 64, 3, padding=1), ReLU(), MaxPool2d(2)
    return Sequential(*first, *second, Flatten(), Linear(64 * 7 * 7, 10))


def torch_mini_cnn() -> torch.nn.Module:
    from torch import nn

    first = nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
    second = nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(64 * 7 * 7, 10))


def torch_layer(kind: str, *settings: int, **named: int) -> Callable[[], Any]:
    """Return a function that makes ``torch.nn``'s layer of that name."""

    def make() -> Any:
        from torch import nn

        return getattr(nn, kind)(*settings, **named)

    return make


def torch_lstm(n_in: int, n_hidden: int) -> torch.nn.Module:
    """Return PyTorch's layer; of what it returns, the outputs of every step."""
    from torch import nn

    class Steps(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.LSTM(n_in, n_hidden, batch_first=True)

        def forward(self, X: Any) -> Any:
            return self.inner(X)[0]

    return Steps()


def torch_attention(n_features: int, n_heads: int) -> torch.nn.Module:
    """Return PyTorch's layer attending to its own input, in its fastest way."""
    from torch import nn

    class SelfAttention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.MultiheadAttention(n_features, n_heads, batch_first=True)

        def forward(self, X: Any) -> Any:
            return self.inner(X, X, X, need_weights=False)[0]

    return SelfAttention()


def our_loss(Z: Array, y: Array) -> Step:
    """Return the value and the slope of cross-entropy as one step."""
    loss = CrossEntropy()

    def step() -> Array:
        loss.forward(Z, y)
        return loss.backward()

    return step


def torch_loss(Z: Array, y: Array) -> Step:
    import torch

    scores, labels = torch.tensor(Z, requires_grad=True), torch.tensor(y)

    def step() -> object:
        scores.grad = None
        torch.nn.functional.cross_entropy(scores, labels).backward()
        return scores.grad

    return step


def numbers(*shape: int) -> Array:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def like(Z: Array) -> Array:
    """Return random numbers of the shape of ``Z``, in its layout."""
    made = np.empty_like(Z)
    made[...] = np.random.default_rng(1).normal(size=Z.shape)
    return made


def handed_on(X: Array) -> Array:
    """Return images of many channels as a layer of ours hands them on; others come from outside."""
    inside = X.ndim == 4 and X.shape[1] > 3
    return Network(MaxPool2d(1), dtype=np.float32).forward(X) if inside else X


def labels(n_samples: int, n_classes: int, *more: int) -> Array:
    return np.random.default_rng(2).integers(n_classes, size=(n_samples, *more))


def convolution(bar: float, n: int, n_in: int, size: int, n_out: int) -> Work:
    name = f"conv 3x3 ({n}, {n_in}, {size}, {size}) -> {n_out}"
    ours = Conv2d(n_in, n_out, 3, padding=1)
    theirs = torch_layer("Conv2d", n_in, n_out, 3, padding=1)
    return layer(name, bar, ours, theirs, n, n_in, size, size)


DIGITS, DIGIT_LABELS = numbers(BATCH, 784), labels(BATCH, 10)
IMAGES = DIGITS.reshape(BATCH, 1, 28, 28)
ROWS, ROW_LABELS = numbers(BATCH, SMALL[0]), labels(BATCH, SMALL[-1])
TEXT, NEXT = np.split(labels(12, 65, 2 * 64), 2, axis=-1)

WORKS = [
    Work(
        *("MLP step 784-256-128-64-10, batch 64, Adam", 0.8),
        training(lambda: mlp(SIZES), DIGITS, DIGIT_LABELS),
        torch_training(lambda: torch_mlp(SIZES), DIGITS, DIGIT_LABELS),
    ),
    convolution(0.9, 64, 1, 28, 32),
    convolution(1.3, 64, 3, 32, 32),
    convolution(1.5, 64, 32, 14, 64),
    layer(
        *("batch norm (64, 32, 28, 28)", 1.5),
        *(BatchNorm2d(32), torch_layer("BatchNorm2d", 32), 64, 32, 28, 28),
    ),
    layer(
        *("max-pool 2x2 (64, 32, 28, 28)", 1.5),
        *(MaxPool2d(2), torch_layer("MaxPool2d", 2), 64, 32, 28, 28),
    ),
    layer(
        *("LSTM, 32 sequences of 50 steps, 64 -> 128", 1.5),
        *(LSTM(64, 128), lambda: torch_lstm(64, 128), 32, 50, 64),
    ),
    layer(
        *("attention, 16 sequences of 128 steps, 128 features, 4 heads", 1.2),
        *(MultiHeadAttention(128, 4), lambda: torch_attention(128, 4), 16, 128, 128),
    ),
    layer(
        *("layer norm (16, 128, 512)", 1.5),
        *(LayerNorm(512), torch_layer("LayerNorm", 512), 16, 128, 512),
    ),
    Work(
        *("cross-entropy (256, 10000)", 1.5),
        lambda: our_loss(numbers(256, 10_000), labels(256, 10_000)),
        lambda: torch_loss(numbers(256, 10_000), labels(256, 10_000)),
    ),
    Work(
        *("tiny GPT, 12 x 64 characters, 4 blocks of 128, AdamW", 1.4),
        training(lambda: GPT(65), TEXT, NEXT, rule=AdamW),
        torch_training(lambda: gpt(65), TEXT, NEXT, rule="AdamW"),
    ),
    Work(
        *("MNIST epoch of the mini CNN, batch 64, Adam", 1.3),
        training(mini_cnn, IMAGES, DIGIT_LABELS),
        torch_training(torch_mini_cnn, IMAGES, DIGIT_LABELS),
        times=938,
    ),
    Work(
        *("32 MLPs 20-32-16-3 at once, batch 64, Adam", 1 / 8),
        training(lambda: mlp(SMALL), ROWS, ROW_LABELS, trials=(N_TRIALS,)),
        torch_training(lambda: torch_mlp(SMALL), ROWS, ROW_LABELS, copies=N_TRIALS),
    ),
]


def measure(work: Work, runs: int) -> Timing:
    """Return what a step of ours and of theirs take."""
    import torch

    torch.set_num_threads(THREADS)
    return time_both(work.ours(), work.theirs(), runs=runs, at_least=BLOCK)


def table(chosen: list[Work], runs: int) -> None:
    print(f"{'milliseconds':{WIDTH}} {'ours':>9} {'PyTorch':>9} {'ratio':>6} {'at most':>8}")
    ratios: list[float] = []
    for work in chosen:
        took = measure(work, runs)
        ratios.append(took.ratio)
        ours, theirs = (1e3 * work.times * side for side in (took.scratch, took.library))
        times = f"{ours:9.2f} {theirs:9.2f} {took.ratio:6.2f}"
        print(f"{work.name:{WIDTH}} {times} {work.bar:8g}", flush=True)
    if len(ratios) > 1:
        print(f"{'geometric mean':{WIDTH}} {'':9} {'':9} {geometric_mean(ratios):6.2f} {1.0:8g}")


def memory(chosen: list[Work]) -> None:
    """Print the peak of each side in a process of its own, in megabytes."""
    print(f"{'peak memory of the steps, MB':{WIDTH}} {'ours':>9} {'PyTorch':>9} {'at most':>9}")
    for work in chosen:
        ours, theirs = (
            in_a_process(__file__, "--peak", work.name, side) for side in ("ours", "theirs")
        )
        most = 2 * theirs + MARGIN
        print(f"{work.name:{WIDTH}} {ours:9.0f} {theirs:9.0f} {most:9.0f}", flush=True)


def peak(work: Work, side: str) -> None:
    """Print by how much the process's peak rises while one side prepares and steps."""
    import torch

    torch.set_num_threads(THREADS)
    before = resident()
    step = getattr(work, side)()
    for _ in range(5):
        step()
    print(risen(before))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", nargs="*", default=[""], help="works named so, in part")
    parser.add_argument("--runs", type=int, default=11, help="blocks of each side")
    parser.add_argument("--memory", action="store_true", help="measure peaks instead of times")
    parser.add_argument("--peak", nargs=2, metavar=("WORK", "SIDE"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    chosen = [w for w in WORKS if any(part.lower() in w.name.lower() for part in told.rows)]
    if told.peak:
        name, side = told.peak
        peak(next(w for w in WORKS if w.name == name), side)
    elif told.memory:
        memory(chosen)
    else:
        began = time.perf_counter()
        table(chosen, told.runs)
        print(f"measured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
