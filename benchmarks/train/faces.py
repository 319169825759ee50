"""Faces of people that nobody learnt from: do two pictures show the same person?

    python benchmarks/train/faces.py
    python benchmarks/train/faces.py --epochs 5 --folds 1

Of the 40 people of the AT&T faces, ten pictures each, ten are tested on in turn (four folds); of
the other thirty, six choose the epoch, the threshold and the baseline's settings, and 24 are learnt
from. The network is trained by firsthand.train with ``data.problem: verification``; a face is where
it puts the picture, its mirror image and both of them shifted by a pixel, on average. What is to be
beaten are eigenfaces and Fisherfaces (PCA, whitened or not, and shrunken LDA after it), tuned for
each fold: sizes, shrinkage, whether each picture is standardised, cosine or distance. They see
mirror images when fitted and the same six views when compared, and are fitted on the six people
besides.

Each fold has 450 pairs of the same person and 4,500 of two. Told are means over the folds: the area
under the ROC curve, the equal error rate, and the mean of both kinds' shares told rightly at the
threshold that was best for the six people. The 95 % intervals are from 2,000 draws of the ten
people of each fold.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import zipfile
from itertools import product
from pathlib import Path

import numpy as np

N_FOLDS, N_VALIDATION, N_DRAWS, SIZE = 4, 6, 2000, (56, 46)
Array = np.ndarray


def folders(archive: Path, root: Path, fold: int, people: Array) -> Path:
    """Write the pictures of a fold as train/, val/ and test/, a folder a person."""
    tested = people[fold::N_FOLDS]
    rest = np.array([p for p in people if p not in tested])
    parts = {"test": tested, "val": rest[:N_VALIDATION], "train": rest[N_VALIDATION:]}
    with zipfile.ZipFile(archive) as faces:
        for part, members in parts.items():
            for person in members:
                folder = root / part / f"s{person}"
                folder.mkdir(parents=True)
                for i in range(1, 11):
                    (folder / f"{i}.pgm").write_bytes(faces.read(f"s{person}/{i}.pgm"))
    return root


def unit(U: Array) -> Array:
    return U / np.maximum(np.linalg.norm(U, axis=1, keepdims=True), 1e-12)


def alikeness(U: Array, how: str) -> Array:
    """How alike any two rows are: (n, n)."""
    if how == "cosine":
        return unit(U) @ unit(U).T
    squares = (U**2).sum(1)
    return -(squares[:, None] + squares - 2 * U @ U.T)


def pairs(A: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """(alikeness, same, who, and who) of all pairs."""
    i, j = np.triu_indices(len(y), 1)
    return A[i, j], y[i] == y[j], y[i], y[j]


def weighted(s: Array, same: Array, w: Array, threshold: float) -> Array:
    """(area, equal error, rightly told) of pairs that count ``w`` times."""
    order = np.argsort(s, kind="stable")
    s, same, w = s[order], same[order], w[order]
    kept = np.cumsum(w * same)
    left = np.cumsum(w * ~same)
    last = np.append(s[1:] != s[:-1], True)  # ties go together
    refused = np.append(0, kept[last]) / kept[-1]  # of the same, below each threshold
    below = np.append(0, left[last]) / left[-1]
    # a pair of the same at a threshold beats all others below it, and half of those that tie
    area = (np.diff(refused) * (below[1:] + below[:-1]) / 2).sum()
    at = np.argmin(np.abs(refused - (1 - below)))
    eer = (refused[at] + 1 - below[at]) / 2
    taken = s >= threshold
    right = ((w * same * taken).sum() / kept[-1] + (w * ~same * ~taken).sum() / left[-1]) / 2
    return np.array([area, eer, right])


def best_threshold(s: Array, same: Array) -> float:
    """Where most of both kinds are told rightly."""
    values = np.unique(s)
    refused = np.searchsorted(np.sort(s[same]), values) / same.sum()
    below = np.searchsorted(np.sort(s[~same]), values) / (~same).sum()
    at = int(np.argmax(below - refused))
    return float((values[at] + values[max(at - 1, 0)]) / 2)


def draws_of(n_people: int, seed: int) -> Array:
    """How often each person is in each draw, the first draw being all of them: (1 + N, n)."""
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n_people, np.full(n_people, 1 / n_people), N_DRAWS)
    return np.concatenate([np.ones((1, n_people), int), drawn])


def judged(A: Array, y: Array, threshold: float, fold: int) -> Array:
    """Figures of a fold in every draw: (1 + N_DRAWS, 3)."""
    y = np.unique(y, return_inverse=True)[1]
    s, same, first, second = pairs(A, y)
    figures = []
    for counts in draws_of(y.max() + 1, fold):
        w = np.where(same, counts[first], counts[first] * counts[second])
        figures.append(weighted(s, same, w, threshold) if (w * ~same).sum() else [np.nan] * 3)
    return np.array(figures)


def told(name: str, folds: list[Array]) -> str:
    """A line: the figures over all folds, with intervals."""
    mean = np.nanmean(folds, axis=0)
    low, high = np.nanpercentile(mean[1:], [2.5, 97.5], axis=0)
    texts = [
        f"{word} {value:.4f} [{a:.4f}, {b:.4f}]"
        for word, value, a, b in zip(("ROC area", "EER", "right"), mean[0], low, high, strict=True)
    ]
    return f"{name:18} " + "  ".join(texts)


def network(folder: Path, options: argparse.Namespace, fold: int) -> Array:
    """Train; return the figures on the test people."""
    import torch
    from torch.nn import functional

    from firsthand.train import parse_config, train
    from firsthand.train.augment import averaged
    from firsthand.train.evaluation.opening import open_run
    from firsthand.train.project import open_data

    config = parse_config(
        {
            "name": f"faces-{fold}",
            "task": "image",
            "seed": options.seed,
            "threads": options.threads,
            "data": {
                "path": str(folder),
                "problem": "verification",
                "size": options.size,
                "embedding": 64,
            },
            "model": {"name": "cnn", "channels": [16, 32, 64], "hidden": 0, "dropout": 0.2},
            "train": {
                "epochs": options.epochs,
                "batch_size": 120,
                "lr": 3e-3,
                "weight_decay": 1e-3,
                "monitor": "auc",
                "patience": None,
                "check": False,
                "curves": False,
                "tensorboard": False,
            },
            "augment": {
                "flip": True,
                "crop": max(options.size[0] // 14, 1),
                "rotate": 12,
                "scale": 0.15,
                "brightness": 0.3,
                "contrast": 0.3,
            },
        }
    )
    data = open_data(config, folder.parent)
    run, state = train(config, folder.parent, data=data)
    model = open_run(run, data=data).model
    parts = []
    with torch.inference_mode():
        for part in (data.validation, data.test):
            x, y = part.batch(np.arange(len(part)))
            U = averaged(lambda views: functional.normalize(model(views)), x, "flip_shift")
            parts.append((alikeness(U.double().numpy(), "cosine"), y.numpy()))
    last = state.history[-1]
    print(
        f"  network: best epoch {state.best_epoch + 1}, validation area at the end "
        f"{last['validation_auc']:.4f}, {last['seconds']:.0f} s",
        flush=True,
    )
    (A, y), (B, z) = parts
    s, same, *_ = pairs(A, y)
    return judged(B, z, best_threshold(s, same), fold)


def eigenfaces(folder: Path, fold: int) -> Array:
    """Tune PCA and LDA on the validation people; return the figures on the test people."""
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    from firsthand.train import parse_config
    from firsthand.train.data import load_data

    data = load_data(
        parse_config(
            {
                "task": "image",
                "data": {"path": str(folder), "problem": "verification", "size": list(SIZE)},
            }
        )
    )
    faces = {}
    for name in ("train", "validation", "test"):
        part = data.part(name)
        index = np.arange(len(part))
        faces[name] = part.features(index).astype(float), part.batch(index)[1].numpy()

    def seen(X: Array, standardised: bool) -> Array:
        if standardised:
            X = (X - X.mean(1, keepdims=True)) / X.std(1, keepdims=True)
        return X

    def mirrored(X: Array) -> Array:
        return X.reshape(-1, *SIZE)[:, :, ::-1].reshape(len(X), -1)

    def shifted(X: Array, by: int) -> Array:
        padded = np.pad(X.reshape(-1, *SIZE), ((0, 0), (1, 1), (1, 1)), "reflect")
        return padded[:, 1 + by :, 1 + by :][:, : SIZE[0], : SIZE[1]].reshape(len(X), -1)

    def fitted(settings: tuple, names: tuple[str, ...]):
        standardised, kind, size, extra, _ = settings
        X = seen(np.concatenate([faces[n][0] for n in names]), standardised)
        y = np.concatenate([faces[n][1] for n in names])
        X, y = np.concatenate([X, mirrored(X)]), np.concatenate([y, y])
        pca = PCA(size, whiten=kind == "pca" and extra, random_state=0).fit(X)
        if kind == "pca":
            return pca.transform
        lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage=extra).fit(pca.transform(X), y)
        return lambda Z: lda.transform(pca.transform(Z))

    def compared(settings: tuple, transform, name: str) -> tuple[Array, Array]:
        X, y = faces[name]
        X = seen(X, settings[0])
        U = 0.0
        for Z in (X, shifted(X, -1), shifted(X, 1)):
            for view in (transform(Z), transform(mirrored(Z))):
                U = U + (unit(view) if settings[-1] == "cosine" else view)
        return alikeness(U, settings[-1]), y

    grid = [
        *product((False, True), ("pca",), (20, 40, 80, 160), (False, True), ("cosine", "distance")),
        *product(
            (False, True), ("lda",), (40, 80, 160), (0.01, 0.1, 0.3, 0.6), ("cosine", "distance")
        ),
    ]
    best, best_area, threshold = grid[0], -1.0, 0.0
    for settings in grid:
        A, y = compared(settings, fitted(settings, ("train",)), "validation")
        s, same, *_ = pairs(A, y)
        area = weighted(s, same, np.ones(len(s)), 0.0)[0]
        if area > best_area:
            best, best_area, threshold = settings, area, best_threshold(s, same)
    print(f"  baseline: {best}, validation area {best_area:.4f}", flush=True)
    B, z = compared(best, fitted(best, ("train", "validation")), "test")
    return judged(B, z, threshold, fold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=160)
    parser.add_argument("--folds", type=int, default=N_FOLDS, help=f"so many of {N_FOLDS}")
    parser.add_argument("--size", type=int, nargs=2, default=SIZE, help="of the network's pictures")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", str(options.threads))
    from firsthand.data import data_folder

    people = np.random.default_rng(options.seed).permutation(40) + 1
    ours, theirs, began = [], [], time.perf_counter()
    for fold in range(options.folds):
        print(f"fold {fold + 1}, {time.perf_counter() - began:.0f} s", flush=True)
        with tempfile.TemporaryDirectory() as place:
            folder = folders(
                data_folder() / "faces/att_faces.zip", Path(place) / "faces", fold, people
            )
            theirs.append(eigenfaces(folder, fold))
            ours.append(network(folder, options, fold))
    print(told("network", ours))
    print(told("PCA or LDA, tuned", theirs))
    gain = [a - b for a, b in zip(ours, theirs, strict=True)]
    print(told("difference", gain))
    print(f"{time.perf_counter() - began:.0f} s on {options.threads} threads")


if __name__ == "__main__":
    main()
