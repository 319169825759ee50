"""Pictures and their classes, as the files of the well-known sets hold them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from firsthand.data.errors import DataError


class Images(NamedTuple):
    """Pictures and their classes.

    Attributes
    ----------
    X : ndarray of shape (n_samples, channels, height, width)
        Bytes, 0 (black) to 255.
    y : ndarray of shape (n_samples,)
        int64 class numbers 0, 1, ...
    """

    X: NDArray[np.uint8]
    y: NDArray[np.int64]


def as_floats(X: NDArray[np.uint8], dtype: DTypeLike = np.float32) -> NDArray[np.floating[Any]]:
    """Return bytes 0 to 255 as numbers 0 to 1, of the same shape.

    Examples
    --------
    >>> as_floats(np.array([0, 51, 255], np.uint8)).tolist()
    [0.0, 0.20000000298023224, 1.0]
    """
    return X.astype(dtype) / np.asarray(255, dtype)


def check_part(part: str) -> None:
    """Refuse whatever is neither the part to learn from nor the one to test on."""
    if part not in ("train", "test"):
        raise DataError(f"part is 'train' or 'test', not {part!r}.")
