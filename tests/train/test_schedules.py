"""Schedules take the same way as PyTorch's schedulers, and each does what its name says."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from torch.optim import lr_scheduler

from firsthand.train.config.schedules import Schedule
from firsthand.train.schedules import rate

PER_EPOCH, EPOCHS = 5, 8
TOTAL = PER_EPOCH * EPOCHS


def schedule(**keys):
    return TypeAdapter(Schedule).validate_python(keys)


def ours(**keys) -> list[float]:
    return [rate(schedule(**keys), step, PER_EPOCH, EPOCHS) for step in range(TOTAL)]


def theirs(make) -> list[float]:
    """The rates of a scheduler of PyTorch's that is moved once a step, from a rate of 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(TOTAL):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


PAIRS = {
    "constant": ({"name": "constant"}, lambda o: lr_scheduler.ConstantLR(o, 1.0)),
    "step": (
        {"name": "step", "every": 2, "factor": 0.3},
        lambda o: lr_scheduler.StepLR(o, 2 * PER_EPOCH, 0.3),
    ),
    "exponential": (
        {"name": "exponential", "factor": 0.8},
        lambda o: lr_scheduler.ExponentialLR(o, 0.8 ** (1 / PER_EPOCH)),
    ),
    "linear": (
        {"name": "linear", "end": 0.1},
        lambda o: lr_scheduler.LinearLR(o, 1.0, 0.1, TOTAL),
    ),
    "cosine": (
        {"name": "cosine", "end": 0.05},
        lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL, 0.05),
    ),
    "warm_restarts": (
        {"name": "warm_restarts", "first": 2, "longer": 2, "end": 0.01},
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 2 * PER_EPOCH, 2, 0.01),
    ),
    "one_cycle": (
        {"name": "one_cycle", "rise": 0.3, "start": 25, "end": 1e4},
        lambda o: lr_scheduler.OneCycleLR(o, 1.0, TOTAL, cycle_momentum=False),
    ),
    "one_cycle, linear": (
        {"name": "one_cycle", "rise": 0.25, "start": 10, "end": 100, "shape": "linear"},
        lambda o: lr_scheduler.OneCycleLR(
            o, 1.0, TOTAL, None, None, 0.25, "linear", False, div_factor=10, final_div_factor=100
        ),
    ),
    "warm-up, then cosine": (
        {"name": "cosine", "warmup": 2},
        lambda o: lr_scheduler.SequentialLR(
            o,
            [
                lr_scheduler.LinearLR(o, 1 / 11, 1.0, 10),
                lr_scheduler.CosineAnnealingLR(o, TOTAL - 10),
            ],
            [10],
        ),
    ),
}


@pytest.mark.filterwarnings("ignore:The epoch parameter in:UserWarning")  # SequentialLR's own call
@pytest.mark.parametrize(("keys", "make"), PAIRS.values(), ids=PAIRS)
def test_rates_are_those_of_pytorch(keys, make):
    assert ours(**keys) == pytest.approx(theirs(make), abs=1e-6)  # theirs are sums over steps


def test_plateau_is_that_of_pytorch():
    losses = [3.0, 2.0, 2.5, 2.1, 2.0, 1.9, 1.95, 1.92, 1.91, 1.9, 1.9, 2.2, 1.0, 1.1]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=2, threshold=0)
    plateau = schedule(name="plateau", factor=0.5, patience=2)
    for epoch in range(len(losses)):
        expected = optimizer.param_groups[0]["lr"]
        assert rate(plateau, epoch * 5, 5, 99, losses[:epoch]) == pytest.approx(expected)
        scheduler.step(losses[epoch])
    assert expected < 0.5


@pytest.mark.parametrize(
    "name", ["constant", "step", "exponential", "linear", "cosine", "warm_restarts", "plateau"]
)
def test_a_warm_up_rises_in_a_line_and_ends_where_the_schedule_starts(name):
    rates = ours(name=name, warmup=1.4)
    assert rates[:8] == pytest.approx([1 / 8, 2 / 8, 3 / 8, 4 / 8, 5 / 8, 6 / 8, 7 / 8, 1])


@given(st.floats(0.01, 0.99), st.integers(1, 40), st.integers(1, 12), st.integers(0, 600))
def test_one_cycle_stays_between_0_and_1(rise, per_epoch, epochs, step):
    cycle = schedule(name="one_cycle", rise=rise)
    factor = rate(cycle, min(step, per_epoch * epochs - 1), per_epoch, epochs)
    assert 0 < factor <= 1
    assert math.isfinite(factor)
