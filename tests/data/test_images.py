"""Files of pictures: read as they were written, and refused by name where they are broken."""

import gzip
import hashlib
import io
import lzma
import os
import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from firsthand.data import (
    CIFAR10_CLASSES,
    SETTING,
    DataError,
    FileError,
    as_floats,
    faces,
    load_cifar10,
    load_faces,
    load_mnist,
    read_cifar_batch,
    read_faces,
    read_idx,
    read_idx_pair,
    read_pgm,
)

HOME = Path(os.environ.get(SETTING, "/nowhere"))


def needs(path: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        not (HOME / path).exists(), reason=f"set {SETTING} to a folder with {path}"
    )


def idx(array: np.ndarray) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write(path: Path, text: bytes) -> Path:
    path.write_bytes(text)
    return path


@given(arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, max_side=5)), st.booleans())
@settings(max_examples=30, deadline=None)
def test_idx_is_read_as_it_was_written(tmp_path_factory, array: np.ndarray, packed: bool) -> None:
    path = tmp_path_factory.mktemp("idx") / "file"
    write(path, gzip.compress(idx(array)) if packed else idx(array))
    np.testing.assert_array_equal(read_idx(path, array.ndim), array)


def test_idx_says_what_is_wrong(tmp_path: Path) -> None:
    images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    whole = idx(images)
    path = tmp_path / "images"
    with pytest.raises(FileError, match="cannot be read"):
        read_idx(path, 3)
    for text, told in (
        (whole[:-1], r"states 24 bytes of shape \(2, 3, 4\), but holds only 23"),
        (whole + b"x", "holds more"),
        (whole[:9], "broken header"),
        (b"\x00\x00\x0d\x03" + whole[4:], r"starts with the bytes \[0, 0, 13, 3\]"),
        (b"", r"starts with the bytes \[\]"),
        (b"\x00\x00\x08\x03" + b"\xff" * 12, "broken header"),
        (gzip.compress(whole)[:-9], "cannot be read"),
    ):
        with pytest.raises(FileError, match=told):
            read_idx(write(path, text), 3)
    with pytest.raises(FileError, match="with 1 axes"):
        read_idx(write(path, whole), 1)
    labels = write(tmp_path / "labels", idx(np.array([1, 2, 3], np.uint8)))
    with pytest.raises(FileError, match=r"holds 2 images, but .* 3 labels"):
        read_idx_pair(path, labels)


def test_mnist_is_found_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "mnist").mkdir()
    X, y = np.arange(32, dtype=np.uint8).reshape(2, 4, 4), np.array([7, 2], np.uint8)
    write(tmp_path / "mnist/t10k-images-idx3-ubyte.gz", gzip.compress(idx(X)))
    write(tmp_path / "mnist/t10k-labels-idx1-ubyte", idx(y))
    digits = load_mnist("test", folder=tmp_path)
    np.testing.assert_array_equal(digits.X[:, 0], X)
    assert digits.y.tolist() == [7, 2]
    with pytest.raises(FileError, match=r"no mnist/train-images-idx3-ubyte\.gz and no"):
        load_mnist("train", folder=tmp_path)
    with pytest.raises(DataError, match="'train' or 'test', not 'all'"):
        load_mnist("all", folder=tmp_path)


def test_without_a_folder_the_error_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    for load in (load_mnist, load_cifar10, load_faces):
        with pytest.raises(FileError, match=f"Set {SETTING} to a folder that holds"):
            load()


def batch(X: np.ndarray, labels: object) -> dict[bytes, object]:
    return {b"batch_label": b"a few", b"data": X, b"labels": labels, b"filenames": [b"a.png"]}


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("packed", [True, False])
def test_a_batch_is_read_as_it_was_written(tmp_path: Path, protocol: int, packed: bool) -> None:
    X = np.random.default_rng(0).integers(0, 256, (4, 3072), np.uint8)
    text = pickle.dumps(batch(X, [3, 1, 4, 9]), protocol=protocol)
    path = write(tmp_path / "data_batch_1", lzma.compress(text) if packed else text)
    pictures = read_cifar_batch(path)
    np.testing.assert_array_equal(pictures.X.reshape(4, -1), X)
    assert pictures.y.tolist() == [3, 1, 4, 9]


