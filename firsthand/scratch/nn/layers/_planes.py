r"""Images whose samples lie last in memory, which makes a convolution out of long copies.

    shape     (..., n_samples, channels, height, width)      what every layer takes and returns
    memory    (..., channels, height, width, n_samples)      how images lie between layers here

One place of one channel is a run of all samples, and one row of it a run ``width`` times as long.
Whatever a kernel's offset, stride or dilation, it moves whole runs: laying out the columns of a
3 x 3 kernel over (64, 1, 28, 28) takes 0.04 ms, and 0.12 ms with samples first. The product
``W C`` then has its output in the same layout, so that nothing is turned between layers either: a
view turns the axes, and elementwise operations keep the order in memory.

The functions are those of ``convolution`` for arrays A of shape (..., channels, height, width,
n_samples). Columns are made anew on the way back, and few rows of the output at a time: what
stays in the cache is faster than what was kept, and memory does not grow by the kernel's size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.blas import blas_threads
from firsthand.scratch.nn.layers._blocks import product, product_over_places, room, share
from firsthand.scratch.nn.layers.windows import Geometry, Pair

Array = NDArray[np.floating[Any]]
Rows = Sequence[slice]

BLOCK = 2**19  # numbers in one block of columns


def samples_last(X: Array) -> Array:
    """Return images as (..., channels, height, width, n_samples), contiguous; a copy if need be."""
    return np.ascontiguousarray(np.moveaxis(X, -4, -1))


def samples_first(A: Array) -> Array:
    """Return the view (..., n_samples, channels, height, width) that layers hand on."""
    return np.moveaxis(A, -1, -4)


def convolve(A: Array, W: Array, b: Array | None, geometry: Geometry, groups: int = 1) -> Array:
    """Return Z of shape (..., n_out, out_h, out_w, n_samples)."""
    *_, n_in, height, width, n_samples = A.shape
    (oh, ow), n_out = geometry.output(height, width), W.shape[-4]
    P, K = padded(A, geometry.padding), _matrices(W, groups)
    lead = np.broadcast_shapes(A.shape[:-4], W.shape[:-4])
    Z = np.empty((*lead, groups, n_out // groups, oh * ow * n_samples), A.dtype)
    bias = None if b is None else b.reshape(*b.shape[:-1], groups, -1, 1)

    def work(blocks: Rows) -> None:
        for rows in blocks:
            part = Z[..., _places(rows, ow * n_samples)]
            product(K, _columns(P, rows, ow, geometry, groups), out=part)
            if bias is not None:
                part += bias

    share(work, _blocks(oh, n_in * ow * n_samples, geometry), K[..., 0].size)
    return Z.reshape(*lead, n_out, oh, ow, n_samples)


def convolve_backward_weights(
    dZ: Array, A: Array, W: Array, geometry: Geometry, groups: int = 1
) -> Array:
    """Return dW of :func:`convolve`, of the shape of ``W``."""
    *_, n_out, oh, ow, n_samples = dZ.shape
    P, K = padded(A, geometry.padding), _matrices(W, groups)
    D = dZ.reshape(*dZ.shape[:-4], groups, n_out // groups, -1)

    def work(blocks: Rows) -> Array:
        dK = np.zeros_like(K)
        for rows in blocks:
            C = _columns(P, rows, ow, geometry, groups)
            dK += product_over_places(D[..., _places(rows, ow * n_samples)], C)
        return dK

    size = A.shape[-4] * ow * n_samples
    made = share(work, _blocks(oh, size, geometry), K[..., 0].size)
    return np.sum(made, axis=0).reshape(W.shape)


def convolve_backward_input(
    dZ: Array, W: Array, size: Pair, geometry: Geometry, groups: int = 1
) -> Array:
    """Return dA of :func:`convolve`, for images of ``size`` (height, width)."""
    *own_lead, n_out, oh, ow, n_samples = dZ.shape
    (height, width), (ph, pw) = size, geometry.padding
    n_in, K = W.shape[-3] * groups, _matrices(W, groups).mT
    lead = np.broadcast_shapes(tuple(own_lead), W.shape[:-4])  # trials may share their images
    D = dZ.reshape(*own_lead, groups, n_out // groups, -1)
    dP = np.zeros((*lead, n_in, height + 2 * ph, width + 2 * pw, n_samples), dZ.dtype)

    def work(blocks: Rows) -> tuple[int, Array]:
        first, n_rows = blocks[0].start, blocks[-1].stop - blocks[0].start
        seen = geometry.stride[0] * (n_rows - 1) + geometry.reach[0]
        own = np.zeros_like(dP[..., :seen, :, :])  # two hands may see a row: each adds up its own
        for rows in blocks:
            part = D[..., _places(rows, ow * n_samples)]
            C = room("C", (*lead, groups, K.shape[-2], part.shape[-1]), dZ.dtype)
            product(K, part, out=C)
            _add_columns(C, slice(rows.start - first, rows.stop - first), ow, geometry, own)
        return geometry.stride[0] * first, own

    for first, own in share(work, _blocks(oh, n_in * ow * n_samples, geometry), K[..., 0].size):
        dP[..., first : first + own.shape[-3], :, :] += own
    return inside(dP, geometry.padding, size)


def inside(P: Array, padding: Pair, size: Pair) -> Array:
    """Return the images of ``size`` inside what :func:`padded` made."""
    (ph, pw), (height, width) = padding, size
    return P[..., ph : ph + height, pw : pw + width, :]


def padded(A: Array, padding: Pair, value: float = 0.0) -> Array:
    """Return ``A`` with ``value`` around every image."""
    ph, pw = padding
    if not ph and not pw:
        return A
    *lead, height, width, n_samples = A.shape
    P = np.full((*lead, height + 2 * ph, width + 2 * pw, n_samples), value, A.dtype)
    P[..., ph : ph + height, pw : pw + width, :] = A
    return P


def _columns(P: Array, rows: slice, ow: int, geometry: Geometry, groups: int) -> Array:
    """Return what kernels see from some rows of the output: (..., groups, n, places)."""
    *lead, n_in, _, _, n_samples = P.shape
    n_rows = rows.stop - rows.start
    C = room("C", (*lead, n_in, *geometry.kernel, n_rows, ow, n_samples), P.dtype)
    for i, j, down, across in offsets(rows, ow, geometry):
        C[..., i, j, :, :, :] = P[..., down, across, :]
    return C.reshape(*lead, groups, -1, n_rows * ow * n_samples)


def _add_columns(C: Array, rows: slice, ow: int, geometry: Geometry, P: Array) -> None:
    """Add columns to where they came from, in images that begin with the first that they see."""
    *lead, n_in, _, _, n_samples = P.shape
    C = C.reshape(*lead, n_in, *geometry.kernel, rows.stop - rows.start, ow, n_samples)
    for i, j, down, across in offsets(rows, ow, geometry):
        P[..., down, across, :] += C[..., i, j, :, :, :]


def offsets(rows: slice, ow: int, geometry: Geometry) -> Iterator[tuple[int, int, slice, slice]]:
    """Yield each entry of the kernel, and what it sees from some rows of the output."""
    (kh, kw), (sh, sw), (dh, dw) = geometry.kernel, geometry.stride, geometry.dilation
    for i in range(kh):
        down = slice(i * dh + sh * rows.start, i * dh + sh * rows.stop, sh)
        for j in range(kw):
            yield i, j, down, slice(j * dw, j * dw + sw * ow, sw)


def _blocks(oh: int, row: int, geometry: Geometry) -> list[slice]:
    """Return rows of the output in blocks; ``row`` numbers of the input stand under one."""
    many = max(1, BLOCK // (row * geometry.kernel[0] * geometry.kernel[1]))
    many = min(many, -(-oh // blas_threads()))
    return [slice(start, min(start + many, oh)) for start in range(0, oh, many)]


def _places(rows: slice, row: int) -> slice:
    """Return where rows of the output lie among its places."""
    return slice(rows.start * row, rows.stop * row)


def _matrices(W: Array, groups: int) -> Array:
    """Return kernels as (..., groups, n_out / groups, n_in / groups kernel_h kernel_w)."""
    return W.reshape(*W.shape[:-4], groups, W.shape[-4] // groups, -1)
