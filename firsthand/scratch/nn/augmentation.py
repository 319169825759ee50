r"""Augmentation: pictures that are a little different each time teach what does not matter.

    shift    X'[i, c, h, w] = X[i, c, h + dh_i, w + dw_i],  dh_i, dw_i from -most to most;
             zeros come in at the border
    flip     X'[i, c, h, w] = X[i, c, h, -w] with probability 1/2
    cut out  X'[i, c, h, w] = 0 in a square at a random place

All pictures have shape (n_samples, channels, height, width); each is moved by draws of its own.
Simard, Steinkraus & Platt, Best practices for convolutional neural networks (2003); DeVries &
Taylor, Improved regularization of convolutional neural networks with cutout (2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]


def random_shift(X: Array, most: int, rng: np.random.Generator) -> Array:
    """Return every picture moved by up to ``most`` pixels in both directions, on zeros.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> random_shift(np.array([[[[1, 2], [3, 4]]]]), 1, rng)
    array([[[[0, 3],
             [0, 0]]]])
    """
    n, _, height, width = X.shape
    padded = np.pad(X, ((0, 0), (0, 0), (most, most), (most, most)))
    places = sliding_window_view(padded, (height, width), axis=(-2, -1))
    dh, dw = rng.integers(0, 2 * most + 1, (2, n))
    return places[np.arange(n), :, dh, dw]  # each sample's own window: (n, channels, h, w)


def random_flip(X: Array, rng: np.random.Generator) -> Array:
    """Return the pictures, about half of them with left and right exchanged."""
    turned = rng.random(len(X)) < 0.5
    return np.where(turned[:, None, None, None], X[..., ::-1], X)


def cut_out(X: Array, size: int, rng: np.random.Generator) -> Array:
    """Return the pictures, each with a square of zeros, ``size`` wide, about a random pixel.

    The part of a square that lies outside is lost, so that every pixel is hidden equally often.
    """
    n, _, height, width = X.shape
    top, left = (rng.integers(0, n_places, n) - size // 2 for n_places in (height, width))
    rows, columns = (
        (np.arange(n_places) >= start[:, None]) & (np.arange(n_places) < start[:, None] + size)
        for start, n_places in ((top, height), (left, width))
    )
    hidden = rows[:, None, :, None] & columns[:, None, None, :]  # (n, 1, height, width)
    return np.where(hidden, np.zeros((), X.dtype), X)
