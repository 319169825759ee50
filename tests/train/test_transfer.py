"""Weights of other networks are taken over, the head is new, and frozen parts stay bit by bit."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from firsthand.train import parse_config, train
from firsthand.train.config import models as settings_of
from firsthand.train.data.contract import Facts
from firsthand.train.models import build_model
from firsthand.train.transfer import load_pretrained, set_training
from firsthand.train.weights import read_weights

PRETRAINED = Path(os.environ.get("FIRSTHAND_DATA", "/nowhere")) / "pretrained"
TEN = Facts("image", "classification", (3, 32, 32), 10)
FOUR = Facts("image", "classification", (3, 32, 32), 4)
RESNET = settings_of.ResNetCifar()


@pytest.fixture
def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    return build_model(RESNET, TEN).state_dict()


def written(state: dict[str, torch.Tensor], kind: str, folder: Path) -> Path:
    path = folder / f"weights{kind[: kind.find(' ')] if ' ' in kind else kind}"
    match kind:
        case ".npz":
            np.savez(path, **{name: value.numpy() for name, value in state.items()})
        case ".safetensors":
            save_file({name: value.contiguous() for name, value in state.items()}, path)
        case ".pt of a wrapper":
            torch.save({f"module.{name}": value for name, value in state.items()}, path)
        case ".pt in a checkpoint":
            inner = {f"_orig_mod.module.{name}": value for name, value in state.items()}
            torch.save({"epoch": 3, "state_dict": inner}, path)
        case ".th of old":
            torch.save(state, path, _use_new_zipfile_serialization=False)
        case _:
            torch.save(state, path)
    return path


KINDS = [".pt", ".th of old", ".pt of a wrapper", ".npz", ".safetensors"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_read_to_the_bit(tmp_path, state, kind):
    read = read_weights(written(state, kind, tmp_path))
    assert read.keys() == state.keys()
    for name, value in state.items():
        assert torch.equal(read[name], value), name


def test_nested_and_twice_wrapped_weights_are_found(tmp_path, state):
    torch.save({"model": {f"module.{n}": v for n, v in state.items()}, "epoch": 1}, tmp_path / "c")
    assert read_weights(tmp_path / "c").keys() == state.keys()


def test_numbers_of_16_bits_are_read(tmp_path):
    for kind in (torch.bfloat16, torch.float16):
        tensors = {"a": torch.randn(3, 2).to(kind), "empty": torch.zeros(0, 4).to(kind)}
        save_file(tensors, tmp_path / "w.safetensors")
        read = read_weights(tmp_path / "w.safetensors")
        assert all(torch.equal(read[name], tensors[name]) for name in tensors)


def test_a_head_for_other_classes_stays_new_and_all_else_is_taken(tmp_path, state):
    model = build_model(RESNET, FOUR)
    before = model.state_dict()["linear.weight"].clone()
    transfer = load_pretrained(model, written(state, ".pt", tmp_path), head="linear")
    after = model.state_dict()
    assert torch.equal(after["linear.weight"], before)
    for name, value in state.items():
        assert name.startswith("linear.") or torch.equal(after[name], value), name
    assert set(transfer.missing) == {"linear.weight", "linear.bias"}
    assert {text.split(":")[0] for text in transfer.skipped} == {"linear.weight", "linear.bias"}
    assert "[10, 64], not [4, 64]" in str(transfer)


def test_a_head_that_fits_is_taken_too(tmp_path, state):
    model = build_model(RESNET, TEN)
    transfer = load_pretrained(model, written(state, ".pt", tmp_path), head="linear")
    assert not transfer.missing
    assert not transfer.skipped
    assert torch.equal(model.state_dict()["linear.weight"], state["linear.weight"])


def train_a_step(model: nn.Module, settings, epoch: int) -> None:
    torch.manual_seed(epoch)
    set_training(model, settings, epoch)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=0.1)
    model(torch.randn(4, 3, 32, 32)).logsumexp(1).mean().backward()
    optimizer.step()


@pytest.mark.parametrize(
    ("freeze", "moves"),
    [
        (("backbone",), {"linear"}),
        (("conv1", "bn1", "layer1"), {"layer2", "layer3", "linear"}),
        (("layer3.2", "linear"), {"conv1", "bn1", "layer1", "layer2", "layer3"}),
    ],
)
def test_frozen_parts_keep_every_bit_until_they_thaw(freeze, moves):
    torch.manual_seed(0)
    settings = settings_of.ResNetCifar(freeze=freeze, thaw_epoch=2)
    model = build_model(settings, TEN)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train_a_step(model, settings, epoch=0)
    moved = {n for n, v in model.state_dict().items() if not torch.equal(v, before[n])}
    assert {name.split(".")[0] for name in moved} == moves
    assert not any(name.startswith(freeze) for name in moved)
    train_a_step(model, settings, epoch=1)  # the second
    after = model.state_dict()
    assert all(not torch.equal(v, before[n]) for n, v in after.items())


def test_nothing_thaws_without_an_epoch_for_it():
    settings = settings_of.ResNetCifar(freeze=("backbone",))
    model = build_model(settings, TEN)
    set_training(model, settings, 99)
    assert [n for n, p in model.named_parameters() if p.requires_grad] == [
        "linear.weight",
        "linear.bias",
    ]
    assert not model.get_submodule("bn1").training
    assert model.training


@pytest.mark.slow
@pytest.mark.skipif(not PRETRAINED.is_dir(), reason="FIRSTHAND_DATA has no weights")
@pytest.mark.parametrize(
    ("file", "depth", "accuracy"),
    [("resnet20-12fca82f.th", 20, 0.9173), ("resnet56-4bfd9763.th", 56, 0.9339)],
)
def test_published_weights_reach_what_was_published(file, depth, accuracy):
    from firsthand.data import as_floats, load_cifar10

    model = build_model(settings_of.ResNetCifar(depth=depth), TEN)
    assert not load_pretrained(model, PRETRAINED / file, head="linear").missing
    X, y = load_cifar10("test", folder=PRETRAINED.parent)
    n = 2000
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    x = (as_floats(X[:n]) - mean[:, None, None]) / std[:, None, None]
    model.eval()
    with torch.no_grad():
        scores = torch.cat(
            [model(part) for part in torch.tensor(x, dtype=torch.float32).split(500)]
        )
    right = (scores.argmax(1).numpy() == y[:n]).mean()
    assert right == pytest.approx(accuracy, abs=3 * (accuracy * (1 - accuracy) / n) ** 0.5)


def test_a_run_starts_from_the_weights_of_another(tmp_path: Path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    rows = [f"{a:.4f},{b:.4f},{c:.4f},{'yes' if a + b > 0 else 'no'}" for a, b, c in X]
    (tmp_path / "points.csv").write_text("\n".join(["a,b,c,y", *rows]))
    raw = {
        "task": "tabular",
        "data": {"path": "points.csv", "target": "y"},
        "model": {"name": "mlp", "hidden": [5], "dropout": 0},
        "train": {"epochs": 1, "check": False, "curves": False, "tensorboard": False},
    }
    first, _ = train(parse_config(raw), tmp_path)
    weights = first.checkpoints.folder / "best.pt"
    raw["model"] |= {"pretrained": str(weights.relative_to(tmp_path)), "freeze": ["body"]}
    second, _ = train(parse_config(raw | {"seed": 1}), tmp_path)
    before, after = first.checkpoints.best()["model"], second.checkpoints.best()["model"]
    same = {name for name, value in before.items() if torch.equal(value, after[name])}
    assert same == {name for name in before if name.startswith("body.")}
    record = json.loads((second.folder / "transfer.json").read_text())
    assert set(record["loaded"]) == set(before)
    assert record["missing"] == []
