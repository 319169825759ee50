"""Pictures that cannot be used: what is said of them, and what is done about it."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firsthand.train import DataError, parse_config
from firsthand.train.data import Data, load_data
from firsthand.train.data.pictures.images import prepare


def picture(seed: int, size: tuple[int, int] = (6, 5)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8))


def png(seed: int, size: tuple[int, int] = (6, 5)) -> bytes:
    file = io.BytesIO()
    picture(seed, size).save(file, "PNG")
    return file.getvalue()


def data_of(path: Path, **settings) -> Data:
    return load_data(parse_config({"task": "image", "data": {"path": str(path), **settings}}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pets"
    for k, name in enumerate(("cat", "dog")):
        (root / name).mkdir(parents=True)
        for i in range(20):
            (root / name / f"{i}.png").write_bytes(png(100 * k + i))
    return root


def bomb(side: int) -> bytes:
    """A PNG of as many pixels a side, by its header."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = (b"IHDR" + head, b"IDAT" + bytes(9), b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )


def fractions() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ones((6, 5), np.float32)).save(file, "TIFF")
    return file.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "text": (b"not a picture", "no picture of a known format"),
    "truncated": (png(1)[:-40], "it is damaged"),
    "one flipped byte": (png(1)[:50] + b"\xff" + png(1)[51:], "it is damaged"),
    "another size": (png(1, (7, 5)), "it has 7 x 5 pixels, but pets/cat/0.png has 6 x 5"),
    "fractions": (fractions(), "numbers with fractions"),
    "a bomb": (bomb(50_000), "it has too many pixels"),
    "a large picture": (bomb(9_000), "9000 x 9000 pixels; 67108864 at most are read"),
    "one that Pillow warns of": (bomb(12_000), "12000 x 12000 pixels; 67108864 at most are read"),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_used_is_named_then_skipped_or_refused(
    folder: Path, content: bytes, words: str
) -> None:
    (folder / "dog" / "7x.png").write_bytes(content)
    with pytest.raises(DataError, match=f"pets/dog/7x.png: .*({words}).* without such files"):
        data_of(folder)
    data = data_of(folder, bad="skip")
    (finding,) = (f for f in data.findings if f.kind == "bad")
    assert "1 of 41 pictures" in finding.text
    assert "pets/dog/7x.png" in finding.text
    assert len(data.train) + len(data.validation) + len(data.test) == 40
    with pytest.raises(DataError, match=r"max_bad") as raised:
        data_of(folder, bad="skip", max_bad=0.01)
    assert "separator" not in str(raised.value)


