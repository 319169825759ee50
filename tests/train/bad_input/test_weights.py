"""Files of weights that are missing, damaged, dangerous or of another network."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from firsthand.train.config import models as settings_of
from firsthand.train.data.contract import Facts
from firsthand.train.errors import ModelError
from firsthand.train.models import build_model
from firsthand.train.transfer import check_freeze, load_pretrained

FACTS = Facts("image", "classification", (3, 32, 32), 10)


class Dangerous:
    def __reduce__(self):
        return (Path.touch, (Path("touched-by-a-file-of-weights"),))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def made(kind: str, folder: Path) -> Path:
    state = {name: torch.ones(40, 3) for name in ("a.weight", "b.weight")}
    path = folder / "weights.pt"
    match kind:
        case "damaged":
            torch.save(state, path)
            cut(path)
        case "damaged, npz":
            path = path.with_suffix(".npz")
            np.savez(path, **{name: value.numpy() for name, value in state.items()})
            cut(path)
        case "damaged, safetensors":
            path = path.with_suffix(".safetensors")
            header = {"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}
            text = json.dumps(header).encode()
            path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(20))
        case "no safetensors at all":
            path = path.with_suffix(".safetensors")
            path.write_text("these are no weights")
        case "code":
            torch.save({"a": Dangerous()}, path)
        case "no tensors":
            torch.save({"epoch": 3}, path)
        case "a text":
            path.write_text("weights, really")
        case "empty":
            path.write_bytes(b"")
        case "not finite":
            state["b.weight"][2, 2] = float("nan")
            torch.save(state, path)
        case "another network":
            weights = build_model(settings_of.ResNet18(), replace_shape()).state_dict()
            torch.save(weights, path)
        case "objects in npz":
            path = path.with_suffix(".npz")
            np.savez(path, a=np.array([{}], dtype=object))
    return path


def replace_shape() -> Facts:
    return Facts("image", "classification", (3, 64, 64), 10)


BAD = {
    "missing": ["There is no", "model.pretrained"],
    "damaged": ["weights.pt", "cannot be read"],
    "damaged, npz": ["weights.npz", "cannot be read"],
    "damaged, safetensors": ["weights.safetensors", "a is cut off"],
    "no safetensors at all": ["weights.safetensors", "cut off"],
    "code": ["more than tensors", "state_dict"],
    "no tensors": ["no tensors by name"],
    "a text": ["weights.pt", "damaged"],
    "empty": ["weights.pt", "cannot be read"],
    "not finite": ["b.weight", "not finite"],
    "another network": ["another network", "nearest", "conv1.weight", "[64, 3, 7, 7]"],
    "objects in npz": ["weights.npz", "cannot be read"],
}


@pytest.mark.parametrize(("kind", "words"), BAD.items(), ids=BAD)
def test_a_file_that_cannot_be_used_changes_nothing(tmp_path, monkeypatch, kind, words):
    monkeypatch.chdir(tmp_path)
    model = build_model(settings_of.ResNetCifar(), FACTS)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    path = made(kind, tmp_path)
    with pytest.raises(ModelError) as error:
        load_pretrained(model, path, "linear")
    for word in words:
        assert word in str(error.value), str(error.value)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not Path("touched-by-a-file-of-weights").exists()


@pytest.mark.parametrize(
    ("freeze", "words"),
    [
        (("layr1",), ["'layr1'", "Did you mean layer1", "backbone", "linear"]),
        (("backbone", "linear"), ["nothing to learn", "model.thaw_epoch"]),
    ],
)
def test_names_to_freeze_that_make_no_sense_are_refused(freeze, words):
    settings = settings_of.ResNetCifar(freeze=freeze)
    with pytest.raises(ModelError) as error:
        check_freeze(build_model(settings, FACTS), settings)
    for word in words:
        assert word in str(error.value)
