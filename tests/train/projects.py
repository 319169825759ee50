"""Small projects that tests train."""

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from firsthand.train import Config, load_config

PLAIN = {"tensorboard": False, "check": False, "report": False}  # each costs a test a second


def write_project(folder: Path, n: int = 120, **train: Any) -> Path:
    """Write a project with a table of three classes that a line nearly parts; return its config."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4))
    y = np.digitize(X @ [1.0, -1.0, 0.5, 0.0] + rng.normal(size=n) * 0.1, [-0.7, 0.7])
    (folder / "data" / "raw").mkdir(parents=True)
    numbers = [",".join(f"{value:.5f}" for value in x) for x in X]
    rows = ["a,b,c,d,kind", *(f"{x},{'uvw'[k]}" for x, k in zip(numbers, y, strict=True))]
    (folder / "data" / "raw" / "points.csv").write_text("\n".join(rows) + "\n")
    settings: dict[str, Any] = {
        "name": "points",
        "task": "tabular",
        "device": "cpu",
        "data": {"path": "data/raw/points.csv", "target": "kind"},
        "model": {"name": "mlp", "hidden": [8], "dropout": 0.2},
        "train": {"epochs": 3, "batch_size": 16, "lr": 0.01, **PLAIN, **train},
    }
    (folder / "configs").mkdir()
    path = folder / "configs" / "config.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


def config_of(folder: Path, *overrides: str, **train: Any) -> Config:
    """Write a project, if there is none yet, and return its configuration."""
    path = folder / "configs" / "config.yaml"
    if not path.exists():
        write_project(folder, **train)
    return load_config(path, overrides)
