"""Series: times, gaps, seasons, transforms and their undoing, windows without leakage."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firsthand.train import parse_config
from firsthand.train.data import Data, load_data
from firsthand.train.data.series.transforms import NAMES
from firsthand.train.data.series.windows import Windows


def written(folder: Path, n: int = 120) -> Path:
    """Months of a season that grows."""
    t = np.arange(n)
    y = (100 + t) * (1.5 + np.sin(2 * np.pi * t / 12)) + np.random.default_rng(0).normal(size=n)
    rows = [f"{2000 + i // 12}-{i % 12 + 1:02},{v:.3f}" for i, v in zip(t, y, strict=True)]
    path = folder / "sales.csv"
    path.write_text("month,sold\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def loaded(path: Path, **keys: Any) -> Data:
    keys = {"path": str(path), "time": "month"} | keys
    return load_data(parse_config({"task": "timeseries", "data": keys}))


@pytest.mark.parametrize("transform", NAMES)
def test_what_a_transform_does_is_undone(tmp_path: Path, transform: str) -> None:
    data = loaded(written(tmp_path), transform=transform, horizon=14, history=12)
    windows = data.test
    assert isinstance(windows, Windows)
    index = np.arange(len(windows))
    _, y = windows.batch(index)
    np.testing.assert_allclose(windows.undo(y.numpy(), index), windows.truth(index), rtol=1e-4)


def test_no_target_is_in_two_parts(tmp_path: Path) -> None:
    data = loaded(written(tmp_path), horizon=3)
    steps = [
        {int(o) + h for o in part.origins for h in (1, 2, 3)}
        for part in (data.train, data.validation, data.test)
        if isinstance(part, Windows)
    ]
    assert len(steps) == 3
    assert max(steps[0]) < min(steps[1])
    assert max(steps[1]) < min(steps[2])
