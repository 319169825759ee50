"""Every optimizer walks beside PyTorch's for 100 steps on a function that bends and slopes."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import optimizers
from firsthand.scratch.nn.optimizers import SGD, AdaGrad, Adam, AdamW, RMSprop
from firsthand.scratch.nn.optimizers.adam import adam_step

torch.set_num_threads(1)
STEPS = 100
PAIRS = {
    "SGD": (lambda: SGD(0.01), lambda p: torch.optim.SGD(p, 0.01)),
    "decay": (
        lambda: SGD(0.01, weight_decay=0.1),
        lambda p: torch.optim.SGD(p, 0.01, weight_decay=0.1),
    ),
    "momentum": (
        lambda: SGD(0.01, 0.9, weight_decay=0.1),
        lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, weight_decay=0.1),
    ),
    "Nesterov": (
        lambda: SGD(0.01, 0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, nesterov=True),
    ),
    "AdaGrad": (
        lambda: AdaGrad(0.1, weight_decay=0.1),
        lambda p: torch.optim.Adagrad(p, 0.1, weight_decay=0.1),
    ),
    "RMSprop": (
        lambda: RMSprop(0.01, 0.9, weight_decay=0.1),
        lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.9, weight_decay=0.1),
    ),
    "Adam": (
        lambda: Adam(0.05, 0.8, 0.95, weight_decay=0.1),
        lambda p: torch.optim.Adam(p, 0.05, (0.8, 0.95), weight_decay=0.1),
    ),
    "AdamW": (
        lambda: AdamW(0.05, weight_decay=0.3),
        lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.3),
    ),
}


def gradient(theta: np.ndarray, t: int) -> np.ndarray:
    """Return the slope of a valley whose walls differ in steepness, shaken from step to step."""
    scale = np.geomspace(0.01, 100, theta.shape[-1])
    return np.tanh(scale * theta) + 0.3 * np.sin(theta * 3 + t) * (np.arange(len(scale)) > 0)


@pytest.mark.parametrize("name", PAIRS)
def test_a_hundred_steps_equal_torch(name: str) -> None:
    start = np.random.default_rng(0).normal(size=12)
    ours, theta = PAIRS[name][0](), start.copy()
    there = torch.tensor(start, requires_grad=True)
    theirs = PAIRS[name][1]([there])
    for t in range(STEPS):
        ours.step(theta, gradient(theta, t))
        there.grad = torch.tensor(gradient(there.detach().numpy(), t))
        theirs.step()
        np.testing.assert_allclose(theta, there.detach().numpy(), rtol=0, atol=1e-12)


# with none of the squares before it, a step is divided by one gradient, however small
shares, slow, decays = st.floats(0, 0.99), st.floats(0.5, 0.999), st.sampled_from([0.0, 0.1, 1.0])
RULES = {  # (ours, torch's, what is drawn for them after the rate)
    "SGD": (
        lambda rate, m, nesterov, d: SGD(rate, m, nesterov=nesterov and m > 0, weight_decay=d),
        lambda p, rate, m, nesterov, d: torch.optim.SGD(
            p, rate, m, nesterov=nesterov and m > 0, weight_decay=d
        ),
        (shares, st.booleans(), decays),
    ),
    "AdaGrad": (
        lambda rate, e, d: AdaGrad(rate, epsilon=e, weight_decay=d),
        lambda p, rate, e, d: torch.optim.Adagrad(p, rate, eps=e, weight_decay=d),
        (st.floats(1e-10, 1e-2), decays),
    ),
    "RMSprop": (
        lambda rate, a, e, d: RMSprop(rate, a, epsilon=e, weight_decay=d),
        lambda p, rate, a, e, d: torch.optim.RMSprop(p, rate, a, e, weight_decay=d),
        (slow, st.floats(1e-8, 1e-2), decays),
    ),
    "Adam": (
        lambda rate, a, b, e, d: Adam(rate, a, b, epsilon=e, weight_decay=d),
        lambda p, rate, a, b, e, d: torch.optim.Adam(p, rate, (a, b), e, d),
        (shares, slow, st.floats(1e-8, 1e-2), decays),
    ),
    "AdamW": (
        lambda rate, a, b, e, d: AdamW(rate, a, b, epsilon=e, weight_decay=d),
        lambda p, rate, a, b, e, d: torch.optim.AdamW(p, rate, (a, b), e, d),
        (shares, slow, st.floats(1e-8, 1e-2), decays),
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_hundred_steps_of_any_settings_equal_torch(name: str) -> None:
    ours, theirs, drawn = RULES[name]

    @settings(max_examples=50, deadline=None)
    @given(st.floats(1e-4, 0.1), st.tuples(*drawn), st.integers(1, 9), st.integers(0, 2**32 - 1))
    def walk(rate: float, how: tuple, size: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        theta = rng.normal(size=size)
        there = torch.tensor(theta, requires_grad=True)
        mine, other = ours(rate, *how), theirs([there], rate, *how)
        for slope in rng.normal(size=(STEPS, size)) * np.geomspace(0.01, 10, size):
            mine.step(theta, slope)
            there.grad = torch.from_numpy(slope)
            other.step()
            np.testing.assert_allclose(theta, there.detach().numpy(), rtol=1e-12, atol=1e-12)

    walk()


@pytest.mark.parametrize("name", PAIRS)
def test_trials_with_rates_of_their_own_are_networks_alone(name: str) -> None:
    start = np.random.default_rng(0).normal(size=(3, 12))
    rates = np.array([[0.001], [0.01], [0.1]])
    many, theta = PAIRS[name][0](), start.copy()
    many.learning_rate = rates
    alone = [PAIRS[name][0]() for _ in range(3)]
    thetas = start.copy()
    for t in range(10):
        many.step(theta, gradient(theta, t))
        for trial, one in enumerate(alone):
            one.learning_rate = float(rates[trial, 0])
            one.step(thetas[trial], gradient(thetas[trial], t))
    np.testing.assert_allclose(theta, thetas, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", PAIRS)
def test_a_walk_goes_on_from_its_state(name: str) -> None:
    ours, theta = PAIRS[name][0](), np.random.default_rng(0).normal(size=12)
    for t in range(5):
        ours.step(theta, gradient(theta, t))
    again, copied = PAIRS[name][0](), theta.copy()
    again.load_state_dict(copy.deepcopy(ours.state_dict()))
    for t in range(5, 10):
        ours.step(theta, gradient(theta, t))
        again.step(copied, gradient(copied, t))
    np.testing.assert_array_equal(theta, copied)


@pytest.mark.parametrize("name", PAIRS)
def test_the_gradient_stays_and_float32_too(name: str) -> None:
    theta = np.ones(12, np.float32)
    slope = gradient(theta, 0).astype(np.float32)
    before = slope.copy()
    ours = PAIRS[name][0]()
    ours.step(theta, slope)
    np.testing.assert_array_equal(slope, before)
    assert theta.dtype == np.float32
    assert all(kept.dtype == np.float32 for kept in ours.memory.values())


def test_the_rule_and_its_fast_form_agree() -> None:
    theta = np.random.default_rng(0).normal(size=12)
    plain, m, v, ours = theta.copy(), np.zeros(12), np.zeros(12), Adam(0.05)
    for t in range(1, 600):  # beyond the step at which subnormal sums are cleared
        adam_step(plain, gradient(plain, t), m, v, t, 0.05)
        ours.step(theta, gradient(theta, t))
    np.testing.assert_allclose(theta, plain, rtol=0, atol=1e-10)


def test_sums_too_small_to_matter_do_not_become_subnormal() -> None:
    theta, ours = np.ones(4, np.float32), Adam(1e-3)
    ours.step(theta, np.full(4, 1e-15, np.float32))
    for _ in range(2000):
        ours.step(theta, np.zeros(4, np.float32))
    for sums in ours.memory.values():
        assert not ((sums != 0) & (np.abs(sums) < np.finfo(np.float32).tiny)).any()


def test_some_parameters_need_not_decay() -> None:
    theta, ours = np.ones(4), AdamW(0.1, weight_decay=0.5, decays=np.array([1.0, 0, 1, 0]))
    ours.step(theta, np.zeros(4))
    np.testing.assert_allclose(theta, [0.95, 1, 0.95, 1])


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-3, 100), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_clipping_equals_torch(most: float, size: int, seed: int) -> None:
    g = np.random.default_rng(seed).normal(size=(2, size))
    for row in g:
        there = torch.nn.Parameter(torch.zeros(size, dtype=torch.float64))
        there.grad = torch.tensor(row)
        norm = torch.nn.utils.clip_grad_norm_([there], most)
        ours = row.copy()
        np.testing.assert_allclose(optimizers.clip_by_norm(ours, most), norm.item(), rtol=1e-12)
        np.testing.assert_allclose(ours, there.grad.numpy(), rtol=1e-12)
    both = g.copy()
    assert optimizers.clip_by_norm(both, most).shape == (2,)
    optimizers.clip_by_value(g, most)
    assert np.abs(g).max() <= most


def test_what_cannot_be_stepped_over_is_told() -> None:
    with pytest.raises(ParameterError, match="learning_rate is -1"):
        SGD(-1)
    for rate in (np.nan, np.inf, np.array([[0.1], [-0.1]]), "fast"):
        with pytest.raises(ParameterError, match="learning_rate"):
            Adam(rate)
    for bad in ({"momentum": 1.0}, {"momentum": -0.1}, {"nesterov": True}):
        with pytest.raises(ParameterError, match=next(iter(bad))):
            SGD(**bad)
    with pytest.raises(ParameterError, match="beta_2"):
        Adam(beta_2=1.0)
    ours = Adam()
    with pytest.raises(DataError, match=r"\(3,\), its gradient \(4,\)"):
        ours.step(np.ones(3), np.ones(4))
    ours.step(np.ones(3), np.ones(3))
    with pytest.raises(DataError, match="one optimizer for each network"):
        ours.step(np.ones(4), np.ones(4))


def test_a_state_is_its_own_and_of_one_rule() -> None:
    rates = np.array([[0.1], [0.2]])
    ours = Adam(rates)
    ours.step(np.ones((2, 3)), np.ones((2, 3)))
    state, again = ours.state_dict(), Adam()
    again.load_state_dict(state)
    rates *= 0
    state["m"] *= 0
    np.testing.assert_array_equal(again.learning_rate, [[0.1], [0.2]])
    assert (again.memory["m"] != 0).all()
    fresh = Adam().state_dict()
    again.load_state_dict(fresh)
    assert (again.t, again.memory) == (0, {})
    for wrong in ({}, {**state, "v2": 0}, {k: v for k, v in state.items() if k != "v"}):
        with pytest.raises(DataError, match="Adam needs a state of its own"):
            again.load_state_dict(wrong)
    with pytest.raises(DataError, match="AdamW needs"):
        AdamW().load_state_dict(state)
