"""Residual networks have the parameter names that published weights have."""

import os
from pathlib import Path

import pytest
import torch

from firsthand.train.config import models as settings_of
from firsthand.train.data.contract import Facts
from firsthand.train.models import build_model, head_of

FOLDER = Path(os.environ.get("FIRSTHAND_DATA", "")) / "pretrained"


def norm(name: str, n: int) -> dict[str, tuple[int, ...]]:
    vectors = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{v}": (n,) for v in vectors} | {f"{name}.num_batches_tracked": ()}


def resnet18_of_imagenet() -> dict[str, tuple[int, ...]]:
    """Names and shapes as torchvision publishes them, written down from its definition."""
    names: dict[str, tuple[int, ...]] = {"conv1.weight": (64, 3, 7, 7), **norm("bn1", 64)}
    for stage, n_in, n_out in ((1, 64, 64), (2, 64, 128), (3, 128, 256), (4, 256, 512)):
        for block, before in ((0, n_in), (1, n_out)):
            here = f"layer{stage}.{block}"
            names[f"{here}.conv1.weight"] = (n_out, before, 3, 3)
            names |= norm(f"{here}.bn1", n_out)
            names[f"{here}.conv2.weight"] = (n_out, n_out, 3, 3)
            names |= norm(f"{here}.bn2", n_out)
            if stage > 1 and block == 0:
                names[f"{here}.downsample.0.weight"] = (n_out, n_in, 1, 1)
                names |= norm(f"{here}.downsample.1", n_out)
    return names | {"fc.weight": (1000, 512), "fc.bias": (1000,)}


def test_resnet18_has_torchvisions_names_and_shapes_in_their_order():
    model = build_model(
        settings_of.ResNet18(), Facts("image", "classification", (3, 224, 224), 1000)
    )
    ours = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    assert ours == resnet18_of_imagenet()
    assert list(ours) == list(resnet18_of_imagenet())
    assert len(ours) == 122
    assert sum(p.numel() for p in model.parameters()) == 11_689_512  # as published
    assert head_of(settings_of.ResNet18()) == "fc"


@pytest.mark.parametrize(("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85)])
def test_resnets_for_small_pictures_have_as_many_parameters_as_published(depth, millions):
    facts = Facts("image", "classification", (3, 32, 32), 10)
    model = build_model(settings_of.ResNetCifar(depth=depth), facts)
    n = sum(p.numel() for p in model.parameters())
    assert round(n / 1e6, 2) == pytest.approx(millions, abs=0.011)
    layers = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    assert len(layers) == depth
