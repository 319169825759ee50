"""The network for tables: members learn by themselves and speak together."""

import math

import pytest
import torch
from torch.nn import functional

from firsthand.train.config import models as settings_of
from firsthand.train.data.contract import Facts
from firsthand.train.models.tabular import Shared, TabularNet, Waves, build

CLASSES = Facts("tabular", "classification", (5,), 3, quantities=(1, 3))
NUMBERS = Facts("tabular", "regression", (5,), 1, quantities=(1, 3))


def network(facts: Facts, **settings: object) -> TabularNet:
    torch.manual_seed(0)
    given = {"hidden": (8, 6), "members": 4, "waves": 3, "wave_size": 2, "dropout": 0.0}
    return build(settings_of.Tabular.model_validate(given | settings), facts)


def by_hand(model: TabularNet, x: torch.Tensor, m: int) -> torch.Tensor:
    """Return what member ``m`` says, by its own matrices, a row at a time."""
    assert model.waves is not None
    outputs = []
    for row in x:
        z = [*row]
        for j, column in enumerate((1, 3)):
            angles = [
                2 * math.pi * float(c) * float(row[column]) for c in model.waves.frequencies[j]
            ]
            waves = torch.tensor([*map(math.cos, angles), *map(math.sin, angles)])
            z += [*(waves @ model.waves.weight[j] + model.waves.bias[j]).clamp(min=0)]
        h = torch.stack(z)
        for layer in model.body:
            assert isinstance(layer, Shared)
            W = torch.outer(layer.scale_out[m], layer.scale_in[m]) * layer.weight
            h = (W @ h + layer.bias[m]).clamp(min=0)
        outputs.append(h @ model.head.weight[m] + model.head.bias[m])
    return torch.stack(outputs)


@torch.no_grad()
def test_testing_averages_all_members() -> None:
    x = torch.randn(6, 5)
    model = network(NUMBERS).eval()
    each = torch.stack([by_hand(model, x, m) for m in range(4)])
    torch.testing.assert_close(model(x), each.mean(0))
    model = network(CLASSES).eval()
    each = torch.stack([by_hand(model, x, m).softmax(1) for m in range(4)])
    torch.testing.assert_close(model(x).exp(), each.mean(0))


@torch.no_grad()
def test_in_training_an_example_is_one_members() -> None:
    x = torch.randn(8, 5)
    model = network(NUMBERS).train()
    each = torch.stack([by_hand(model, x, m) for m in range(4)])  # (members, n, 1)
    near = (model(x)[None] - each).abs()[..., 0] < 1e-5
    assert near.sum(0).tolist() == [1] * 8
    assert near.sum(1).tolist() == [2] * 4  # and each member gets as many


@torch.no_grad()
def test_members_begin_apart() -> None:
    x = torch.randn(50, 5)
    model = network(NUMBERS, members=8)
    each = torch.stack([by_hand(model, x, m) for m in range(8)])[..., 0]
    assert float(each.std(0).mean()) > 0.01


def test_waves_learn_what_a_line_cannot() -> None:
    torch.manual_seed(0)
    x = torch.rand(256, 1) * 2 - 1
    y = torch.sign(torch.sin(8 * x))
    waves, head = Waves(1, 16, 8, frequency=1.0), torch.nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*waves.parameters(), *head.parameters()], 0.02)
    for _ in range(200):
        loss = functional.mse_loss(head(waves(x)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    by_line = 1 - torch.corrcoef(torch.cat([x, y], 1).T)[0, 1] ** 2  # of a variance of 1
    assert loss.item() < 0.3 * float(by_line)


@pytest.mark.parametrize("facts", [CLASSES, NUMBERS])
def test_the_seed_decides_who_learns_from_what(facts: Facts) -> None:
    model, x = network(facts), torch.randn(8, 5)
    torch.manual_seed(5)
    first = model(x)
    torch.manual_seed(5)
    assert torch.equal(first, model(x))
