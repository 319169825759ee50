"""Convolution of images whose samples lie last in memory, by whichever way is the faster.

``_winograd`` where it applies, and else ``_planes``, which takes any stride, dilation, groups and
trials. Arrays A are (..., channels, height, width, n_samples).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers import _planes, _winograd
from firsthand.scratch.nn.layers.windows import Geometry

Array = NDArray[np.floating[Any]]


def convolve(A: Array, W: Array, b: Array | None, geometry: Geometry, groups: int = 1) -> Array:
    """Return Z of shape (..., n_out, out_h, out_w, n_samples)."""
    if _winograd.applies(A, W, geometry, groups):
        return _winograd.convolve(A, W, b, geometry.padding)
    return _planes.convolve(A, W, b, geometry, groups)


def convolve_backward(
    dZ: Array,
    A: Array,
    W: Array,
    geometry: Geometry,
    groups: int = 1,
    *,
    bias: bool = True,
    inputs: bool = True,
) -> tuple[Array, Array | None, Array | None]:
    """Return (dW, db, dA) of :func:`convolve`; the last two are None unless they are asked for."""
    if _winograd.applies(A, W, geometry, groups):
        return _winograd.convolve_backward(dZ, A, W, geometry.padding, bias=bias, inputs=inputs)
    dW = _planes.convolve_backward_weights(dZ, A, W, geometry, groups)
    db = dZ.sum(axis=(-3, -2, -1)) if bias else None
    if not inputs:
        return dW, db, None
    size = A.shape[-3], A.shape[-2]
    return dW, db, _planes.convolve_backward_input(dZ, W, size, geometry, groups)
