"""New names, letter by letter, from a recurrent model of ours that has read thousands.

    python benchmarks/names.py
    python benchmarks/names.py --samples 3000 --epochs 2

Every name counts once, or the same one would be learnt from and tested on. A tenth of them is held
out to tell when to stop, and a tenth to test on. The figure is the mean cost of a character of the
test names, their end among them; a guess among 27 costs 3.30 nats, and counts of what follows
which letter (bigrams) and which two (trigrams), learnt from the same names, stand beside it.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import math
import time

import numpy as np

from firsthand.data import load_text
from firsthand.scratch.nn import Network, Progress, generate, measure_surprises, train
from firsthand.scratch.nn.characters import make_vocabulary, padded_words, words_of
from firsthand.scratch.nn.losses import CrossEntropy
from firsthand.scratch.nn.models import CharRNN
from firsthand.scratch.nn.optimizers import AdamW
from firsthand.scratch.nn.schedules import cosine

LONGEST = 20


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--samples", type=int, default=10**9, help="names to use, at most")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--cell", choices=("rnn", "gru", "lstm"), default="gru")
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--features", type=int, default=32)
    parser.add_argument("--dropout", type=float, default=0.25)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def counted(
    train: tuple[np.ndarray, ...], test: tuple[np.ndarray, ...], n: int, back: int
) -> float:
    """Return the cost of a character by counts of what follows ``back`` characters.

    A count is shrunk towards that of one character fewer, by as much as 5 characters weigh.
    """

    def contexts(X: np.ndarray, k: int) -> np.ndarray:
        earlier = np.pad(X, ((0, 0), (k, 0)))  # before its beginning a name has its end, 0
        steps = X.shape[1]
        digits = (earlier[:, k - j : k - j + steps] * n**j for j in range(k))
        return sum(digits, start=np.zeros_like(X))

    P = np.full((1, n), 1 / n)
    for k in range(back + 1):
        X, y = train
        counts = np.zeros((n**k, n))
        known = y >= 0
        np.add.at(counts, (contexts(X, k)[known], y[known]), 1)
        shorter = np.tile(P, (len(counts) // len(P), 1))  # the oldest character is forgotten
        P = (counts + 5 * shorter) / (counts.sum(axis=1, keepdims=True) + 5)
    X, y = test
    known = y >= 0
    return float(-np.log(P[contexts(X, back)[known], y[known]]).mean())


def main() -> None:
    start = time.perf_counter()
    given = arguments()
    names = sorted(set(load_text("names", given.data).split()))
    rng = np.random.default_rng(given.seed)
    rng.shuffle(names)
    names = names[: given.samples]
    tenth = len(names) // 10
    parts = names[2 * tenth :], names[tenth : 2 * tenth], names[:tenth]
    vocabulary = make_vocabulary("\n" + "".join(names))
    learnt, tuned, tested = (padded_words(part, vocabulary) for part in parts)
    network = Network(
        CharRNN(
            len(vocabulary),
            n_features=given.features,
            n_hidden=given.hidden,
            cell=given.cell,
            dropout=given.dropout,
        ),
        dtype=np.float32,
        random_state=given.seed,
    )
    print(
        network, f"seed {given.seed}; {len(parts[0])} names learnt, {tenth} to stop, {tenth} test"
    )
    print("epoch  seconds  training  held out  (nats a character)", flush=True)

    def tell(seen: Progress) -> None:
        if seen.batch == seen.n_batches:
            passed = time.perf_counter() - start
            print(f"{seen.epoch:5} {passed:8.0f} {seen.loss:9.4f} {seen.held_out:9.4f}", flush=True)

    n_steps = given.epochs * -(-len(parts[0]) // given.batch)
    history = train(
        network,
        CrossEntropy(ignore_index=-1),
        AdamW(given.rate, weight_decay=0.01),
        *learnt,
        n_epochs=given.epochs,
        batch_size=given.batch,
        held_out=tuned,
        schedule=lambda t: cosine(t, given.rate, n_steps, given.rate / 50),
        clip_norm=1.0,
        callbacks=[tell],
        random_state=given.seed,
    )
    X, y = tested
    cost = measure_surprises(network, X, y)
    lengths = (y >= 0).sum(axis=1)
    nats = cost.sum() / lengths.sum()
    error = (cost.sum(axis=1) - nats * lengths).std() / lengths.mean() / math.sqrt(len(y))

    ends = np.zeros((1000, 1), np.int64)  # a name begins where another one ended
    drawn = generate(network, ends, LONGEST, random_state=given.seed)
    written = [name for name in words_of(drawn, vocabulary) if name]
    known = set(parts[0])
    first = list(dict.fromkeys(written))[:20]
    print("-" * 72)
    print(", ".join(name if name not in known else f"({name})" for name in first))
    print("in brackets: learnt")
    print(network, f"seed {given.seed}, best after epoch {history.best_epoch} of {given.epochs}")
    print(
        f"test names: {nats:.4f} nats, {nats / math.log(2):.4f} bits a character,"
        f" standard error {error:.4f} nats"
    )
    for back, kind in ((1, "bigrams"), (2, "trigrams")):
        print(f"counts of {kind}: {counted(learnt, tested, len(vocabulary), back):.4f} nats")
    shown, share = (
        sum(name not in known for name in first),
        np.mean([n not in known for n in written]),
    )
    print(
        f"new, not learnt: {shown} of the {len(first)} above, {share:.1%} of {len(written)} written"
    )
    print(f"in all {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
