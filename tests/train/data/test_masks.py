"""Pictures and masks as data of a project."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from firsthand.train import parse_config
from firsthand.train.data import Data, load_data

LAYOUTS = {
    "flat": ("images/{name}", "masks/{name}"),
    "parts inside": ("images/{part}/{name}", "masks/{part}/{name}"),
    "parts outside": ("{part}/images/{name}", "{part}/masks/{name}"),
    "CamVid": ("{part}/{name}", "{part}annot/{name}"),
    "labels": ("around/{part}/{name}", "around/{part}_labels/{name}"),
}
COUNTS = {"train": 8, "val": 3, "test": 2}


def written(root: Path, layout: str = "flat", n_values: int = 4, seed: int = 0) -> Path:
    """Thirteen pictures whose first channel tells the mask: value v is 10 v."""
    rng = np.random.default_rng(seed)
    for part, n in COUNTS.items():
        for i in range(n):
            values = rng.integers(0, n_values, (6, 5), np.uint8)
            pixels = np.dstack([10 * values, *rng.integers(0, 256, (2, 6, 5), np.uint8)])
            for place, array, end in zip(
                LAYOUTS[layout], (pixels, values), ("bmp", "png"), strict=True
            ):
                file = root / place.format(part=part, name=f"{part}{i}.{end}")
                file.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(array).save(file)
    return root


def data_of(path: Path, **settings) -> Data:
    return load_data(
        parse_config({"task": "segmentation", "data": {"path": str(path), **settings}})
    )


def parts_of(data: Data):
    return data.train, data.validation, data.test


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_pixel_has_the_class_of_its_mask(tmp_path: Path, layout: str) -> None:
    data = data_of(written(tmp_path, layout), normalise="none")
    assert data.facts.input_shape == (3, 6, 5)
    assert data.facts.classes == ("0", "1", "2", "3")
    if layout != "flat":
        assert [len(p) for p in parts_of(data)] == [8, 3, 2]
    assert sum(map(len, parts_of(data))) == 13
    for part in parts_of(data):
        x, y = part.batch(np.arange(len(part)))
        assert y.dtype == torch.long
        torch.testing.assert_close(x[:, 0] * 25.5, y.float())
    x, y = data.train.batch(np.arange(len(data.train)))
    assert data.facts.class_counts == tuple(np.bincount(y.flatten()).tolist())


def test_a_zip_and_streaming_give_the_same_numbers(tmp_path: Path) -> None:
    folder = written(tmp_path / "roads", "CamVid")
    with zipfile.ZipFile(tmp_path / "roads.zip", "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(folder).as_posix())
    reference = data_of(folder, ignore=2)
    for other in (
        data_of(tmp_path / "roads.zip", ignore=2),
        data_of(tmp_path / "roads.zip", ignore=2, in_memory="no"),
    ):
        assert other.facts == reference.facts
        assert other.preparation == reference.preparation
        assert other.fingerprint == reference.fingerprint
        for a, b in zip(parts_of(other), parts_of(reference), strict=True):
            index = np.arange(len(a))[::-1].copy()
            for one, two in zip(a.batch(index), b.batch(index), strict=True):
                assert torch.equal(one, two)


@pytest.mark.parametrize(("ignore", "classes"), [(0, "bcd"), (2, "abd"), (3, "abc"), (255, "abcd")])
def test_what_is_ignored_is_no_class_and_the_others_close_up(
    tmp_path: Path, ignore: int, classes: str
) -> None:
    data = data_of(written(tmp_path), ignore=ignore, classes=list("abcd"), normalise="none")
    assert data.facts.classes == tuple(classes)
    x, y = data.train.batch(np.arange(len(data.train)))
    values = (x[:, 0] * 25.5).round().long()
    assert torch.equal(y == data.facts.ignore_index, values == ignore)
    kept = values != ignore
    named = ["abcd"[v] for v in values[kept].tolist()]
    assert [data.facts.classes[c] for c in y[kept].tolist()] == named
    assert sum(data.facts.class_counts) == int(kept.sum())


def test_masks_in_colours(tmp_path: Path) -> None:
    reference = data_of(written(tmp_path / "a"))
    folder = written(tmp_path / "b")
    palette = {"road": (128, 64, 128), "sky": (70, 130, 180), "car": (0, 0, 142), "tree": (9, 9, 9)}
    colours = np.array(list(palette.values()), np.uint8)
    for file in (folder / "masks").iterdir():
        Image.fromarray(colours[np.asarray(Image.open(file))]).save(file)
    data = data_of(folder, palette={k: list(v) for k, v in palette.items()})
    assert data.facts.classes == tuple(palette)
    index = np.arange(len(data.train))
    assert torch.equal(data.train.batch(index)[1], reference.train.batch(index)[1])


def test_places_in_a_palette_of_the_file_are_the_values(tmp_path: Path) -> None:
    reference = data_of(written(tmp_path / "a"))
    folder = written(tmp_path / "b")
    for file in (folder / "masks").iterdir():
        image = Image.open(file).copy()
        image.putpalette([7, 7, 7, 99, 0, 0, 1, 2, 3, 200, 200, 200])
        image.save(file)
        with Image.open(file) as image:
            assert image.mode == "P"
    index = np.arange(len(reference.train))
    assert torch.equal(data_of(folder).train.batch(index)[1], reference.train.batch(index)[1])


def test_names_from_a_file_of_classes_and_a_suffix_of_masks(tmp_path: Path) -> None:
    folder = written(tmp_path / "roads")
    (folder / "classes.txt").write_text("0 Sky\n1 Road\n2 Car\n3 Unlabelled\n")
    for file in (folder / "masks").iterdir():
        file.rename(file.with_stem(f"{file.stem}_L"))
    data = data_of(folder, mask_suffix="_L")
    assert data.facts.classes == ("Sky", "Road", "Car", "Unlabelled")
    assert "data.ignore" in next(f.text for f in data.findings if f.kind == "void")
    assert data_of(folder, mask_suffix="_L", ignore=3).facts.classes == ("Sky", "Road", "Car")


def test_a_smaller_size_takes_the_nearest_class(tmp_path: Path) -> None:
    data = data_of(written(tmp_path), size=[3, 5])
    x, y = data.train.batch(np.arange(len(data.train)))
    assert x.shape[1:] == (3, 3, 5)
    assert y.shape[1:] == (3, 5)
    assert set(y.unique().tolist()) <= {0, 1, 2, 3}


def test_frames_of_a_film_stay_together(tmp_path: Path) -> None:
    data = data_of(written(tmp_path), split={"kind": "grouped", "group": r"/(train|val|test)\d"})
    films = [
        {re.sub(r"\d+\.bmp", "", p.source(i).split("/")[-1]) for i in range(len(p))}
        for p in parts_of(data)
    ]
    assert sorted(f for film in films for f in film) == ["test", "train", "val"]
