"""Every schedule against PyTorch's, step by step."""

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn import schedules

RATE, STEPS = 0.3, 60
PAIRS = {
    "step": (
        lambda t: schedules.step_decay(t, RATE, 7, 0.5),
        lambda o: lr_scheduler.StepLR(o, 7, 0.5),
    ),
    "exponential": (
        lambda t: schedules.exponential_decay(t, RATE, 0.9),
        lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    ),
    "cosine": (
        lambda t: schedules.cosine(t, RATE, STEPS, 0.01),
        lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, 0.01),
    ),
    "restarts": (
        lambda t: schedules.cosine_with_restarts(t, RATE, 5, 2, 0.01),
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 5, 2, 0.01),
    ),
    "even restarts": (
        lambda t: schedules.cosine_with_restarts(t, RATE, 10),
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 10),
    ),
    "warm-up": (
        lambda t: schedules.warm_up(t, RATE, 8, 0.25),
        lambda o: lr_scheduler.LinearLR(o, 0.25, 1.0, 8),
    ),
    "one cycle": (
        lambda t: schedules.one_cycle(t, RATE, STEPS),
        lambda o: lr_scheduler.OneCycleLR(o, RATE, STEPS),
    ),
    "early cycle": (
        lambda t: schedules.one_cycle(t, RATE, STEPS, 0.1, 5, 50),
        lambda o: lr_scheduler.OneCycleLR(
            o, RATE, STEPS, pct_start=0.1, div_factor=5, final_div_factor=50
        ),
    ),
}


def optimizer() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], RATE)


@pytest.mark.parametrize("name", PAIRS)
def test_every_step_equals_torch(name: str) -> None:
    ours, make = PAIRS[name]
    stepped = optimizer()
    theirs = make(stepped)
    for t in range(STEPS):
        assert ours(t) == pytest.approx(theirs.get_last_lr()[0], rel=1e-10, abs=1e-12), t
        stepped.step()
        if t < STEPS - 1:
            theirs.step()


@pytest.mark.parametrize("patience", [0, 2])
def test_plateau_equals_torch(patience: int) -> None:
    losses = np.random.default_rng(0).normal(size=80).cumsum() ** 2 + 1
    theirs = lr_scheduler.ReduceLROnPlateau(
        optimizer(), factor=0.5, patience=patience, min_lr=0.001
    )
    ours = schedules.Plateau(RATE, 0.5, patience, least=0.001)
    for loss in losses:
        theirs.step(float(loss))
        assert ours.step(float(loss)) == pytest.approx(theirs.get_last_lr()[0])
    assert ours.rate < RATE


def test_a_plateau_that_cannot_be_is_told() -> None:
    with pytest.raises(ParameterError, match="factor"):
        schedules.Plateau(0.1, factor=2.0)
