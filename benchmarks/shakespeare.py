"""A GPT of characters on the works of Shakespeare, in NumPy, by the clock.

    python benchmarks/shakespeare.py
    python benchmarks/shakespeare.py --minutes 1
    python benchmarks/shakespeare.py --steps 500        the same numbers on every machine

A megabyte of plays; the last tenth is held out. Batches are windows from anywhere, the rate warms
up and falls on half a cosine over the time that is given, not over a number of steps, so that a
faster machine learns more in it. The figure is the mean loss, in nats a character, over all of the
held-out text cut into windows one after the other; a guess among 65 characters costs 4.17.
Everything counts towards the minutes: reading, training, measuring, writing the sample.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import math
import time

import numpy as np

from firsthand.data import load_text
from firsthand.scratch.nn import Network, generate, measure_surprises
from firsthand.scratch.nn.characters import (
    decode,
    encode,
    even_windows,
    make_vocabulary,
    random_windows,
)
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import GPT
from firsthand.scratch.nn.optimizers import AdamW, clip_by_norm
from firsthand.scratch.nn.schedules import cosine_between, warm_up

GOAL = 1.9
RESERVE = 20.0  # seconds kept for the last measurement and the sample


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--minutes", type=float, default=14.5)
    parser.add_argument("--steps", type=int, default=10**9, help="stop after so many, if earlier")
    parser.add_argument("--context", type=int, default=128)
    parser.add_argument("--features", type=int, default=128)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--std", type=float, default=0.08, help="of the weights at the start")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def rate_at(t: int, share: float, highest: float) -> float:
    """Return the rate of step ``t``, when ``share`` of the training is over."""
    falling = highest * cosine_between(1.0, 0.02, min(share, 1.0))
    return min(warm_up(t + 1, highest, 100), falling)


def main() -> int:
    start = time.perf_counter()
    given = arguments()
    text = load_text("shakespeare", given.data)
    vocabulary = make_vocabulary(text)
    tokens = encode(text, vocabulary)
    cut = len(tokens) * 9 // 10
    training, held_out = tokens[:cut], tokens[cut:]
    glimpse = even_windows(held_out, 128, given.context)

    rng = np.random.default_rng(given.seed)
    network = Network(
        GPT(
            len(vocabulary),
            context=given.context,
            n_features=given.features,
            n_heads=given.heads,
            n_layers=given.layers,
            dropout=given.dropout,
            std=given.std,
        ),
        dtype=np.float32,
        random_state=given.seed,
    )
    decays = network.parameters.like()
    for name, part in decays.items():
        part[...] = network.parameters[name].ndim > 1  # biases and norms are not pulled to 0
    loss = CrossEntropy()
    optimizer = AdamW(given.rate, beta_2=0.99, weight_decay=0.1, decays=decays.flat)
    print(network, f"seed {given.seed}, batches of {given.batch} x {given.context}")
    print(" step  seconds  characters      rate  training  held out  (of 128 windows)", flush=True)

    seconds = 60 * given.minutes - RESERVE
    reached, running, shown = None, math.log(len(vocabulary)), 0.0
    while True:
        passed = time.perf_counter() - start
        share = max(passed / seconds, optimizer.t / given.steps)
        if share >= shown:
            shown += 1 / 25
            seen = float(measure_surprises(network, *glimpse, 16).mean())
            if seen <= GOAL and reached is None:
                reached = passed
            n = optimizer.t * given.batch * given.context
            print(
                f"{optimizer.t:5} {passed:8.0f} {n:11,} {optimizer.learning_rate:9.2e}"
                f" {running:9.3f} {seen:9.3f}",
                flush=True,
            )
        if share >= 1:
            break
        optimizer.learning_rate = rate_at(optimizer.t, share, given.rate)
        X, y = random_windows(training, given.batch, given.context, rng)
        J = float(loss.forward(network.forward(X), y))
        network.backward(loss.backward())
        clip_by_norm(network.gradients.flat, 1.0)
        optimizer.step(network.parameters.flat, network.gradients.flat)
        running += 0.02 * (J - running)

    n_windows = (len(held_out) - 1) // given.context
    windows = even_windows(held_out, n_windows, given.context)
    losses = measure_surprises(network, *windows, 16).mean(axis=1)
    prompt = encode("\n", vocabulary)[None]
    sample = generate(network, prompt, 500, temperature=0.8, random_state=given.seed)
    print(decode(sample[0], vocabulary))
    print("-" * 72)
    print(network, f"seed {given.seed}")
    print(f"characters seen: {optimizer.t * given.batch * given.context:,} in {optimizer.t} steps")
    first = "never" if reached is None else f"after {reached:.0f} s"
    print(f"{GOAL} nats on 128 windows: {first}")
    error = losses.std(ddof=1) / math.sqrt(len(losses))
    print(
        f"held-out loss {losses.mean():.4f} nats a character, standard error {error:.4f}"
        f" ({len(losses)} windows of {given.context})"
    )
    print(f"in all {time.perf_counter() - start:.0f} s")
    return 0 if losses.mean() <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
