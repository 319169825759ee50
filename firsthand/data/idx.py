"""IDX files, in which MNIST comes: a magic number, the sizes, and then the bytes.

    0 0 type n     two zeros, the type of the numbers (8: bytes), how many axes
    size ...       four bytes an axis, the highest first
    numbers        in the order of the axes, the last running fastest

LeCun, Cortes & Burges, The MNIST database of handwritten digits (1998).
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.data.errors import FileError
from firsthand.data.found import find_file
from firsthand.data.images import Images, check_part

BYTES = 8
GZIP = b"\x1f\x8b"
MOST = 2**30  # bytes; a header may ask for no more


def read_idx(path: str | Path, n_axes: int) -> NDArray[np.uint8]:
    """Return the bytes of an IDX file, gzipped or not, in the shape that its header states.

    Parameters
    ----------
    path : path
    n_axes : int
        3 for images, 1 for labels.

    Raises
    ------
    FileError
        If it is no IDX file of bytes with so many axes, or is shorter or longer than it states.
    """
    path = Path(path)
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            magic = file.read(4)
            if magic != bytes([0, 0, BYTES, n_axes]):
                raise FileError(
                    f"{path} starts with the bytes {list(magic)}; an IDX file of bytes "
                    f"with {n_axes} axes starts with {[0, 0, BYTES, n_axes]}."
                )
            header = file.read(4 * n_axes)
            sizes = [int.from_bytes(header[i : i + 4], "big") for i in range(0, len(header), 4)]
            needed = math.prod(sizes)
            largest = math.prod(size or 1 for size in sizes)  # no axis hides behind an empty one
            if len(header) < 4 * n_axes or largest > MOST:
                raise FileError(f"{path} has a broken header: sizes {sizes}.")
            numbers = file.read(needed + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"{path} cannot be read: {error}.") from error
    if len(numbers) != needed:
        more = "more" if len(numbers) > needed else f"only {len(numbers)}"
        raise FileError(f"{path} states {needed} bytes of shape {tuple(sizes)}, but holds {more}.")
    return np.frombuffer(numbers, np.uint8).reshape(sizes)


def read_idx_pair(images: str | Path, labels: str | Path) -> Images:
    """Return the images of one IDX file with the labels of another.

    ``X`` has shape (n_samples, 1, height, width).

    Raises
    ------
    FileError
        If one of them cannot be read, or there are not as many labels as images.
    """
    X, y = read_idx(images, 3), read_idx(labels, 1)
    if len(X) != len(y):
        raise FileError(f"{images} holds {len(X)} images, but {labels} {len(y)} labels.")
    return Images(X[:, None], y.astype(np.int64))


def load_mnist(
    part: Literal["train", "test"] = "train", *, folder: str | Path | None = None
) -> Images:
    """Return MNIST: 60,000 digits to learn from, or 10,000 to test on, of 28 x 28 pixels.

    Parameters
    ----------
    part : {"train", "test"}
    folder : path, optional
        The folder of real data, with the four files in ``mnist``, gzipped or not; by default the
        one that ``FIRSTHAND_DATA`` names.

    Returns
    -------
    Images
        ``X`` of shape (60000, 1, 28, 28) or (10000, 1, 28, 28), white on black.
    """
    check_part(part)
    start = "train" if part == "train" else "t10k"
    images, labels = (
        find_file((f"mnist/{start}-{kind}.gz", f"mnist/{start}-{kind}"), folder)
        for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    return read_idx_pair(images, labels)
