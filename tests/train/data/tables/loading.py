"""Tables that tests write, and how they load them."""

from pathlib import Path
from typing import Any

import numpy as np

from firsthand.train import parse_config
from firsthand.train.data import Data, load_data


def load(path: Path, target: str = "y", **settings: Any) -> Data:
    """Return the data of a table."""
    data = {"path": str(path), "target": target, **settings}
    return load_data(parse_config({"task": "tabular", "data": data}))


def kinds(data: Data) -> set[str]:
    """Return the kinds of what was noticed."""
    return {finding.kind for finding in data.findings}


def told(data: Data, kind: str) -> str:
    """Return the text of the finding of a kind."""
    return next(finding.text for finding in data.findings if finding.kind == kind)


def rows(n: int = 200, seed: int = 0) -> list[list[str]]:
    """Return rows of a number, a word, a date and a class."""
    rng = np.random.default_rng(seed)
    return [
        [
            f"{rng.normal():.4f}",
            str(rng.choice(["red", "green", "blue"])),
            f"20{rng.integers(10, 25)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}",
            str(rng.choice(["no", "yes"])),
        ]
        for _ in range(n)
    ]


def write(path: Path, table: list[list[str]], names: str = "a,b,when,y", sep: str = ",") -> Path:
    """Write a CSV file."""
    lines = [names.replace(",", sep), *(sep.join(row) for row in table)]
    path.write_text("\n".join(lines) + "\n")
    return path
