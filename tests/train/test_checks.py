"""Before training: each fault, made on purpose, is found; a sound start is not blamed."""

import math
from typing import Any

import pytest
import torch
from torch import nn

from firsthand.train.checks import check
from firsthand.train.data.contract import Data
from firsthand.train.errors import DataError
from firsthand.train.overfitting import overfit_one_batch
from firsthand.train.rate_finder import find_rate, suggest
from tests.train.small import classes, config_with, data_of, network


def found(model: nn.Module, data: Data, **settings: Any) -> list[str]:
    torch.manual_seed(1)
    return [finding.kind for finding in check(model, data, config_with(**settings))]


@pytest.mark.parametrize("norm", [False, True])
def test_a_sound_start_is_not_blamed(norm: bool) -> None:
    model = network(norm=norm, dropout=0.2)
    before = [p.clone() for p in model.parameters()]
    assert found(model, classes(96)) == []
    assert all(map(torch.equal, before, model.parameters()))


def numbers(scale: float = 1.0) -> Data:
    X = torch.randn(80, 4, generator=torch.Generator().manual_seed(0))
    return data_of(X, X.sum(1, keepdim=True) * scale / 2, 40, 1)


def test_numbers_that_are_scaled_are_not_blamed() -> None:
    assert found(network(1), numbers()) == []


def test_numbers_that_are_not_scaled_are_no_bad_start() -> None:
    assert "first_loss" not in found(network(1), numbers(100.0))  # guessing 0 is as bad there


def test_a_loud_last_layer_is_found() -> None:
    model = network()
    with torch.no_grad():
        model[2].weight *= 50
    assert "first_loss" in found(model, classes())


class Half(nn.Module):
    """Uses half of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.unused = nn.Linear(4, 3), nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.used(x)


def test_parameters_without_a_gradient_are_named() -> None:
    (finding,) = check(Half(), classes(), config_with())
    assert finding.kind == "no_gradient"
    assert "unused.weight, unused.bias" in finding.text


def test_outputs_that_do_not_depend_on_the_input_are_found() -> None:
    model = network()
    with torch.no_grad():
        model[0].weight.zero_()
    assert "ignores_input" in found(model, classes())


def test_equal_inputs_are_found() -> None:
    data = data_of(torch.ones(90, 4), torch.arange(90) % 3, 50, 3)
    assert {"constant_inputs", "cannot_overfit"} <= set(found(network(), data))


def test_a_rate_that_is_far_too_high_is_found() -> None:
    kinds = found(network(), classes(), lr=1e4, optimizer="sgd", clip_norm=None)
    assert kinds == ["learning_rate"]


def test_batch_norm_needs_more_than_one_example() -> None:
    assert found(network(norm=True), classes(97)) == ["batch_norm"]
    assert found(network(norm=True), classes(), batch_size=1) == ["batch_norm"]


BAD: list[tuple[str, Any, str]] = [
    ("inputs", math.nan, r"points.csv, row \d+: its inputs hold NaN or infinity"),
    ("inputs", math.inf, r"points.csv, row \d+: its inputs hold NaN or infinity"),
    ("targets", 3, r"points.csv, row \d+: label 3 is out of range; 3 classes"),
    ("targets", -1, r"points.csv, row \d+: label -1 is out of range"),
]


@pytest.mark.parametrize(("where", "value", "said"), BAD)
def test_examples_that_cannot_be_learnt_are_refused_by_name(
    where: str, value: Any, said: str
) -> None:
    data = classes()
    getattr(data.train, where)[::5] = value
    with pytest.raises(DataError, match=said):
        check(network(), data, config_with(batch_size=64))


def test_one_batch_is_learnt_by_heart() -> None:
    model = network(dropout=0.5)
    told = overfit_one_batch(model, classes(), config_with(lr=0.03))
    assert told.learnt
    assert told.figures["accuracy"] == 1
    assert model[1].p == 0.5


def test_contradictions_are_not_learnt_by_heart() -> None:
    data = data_of(torch.ones(90, 4), torch.arange(90) % 3, 50, 3)
    assert not overfit_one_batch(network(), data, config_with(lr=0.03), steps=60).learnt


def test_the_suggested_rate_is_below_where_descent_diverges() -> None:
    X = torch.randn(240, 4, generator=torch.Generator().manual_seed(0)) * torch.tensor([1, 1, 1, 6])
    data = data_of(X, X.sum(1, keepdim=True) / 6, 200, 1)
    highest = 2 / torch.linalg.eigvalsh(2 * X[:200].T @ X[:200] / 200).max()  # of the mean square
    torch.manual_seed(0)
    config = config_with(optimizer="sgd", clip_norm=None, batch_size=200, weight_decay=0)
    model = nn.Linear(4, 1)
    test = find_rate(model, data, config)
    assert highest / 100 < test.suggested < highest
    assert test.picture().startswith(b"\x89PNG")


def test_the_steepest_fall_is_suggested_unless_it_is_near_the_edge() -> None:
    rates = [10.0**i for i in range(-7, 1)]
    assert suggest(rates, [9, 9, 8, 4, 2, 1.5, 1, 50]) == pytest.approx(1e-4)
    assert suggest(rates, [9, 9, 9, 9, 9, 9, 1, 50]) == pytest.approx(1e-2)
