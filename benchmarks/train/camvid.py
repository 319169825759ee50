"""Road scenes: a class for every pixel, by a U-Net and by trees on what lies around a pixel.

    python benchmarks/train/camvid.py
    python benchmarks/train/camvid.py --epochs 2 --threads 1

CamVid at 240 x 180: 367 pictures to learn from, 101 to choose by, 233 to test on, 11 classes; what
is void is neither learnt nor counted. The U-Net is trained by firsthand.train from the zip alone;
its best epoch, and whether mirror images are averaged, are chosen on the validation part. What is
to be beaten is LightGBM on 31 numbers a pixel: where it lies, its colour, and blurred colours,
edges and roughness around it at five scales; its size is chosen on the validation part, too.

Judged by the mean over the classes of intersection over union, with 95 % intervals from 2,000
draws of the test pictures. Both are judged on the same pixels, every third of every third row; the
network besides on all. The pictures are frames of two films, so the intervals say how sure the
figures are for more frames of these, and not for other roads.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

N_DRAWS, EVERY = 2000, 3
SCALES = 1, 2, 4, 8, 16
Array = np.ndarray


def confusion(predicted: Array, truth: Array, n_classes: int) -> Array:
    """How often class i of a picture was taken for j, void left out: (n_classes, n_classes)."""
    known = truth < n_classes
    pairs = truth[known].astype(np.int64) * n_classes + predicted[known]
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def ious(counts: Array) -> Array:
    """The intersection over union of each class, over leading axes of (..., C, C)."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    either = counts.sum(-1) + counts.sum(-2) - right
    return right / np.maximum(either, 1)


def drawn(n: int) -> Array:
    """How often each of n pictures is in each draw with replacement: (N_DRAWS, n)."""
    rng = np.random.default_rng(0)
    return rng.multinomial(n, np.full(n, 1 / n), N_DRAWS)


def told(name: str, counts: Array) -> str:
    """A line: mean IoU and pixel accuracy with intervals, from (n_pictures, C, C)."""
    draws = np.tensordot(drawn(len(counts)), counts, 1)
    whole = counts.sum(0)
    low, high = np.percentile(ious(draws).mean(-1), [2.5, 97.5])
    accuracy = np.diagonal(whole).sum() / whole.sum()
    interval = f"{ious(whole).mean():.3f} [{low:.3f}, {high:.3f}]"
    return f"{name:28} mean IoU {interval}  pixels right {accuracy:.3f}"


