"""A run judged on other data: they get the preparation that was saved with it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from firsthand.train import DataError, Run, load_config, open_data, train
from firsthand.train.data import Data
from firsthand.train.evaluation.opening import open_run
from tests.train.projects import PLAIN


def _table(raw: Path) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    lines = ["a,b,word,kind"]
    for i in range(120):
        a, b = rng.normal(3, 5), rng.gamma(2)
        lines.append(f"{a:.5f},{b:.5f},{'xyz'[int(rng.integers(3))]},{'uv'[int(a > 3)]}")
        lines[-1] = lines[-1] if i % 17 else lines[-1].replace(",", ",", 1)
    (raw / "all.csv").write_text("\n".join(lines) + "\n")
    return {"path": "data/raw/all.csv", "target": "kind"}


def _prices(raw: Path) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    lines = ["a,b,price"]
    for _ in range(120):
        a, b = rng.normal(3, 5), rng.gamma(2)
        lines.append(f"{a:.5f},{b:.5f},{3 * a - b:.5f}")
    (raw / "all.csv").write_text("\n".join(lines) + "\n")
    return {"path": "data/raw/all.csv", "target": "price"}


def _texts(raw: Path) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    words = {"good": ["fine", "nice", "warm", "kind"], "bad": ["poor", "cold", "sad", "grey"]}
    lines = ["text,label"]
    for i in range(120):
        label = ("good", "bad")[i % 2]
        said = [*rng.choice(words[label], 4), *rng.choice([f"w{k}" for k in range(200)], 3)]
        lines.append(f"{' '.join(said)} {i},{label}")
    (raw / "all.csv").write_text("\n".join(lines) + "\n")
    return {"path": "data/raw/all.csv", "target": "label", "minimum": 2}


def _pictures(raw: Path) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    for label, level in (("dark", 60), ("light", 190)):
        (raw / "all" / label).mkdir(parents=True)
        for i in range(20):
            pixels = rng.normal(level, 20, (8, 8)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(raw / "all" / label / f"{i:02}.png")
    return {"path": "data/raw/all"}


def _masks(raw: Path) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    for folder in ("images", "masks"):
        (raw / "all" / folder).mkdir(parents=True)
    for i in range(48):
        mask = (rng.random((16, 16)) < 0.4).astype(np.uint8)
        if i % 3 == 0:
            mask[0, 0] = 2
        pixels = (60 * mask + rng.integers(0, 60, (16, 16))).astype(np.uint8)
        Image.fromarray(pixels).save(raw / "all" / "images" / f"{i:02}.png")
        Image.fromarray(mask).save(raw / "all" / "masks" / f"{i:02}.png")
    return {"path": "data/raw/all"}


def _series(raw: Path) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    rows = [f"{i},{10 + rng.normal():.5f}" for i in range(120)]
    (raw / "all.csv").write_text("step,level\n" + "\n".join(rows) + "\n")
    return {"path": "data/raw/all.csv", "target": "level", "time": "step", "history": 6}


MAKE: dict[str, tuple[str, Callable[[Path], dict[str, Any]], dict[str, Any]]] = {
    "table": ("tabular", _table, {"name": "mlp", "hidden": [4]}),
    "prices": ("tabular", _prices, {"name": "mlp", "hidden": [4]}),
    "texts": ("text", _texts, {"name": "bag"}),
    "pictures": ("image", _pictures, {"name": "cnn", "channels": [4]}),
    "masks": ("segmentation", _masks, {"name": "unet", "channels": [4, 8]}),
    "series": ("timeseries", _series, {"name": "lstm", "size": 4}),
}


def trained(kind: str, project: Path, **data: Any) -> Run:
    """A project of that kind, trained for an epoch."""
    task, make, model = MAKE[kind]
    (project / "data" / "raw").mkdir(parents=True)
    (project / "configs").mkdir()
    settings = {
        "name": kind,
        "task": task,
        "device": "cpu",
        "data": make(project / "data" / "raw") | data,
        "model": model,
        "train": {"epochs": 1, "batch_size": 16, **PLAIN, "curves": False},
    }
    (project / "configs" / "config.yaml").write_text(yaml.safe_dump(settings))
    run, _ = train(load_config(project / "configs" / "config.yaml"), project)
    return run


def _apart(run: Run, data: Data, to: Path) -> Path:
    """Write the test part's raw examples, in their order, to files of their own."""
    raw = run.project / "data" / "raw"
    sources = [data.test.source(i) for i in range(len(data.test))]
    if (raw / "all.csv").is_file():
        lines = (raw / "all.csv").read_text().splitlines()
        chosen = [lines[int(source.rsplit(" ", 1)[1]) - 1] for source in sources]
        (to / "later.csv").write_text("\n".join([lines[0], *chosen]) + "\n")
        return to / "later.csv"
    for source in sources:
        inside = Path(source).relative_to("all")
        for name in {inside, Path(str(inside).replace("images", "masks"))}:
            (to / "later" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(raw / "all" / name, to / "later" / name)
    return to / "later"


@pytest.mark.parametrize("kind", ["table", "prices", "texts", "pictures", "masks"])
def test_examples_of_the_test_part_are_prepared_to_the_same_bits_from_a_file_of_their_own(
    kind: str, tmp_path: Path
):
    run = trained(kind, tmp_path / "project")
    data = open_data(run.config, run.project)
    opened = open_run(run, path=_apart(run, data, tmp_path))
    assert len(opened.data.test) == len(data.test) > 5
    places = [data.test.source(i).replace("all", "later") for i in range(len(data.test))]
    order = _order(opened.data, places) if kind in ("pictures", "masks") else None
    index = np.arange(len(data.test))
    there = opened.data.test.batch(index if order is None else order)
    for came, was in zip(there, data.test.batch(index), strict=True):
        assert torch.equal(came, was)
    for name in data.slices:
        of_test = opened.data.slices[name]["test"]
        assert of_test == data.slices[name]["test"]
    assert opened.data.facts == data.facts
    assert len(opened.data.train) == len(data.train)
    rows = np.arange(3)
    assert torch.equal(opened.data.train.batch(rows)[0], data.train.batch(rows)[0])
    features = opened.data.test.features(rows)
    assert features.shape == data.test.features(rows).shape


def _order(data: Data, places: list[str]) -> np.ndarray:
    there = {data.test.source(i): i for i in range(len(data.test))}
    return np.array([there[place] for place in places])


def test_examples_that_are_not_as_in_training_are_named(tmp_path: Path):
    run = trained("table", tmp_path / "project")
    other = tmp_path / "later.csv"
    for text, words in (
        ("a,b,word,kind\n1,2,x,u\n1,often,x,u\n", ("later.csv, line 3", "'often'", "'b'")),
        ("a,b,word,kind\n1,2,x,w\n", ("later.csv, line 2", "'w'", "no class of training")),
        ("a,b,kind\n1,2,u\n", ("later.csv", "'word'")),
        ("a,b,word\n1,2,x\n", ("later.csv", "'kind'")),
    ):
        other.write_text(text)
        with pytest.raises(DataError) as error:
            open_run(run, path=other)
        assert all(word in str(error.value) for word in words)


def test_a_text_of_another_label_and_pictures_of_another_size_are_named(tmp_path: Path):
    run = trained("texts", tmp_path / "texts")
    (tmp_path / "later.csv").write_text("text,label\nfine,good\nfine,odd\n")
    with pytest.raises(DataError, match=r"later.csv, line 3: its label 'odd'"):
        open_run(run, path=tmp_path / "later.csv")
    run = trained("pictures", tmp_path / "pictures")
    (tmp_path / "later" / "dark").mkdir(parents=True)
    Image.new("L", (9, 8)).save(tmp_path / "later" / "dark" / "a.png")
    with pytest.raises(DataError, match=r"a.png has 8 x 9 pixels; the run learnt from 8 x 8"):
        open_run(run, path=tmp_path / "later")


def test_a_run_whose_own_data_are_prepared_in_another_way_now_is_refused(tmp_path: Path):
    run = trained("prices", tmp_path / "project")
    raw = run.project / "data" / "raw" / "all.csv"
    shutil.copy(raw, tmp_path / "later.csv")
    assert len(open_run(run, path=tmp_path / "later.csv").data.test) == 120
    raw.write_text(raw.read_text() + "900,1,2\n" * 9)
    with pytest.raises(DataError, match="has changed since"):
        open_run(run, path=tmp_path / "later.csv")
    (run.folder / "preparation.json").unlink()
    with pytest.raises(DataError, match=r"preparation.json is missing"):
        open_run(run, path=tmp_path / "later.csv")


def test_a_series_is_tested_on_other_files_only_where_its_scales_stay(tmp_path: Path):
    later = tmp_path / "later.csv"
    later.write_text("step,level\n" + "".join(f"{i},{i % 3 + 9}\n" for i in range(120, 150)))
    run = trained("series", tmp_path / "alone")
    with pytest.raises(DataError, match=r"cannot be tested on.*data.test_path"):
        open_run(run, path=later)
    with_its_own = tmp_path / "first.csv"
    with_its_own.write_text(later.read_text().replace(",9", ",8"))
    run = trained("series", tmp_path / "beside", test_path=str(with_its_own))
    data = open_data(run.config, run.project)
    opened = open_run(run, path=later)
    assert (
        opened.data.preparation
        == data.preparation
        == json.loads((run.folder / "preparation.json").read_text())
    )
    rows = np.arange(len(data.train))
    assert torch.equal(opened.data.train.batch(rows)[0], data.train.batch(rows)[0])
