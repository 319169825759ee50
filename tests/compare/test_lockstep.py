"""A fault that was planted in one step, layer and tensor is named there."""

from functools import cache

import numpy as np
import pytest

from firsthand.compare.bench import Bench
from firsthand.compare.lockstep import Step, first_divergence, per_tensor
from firsthand.compare.mlp.walk import Plan, compare_walk, walk_scratch, walk_torch
from firsthand.data import load
from firsthand.scratch.nn import mlp
from firsthand.scratch.nn.models import mlp as network

NAMES = ("A1", "A2", "Z", "loss", "dZ", "dW3", "db3", "dW2", "db2", "dW1", "db1")


def walk(n_steps: int = 4) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [{name: rng.normal(size=(2, 3)) for name in NAMES} for _ in range(n_steps)]


def find(scratch: list[dict[str, np.ndarray]], library: list[Step] | None = None):
    return first_divergence(scratch, library or walk(), n_layers=3, tolerance=1e-9)


def test_equal_walks_never_part() -> None:
    assert find(walk()) is None


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_the_first_tensor_that_differs_is_named(name: str, step: int) -> None:
    scratch = walk()
    scratch[step - 1][name][1, 2] += 1e-3
    for later in range(step, 4):  # errors spread
        for tensor in scratch[later].values():
            tensor += 1.0
    found = find(scratch)
    assert found is not None
    assert (found.step, found.tensor, found.agreement.where) == (step, name, (1, 2))
    layer = {"Z": 3, "dZ": 3, "loss": None}.get(name, int(name[-1]) if name[-1].isdigit() else 0)
    assert found.layer == layer
    assert f"step {step}" in found.said()


def test_rounding_is_no_divergence_and_infinity_is() -> None:
    scratch = walk()
    scratch[0]["Z"] *= 1 + 1e-14
    assert find(scratch) is None
    scratch[2]["A2"][0, 0] = np.inf
    found = find(scratch)
    assert found is not None
    assert (found.step, found.tensor) == (3, "A2")


def test_walks_of_other_lengths_or_tensors_are_refused() -> None:
    with pytest.raises(ValueError, match="4 steps from scratch, 3"):
        find(walk(), walk(3))
    lacking = walk()
    del lacking[1]["db2"]
    with pytest.raises(ValueError, match=r"Step 2: only one side has .'db2'"):
        find(lacking)


def test_rows_tell_the_worst_step() -> None:
    scratch = walk()
    scratch[2]["dW1"] *= 1.5
    rows = {row.quantity: row for row in per_tensor(scratch, walk(), tolerance=1e-9, why="")}
    assert [name for name, row in rows.items() if not row.agrees] == ["dW1"]
    assert rows["dW1"].difference == pytest.approx(0.5)


@cache
def batches() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    data = load("digits").standardised()
    return tuple((data.X[k : k + 16].copy(), data.y[k : k + 16].copy()) for k in range(0, 64, 16))


PLAN = {"sizes": (64, 9, 7, 10), "activation": "tanh", "decay": 0.0}


def part(**more: object):
    """Where the real network and PyTorch part."""
    plan = Plan(**{**PLAN, "batches": batches(), **more})
    ours, _ = walk_scratch(plan)
    theirs, _ = walk_torch(plan, decay=plan.decay)
    read = [
        {k: v.T if k.lstrip("d").startswith("W") else v for k, v in step.items()} for step in theirs
    ]
    return first_divergence(ours, read, n_layers=3, tolerance=1e-9)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_the_real_network_walks_with_pytorch(activation: str, decay: float) -> None:
    assert part(activation=activation, decay=decay) is None


def test_a_wrong_slope_of_the_activation_shows_in_the_layer_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mlp, "tanh_backward", lambda dA, A: dA * (1 - A))
    found = part()
    assert found is not None
    # the gradients of layer 3 do not pass an activation; those of layer 2 do, and come first
    assert (found.step, found.layer, found.tensor) == (1, 2, "dW2")
    assert "the gradient dW2 of the weights of layer 2" in found.said()


def test_a_fault_of_the_third_step_is_named_there(monkeypatch: pytest.MonkeyPatch) -> None:
    right, calls = mlp.sgd_step, [0]

    def careless(theta: np.ndarray, *rest: float) -> None:
        right(theta, *rest)
        calls[0] += 1
        if calls[0] == 3:
            theta[64 * 9 + 4] += 1e-3  # b1[4]

    monkeypatch.setattr(mlp, "sgd_step", careless)
    found = part()
    assert found is not None
    assert (found.step, found.layer, found.tensor, found.agreement.where) == (3, 1, "b1", (4,))
    assert "the biases b1 of layer 1 after the step" in found.said()


def test_a_summed_loss_is_a_convention_and_a_wrong_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = load("digits").standardised()
    mean, backward = mlp.cross_entropy, mlp.cross_entropy_backward
    monkeypatch.setattr(network, "cross_entropy", lambda Z, y: mean(Z, y) * len(y))
    monkeypatch.setattr(network, "cross_entropy_backward", lambda Z, y: backward(Z, y) * len(y))
    found = compare_walk(Bench(runs=0), data, "planted", (8,), "tanh")
    assert found.agrees
    assert found.convention is not None
    assert "the loss is a sum over the batch (reduction='sum')" in found.convention.statement

    monkeypatch.setattr(network, "cross_entropy_backward", lambda Z, y: backward(Z, y) * 1.01)
    found = compare_walk(Bench(runs=0), data, "planted", (8,), "tanh")
    assert not found.agrees
    assert found.convention is not None
    assert found.convention.statement.startswith("they part in step 1, at the loss")


def test_a_doubled_decay_is_a_convention(monkeypatch: pytest.MonkeyPatch) -> None:
    right = mlp.sgd_step
    monkeypatch.setattr(
        mlp, "sgd_step", lambda theta, g, rate, decay=0.0: right(theta, g, rate, 2 * decay)
    )
    data = load("digits").standardised()
    found = compare_walk(Bench(runs=0), data, "planted", (8,), "tanh", decay=0.03)
    assert found.agrees
    assert found.convention is not None
    assert "torch's weight_decay is twice ours" in found.convention.statement