def features(picture: Array) -> Array:
    """What trees see of every EVERY-th pixel of (3, h, w) from 0 to 1: (pixels, 31)."""
    from scipy.ndimage import gaussian_filter, gaussian_gradient_magnitude

    _, height, width = picture.shape
    y, x = np.mgrid[:height, :width]
    grey = picture.mean(0)
    planes = [y / height, x / width, *picture]
    for sigma in SCALES:
        planes += [gaussian_filter(channel, sigma) for channel in picture]
        planes.append(gaussian_gradient_magnitude(grey, sigma))
        rough = gaussian_filter(grey**2, sigma) - gaussian_filter(grey, sigma) ** 2
        planes.append(rough)
    planes.append(gaussian_filter(grey, (1, 24)))  # what the row looks like
    return np.stack([plane[::EVERY, ::EVERY].ravel() for plane in planes], 1).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="Keep the run here.")
    parser.add_argument("--skip-trees", action="store_true", help="The network alone.")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", str(options.threads))
    import torch

    from firsthand.data import data_folder
    from firsthand.train import parse_config, train
    from firsthand.train.augment import averaged
    from firsthand.train.evaluation.opening import open_run
    from firsthand.train.project import open_data

    config = parse_config(
        {
            "name": "camvid",
            "task": "segmentation",
            "seed": options.seed,
            "threads": options.threads,
            "data": {"path": str(data_folder() / "camvid/camvid_240x180.zip"), "ignore": 11},
            "model": {"name": "unet", "channels": [16, 32, 64, 128]},
            "train": {
                "epochs": options.epochs,
                "batch_size": 6,
                "lr": 5e-3,
                "weight_decay": 1e-4,
                "precision": "bf16",
                "channels_last": True,
                "monitor": "iou",
                "patience": None,
                "check": False,
                "tensorboard": False,
            },
            "augment": {"flip": True, "crop": 20, "scale": 0.2, "brightness": 0.2},
        }
    )
    folder = options.folder or Path(tempfile.mkdtemp())
    began, worked = time.perf_counter(), time.process_time()
    data = open_data(config, folder)
    read = time.perf_counter() - began
    run, state = train(config, folder, data=data)
    for figures in state.history:
        print({k: round(v, 4) for k, v in figures.items() if k != "monitored"}, flush=True)
    print(
        f"read in {read:.0f} s, trained in {time.perf_counter() - began - read:.0f} s on "
        f"{options.threads} threads ({time.process_time() - worked:.0f} s of processor time)",
        flush=True,
    )
    model = open_run(run, data=data).model.to(memory_format=torch.channels_last)
    n_classes = data.facts.output_size

    @torch.inference_mode()
    def judged(part, views: str) -> tuple[Array, Array]:
        """Confusions of each picture, on all pixels and on those of the trees."""
        on_all, on_some = [], []
        for start in range(0, len(part), 8):
            index = np.arange(start, min(start + 8, len(part)))
            x, y = part.batch(index)
            with torch.autocast("cpu", torch.bfloat16):
                best = averaged(model, x, views).argmax(1)
            for p, t in zip(best.numpy(), y.numpy(), strict=True):
                on_all.append(confusion(p, t, n_classes))
                some = np.s_[::EVERY, ::EVERY]
                on_some.append(confusion(p[some], t[some], n_classes))
        return np.stack(on_all), np.stack(on_some)

    scores = {v: ious(judged(data.validation, v)[0].sum(0)).mean() for v in ("none", "flip")}
    views = max(scores, key=scores.get)
    print(f"validation mean IoU by views: {scores}", flush=True)
    network, network_some = judged(data.test, views)
    print(told("U-Net, all pixels", network), flush=True)
    print(
        "  ".join(
            f"{c} {v:.2f}" for c, v in zip(data.facts.classes, ious(network.sum(0)), strict=True)
        )
    )
    if options.skip_trees:
        return
    trees = of_trees(data, n_classes, options.threads)
    print(told("U-Net, the trees' pixels", network_some))
    print(told("LightGBM, tuned", trees))
    weights = drawn(len(trees))
    gain = ious(np.tensordot(weights, network_some, 1)).mean(-1) - ious(
        np.tensordot(weights, trees, 1)
    ).mean(-1)
    low, high = np.percentile(gain, [2.5, 97.5])
    print(f"U-Net better by {gain.mean():.3f} [{low:.3f}, {high:.3f}] on the same pictures")


def of_trees(data, n_classes: int, threads: int) -> Array:
    """Confusions (n_pictures, C, C) of LightGBM on the test part."""
    import lightgbm

    def pixels(part, i: int) -> tuple[Array, Array]:
        _, y = part.batch(np.array([i]))
        picture = part.features(np.array([i])).reshape(data.facts.input_shape)
        return features(picture), y[0, ::EVERY, ::EVERY].numpy().ravel()

    rng = np.random.default_rng(0)
    X, y = [], []
    for i in range(len(data.train)):
        x, t = pixels(data.train, i)
        chosen = rng.permutation(np.flatnonzero(t < n_classes))[:600]
        X.append(x[chosen])
        y.append(t[chosen])
    X, y = np.concatenate(X), np.concatenate(y)
    validation = [pixels(data.validation, i) for i in range(0, len(data.validation), 4)]
    best, best_score = None, -1.0
    for leaves, balanced in ((31, False), (127, False), (127, True)):
        model = lightgbm.LGBMClassifier(
            n_estimators=60, num_leaves=leaves, learning_rate=0.1, n_jobs=threads, verbose=-1,
            class_weight="balanced" if balanced else None, random_state=0, min_child_samples=50,
        )  # fmt: skip
        model.fit(X, y)
        counts = sum(
            confusion(model.booster_.predict(x).argmax(1), t, n_classes) for x, t in validation
        )
        score = float(ious(counts).mean())
        print(f"LightGBM, {leaves} leaves, balanced {balanced}: validation {score:.3f}", flush=True)
        if score > best_score:
            best, best_score = model, score
    counts = []
    for i in range(len(data.test)):
        x, t = pixels(data.test, i)
        counts.append(confusion(best.booster_.predict(x).argmax(1), t, n_classes))
    return np.stack(counts)


if __name__ == "__main__":
    main()
