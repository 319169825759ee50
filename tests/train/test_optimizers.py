"""Optimizers step as their equations say, and each parameter at its own rate and decay."""

import pytest
import torch
from torch import nn

from firsthand.train.config.training import TrainSection
from firsthand.train.optimizers import build_optimizer


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
        self.head = nn.Linear(3, 1)


def steps(name: str, gradients: list[float], **keys) -> list[float]:
    """Where a weight that starts at 1 goes under given gradients."""
    model = nn.Linear(1, 1, bias=False)
    nn.init.ones_(model.weight)
    settings = TrainSection.model_validate({"optimizer": name, "lr": 0.1, "weight_decay": 0} | keys)
    optimizer = build_optimizer(model, settings)
    places = []
    for g in gradients:
        model.weight.grad = torch.full((1, 1), g)
        optimizer.step()
        places.append(model.weight.item())
    return places


G = [1.0, -2.0, 0.5]


def test_sgd():
    assert steps("sgd", G) == pytest.approx([0.9, 1.1, 1.05])
    assert steps("sgd", [0.0], weight_decay=0.5) == pytest.approx([0.95])


def test_momentum_and_nesterov():
    v1, v2 = 1.0, 0.8 * 1 - 2
    v3 = 0.8 * v2 + 0.5
    plain = [1 - 0.1 * v1, 1 - 0.1 * (v1 + v2), 1 - 0.1 * (v1 + v2 + v3)]
    assert steps("momentum", G, momentum=0.8) == pytest.approx(plain)
    ahead = [g + 0.8 * v for g, v in zip(G, (v1, v2, v3), strict=True)]
    expected = [1 - 0.1 * sum(ahead[: i + 1]) for i in range(3)]
    assert steps("nesterov", G, momentum=0.8) == pytest.approx(expected)


def test_adagrad():
    expected, w, s = [], 1.0, 0.0
    for g in G:
        s += g * g
        w -= 0.1 * g / s**0.5
        expected.append(w)
    assert steps("adagrad", G) == pytest.approx(expected)


def test_rmsprop():
    expected, w, s, v = [], 1.0, 0.0, 0.0
    for g in G:
        s = 0.9 * s + 0.1 * g * g
        v = 0.5 * v + g / (s**0.5 + 0.01)
        w -= 0.1 * v
        expected.append(w)
    assert steps("rmsprop", G, momentum=0.5, alpha=0.9, eps=0.01) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adam_and_adamw_differ_in_their_decay(name):
    expected, w, m, s = [], 1.0, 0.0, 0.0
    for t, g in enumerate(G, 1):
        if name == "adam":
            g = g + 0.2 * w
        else:
            w -= 0.1 * 0.2 * w
        m, s = 0.8 * m + 0.2 * g, 0.95 * s + 0.05 * g * g
        w -= 0.1 * (m / (1 - 0.8**t)) / ((s / (1 - 0.95**t)) ** 0.5 + 0.001)
        expected.append(w)
    keys = {"betas": (0.8, 0.95), "eps": 0.001, "weight_decay": 0.2}
    assert steps(name, G, **keys) == pytest.approx(expected)


def test_biases_and_norms_do_not_decay_and_have_their_own_rate():
    model = Network()
    settings = TrainSection(lr=0.1, weight_decay=0.5, bias_lr=4, optimizer="sgd")
    groups = build_optimizer(model, settings, body_lr=0.5).param_groups
    names = {id(p): name for name, p in model.named_parameters()}
    told = {
        names[id(p)]: (g["scale"], g["lr"], g["weight_decay"]) for g in groups for p in g["params"]
    }
    assert told == {
        "body.0.weight": (0.5, pytest.approx(0.05), 0.5),
        "body.0.bias": (2.0, pytest.approx(0.2), 0.0),
        "body.1.weight": (2.0, pytest.approx(0.2), 0.0),
        "body.1.bias": (2.0, pytest.approx(0.2), 0.0),
        "head.weight": (1.0, pytest.approx(0.1), 0.5),
        "head.bias": (4.0, pytest.approx(0.4), 0.0),
    }


def test_every_parameter_is_in_one_group_frozen_ones_too():
    model = Network()
    model.body.requires_grad_(False)
    groups = build_optimizer(model, TrainSection()).param_groups
    inside = [id(p) for g in groups for p in g["params"]]
    assert sorted(inside) == sorted(id(p) for p in model.parameters())
