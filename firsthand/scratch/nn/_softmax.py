r"""The exponentials of a softmax at speed: two passes in place, large inputs parted among threads.

E = exp(Z - max)        total = sum E, as a product with ones
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn._parts import blocks, in_parts

Array = NDArray[np.floating[Any]]


def exponentials(Z: Array) -> tuple[Array, Array, Array]:
    """Return (E, top, total) of shapes (..., n), (..., 1) and (..., 1); the greatest E is 1."""
    *lead, n = Z.shape
    rows = Z.reshape(-1, n)
    E = np.empty(rows.shape, Z.dtype)
    top, total = np.empty((2, len(rows), 1), Z.dtype)
    ones = np.ones((n, 1), Z.dtype)

    def work(part: slice) -> None:
        for some in blocks(part, n):
            own = E[some]
            np.max(rows[some], axis=-1, keepdims=True, out=top[some])
            np.subtract(rows[some], top[some], out=own)
            np.exp(own, out=own)
            np.matmul(own, ones, out=total[some])

    in_parts(work, len(rows), Z.size)
    return E.reshape(Z.shape), top.reshape(*lead, 1), total.reshape(*lead, 1)
