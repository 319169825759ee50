r"""Pooling: one number for each window, its largest or its mean; nothing is learnt.

    max       A = max over the window           dX = dA, at the entry that was the largest
    average   A = mean over the window          dX = dA / size of the window, everywhere in it
    global    A = mean over the whole image     dX = dA / size of the image

Of equal entries the first is the largest, as in PyTorch, and what is NaN is above all. Zeros
around an image count in the mean; around a maximum there is nothing. ``torch.nn.MaxPool2d``,
``torch.nn.AvgPool2d``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn.layers._planes import inside, padded, samples_first, samples_last
from firsthand.scratch.nn.layers._pooling import largest, largest_backward, mean, mean_backward
from firsthand.scratch.nn.layers.windows import Geometry, Pair, check_images, image, windows
from firsthand.scratch.nn.module import Module

Array = NDArray[np.floating[Any]]
Places = NDArray[np.intp]


def max_pool(X: Array, geometry: Geometry) -> tuple[Array, Places]:
    """Return (A, place): each window's largest entry, and which of the window it is.

    ``X`` has shape (..., height, width), and both results (..., out_h, out_w).
    """
    flat = _windows_in_rows(geometry.padded(X, -np.inf), geometry)
    place = flat.argmax(axis=-1)
    A = np.take_along_axis(flat, place[..., None], axis=-1)[..., 0]
    real = _windows_in_rows(geometry.padded(np.ones(X.shape[-2:])), geometry)
    return A, np.where(np.isneginf(A), real.argmax(axis=-1), place)  # never what lies around


def max_pool_backward(dA: Array, place: Places, size: Pair, geometry: Geometry) -> Array:
    """Return dX for images of ``size``, given which entry of each window was the largest."""
    kh, kw = geometry.kernel
    chosen = np.arange(kh * kw)[:, None, None] == place[..., None, :, :]
    C = np.where(chosen, dA[..., None, :, :], 0).astype(dA.dtype, copy=False)
    lead = dA.shape[:-2]
    return image(C.reshape(*lead[:-1], lead[-1] * kh * kw, -1), (*lead, *size), geometry)


def average_pool(X: Array, geometry: Geometry) -> Array:
    """Return the mean of each window, of shape (..., out_h, out_w)."""
    return windows(geometry.padded(X), geometry).mean(axis=(-2, -1))


def average_pool_backward(dA: Array, size: Pair, geometry: Geometry) -> Array:
    """Return dX for images of ``size``."""
    kh, kw = geometry.kernel
    lead = dA.shape[:-2]
    C = np.broadcast_to((dA / (kh * kw))[..., None, :, :], (*lead, kh * kw, *dA.shape[-2:]))
    return image(C.reshape(*lead[:-1], lead[-1] * kh * kw, -1), (*lead, *size), geometry)


def pool_geometry(kernel: int | Pair, stride: int | Pair | None, padding: int | Pair) -> Geometry:
    """Return how a pool goes over images; its stride is the kernel's size by default.

    Raises
    ------
    ParameterError
        If a window could lie in the padding alone.
    """
    geometry = Geometry.of(kernel, kernel if stride is None else stride, padding)
    for around, size in zip(geometry.padding, geometry.kernel, strict=True):
        if around > size // 2:
            raise ParameterError(f"padding is {around}; half the kernel, {size // 2}, is the most.")
    return geometry


def _windows_in_rows(P: Array, geometry: Geometry) -> Array:
    seen = windows(P, geometry)
    return seen.reshape(*seen.shape[:-2], -1)


class MaxPool2d(Module):
    """The largest entry of each window.

    Parameters
    ----------
    kernel : int or (int, int)
    stride : int or (int, int), optional
        By default the kernel's size, so that windows do not overlap.
    padding : int or (int, int), default 0
        At most half the kernel.
    """

    def __init__(
        self, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
    ) -> None:
        self.geometry = pool_geometry(kernel, stride, padding)

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", "channels", "height", "width")
        self.size = X.shape[-2], X.shape[-1]
        check_images(self, self.size, self.geometry)
        self.P = padded(samples_last(X), self.geometry.padding, -np.inf)
        self.A = largest(self.P, self.geometry)
        return samples_first(self.A)

    def backward(self, dZ: Array) -> Array:
        if not self.A.min() > -np.inf:  # NaN, or a window of -inf alone: few are worth no speed
            X = samples_first(inside(self.P, self.geometry.padding, self.size))
            return max_pool_backward(dZ, max_pool(X, self.geometry)[1], self.size, self.geometry)
        dP = largest_backward(samples_last(dZ), self.P, self.A, self.geometry)
        return samples_first(inside(dP, self.geometry.padding, self.size))

    def describe(self) -> str:
        kh, kw = self.geometry.kernel
        return f"MaxPool2d {kh} x {kw}"


class AvgPool2d(Module):
    """The mean of each window; parameters are those of :class:`MaxPool2d`."""

    def __init__(
        self, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
    ) -> None:
        self.geometry = pool_geometry(kernel, stride, padding)

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", "channels", "height", "width")
        self.size = X.shape[-2], X.shape[-1]
        check_images(self, self.size, self.geometry)
        P = padded(samples_last(X), self.geometry.padding)
        self.shape = P.shape
        return samples_first(mean(P, self.geometry))

    def backward(self, dZ: Array) -> Array:
        dP = mean_backward(samples_last(dZ), self.shape, self.geometry)
        return samples_first(inside(dP, self.geometry.padding, self.size))

    def describe(self) -> str:
        kh, kw = self.geometry.kernel
        return f"AvgPool2d {kh} x {kw}"


class GlobalAvgPool2d(Module):
    """The mean of each channel: (..., n_samples, channels, height, width) to (..., channels)."""

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", "channels", "height", "width")
        self.shape = X.shape
        return X.mean(axis=(-2, -1))

    def backward(self, dZ: Array) -> Array:
        height, width = self.shape[-2:]
        return np.broadcast_to((dZ / (height * width))[..., None, None], self.shape).copy()
