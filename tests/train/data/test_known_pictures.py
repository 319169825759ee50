"""MNIST's and CIFAR-10's files as data of a project."""

import gzip
import pickle
from pathlib import Path

import numpy as np
import pytest

from firsthand.train import parse_config
from firsthand.train.data import load_data


def idx(array: np.ndarray) -> bytes:
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """Files with MNIST's names: 60 pictures to learn from, 10 to test on, packed."""
    rng = np.random.default_rng(0)
    for start, n in (("train", 60), ("t10k", 10)):
        X, y = rng.integers(0, 256, (n, 4, 3)), np.arange(n) % 3
        (tmp_path / f"{start}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(X)))
        (tmp_path / f"{start}-labels-idx1-ubyte").write_bytes(idx(y))
    return tmp_path


def data_of(path: Path, **settings):
    return load_data(parse_config({"task": "image", "data": {"path": str(path), **settings}}))


def test_pairs_of_idx_files(digits: Path) -> None:
    data = data_of(digits)
    assert data.facts.input_shape == (1, 4, 3)
    assert data.facts.classes == ("0", "1", "2")
    assert (len(data.train), len(data.validation), len(data.test)) == (51, 9, 10)
    assert data.test.source(3) == "t10k-images-idx3-ubyte.gz, picture 3"
    _, y = data.validation.batch(np.arange(9))
    assert np.bincount(y).tolist() == [3, 3, 3]  # each class has its share
    x, _ = data.train.batch(np.arange(51))
    assert float(x.mean()) == pytest.approx(0, abs=1e-6)  # float32 of about 600 numbers
    assert float(x.std(correction=0)) == pytest.approx(1, abs=1e-5)


def test_the_test_part_has_the_training_parts_mean(digits: Path) -> None:
    data = data_of(digits)
    train = 255 * data.train.features(np.arange(51))
    raw = np.frombuffer(
        gzip.decompress((digits / "t10k-images-idx3-ubyte.gz").read_bytes())[16:], np.uint8
    )
    x, y = data.test.batch(np.arange(10))
    expected = (raw.reshape(10, 1, 4, 3) - train.mean()) / train.std()
    np.testing.assert_allclose(x, expected, atol=1e-5)
    assert y.tolist() == [i % 3 for i in range(10)]


def test_batches_of_cifar(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, n in (("data_batch_1", 40), ("data_batch_2", 40), ("test_batch", 20)):
        pixels = rng.integers(0, 256, (n, 3072)).astype(np.uint8)
        batch = {b"data": pixels, b"labels": [i % 10 for i in range(n)]}
        (tmp_path / name).write_bytes(pickle.dumps(batch, protocol=4))
    data = data_of(tmp_path)
    assert data.facts.input_shape == (3, 32, 32)
    assert data.facts.classes[6] == "frog"
    assert sum(data.facts.class_counts) + len(data.validation) == 80
    x, y = data.test.batch(np.array([19, 4]))
    assert x.shape == (2, 3, 32, 32)
    assert y.tolist() == [9, 4]
