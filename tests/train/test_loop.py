"""The loop against the same steps written down plainly, and its parts against their definitions."""

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from firsthand.train.data.contract import Data
from firsthand.train.ema import Average
from firsthand.train.errors import ConfigError, DivergedError
from firsthand.train.listeners import Figures, Listener, Plan, Step
from firsthand.train.loop import State, fit
from tests.train.small import classes, config_with, data_of, network, run_in, unchecked


def trained(folder: Path, model: nn.Module, data: Data, **settings: Any) -> State:
    config = config_with(**settings)
    return fit(model, data, config, run_in(folder, config))


def weights(model: nn.Module) -> torch.Tensor:
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def test_it_takes_the_steps_that_a_plain_loop_takes(tmp_path: Path) -> None:
    data, model, plain = classes(), network(), network()
    trained(tmp_path, model, data, epochs=1, optimizer="adamw", clip_norm=0.5)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in plain.parameters() if p.ndim > 1], "weight_decay": 0.01},
            {"params": [p for p in plain.parameters() if p.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=0.01,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.01, total_steps=6, cycle_momentum=False
    )
    order = np.random.default_rng((0, 0)).permutation(90)
    for start in range(0, 90, 16):
        x, y = data.train.batch(order[start : start + 16])
        optimizer.zero_grad()
        functional.cross_entropy(plain(x), y).backward()
        nn.utils.clip_grad_norm_(plain.parameters(), 0.5)
        optimizer.step()
        schedule.step()
    assert torch.allclose(weights(model), weights(plain), atol=1e-7)


@pytest.mark.parametrize("class_weights", ["none", "balanced"])
@pytest.mark.parametrize("accumulate", [2, 3, 5])
def test_parts_of_a_batch_add_up_to_its_gradient(
    tmp_path: Path, accumulate: int, class_weights: str
) -> None:
    whole, parts = network(), network()
    given = {"batch_size": 17, "optimizer": "sgd", "lr": 0.5, "class_weights": class_weights}
    at_once = trained(tmp_path, whole, classes(), **given)
    in_parts = trained(tmp_path, parts, classes(), accumulate=accumulate, **given)
    assert torch.allclose(weights(whole), weights(parts), atol=1e-6)  # float32, summed otherwise
    assert in_parts.history[-1]["train_loss"] == pytest.approx(
        at_once.history[-1]["train_loss"], rel=1e-5
    )


def test_parts_add_up_where_pixels_do_not_count(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(60, 1, 6, 6, generator=generator)
    y = (X[:, 0] > 0).long()
    y[torch.rand(y.shape, generator=generator) < 0.4] = 255
    y[::7] = 255
    data = data_of(X, y, 30, 2, task="segmentation", problem="segmentation", ignore_index=255)
    torch.manual_seed(0)
    whole = nn.Conv2d(1, 2, 3, padding=1)
    parts = copy.deepcopy(whole)
    given = {"batch_size": 8, "optimizer": "sgd", "lr": 0.5, "epochs": 1}
    trained(tmp_path, whole, data, **given)
    trained(tmp_path, parts, data, accumulate=4, **given)
    assert torch.allclose(weights(whole), weights(parts), atol=1e-6)


def test_the_average_is_what_its_equation_says() -> None:
    model = nn.Linear(1, 1, bias=False)
    average, expected = Average(model, 0.5), model.weight.item()
    for t, value in enumerate([1.0, 3.0, -2.0, 8.0, 0.5]):
        with torch.no_grad():
            model.weight.fill_(value)
        average.update(t)
        decay = min(0.5, (1 + t) / (10 + t))
        expected = decay * expected + (1 - decay) * value
    average.swap()
    assert model.weight.item() == pytest.approx(expected)
    average.swap()
    assert model.weight.item() == 0.5


def test_averaged_weights_are_judged_and_kept(tmp_path: Path) -> None:
    data, plain, averaged = classes(), network(), network()
    last = trained(tmp_path, plain, data, epochs=1)
    smooth = trained(tmp_path, averaged, data, epochs=1, ema=0.9)
    assert last.history[0]["train_loss"] == smooth.history[0]["train_loss"]
    assert last.history[0]["validation_loss"] != smooth.history[0]["validation_loss"]
    x, y = data.validation.batch(np.arange(len(data.validation)))
    loss = functional.cross_entropy(averaged.eval()(x), y).item()
    assert loss == pytest.approx(smooth.history[0]["validation_loss"])


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_products_in_16_bits_learn_nearly_the_same(tmp_path: Path, precision: str) -> None:
    data = classes()
    plain = trained(tmp_path, network(), data, epochs=8)
    config = unchecked(epochs=8, precision=precision)  # fp16 is refused where it is slow
    mixed = fit(network(), data, config, run_in(tmp_path, config))
    assert mixed.history[-1]["train_loss"] != plain.history[-1]["train_loss"]
    assert mixed.history[-1]["train_loss"] == pytest.approx(
        plain.history[-1]["train_loss"], rel=0.02
    )


def test_pictures_are_kept_with_channels_last(tmp_path: Path) -> None:
    seen: list[bool] = []

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if self.training:
                seen.append(x.is_contiguous(memory_format=torch.channels_last))
            return self.head(self.conv(x).relu().mean((2, 3)))

    X = torch.randn(70, 3, 6, 6)
    data = data_of(X, (X.mean((1, 2, 3)) > 0).long(), 30, 2, task="image")
    config = unchecked(channels_last=True)
    fit(Net(), data, config, run_in(tmp_path, config))
    assert seen
    assert all(seen)


def test_a_last_batch_of_one_is_left_out_for_batch_norm_alone(tmp_path: Path) -> None:
    plans: list[int] = []

    class Hears(Listener):
        def begins(self, plan: Plan, state: State) -> None:
            plans.append(plan.steps)

    for norm in (True, False):
        config = config_with(epochs=1)
        fit(network(norm=norm), classes(97), config, run_in(tmp_path, config), listener=Hears())
    assert plans == [6, 7]


def test_it_stops_when_nothing_gets_better(tmp_path: Path) -> None:
    data = classes()
    data.train.targets.copy_(data.train.targets.roll(7))  # nothing to be learnt
    state = trained(tmp_path, network(), data, epochs=200, lr=0.1, patience=4)
    assert state.epoch < 200
    assert state.epoch - 1 - state.best_epoch == 4
    losses = [figures["validation_loss"] for figures in state.history]
    assert state.best == min(losses) == losses[state.best_epoch]


def test_it_stops_when_time_is_up(tmp_path: Path) -> None:
    ticks = iter(range(10**6))
    config = config_with(epochs=500, max_minutes=2, patience=None)
    state = fit(network(), classes(), config, run_in(tmp_path, config), clock=lambda: next(ticks))
    assert 0 < state.epoch < 500


def test_the_best_weights_by_the_monitored_figure_stay(tmp_path: Path) -> None:
    data, model = classes(), network()
    state = trained(tmp_path, model, data, epochs=12, lr=0.3, monitor="accuracy", patience=None)
    accuracies = [figures["validation_accuracy"] for figures in state.history]
    assert accuracies[state.best_epoch] == max(accuracies)
    x, y = data.validation.batch(np.arange(len(data.validation)))
    assert (model.eval()(x).argmax(1) == y).float().mean().item() == pytest.approx(max(accuracies))


def test_an_unknown_figure_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="accuracy"):
        trained(tmp_path, network(), classes(), monitor="acuracy")


def test_a_loss_that_is_not_finite_ends_it(tmp_path: Path) -> None:
    config = config_with(lr=1e30, optimizer="sgd", clip_norm=None, schedule={"name": "constant"})
    run = run_in(tmp_path, config)
    with pytest.raises(DivergedError, match="learning rate of 1e\\+30"):
        fit(network(), classes(), config, run)


class Roots(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.head = nn.Linear(4, 8), nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head((self.first(x) * 0).sqrt())  # finite, but its slope at 0 is not


def test_the_operation_that_made_a_nan_is_named(tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match="MulBackward"):
        trained(tmp_path, Roots(), classes(), detect_anomaly=True)


def test_the_layer_that_made_a_nan_is_named(tmp_path: Path) -> None:
    model = network()
    with torch.no_grad():
        model[2].weight[0, 0] = math.nan
    with pytest.raises(DivergedError, match=r"Layer 2 \(Linear\).*weight are not finite"):
        trained(tmp_path, model, classes(), detect_anomaly=True)


def test_what_cannot_be_compiled_is_trained_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: nn.Module) -> Any:
        raise RuntimeError("no C++ compiler was found")

    said: list[str] = []

    class Hears(Listener):
        def says(self, text: str) -> None:
            said.append(text)

    monkeypatch.setattr(torch, "compile", broken)
    config, model, plain = config_with(compile=True), network(norm=True), network(norm=True)
    fit(model, classes(), config, run_in(tmp_path, config), listener=Hears())
    trained(tmp_path, plain, classes())
    assert "no C++ compiler was found" in said[0]
    assert torch.equal(weights(model), weights(plain))


def test_listeners_hear_of_every_epoch_and_may_end_it(tmp_path: Path) -> None:
    heard: list[float] = []

    class Prunes(Listener):
        def stepped(self, step: Step) -> None:
            heard.append(step.loss)

        def finished_epoch(self, figures: Figures, state: State) -> None:
            heard.append(figures["epoch"])
            if figures["epoch"] == 2:
                raise KeyError("pruned")

    config = config_with(epochs=9)
    run = run_in(tmp_path, config)
    with pytest.raises(KeyError, match="pruned"):
        fit(network(), classes(), config, run, listener=Prunes())
    assert heard[-1] == 2
    assert run.checkpoints.steps()