class Runs:
    """A pickle of it would make a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_batch_runs_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made"
    path = write(tmp_path / "batch", pickle.dumps({b"data": Runs(made), b"labels": []}))
    with pytest.raises(FileError, match=r"asks for \w+\.mkdir, which no picture needs"):
        read_cifar_batch(path)
    assert not made.exists()


def test_a_batch_says_what_is_wrong(tmp_path: Path) -> None:
    X = np.zeros((2, 3072), np.uint8)
    path = tmp_path / "batch"
    whole = lzma.compress(pickle.dumps(batch(X, [1, 2])))
    for text, told in (
        (whole[:-40], "is no batch"),
        (b"", "is no batch"),
        (pickle.dumps([1, 2]), "no data and labels"),
        (pickle.dumps(batch(X[:, :100], [1, 2])), "no pictures of shape"),
        (pickle.dumps(batch(X.astype(np.float32), [1, 2])), "no pictures of shape"),
        (pickle.dumps(batch(np.asfortranarray(X), [1, 2])), "no pictures of shape"),
        (pickle.dumps({b"data": 5, b"labels": [1]}), "no pictures of shape"),
        (pickle.dumps(batch(X, [1])), "holds 2 pictures, but 1 labels"),
        (pickle.dumps(batch(X, [1, 10])), "labels from 1 to 10"),
    ):
        with pytest.raises(FileError, match=told):
            read_cifar_batch(write(path, text))


def pgm(picture: np.ndarray, comment: bytes = b"") -> bytes:
    height, width = picture.shape
    return b"P5\n%s%d %d\n255\n" % (comment, width, height) + picture.tobytes()


def archive(pictures: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, text in pictures.items():
            made.writestr(name, text)
    return file.getvalue()


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=6)))
@settings(max_examples=30, deadline=None)
def test_pgm_is_read_as_it_was_written(picture: np.ndarray) -> None:
    np.testing.assert_array_equal(read_pgm(pgm(picture)), picture)
    np.testing.assert_array_equal(read_pgm(pgm(picture, b"# by hand\n")), picture)


def test_pgm_says_what_is_wrong() -> None:
    for text, told in (
        (b"P2 1 1 255 7", "starts with b'P2"),
        (b"P5 2 2 255 abc", "states 2 x 2 pixels, but holds 3"),
        (b"P5 1 1 65535 ab", "65536 shades"),
    ):
        with pytest.raises(FileError, match=told):
            read_pgm(text)


def test_faces_are_sorted_by_person_and_picture(tmp_path: Path) -> None:
    shades = {"s10/2.pgm": 4, "s2/10.pgm": 2, "s2/9.pgm": 1, "s10/1.pgm": 3}
    members = {f"att/{k}": pgm(np.full((3, 2), v, np.uint8)) for k, v in shades.items()}
    path = write(tmp_path / "faces.zip", archive(members | {"att/README": b"credit"}))
    faces = read_faces(path)
    assert faces.X.shape == (4, 1, 3, 2)
    assert faces.X[:, 0, 0, 0].tolist() == [1, 2, 3, 4]
    assert faces.y.tolist() == [0, 0, 1, 1]


def test_faces_say_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "faces.zip"
    small, large = (pgm(np.zeros((n, 2), np.uint8)) for n in (2, 3))
    for text, told in (
        (b"no zip", "cannot be read"),
        (archive({"README": b""}), "no pictures of the name"),
        (archive({"s1/1.pgm": small, "s1/2.pgm": large}), "several sizes"),
        (archive({"s1/1.pgm": b"P2"}), r"s1/1\.pgm in .* starts with"),
    ):
        with pytest.raises(FileError, match=told):
            read_faces(write(path, text))


def test_bytes_become_numbers_from_0_to_1() -> None:
    X = np.arange(256, dtype=np.uint8)
    for dtype in (np.float32, np.float64):
        made = as_floats(X, dtype)
        assert made.dtype == dtype
        np.testing.assert_allclose(made, np.linspace(0, 1, 256), atol=1e-7)


@needs("mnist")
def test_mnist_is_what_was_published() -> None:
    train, test = load_mnist("train"), load_mnist("test")
    assert train.X.shape == (60000, 1, 28, 28)
    assert test.X.shape == (10000, 1, 28, 28)
    # the counts of each digit, and the mean and deviation that everyone divides by
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(train.y).tolist() == counts
    assert test.y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert train.X.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
    assert train.X.std() / 255 == pytest.approx(0.3081, abs=1e-4)


@needs("cifar-10-batches-py")
def test_cifar_is_what_was_published() -> None:
    pictures = load_cifar10("test")
    assert pictures.X.shape == (10000, 3, 32, 32)
    assert np.bincount(pictures.y).tolist() == [1000] * 10
    assert [CIFAR10_CLASSES[k] for k in pictures.y[:4]] == ["cat", "ship", "ship", "airplane"]
    # the same bytes as in the data of the pickle that Python itself opens
    assert hashlib.md5(pictures.X.tobytes()).hexdigest() == "f1aa22116df97725db0e47461c45a82b"


@needs("faces")
def test_faces_are_what_was_published() -> None:
    faces = load_faces()
    assert faces.X.shape == (400, 1, 112, 92)
    assert np.bincount(faces.y).tolist() == [10] * 40


def test_a_pgm_without_an_end_is_refused_at_once() -> None:
    with pytest.raises(FileError, match="starts with b'P5"):
        read_pgm(b"P5" + b" " * 100_000 + b"x")


def locked() -> bytes:
    """Return a zip whose only picture says that it is encrypted."""
    text = bytearray(archive({"s1/1.pgm": pgm(np.zeros((2, 2), np.uint8))}))
    text[6] |= 1
    text[text.index(b"PK\x01\x02") + 8] |= 1
    return bytes(text)


def packed_badly() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("s1/1.pgm", pgm(np.zeros((50, 50), np.uint8)))
    text = bytearray(file.getvalue())
    text[42:60] = b"\xff" * 18
    return bytes(text)


def nameless() -> bytes:
    text = archive({"s1/1\u00e9.pgm": b""})
    return text.replace("\u00e9".encode(), b"\xff\xff")


@pytest.mark.parametrize("text", [locked(), packed_badly(), nameless()])
def test_a_zip_that_cannot_be_opened(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_faces(write(tmp_path / "faces.zip", text))


def test_people_are_few(tmp_path: Path) -> None:
    path = write(tmp_path / "faces.zip", archive({f"s{'9' * 5000}/1.pgm": b""}))
    with pytest.raises(FileError, match="no pictures of the name"):
        read_faces(path)


def test_a_zip_of_many_pictures_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "MOST", 100)
    small = pgm(np.zeros((5, 5), np.uint8))
    assert len(read_faces(write(tmp_path / "few.zip", archive({"s1/1.pgm": small}))).X) == 1
    many = archive({f"s1/{k}.pgm": small for k in range(9)})
    with pytest.raises(FileError, match="unpacks to more than 100 bytes"):
        read_faces(write(tmp_path / "faces.zip", many))


def test_no_axis_hides_behind_an_empty_one(tmp_path: Path) -> None:
    sizes = struct.pack(">3I", 0, 2**32 - 1, 2**32 - 1)
    with pytest.raises(FileError, match="broken header"):
        read_idx(write(tmp_path / "images", b"\x00\x00\x08\x03" + sizes), 3)


def test_a_small_batch_asks_for_little_memory(tmp_path: Path) -> None:
    start = b"\x80\x02}"
    for put in (b"r" + struct.pack("<I", 2**28), b"p%d\n" % 2**28):
        path = write(tmp_path / "batch", start + put + b".")
        tracemalloc.start()
        with pytest.raises(FileError, match="no data and labels"):
            read_cifar_batch(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2**27  # what it reads at most is half of it


def test_labels_are_a_list_of_whole_numbers(tmp_path: Path) -> None:
    X = np.zeros((1, 3072), np.uint8)
    shared: object = 1
    for _ in range(40):
        shared = [shared] * 10  # 10^40 numbers, were they written out
    for labels in (3, 0.9, [0.9], b"3", [b"3"], [True], None, shared):
        path = write(tmp_path / "batch", pickle.dumps(batch(X, labels)))
        with pytest.raises(FileError, match="no list of whole numbers"):
            read_cifar_batch(path)
    with pytest.raises(FileError, match="there are 10 classes"):
        read_cifar_batch(write(tmp_path / "batch", pickle.dumps(batch(X, [2**70]))))
