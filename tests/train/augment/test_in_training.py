"""The loop changes its batches at random, the same way whenever it is asked."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from firsthand.train import parse_config, train


def losses(folder: Path, **augment) -> list[float]:
    model = {"name": "cnn", "channels": [4], "hidden": 0, "dropout": 0}
    settings = {"epochs": 2, "batch_size": 8, "check": False, "curves": False, "tensorboard": False}
    config = parse_config(
        {
            "task": "image",
            "data": {"path": "pets"},
            "model": model,
            "train": settings,
            "augment": augment,
        }
    )
    _, state = train(config, folder)
    return [epoch["train_loss"] for epoch in state.history]


def test_training_changes_its_batches_and_repeats_itself(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for i in range(12):
            pixels = rng.integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{i}.png")
    plain = losses(tmp_path)
    assert losses(tmp_path, flip=True, crop=2) != plain
    torch.manual_seed(99)  # what was drawn elsewhere does not matter
    mixed = losses(tmp_path, flip="alternating", mixup=0.4)
    assert mixed == losses(tmp_path, flip="alternating", mixup=0.4)
    assert mixed != plain
