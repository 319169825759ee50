"""Every schedule against PyTorch's, step by step."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn import schedules

torch.set_num_threads(1)
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


def optimizer(rate: float = RATE) -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], rate)


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


rates, gammas = st.floats(1e-4, 1.0), st.floats(0.01, 1.0)
few, lengths = st.integers(1, 9), st.integers(10, 80)
DRAWN = {  # (ours, torch's, what is drawn for them after the rate)
    "step": (schedules.step_decay, lr_scheduler.StepLR, (few, gammas)),
    "exponential": (schedules.exponential_decay, lr_scheduler.ExponentialLR, (gammas,)),
    "cosine": (schedules.cosine, lr_scheduler.CosineAnnealingLR, (lengths, st.floats(0, 0.01))),
    "restarts": (
        schedules.cosine_with_restarts,
        lr_scheduler.CosineAnnealingWarmRestarts,
        (few, st.integers(1, 3), st.floats(0, 0.01)),
    ),
    "warm-up": (
        schedules.warm_up,
        lambda o, n, start: lr_scheduler.LinearLR(o, start, 1.0, n),
        (few, st.floats(0.01, 1.0)),
    ),
    "one cycle": (
        schedules.one_cycle,
        lambda o, n, *how: lr_scheduler.OneCycleLR(
            o, o.param_groups[0]["lr"], n, pct_start=how[0], div_factor=how[1],
            final_div_factor=how[2],
        ),
        (lengths, st.floats(0.2, 0.9), st.floats(2, 50), st.floats(2, 1e4)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_every_step_of_any_settings_equals_torch(name: str) -> None:
    ours, make, drawn = DRAWN[name]

    @settings(max_examples=50, deadline=None)
    @given(rates, st.tuples(*drawn))
    def walk(rate: float, how: tuple) -> None:
        n_steps = how[0] if name in ("cosine", "one cycle") else 40
        stepped = optimizer(rate)
        theirs = make(stepped, *how)
        for t in range(n_steps):
            assert ours(t, rate, *how) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9), t
            stepped.step()
            if t < n_steps - 1:
                theirs.step()

    walk()


def test_a_cycle_may_begin_or_end_at_its_top() -> None:
    assert schedules.one_cycle(0, RATE, 10, rising=0.1) == RATE  # PyTorch divides by zero here
    assert schedules.one_cycle(9, RATE, 10, rising=1.0) == pytest.approx(RATE)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 5), st.floats(0.1, 0.9), st.integers(0, 2**32 - 1))
def test_plateau_equals_torch(patience: int, factor: float, seed: int) -> None:
    losses = np.random.default_rng(seed).normal(size=80).cumsum() ** 2 + 1
    theirs = lr_scheduler.ReduceLROnPlateau(
        optimizer(), factor=factor, patience=patience, min_lr=0.001
    )
    ours = schedules.Plateau(RATE, factor, patience, least=0.001)
    for loss in losses:
        theirs.step(float(loss))
        assert ours.step(float(loss)) == pytest.approx(theirs.get_last_lr()[0])
    assert ours.rate < RATE


def test_a_plateau_that_cannot_be_is_told() -> None:
    with pytest.raises(ParameterError, match="factor"):
        schedules.Plateau(0.1, factor=2.0)


@pytest.mark.parametrize(("n_steps", "factor"), [(0, 1), (5, 0), (5, 0.5), (2.5, 1)])
def test_restarts_that_never_end_are_refused(n_steps: float, factor: float) -> None:
    with pytest.raises(ParameterError, match=r"n_steps is|factor is"):
        schedules.cosine_with_restarts(20, RATE, n_steps, factor)


@pytest.mark.parametrize("t", [-1, 10])
def test_a_cycle_has_no_step_beyond_its_last(t: int) -> None:
    with pytest.raises(ParameterError, match=rf"t is {t}; .* at least 0 and at most 9"):
        schedules.one_cycle(t, RATE, 10)
