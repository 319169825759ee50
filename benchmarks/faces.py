"""Faces of people never seen before, told apart by a siamese network in NumPy alone.

    python benchmarks/faces.py
    python benchmarks/faces.py --folds 1 --epochs 5

Of the 40 people of the AT&T faces, ten pictures each, ten people are held out in turn, and the
network learns from the others. Of the people held out, it is asked

    one-shot      given one picture of each of the ten, whose are the other 90?
                  The mean over all ten choices of which picture is given.
    verification  do two pictures show the same person? All 450 pairs that do and 4,500 that do
                  not: the area under the ROC curve, and the accuracy (the mean of that on either
                  kind) at the threshold that is best for the other folds' people.

A face is where the network puts it and its mirror image, on average.
The distance of the pixels themselves is judged beside it, as what is to be beaten.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import time

import numpy as np

from firsthand.data import as_floats, load_faces
from firsthand.scratch.metrics import roc_auc_score, roc_curve
from firsthand.scratch.nn import Network, Progress, train
from firsthand.scratch.nn.augmentation import random_flip, random_shift, random_warp
from firsthand.scratch.nn.losses import BatchHardTriplet
from firsthand.scratch.nn.models import embedder, nearest, pair_distances, unit_length
from firsthand.scratch.nn.optimizers import Adam
from firsthand.scratch.nn.schedules import one_cycle

N_FOLDS, BATCH, RATE, MARGIN = 4, 60, 3e-3, 0.3
Array = np.ndarray


def prepared(X: Array) -> Array:
    """Return the faces at half the size, each with mean 0 and deviation 1 over its pixels."""
    n, _, height, width = X.shape
    halved = as_floats(X).reshape(n, 1, height // 2, 2, width // 2, 2).mean(axis=(3, 5))
    centred = halved - halved.mean(axis=(-2, -1), keepdims=True)
    return centred / centred.std(axis=(-2, -1), keepdims=True)


def moved(X: Array, rng: np.random.Generator) -> Array:
    """Return the faces turned, stretched and moved a little, half of them mirrored."""
    return random_shift(random_warp(random_flip(X, rng), 0.2, 0.2, rng), 4, rng)


def learnt(X: Array, y: Array, n_epochs: int, seed: int) -> Network:
    """Return a network that has learnt to tell these people apart."""
    f = embedder(size=X.shape[-2:], channels=(16, 32, 64), n_features=64, dropout=0.2)
    network = Network(f, dtype=np.float32, random_state=seed)
    n_steps = n_epochs * -(-len(X) // BATCH)

    def tell(seen: Progress) -> None:
        if seen.batch == seen.n_batches and seen.epoch % 50 == 0:
            print(f"  epoch {seen.epoch:3}  loss {seen.loss:.4f}", flush=True)

    train(
        *(network, BatchHardTriplet(MARGIN), Adam(RATE), X, y),
        n_epochs=n_epochs,
        batch_size=BATCH,
        schedule=lambda t: one_cycle(t, RATE, n_steps),
        augment=moved,
        callbacks=[tell],
        random_state=seed,
    )
    return network


def one_shot(U: Array, y: Array) -> float:
    """Return how often the nearest known picture is of the same person."""
    people, shares = np.unique(y), []
    for given in range(np.bincount(y)[people].min()):
        known = np.array([np.flatnonzero(y == person)[given] for person in people])
        asked = np.setdiff1d(np.arange(len(y)), known)
        shares.append((people[nearest(U[asked], U[known])] == y[asked]).mean())
    return float(np.mean(shares))


def best_threshold(d: Array, same: Array) -> float:
    """Return the distance that parts pairs best, if both kinds count alike."""
    false, true, scores = roc_curve(same, -d)
    return float(-scores[(true - false).argmax()])


def accuracy_at(threshold: float, d: Array, same: Array) -> float:
    """Return the mean of how many of each kind of pair are told rightly."""
    return float(((d[same] <= threshold).mean() + (d[~same] > threshold).mean()) / 2)


def summary(name: str, points: list[Array], labels: list[Array]) -> str:
    """Return one line on all folds, given the points of their people and who they are."""
    pairs = [pair_distances(U, y) for U, y in zip(points, labels, strict=True)]
    shots = [one_shot(U, y) for U, y in zip(points, labels, strict=True)]
    areas = [roc_auc_score(same, -d) for d, same in pairs]
    told = []
    for fold, (d, same) in enumerate(pairs):
        others = [pair for k, pair in enumerate(pairs) if k != fold] or [(d, same)]
        threshold = best_threshold(*(np.concatenate(part) for part in zip(*others, strict=True)))
        told.append(accuracy_at(threshold, d, same))
    return (
        f"{name:16} {np.mean(shots):8.1%} {min(shots):12.1%} {np.mean(areas):9.4f}"
        f" {np.mean(told):13.1%}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--folds", type=int, default=N_FOLDS, help=f"so many of {N_FOLDS}")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    faces = load_faces(folder=asked.data)
    X, y = prepared(faces.X), faces.y
    people = np.random.default_rng(asked.seed).permutation(y.max() + 1)
    ours, pixels, labels = [], [], []
    started = time.perf_counter()
    for fold in range(asked.folds):
        held_out = np.isin(y, people[fold::N_FOLDS])
        print(f"fold {fold + 1}, seed {asked.seed}, {(~held_out).sum()} faces to learn from")
        network = learnt(X[~held_out], y[~held_out], asked.epochs, asked.seed)
        unseen = X[held_out]
        mirrored = np.ascontiguousarray(unseen[..., ::-1])
        ours.append(unit_length(network.forward(unseen) + network.forward(mirrored))[0])
        pixels.append(unit_length(unseen.reshape(len(unseen), -1))[0])
        labels.append(y[held_out])
        print(f"  {time.perf_counter() - started:.1f} s", flush=True)
    print(f"\n{'':16} one-shot  worst fold  ROC area  verification")
    print(summary("siamese network", ours, labels))
    print(summary("pixels", pixels, labels))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