def test_a_class_that_only_the_test_part_has(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for name in ("cat", "zebra"):
        (other / name).mkdir(parents=True)
        for i in range(3):
            (other / name / f"{i}.png").write_bytes(png(900 + i))
    with pytest.raises(DataError, match=r"other/zebra/0.png.*'zebra' is only in the part test"):
        data_of(folder, test_path=str(other))
    data = data_of(folder, test_path=str(other), bad="skip", max_bad=0.1)
    assert data.facts.classes == ("cat", "dog")
    assert len(data.test) == 3


def test_an_empty_folder_of_a_class_is_noticed(folder: Path) -> None:
    (folder / "zebra").mkdir()
    assert "pets/zebra" in next(f.text for f in data_of(folder).findings if f.kind == "empty")


def test_a_streamed_file_that_changes_is_named(folder: Path) -> None:
    data = data_of(folder, in_memory="no")
    (folder.parent / data.train.source(4)).write_bytes(b"")
    with pytest.raises(DataError, match=f"{data.train.source(4)} has changed while"):
        data.train.batch(np.array([4]))


def _one_class(root: Path) -> Path:
    (root / "only").mkdir(parents=True)
    for i in range(5):
        (root / "only" / f"{i}.png").write_bytes(png(i))
    return root


def _no_folders(root: Path) -> Path:
    root.mkdir()
    (root / "0.png").write_bytes(png(0))
    return root


def _nothing(root: Path) -> Path:
    root.mkdir()
    return root


def _no_zip(root: Path) -> Path:
    root.write_bytes(b"PK\x03\x04 and no more")
    return root


def _traversal(root: Path) -> Path:
    with zipfile.ZipFile(root, "w") as archive:
        archive.writestr("cat/../../escape.png", png(0))
    return root


def _twice(root: Path) -> Path:
    with zipfile.ZipFile(root, "w") as archive:
        archive.writestr("cat/0.png", png(0))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("cat/0.png", png(1))
    return root


def _damaged_member(root: Path) -> Path:
    with zipfile.ZipFile(root, "w") as archive:
        for name in ("cat", "dog"):
            for i in range(5):
                archive.writestr(f"{name}/{i}.png", png(i))
    content = bytearray(root.read_bytes())
    content[content.index(b"IDAT") + 8] ^= 0xFF
    root.write_bytes(content)
    return root


def _too_few(root: Path) -> Path:
    for k, name in enumerate(("cat", "dog")):
        (root / name).mkdir(parents=True)
        (root / name / "0.png").write_bytes(png(k))
    return root


def _no_labels(root: Path) -> Path:
    root.mkdir()
    (root / "train-images-idx3-ubyte").write_bytes(bytes([0, 0, 8, 3] + [0] * 12))
    return root


def _idx(n_images: int, n_labels: int, cut: int = 0) -> Callable[[Path], Path]:
    def make(root: Path) -> Path:
        root.mkdir()
        for name, shape in (("images-idx3", (n_images, 2, 2)), ("labels-idx1", (n_labels,))):
            sizes = b"".join(n.to_bytes(4, "big") for n in shape)
            content = bytes([0, 0, 8, len(shape)]) + sizes + bytes(int(np.prod(shape)))
            (root / f"train-{name}-ubyte.gz").write_bytes(
                gzip.compress(content)[: -cut if cut and len(shape) == 3 else None]
            )
        return root

    return make


def _bad_batch(root: Path) -> Path:
    root.mkdir()
    (root / "data_batch_1").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    return root


WHOLE = {
    "missing": (lambda root: root, "There is no .*broken"),
    "one class": (_one_class, "only the class .only. to learn; two are needed"),
    "no folders": (_no_folders, "no folders with pictures"),
    "nothing": (_nothing, "no folders with pictures"),
    "no zip": (_no_zip, "neither a folder nor a zip"),
    "a name that points elsewhere": (_traversal, "cat/../../escape.png"),
    "the same name twice": (_twice, "holds cat/0.png twice"),
    "a damaged member": (_damaged_member, "broken/cat/0.png: it is damaged"),
    "too few": (_too_few, "would be empty"),
    "IDX without labels": (_no_labels, "there is no train-labels-idx1-ubyte beside it"),
    "IDX with fewer labels": (_idx(9, 8), "9 images, but .* 8 labels"),
    "IDX cut off": (_idx(9, 9, cut=12), "cannot be read"),
    "IDX of nothing": (_idx(0, 0), "holds no pictures"),
    "CIFAR that runs code": (_bad_batch, "asks for os.system"),
}


@pytest.mark.parametrize(("make", "words"), WHOLE.values(), ids=WHOLE)
def test_a_folder_or_zip_that_cannot_be_used(
    tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        data_of(make(tmp_path / "broken"))


SETTINGS = {
    "idx": ({"format": "idx"}, "no files .*images-idx3-ubyte"),
    "cifar": ({"format": "cifar"}, "no files data_batch_1"),
    "time": ({"split": {"kind": "time", "time": "x"}}, "data.split.kind: time"),
    "no group": ({"split": {"kind": "grouped"}}, "set data.split.group to a regular expression"),
    "no pattern": ({"split": {"kind": "grouped", "group": "("}}, "no regular expression"),
    "no match": ({"split": {"kind": "grouped", "group": "house"}}, "matches nothing in 'pets/cat"),
    "people": ({"problem": "verification", "split": {"kind": "random"}}, "divides by people"),
    "people too few": ({"problem": "verification"}, "only the class|would be empty"),
    "test_path": ({"test_path": "nowhere"}, "There is no nowhere"),
}


@pytest.mark.parametrize(("settings", "words"), SETTINGS.values(), ids=SETTINGS)
def test_settings_that_do_not_fit_the_pictures(folder: Path, settings: dict, words: str) -> None:
    with pytest.raises(DataError, match=words):
        data_of(folder, **settings)


def test_new_pictures_that_do_not_fit(folder: Path, tmp_path: Path) -> None:
    preparation = data_of(folder).preparation
    with pytest.raises(DataError, match="7 x 5 pixels; the network learnt from 6 x 5"):
        prepare(png(0, (7, 5)), preparation)
    with pytest.raises(DataError, match="it is damaged"):
        prepare(png(0)[:-30], preparation)
    with pytest.raises(DataError, match=r"none.png cannot be read: No such file"):
        prepare(tmp_path / "none.png", preparation)
    with pytest.raises(DataError, match=r"float64 of shape \(6, 5\)"):
        prepare(np.zeros((6, 5)), preparation)
