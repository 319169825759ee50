r"""Windows: what a kernel sees at each place of an image, laid out as columns.

    size of the output = floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1

``columns`` copies every window into a column, so that a convolution is one matrix product;
``image`` adds columns back to where they came from: each is the other's transpose. Chellapilla,
Puri & Simard, High performance convolutional neural networks for document processing (2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Geometry:
    """How a kernel goes over an image, in rows and in columns.

    Attributes
    ----------
    kernel : (int, int)
        Its height and width.
    stride : (int, int)
        How far it moves.
    padding : (int, int)
        How many zeros are put around the image.
    dilation : (int, int)
        How far its entries are apart.
    """

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    @classmethod
    def of(
        cls,
        kernel: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
    ) -> Geometry:
        """Return a geometry whose single numbers stand for both directions."""
        return cls(
            _pair("kernel", kernel, 1),
            _pair("stride", stride, 1),
            _pair("padding", padding, 0),
            _pair("dilation", dilation, 1),
        )

    @property
    def reach(self) -> Pair:
        """How many rows and columns of the image the kernel covers."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return dh * (kh - 1) + 1, dw * (kw - 1) + 1

    def output(self, height: int, width: int) -> Pair:
        """Return the size of what comes out of an image; below 1 if that is too small."""
        (ph, pw), (sh, sw), (rh, rw) = self.padding, self.stride, self.reach
        return (height + 2 * ph - rh) // sh + 1, (width + 2 * pw - rw) // sw + 1

    def padded(self, X: Array, value: float = 0.0) -> Array:
        """Return ``X`` (..., height, width) with ``value`` around every image."""
        (ph, pw) = self.padding
        if not ph and not pw:
            return X
        around = [(0, 0)] * (X.ndim - 2) + [(ph, ph), (pw, pw)]
        return np.pad(X, around, constant_values=value)


def windows(X: Array, geometry: Geometry) -> Array:
    """Return a view of every window of padded images: (..., out_h, out_w, kernel_h, kernel_w)."""
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    seen = sliding_window_view(X, geometry.reach, axis=(-2, -1))
    return seen[..., ::sh, ::sw, ::dh, ::dw]


def columns(X: Array, geometry: Geometry) -> Array:
    """Return (..., channels kernel_h kernel_w, out_h out_w) of images (..., channels, h, w)."""
    seen = windows(geometry.padded(X), geometry)  # (..., c, oh, ow, kh, kw)
    *lead, c, oh, ow, kh, kw = seen.shape
    n = len(lead)
    order = (*range(n + 1), n + 3, n + 4, n + 1, n + 2)
    return seen.transpose(order).reshape(*lead, c * kh * kw, oh * ow)


def image(C: Array, shape: tuple[int, ...], geometry: Geometry) -> Array:
    """Return images of ``shape`` (..., channels, h, w) to which all columns ``C`` are added."""
    *lead, c, height, width = shape
    (kh, kw), (sh, sw), (ph, pw) = geometry.kernel, geometry.stride, geometry.padding
    (dh, dw), (oh, ow) = geometry.dilation, geometry.output(height, width)
    parts = C.reshape(*lead, c, kh, kw, oh, ow)
    X = np.zeros((*lead, c, height + 2 * ph, width + 2 * pw), C.dtype)
    for i in range(kh):  # one shifted image for each entry of the kernel
        for j in range(kw):
            rows = slice(i * dh, i * dh + sh * oh, sh)
            X[..., rows, j * dw : j * dw + sw * ow : sw] += parts[..., i, j, :, :]
    return X[..., ph : ph + height, pw : pw + width]


def check_images(layer: object, size: Pair, geometry: Geometry) -> None:
    """Refuse images that are smaller than the kernel, even with what is put around them.

    Raises
    ------
    DataError
        With the layer and both sizes.
    """
    if min(geometry.output(*size)) < 1:
        raise DataError(
            f"{layer} got images of {size}, smaller than the kernel's {geometry.reach}."
        )


def _pair(name: str, value: Any, least: int) -> Pair:
    """Return a number for rows and one for columns, whole and not below ``least``."""
    given = list(value) if isinstance(value, tuple | list) else [value, value]
    if len(given) != 2:
        raise ParameterError(f"{name} is {value!r}; it has to be one number, or two.")
    for one in given:
        check_number(name, one, at_least=least, whole=True)
    return int(given[0]), int(given[1])
