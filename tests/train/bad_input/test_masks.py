"""Masks that cannot be used: what is said of them, and what is done about it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firsthand.train import DataError, parse_config
from firsthand.train.data import Data, load_data


def data_of(path: Path, **settings) -> Data:
    return load_data(
        parse_config({"task": "segmentation", "data": {"path": str(path), **settings}})
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root, rng = tmp_path / "roads", np.random.default_rng(0)
    for name in ("images", "masks"):
        (root / name).mkdir(parents=True)
    for i in range(30):
        Image.fromarray(rng.integers(0, 256, (6, 5, 3), np.uint8)).save(root / f"images/{i}.png")
        Image.fromarray(rng.integers(0, 3, (6, 5), np.uint8)).save(root / f"masks/{i}.png")
    return root


def _mask(pixels: np.ndarray, form: str = "PNG") -> Callable[[Path], None]:
    return lambda root: Image.fromarray(pixels).save(root / "masks/7.png", form)


def _remove(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def _write(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda root: (root / name).write_bytes(content) and None


def _cut(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).write_bytes((root / name).read_bytes()[:-30]) and None


high = np.zeros((6, 5), np.uint8)
high[2, 4] = 17
mixed = np.zeros((6, 5, 3), np.uint8)
mixed[0, 1] = 10, 20, 30
BAD: dict[str, tuple[Callable[[Path], None], dict, str]] = {
    "no mask": (_remove("masks/7.png"), {}, "roads/images/7.png: it has no mask of its name"),
    "no picture": (_remove("images/7.png"), {}, "masks/7.png: it is a mask without a picture"),
    "another size": (
        _mask(np.zeros((6, 4), np.uint8)),
        {},
        "its mask roads/masks/7.png has 6 x 4 pixels, the picture 6 x 5",
    ),
    "another size, though all are resized": (
        _mask(np.zeros((6, 4), np.uint8)),
        {"size": [3, 3]},
        "its mask roads/masks/7.png has 6 x 4 pixels",
    ),
    "a value that is no class": (
        _mask(high),
        {"classes": ["a", "b", "c"]},
        "roads/images/7.png: .*value 17 in row 2, column 4 is no class; classes run from 0 to 2",
    ),
    "a value that marks nothing": (_mask(high * 15), {}, "set data.ignore: 255"),
    "colours without a palette": (_mask(mixed), {}, "7.png: it is in colour; set data.palette"),
    "a cut mask": (_cut("masks/7.png"), {}, "masks/7.png: it is damaged"),
    "a cut picture": (_cut("images/7.png"), {}, "images/7.png: it is damaged"),
    "an empty mask": (_write("masks/7.png", b""), {}, "masks/7.png: it is no picture"),
    "fractions": (
        lambda root: Image.fromarray(np.ones((6, 5), np.float32)).save(
            root / "masks/7.png", "TIFF"
        ),
        {},
        "its values run from 1 to 1",
    ),
    "two pictures of one name": (
        lambda root: Image.new("RGB", (5, 6)).save(root / "images/7.bmp"),
        {},
        "7.png: it has the name of images/7.bmp",
    ),
}


@pytest.mark.parametrize(("spoil", "settings", "words"), BAD.values(), ids=BAD)
def test_a_mask_that_cannot_be_used_is_named_then_skipped_or_refused(
    folder: Path, spoil: Callable[[Path], None], settings: dict, words: str
) -> None:
    spoil(folder)
    with pytest.raises(DataError, match=words):
        data_of(folder, **settings)
    data = data_of(folder, bad="skip", **settings)
    assert len(data.train) + len(data.validation) + len(data.test) >= 29
    assert "7" in next(f.text for f in data.findings if f.kind == "bad")
    with pytest.raises(DataError, match="max_bad"):
        data_of(folder, bad="skip", max_bad=0.01, **settings)


PALETTE = {"a": [0, 0, 0], "b": [1, 1, 1]}
WHOLE: dict[str, tuple[dict, str]] = {
    "no folder of that name": ({"masks": "labels"}, "no masks: .*images/ with labels/"),
    "a colour that the palette has not": ({"palette": PALETTE}, r"colour \[2, 2, 2\] in row"),
    "one class": ({"classes": ["a", "b"], "ignore": 1}, "value 2 in row|only the class"),
    "stratified": ({"split": {"kind": "stratified"}}, "data.split.kind: stratified does not fit"),
    "grouped by nothing": ({"split": {"kind": "grouped"}}, "data.split.group"),
}


@pytest.mark.parametrize(("settings", "words"), WHOLE.values(), ids=WHOLE)
def test_settings_that_do_not_fit_the_masks(folder: Path, settings: dict, words: str) -> None:
    with pytest.raises(DataError, match=words):
        data_of(folder, **settings)


def test_a_streamed_mask_that_changes_is_named(folder: Path) -> None:
    data = data_of(folder, in_memory="no")
    (folder.parent / data.train.source(3).replace("images", "masks")).write_bytes(b"")
    with pytest.raises(DataError, match=f"{data.train.source(3)} has changed while"):
        data.train.batch(np.array([3]))
