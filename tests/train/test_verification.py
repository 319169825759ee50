"""Whether two examples show the same: the loss, the figures, and people that nobody learnt from."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import roc_auc_score, roc_curve

from firsthand.train import ConfigError, parse_config, train
from firsthand.train.config.training import TrainSection
from firsthand.train.data import Facts
from firsthand.train.losses import build_loss
from firsthand.train.verification import area, contrastive, equal_error, figures, pairs_of


def test_the_loss_is_the_papers_sum() -> None:
    z = torch.randn(9, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    y = torch.tensor([0, 0, 1, 1, 1, 2, 2, 3, 0])  # the 3 has no other
    u = (z / z.norm(dim=1, keepdim=True)).numpy()
    terms = []
    for i in range(9):
        others = [a for a in range(9) if a != i]
        total = sum(math.exp(u[i] @ u[a] / 0.1) for a in others)
        same = [p for p in others if y[p] == y[i]]
        if same:
            terms.append(-np.mean([math.log(math.exp(u[i] @ u[p] / 0.1) / total) for p in same]))
    assert float(contrastive(z, y)) == pytest.approx(np.mean(terms), rel=1e-12)


def test_the_gradient_is_that_of_differences_and_finite_without_pairs() -> None:
    z = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    y = torch.tensor([0, 0, 1, 1, 2])
    assert torch.autograd.gradcheck(lambda v: contrastive(v, y), z)
    alone = contrastive(z, torch.arange(5))
    (gradient,) = torch.autograd.grad(alone, z)
    assert float(alone.detach()) == 0
    assert torch.equal(gradient, torch.zeros_like(gradient))


def test_figures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    alikeness = rng.normal(size=500).round(1)  # with ties
    same = rng.random(500) < 1 / (1 + np.exp(-2 * alikeness))
    assert area(alikeness, same) == pytest.approx(roc_auc_score(same, alikeness), rel=1e-12)
    taken, kept, thresholds = roc_curve(same, alikeness, drop_intermediate=False)
    at = np.argmin(np.abs(1 - kept - taken))
    rate, threshold = equal_error(alikeness, same)
    assert rate == pytest.approx((1 - kept[at] + taken[at]) / 2)
    assert threshold == thresholds[at]


def test_perfect_and_useless_and_one_kind_alone() -> None:
    z = torch.eye(4).repeat_interleave(3, 0)
    y = torch.arange(4).repeat_interleave(3)
    assert figures(z, y) == {"auc": 1.0, "eer": 0.0}
    assert figures(torch.ones(12, 4), y) == {"auc": 0.5, "eer": 0.5}
    assert all(math.isnan(value) for value in figures(z, torch.zeros(12)).values())
    assert len(pairs_of(z, y).same) == 66


def test_another_loss_is_refused() -> None:
    facts = Facts("image", "verification", (1, 8, 8), 4)
    with pytest.raises(ConfigError, match=r"train\.loss=hinge does not fit: verification"):
        build_loss(TrainSection(loss="hinge"), facts)


def test_people_that_nobody_learnt_from_are_told_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for person in range(20):
        face = rng.integers(60, 196, (4, 4)).repeat(4, 0).repeat(4, 1)
        (tmp_path / f"faces/p{person}").mkdir(parents=True)
        for i in range(6):
            light = rng.integers(-40, 40) + rng.normal(0, 12, face.shape)
            pixels = (face + light).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / f"faces/p{person}/{i}.png")
    config = parse_config(
        {
            "task": "image",
            "data": {"path": "faces", "problem": "verification", "embedding": 8},
            "model": {"name": "cnn", "channels": [8, 16], "hidden": 0},
            "train": {
                "epochs": 4,
                "check": False,
                "curves": False,
                "tensorboard": False,
                "batch_size": 48,
                "lr": 0.01,
                "monitor": "auc",
            },
            "augment": {"brightness": 0.5},
        }
    )
    _, state = train(config, tmp_path)
    best = max(epoch["validation_auc"] for epoch in state.history)
    assert best > 0.9
    assert best > state.history[0]["validation_auc"] - 1e-9
