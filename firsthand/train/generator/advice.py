"""A network to begin with, how long to train it, by which figure to choose, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from firsthand.train.data import Data

FEW, MANY = 2_000, 20_000  # training examples
SMALL_PICTURE = 64  # pixels a side
DRIFTS = 0.5  # standard deviations between the first third of a series and the last
IMBALANCED = 2.0  # times as many examples of the most frequent class as of the rarest


@dataclass(frozen=True)
class Advice:
    """Keys of the configuration that suit a data set.

    Attributes
    ----------
    model, train, augment : dict
    why : str
        Of the network, for a person.
    data : dict
        Keys of ``data``, with which it is to be read once more.
    """

    model: dict[str, Any]
    train: dict[str, Any]
    why: str
    augment: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


def advise(data: Data) -> Advice:
    """Return what to begin with on a data set."""
    n = len(data.train)
    model, lr, why = _NETWORKS[data.facts.task](data, n)
    train: dict[str, Any] = {
        "epochs": 30 if n < FEW else 20 if n < MANY else 10,
        "batch_size": 8 if n < 128 else 16 if n < 512 else 32 if n < FEW else 128,
        "lr": lr,
        "optimizer": "adamw",
        "weight_decay": 0.01,
        "schedule": {"name": "one_cycle"},
        "patience": 10,
        "monitor": _monitor(data),
    }
    if data.facts.problem == "classification" and imbalance(data) >= IMBALANCED:
        train["class_weights"] = "none"
    augment = {"crop": 2 if n < MANY else 4} if data.facts.task == "image" else {}
    reading = _transform(data) if data.facts.problem == "forecasting" else {}
    return Advice(model, train, why, augment, reading)


def imbalance(data: Data) -> float:
    """Return how many times as frequent the most frequent class is as the rarest."""
    counts = [count for count in data.facts.class_counts if count]
    return max(counts) / min(counts) if counts else 1.0


def _transform(data: Data) -> dict[str, Any]:
    """Return the transform under which a series stays where it is: networks do not extrapolate."""
    series: Any = data.train
    values = series.truth(np.arange(len(series)))[:, 0]
    third = max(len(values) // 3, 1)
    moved = abs(values[-third:].mean() - values[:third].mean())
    if moved <= DRIFTS * values.std():
        return {}
    differences = "both_differences" if _has_season(data) else "difference"
    return {"transform": f"log_{differences}" if values.min() > 0 else differences}


def _has_season(data: Data) -> bool:
    return any(finding.kind == "season" for finding in data.findings)


def _monitor(data: Data) -> str:
    match data.facts.problem:
        case "classification":
            return "f1" if imbalance(data) >= IMBALANCED else "accuracy"
        case "segmentation":
            return "iou"
        case "regression" | "forecasting":
            return "rmse"
        case _:
            return "loss"


def _for_table(data: Data, n: int) -> tuple[dict[str, Any], float, str]:
    hidden = [64, 32] if n < FEW else [128, 64] if n < MANY else [256, 128, 64]
    return (
        {"name": "mlp", "hidden": hidden, "dropout": 0.2 if n < FEW else 0.3},
        3e-3,
        f"A multilayer perceptron, small because {n:,} rows are to be learnt from. On tables, "
        "boosted trees are often as good or better: the report puts LightGBM beside it.",
    )


def _for_images(data: Data, n: int) -> tuple[dict[str, Any], float, str]:
    _, height, width = data.facts.input_shape
    size = f"{n:,} pictures of {height} x {width} pixels"
    if max(height, width) > 2 * SMALL_PICTURE:
        return (
            {"name": "resnet18"},
            1e-3,
            f"ResNet-18 for {size}. With few pictures, begin from weights learnt on many: "
            "model.pretrained=FILE; or set data.size to learn from smaller ones.",
        )
    if n >= MANY:
        return {"name": "resnet_cifar", "depth": 20}, 3e-3, f"A residual network for {size}."
    return (
        {"name": "cnn", "channels": [16, 32], "hidden": 64, "dropout": 0.3},
        3e-3,
        f"A small convolutional network for {size}; where it underfits, try resnet_cifar.",
    )


def _for_texts(data: Data, n: int) -> tuple[dict[str, Any], float, str]:
    return (
        {"name": "bag", "size": 64, "pairs": 2**12 if n < FEW else 2**16, "dropout": 0.5},
        5e-3,
        f"The mean of the embeddings of words and pairs of words: hard to beat on {n:,} texts, and "
        "trained in seconds. lstm and transformer also see the order; they want more texts.",
    )


def _for_series(data: Data, n: int) -> tuple[dict[str, Any], float, str]:
    return (
        {"name": "lstm", "size": 32, "dropout": 0.1},
        5e-3,
        f"A small LSTM, for {n:,} windows to learn from. The report puts the seasonal naive "
        "forecast beside it, which short series often do not beat.",
    )


def _for_masks(data: Data, n: int) -> tuple[dict[str, Any], float, str]:
    channels = [8, 16, 32] if n < FEW // 10 else [16, 32, 64, 128]
    return (
        {"name": "unet", "channels": channels, "dropout": 0.1},
        3e-3,
        f"A U-Net with {len(channels)} levels, for {n:,} pictures: it sees the whole and keeps the "
        "edges.",
    )


_NETWORKS = {
    "tabular": _for_table,
    "image": _for_images,
    "text": _for_texts,
    "timeseries": _for_series,
    "segmentation": _for_masks,
}
