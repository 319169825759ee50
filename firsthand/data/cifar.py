"""CIFAR-10: pickles of the year 2009, read without running anything that a pickle may ask for.

A batch is a dictionary of bytes: ``b"data"``, an array of bytes (n, 3072), each row a picture's
red, green and blue planes of 32 x 32; ``b"labels"``, a list of n classes. A pickle can name any
function and have it called; here two names of NumPy alone are known, and even they are answered
by stand-ins that only keep what they are given.

Krizhevsky, Learning multiple layers of features from tiny images (2009).
"""

from __future__ import annotations

import io
import lzma
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np

from firsthand.data.errors import FileError
from firsthand.data.found import find_file
from firsthand.data.images import Images, check_part

CIFAR10_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
SHAPE = 3, 32, 32
XZ = b"\xfd7zXZ\x00"
MOST = 2**26  # bytes of a batch; the original ones have 31 million


class _Kept:
    """Stands in for an array or a dtype: keeps what it would be made of."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments, self.state = arguments, ()

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Unpickler(pickle._Unpickler):  # pyright: ignore[reportPrivateUsage]  # the only name it has
    """Knows dictionaries, lists, numbers and text, and arrays as :class:`_Kept`; nothing else.

    It is the one written in Python, whose memory of what it has read is a dictionary. That of the
    one in C is as long as the largest number in the file says, whatever the file's size.
    """

    def find_class(self, module: str, name: str) -> Any:
        whole = f"{module}.{name}".replace("numpy._core.", "numpy.core.")
        known = "numpy.core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype"
        if whole not in known:
            raise pickle.UnpicklingError(f"it asks for {whole}, which no picture needs")
        return _Kept


def read_cifar_batch(path: str | Path) -> Images:
    """Return the pictures of one batch in the python version, packed with xz or not.

    ``X`` has shape (n_samples, 3, 32, 32), red, green and blue; ``y`` runs from 0 to 9.

    Raises
    ------
    FileError
        If it is no such batch, is cut off, or its pickle asks for anything but arrays.
    """
    path = Path(path)
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(XZ)) == XZ
        with lzma.open(path) if packed else path.open("rb") as file:
            text = file.read(MOST + 1)
        if len(text) > MOST:
            raise FileError(f"{path} is larger than any batch of CIFAR-10.")
        batch = _Unpickler(io.BytesIO(text), encoding="bytes").load()
    except FileError:
        raise
    except Exception as error:  # a broken pickle may raise anything
        raise FileError(f"{path} is no batch of CIFAR-10: {error or type(error)}.") from error
    return _images(path, batch)


def _images(path: Path, batch: Any) -> Images:
    """Return what a batch's dictionary says, once it says what it should."""
    if not isinstance(batch, dict) or not {b"data", b"labels"} <= set(batch):
        raise FileError(f"{path} holds no data and labels.")
    data, labels = batch[b"data"], batch[b"labels"]
    try:
        _, (n, size), dtype, in_columns, pixels = data.state
        X = np.frombuffer(pixels, np.uint8).reshape(n, *SHAPE)
        fits = size == X[0].size and dtype.arguments[0] in (b"u1", "u1") and not in_columns
    except (AttributeError, TypeError, ValueError, IndexError, OverflowError) as error:
        raise FileError(f"{path} holds no pictures of shape {SHAPE}: {error}.") from error
    if not fits:
        raise FileError(f"{path} holds no pictures of shape {SHAPE} in bytes.")
    if type(labels) is not list or any(type(label) is not int for label in labels):
        raise FileError(f"{path} holds labels that are no list of whole numbers.")
    if len(labels) != n:
        raise FileError(f"{path} holds {n} pictures, but {len(labels)} labels.")
    if min(labels) < 0 or max(labels) >= len(CIFAR10_CLASSES):
        raise FileError(
            f"{path} has labels from {min(labels)} to {max(labels)}; there are 10 classes."
        )
    return Images(X, np.array(labels, np.int64))


def load_cifar10(
    part: Literal["train", "test"] = "train", *, folder: str | Path | None = None
) -> Images:
    """Return CIFAR-10: 50,000 pictures to learn from, or 10,000 to test on, in colour.

    Parameters
    ----------
    part : {"train", "test"}
    folder : path, optional
        The folder of real data, with the batches in ``cifar-10-batches-py``, each as it was
        published or packed with xz; by default the one that ``FIRSTHAND_DATA`` names.

    Returns
    -------
    Images
        ``X`` of shape (50000, 3, 32, 32) or (10000, 3, 32, 32); the classes are
        ``CIFAR10_CLASSES``.
    """
    check_part(part)
    names = [f"data_batch_{n}" for n in range(1, 6)] if part == "train" else ["test_batch"]
    home = "cifar-10-batches-py"
    paths = [find_file((f"{home}/{name}", f"{home}/{name}.xz"), folder) for name in names]
    with ThreadPoolExecutor(2) as pool:  # unpacking holds no lock: half the time on two cores
        parts = list(pool.map(read_cifar_batch, paths))
    return Images(np.concatenate([p.X for p in parts]), np.concatenate([p.y for p in parts]))
