r"""Convolution: one small set of weights, used at every place of an image.

    Z[o, i, j] = b[o] + sum over c, u, v of W[o, c, u, v] X[c, i s + u d - p, j s + v d - p]

with stride s, dilation d and p zeros around. As matrices, with C = columns(X):

    Z = W C + b          dW = sum over samples of dZ C'          db = sum of dZ
    dX = image(W' dZ)    each column is added back to where it came from

With groups, channels are parted and each part has kernels of its own. ``W`` has PyTorch's layout
(n_out, n_in / groups, height, width). It is a correlation, as everywhere in deep learning: the
kernel is not flipped. The functions here are the idea; the layers compute the same by
``_convolving``, up to three times as fast. LeCun et al., Gradient-based learning applied to
document recognition (1998); ``torch.nn.Conv2d``, ``torch.nn.Conv1d``, ``torch.nn.ConvTranspose2d``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn.initializers import he
from firsthand.scratch.nn.layers._convolving import convolve, convolve_backward
from firsthand.scratch.nn.layers._planes import (
    convolve_backward_input,
    convolve_backward_weights,
    samples_first,
    samples_last,
)
from firsthand.scratch.nn.layers.windows import Geometry, Pair, check_images, columns, image
from firsthand.scratch.nn.module import NOTHING, Module
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]


def conv2d(X: Array, W: Array, geometry: Geometry, groups: int = 1) -> Array:
    """Return Z of shape (..., n_samples, n_out, out_h, out_w), without the bias.

    Parameters
    ----------
    X : array of shape (..., n_samples, n_in, height, width)
    W : array of shape (..., n_out, n_in / groups, kernel_h, kernel_w)
    geometry : Geometry
    groups : int
    """
    Z = _grouped(W, groups) @ _parted(columns(X, geometry), groups)
    return Z.reshape(*Z.shape[:-3], W.shape[-4], *geometry.output(*X.shape[-2:]))


def conv2d_backward_weights(dZ: Array, X: Array, geometry: Geometry, groups: int = 1) -> Array:
    """Return dW of :func:`conv2d`, of shape (..., n_out, n_in / groups, kernel_h, kernel_w)."""
    n_out, n_in = dZ.shape[-3], X.shape[-3]
    D = _parted(dZ.reshape(*dZ.shape[:-2], -1), groups)
    dW = (D @ _parted(columns(X, geometry), groups).mT).sum(axis=-4)
    return dW.reshape(*dW.shape[:-3], n_out, n_in // groups, *geometry.kernel)


def conv2d_backward_input(
    dZ: Array, W: Array, size: Pair, geometry: Geometry, groups: int = 1
) -> Array:
    """Return dX of :func:`conv2d`, for images of ``size`` (height, width)."""
    D = _parted(dZ.reshape(*dZ.shape[:-2], -1), groups)
    C = _grouped(W, groups).mT @ D  # (..., n_samples, groups, n_in / groups kh kw, places)
    n_in = W.shape[-3] * groups
    joined = C.reshape(*C.shape[:-3], n_in * W.shape[-2] * W.shape[-1], -1)
    return image(joined, (*joined.shape[:-2], n_in, *size), geometry)


def _parted(C: Array, groups: int) -> Array:
    """Return (..., n, places) as (..., groups, n / groups, places)."""
    return C.reshape(*C.shape[:-2], groups, -1, C.shape[-1])


def _grouped(W: Array, groups: int) -> Array:
    """Return the kernels as matrices (..., 1, groups, n_out / groups, n_in / groups kh kw)."""
    return W.reshape(*W.shape[:-4], 1, groups, W.shape[-4] // groups, -1)


class Conv2d(Module):
    """Kernels of ``n_in`` channels that go over images, one for each of ``n_out``.

    Parameters
    ----------
    n_in, n_out : int
        Channels in and out.
    kernel : int or (int, int)
    stride, padding, dilation : int or (int, int)
    groups : int, default 1
        Parts of the channels that do not see each other.
    bias : bool, default True

    Notes
    -----
    ``X`` has shape (..., n_samples, n_in, height, width); one without the trials' axes is shared.
    """

    W: Array
    b: Array
    dW: Array
    db: Array
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {
        "W": ("weight", False),
        "b": ("bias", False),
    }

    def __init__(
        self,
        n_in: int,
        n_out: int,
        kernel: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        *,
        bias: bool = True,
    ) -> None:
        check_sizes(n_in=n_in, n_out=n_out, groups=groups)
        if n_in % groups or n_out % groups:
            raise ParameterError(f"groups is {groups}, which does not part {n_in} and {n_out}.")
        self.geometry = Geometry.of(kernel, stride, padding, dilation)
        self.n_in, self.n_out, self.groups, self.bias = n_in, n_out, groups, bias
        self.shapes = {"W": (n_out, n_in // groups, *self.geometry.kernel)}
        self.shapes |= {"b": (n_out,)} if bias else {}

    def initialize(self, rng: np.random.Generator) -> None:
        fan = int(np.prod(self.shapes["W"][1:])), self.n_out
        self.W[...] = he(self.W.shape, rng, fan=fan)

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", self.n_in, "height", "width")
        check_images(self, X.shape[-2:], self.geometry)
        self.A, b = samples_last(X), self.b if self.bias else None
        return samples_first(convolve(self.A, self.W, b, self.geometry, self.groups))

    def backward(self, dZ: Array) -> Array:
        D, how = samples_last(dZ), (self.geometry, self.groups)
        self.dW[...], db, dA = convolve_backward(
            D, self.A, self.W, *how, bias=self.bias, inputs=self.needs_input_gradient
        )
        if db is not None:
            self.db[...] = db
        return NOTHING if dA is None else samples_first(dA)

    def describe(self) -> str:
        kh, kw = self.geometry.kernel
        return f"Conv2d {self.n_in} -> {self.n_out}, {kh} x {kw}"


class Conv1d(Module):
    """The same along one axis: ``X`` of shape (..., n_samples, n_in, length).

    A row of numbers is an image one high; the parameters are those of :class:`Conv2d`, each a
    single number.
    """

    W: Array
    b: Array
    dW: Array
    db: Array
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = Conv2d.in_torch

    def __init__(
        self,
        n_in: int,
        n_out: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        groups: int = 1,
        *,
        bias: bool = True,
    ) -> None:
        check_sizes(n_in=n_in, n_out=n_out, groups=groups)
        if n_in % groups or n_out % groups:
            raise ParameterError(f"groups is {groups}, which does not part {n_in} and {n_out}.")
        self.geometry = Geometry.of((1, kernel), (1, stride), (0, padding), (1, dilation))
        self.n_in, self.n_out, self.groups, self.bias = n_in, n_out, groups, bias
        self.shapes = {"W": (n_out, n_in // groups, kernel)} | ({"b": (n_out,)} if bias else {})

    def initialize(self, rng: np.random.Generator) -> None:
        fan = int(np.prod(self.shapes["W"][1:])), self.n_out
        self.W[...] = he(self.W.shape, rng, fan=fan)

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", self.n_in, "length")
        if self.geometry.output(1, X.shape[-1])[1] < 1:
            raise DataError(
                f"{self} got rows of {X.shape[-1]}, "
                f"shorter than the kernel's {self.geometry.reach[1]}."
            )
        self.A, b = samples_last(X[..., None, :]), self.b if self.bias else None
        Z = convolve(self.A, self.W[..., None, :], b, self.geometry, self.groups)
        return samples_first(Z)[..., 0, :]

    def backward(self, dZ: Array) -> Array:
        D, W = samples_last(dZ[..., None, :]), self.W[..., None, :]
        how = self.geometry, self.groups
        dW, db, dA = convolve_backward(
            D, self.A, W, *how, bias=self.bias, inputs=self.needs_input_gradient
        )
        self.dW[...] = dW[..., 0, :]
        if db is not None:
            self.db[...] = db
        return NOTHING if dA is None else samples_first(dA)[..., 0, :]

    def describe(self) -> str:
        return f"Conv1d {self.n_in} -> {self.n_out}, {self.geometry.kernel[1]}"


class ConvTranspose2d(Module):
    """The way back of a convolution as a way forward: from small images to large ones.

        Z = the dX of a Conv2d from n_out to n_in        dX = that Conv2d of dZ

    Parameters
    ----------
    n_in, n_out : int
    kernel, stride, padding : int or (int, int)
    bias : bool, default True
    """

    W: Array
    b: Array
    dW: Array
    db: Array
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = Conv2d.in_torch

    def __init__(
        self,
        n_in: int,
        n_out: int,
        kernel: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        *,
        bias: bool = True,
    ) -> None:
        check_sizes(n_in=n_in, n_out=n_out)
        self.geometry = Geometry.of(kernel, stride, padding)
        self.n_in, self.n_out, self.bias = n_in, n_out, bias
        self.shapes = {"W": (n_in, n_out, *self.geometry.kernel)}
        self.shapes |= {"b": (n_out,)} if bias else {}

    def initialize(self, rng: np.random.Generator) -> None:
        (kh, kw), (sh, sw) = self.geometry.kernel, self.geometry.stride
        fan = max(1, self.n_in * kh * kw // (sh * sw)), self.n_out
        self.W[...] = he(self.W.shape, rng, fan=fan)

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", self.n_in, "height", "width")
        height, width = X.shape[-2:]
        (sh, sw), (ph, pw), (kh, kw) = (
            self.geometry.stride,
            self.geometry.padding,
            self.geometry.kernel,
        )
        size = (height - 1) * sh - 2 * ph + kh, (width - 1) * sw - 2 * pw + kw
        if min(size) < 1:
            raise DataError(
                f"{self} got images of {(height, width)}, of which its padding leaves nothing."
            )
        self.A = samples_last(X)
        if self.A.ndim == 4:  # trials may share images
            self.A = np.broadcast_to(self.A, (*self.trials, *self.A.shape))
        Z = convolve_backward_input(self.A, self.W, size, self.geometry)
        if self.bias:
            Z += self.b[..., None, None, None]
        return samples_first(Z)

    def backward(self, dZ: Array) -> Array:
        D = samples_last(dZ)
        self.dW[...] = convolve_backward_weights(self.A, D, self.W, self.geometry)
        if self.bias:
            np.sum(D, axis=(-3, -2, -1), out=self.db)
        return samples_first(convolve(D, self.W, None, self.geometry))

    def describe(self) -> str:
        kh, kw = self.geometry.kernel
        return f"ConvTranspose2d {self.n_in} -> {self.n_out}, {kh} x {kw}"
