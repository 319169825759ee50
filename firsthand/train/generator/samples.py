"""Small data of each task, made by formulas, so that a project without data runs at once.

The same files come out on every machine: all that is random has one seed.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.library.support import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20260102

# task: keys of ``data`` that describe its sample
OF_SAMPLES: dict[str, dict[str, Any]] = {
    "tabular": {"target": "left"},
    "image": {},
    "text": {"text": "text", "target": "label", "length": 32},
    "timeseries": {"time": "month", "target": "visitors", "horizon": 3},
    "segmentation": {
        "images": "images",
        "masks": "masks",
        "classes": ["background", "round", "square"],
    },
}


def write_sample(task: str, folder: Path) -> tuple[Path, str]:
    """Write the sample of a task into ``folder``; return its path and a sentence on what it is."""
    path, told = _SAMPLES[task](folder, np.random.default_rng(SEED))
    return path, f"a generated sample: {told}"


def _customers(folder: Path, rng: np.random.Generator) -> tuple[Path, str]:
    """Whether a customer leaves: numbers, words, a date and missing values."""
    n = 600
    months = rng.integers(1, 73, n)
    fee = np.round(rng.normal(45, 15, n).clip(10, 110), 2)
    calls = rng.poisson(1.5, n)
    contract = rng.choice(["monthly", "yearly"], n, p=[0.6, 0.4])
    score = 0.5 * calls + 0.04 * (fee - 45) - 0.05 * (months - 24) - 2.0 * (contract == "yearly")
    left = rng.random(n) < 1 / (1 + np.exp(-1.6 * score))
    rows = [
        [
            m,
            "" if rng.random() < 0.03 else f,
            c,
            k,
            rng.choice(["north", "south", "east", "west"]),
            "yes" if gone else "no",
        ]
        for m, f, c, k, gone in zip(months, fee, calls, contract, left, strict=True)
    ]
    header = ["months", "fee", "calls", "contract", "region", "left"]
    path = _write_csv(folder / "customers.csv", header, rows)
    return path, f"{n} customers, of whom some left; a few fees are missing."


def _shapes(folder: Path, rng: np.random.Generator) -> tuple[Path, str]:
    """Circles, squares and crosses, a folder each."""
    for name in ("circle", "cross", "square"):
        (folder / "shapes" / name).mkdir(parents=True)
        for i in range(80):
            inside = _shape(name, 24, rng)
            picture = 70 + 110 * inside + rng.normal(0, 25, (24, 24))
            _write_picture(folder / "shapes" / name / f"{i:03}.png", picture)
    return folder / "shapes", "240 grey pictures of 24 x 24 pixels, of circles, squares or crosses."


_PRAISE = ["good", "great", "lovely", "superb", "solid", "charming", "reliable", "quick"]
_BLAME = ["bad", "poor", "dreadful", "flimsy", "broken", "dull", "slow", "noisy"]
_THINGS = ["phone", "lamp", "kettle", "radio", "chair", "book", "camera", "bag"]
_FRAMES = (
    "the {thing} is {word} and i would {buy} it again",
    "a {word} {thing} , {filler} it arrived on {day}",
    "{filler} this {thing} turned out {word}",
    "my {thing} was {word} from the first day , {filler} i {buy} it",
)


def _reviews(folder: Path, rng: np.random.Generator) -> tuple[Path, str]:
    """Short reviews, some of which say the opposite of their word."""
    rows: list[list[str]] = []
    seen: set[str] = set()
    while len(rows) < 400:
        likes = rng.random() < 0.5
        word = str(rng.choice(_PRAISE if likes else _BLAME))
        if rng.random() < 0.2:
            word, likes = f"not {word}", not likes
        text = str(rng.choice(_FRAMES)).format(
            thing=rng.choice(_THINGS),
            word=word,
            buy=rng.choice(["buy", "order", "choose"]),
            filler=rng.choice(["honestly", "as it happens", "after a week", "i must say"]),
            day=rng.choice(["monday", "tuesday", "friday", "sunday"]),
        )
        if text not in seen:
            seen.add(text)
            rows.append([text, "positive" if likes else "negative"])
    path = _write_csv(folder / "reviews.csv", ["text", "label"], rows)
    return path, "400 made-up reviews, positive or negative."


def _visitors(folder: Path, rng: np.random.Generator) -> tuple[Path, str]:
    """A trend, a year and noise, month by month."""
    rows: list[list[object]] = []
    noise = 0.0
    for month in range(15 * 12):
        noise = 0.6 * noise + float(rng.normal(0, 0.03))
        season = 0.25 * math.sin(2 * math.pi * (month - 3) / 12) + 0.08 * (month % 12 == 11)
        visitors = 800 * math.exp(0.006 * month + season + noise)
        rows.append([date(2010 + month // 12, month % 12 + 1, 1), round(visitors)])
    path = _write_csv(folder / "visitors.csv", ["month", "visitors"], rows)
    return path, "the visitors of a museum in 180 months: a trend, the seasons and noise."


def _cells(folder: Path, rng: np.random.Generator) -> tuple[Path, str]:
    """Round and square things on a background, and their masks."""
    for name in ("images", "masks"):
        (folder / "cells" / name).mkdir(parents=True)
    for i in range(80):
        picture, mask = rng.normal(90, 20, (32, 32)), np.zeros((32, 32))
        for number, kind in enumerate(("circle", "square"), 1):
            inside = _shape(kind, 32, rng, smallest=4, largest=8)
            picture[inside] = rng.normal(110 + 50 * number, 20, int(inside.sum()))
            mask[inside] = number
        _write_picture(folder / "cells" / "images" / f"{i:03}.png", picture)
        _write_picture(folder / "cells" / "masks" / f"{i:03}.png", mask)
    return folder / "cells", "80 pictures of 32 x 32 pixels with a round and a square thing each."


def _shape(
    kind: str, size: int, rng: np.random.Generator, smallest: int = 5, largest: int = 9
) -> NDArray[np.bool_]:
    """Return which pixels of a square picture are inside of a shape at a random place."""
    radius = rng.integers(smallest, largest)
    row, column = rng.integers(radius, size - radius, 2)
    down, right = np.abs(np.mgrid[:size, :size] - np.array([row, column])[:, None, None])
    if kind == "circle":
        return down**2 + right**2 <= radius**2
    if kind == "square":
        return np.maximum(down, right) <= 0.85 * radius
    return (np.minimum(down, right) <= radius // 4) & (np.maximum(down, right) <= radius)


def _write_picture(path: Path, pixels: NDArray[Any]) -> None:
    image = require("PIL.Image")
    image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)


def _write_csv(path: Path, header: list[str], rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


_SAMPLES: dict[str, Callable[[Path, np.random.Generator], tuple[Path, str]]] = {
    "tabular": _customers,
    "image": _shapes,
    "text": _reviews,
    "timeseries": _visitors,
    "segmentation": _cells,
}
