r"""Augmentation: pictures that are a little different each time teach what does not matter.

    shift    X'[i, c, h, w] = X[i, c, h + dh_i, w + dw_i],  dh_i, dw_i from -most to most;
             zeros come in at the border
    flip     X'[i, c, h, w] = X[i, c, h, -w] with probability 1/2
    cut out  X'[i, c, h, w] = 0 in a square at a random place
    warp     X'[i, c, p] = X[i, c, Z_i R_i p], p from the middle: turned by R_i and stretched by
             Z_i; between pixels by bilinear interpolation

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

    The part of a square that lies outside is lost: its middle is equally often at every pixel, but
    a corner is hidden only about a quarter as often as a pixel far from all borders.
    """
    n, _, height, width = X.shape
    top, left = (rng.integers(0, n_places, n) - size // 2 for n_places in (height, width))
    rows, columns = (
        (np.arange(n_places) >= start[:, None]) & (np.arange(n_places) < start[:, None] + size)
        for start, n_places in ((top, height), (left, width))
    )
    hidden = rows[:, None, :, None] & columns[:, None, None, :]  # (n, 1, height, width)
    return np.where(hidden, np.zeros((), X.dtype), X)


def bilinear(X: Array, rows: Array, columns: Array) -> Array:
    """Return the pictures at places between their pixels, weighted by how near each of four is.

    Parameters
    ----------
    X : array of shape (n_samples, channels, height, width), of floats
    rows, columns : arrays of shape (n_samples, new_height, new_width)
        Where to look, in pixels from the first; outside is what stands at the border.

    Returns
    -------
    array of shape (n_samples, channels, new_height, new_width)
    """
    height, width = X.shape[-2:]
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    top = np.minimum(rows.astype(np.intp), max(height - 2, 0))
    left = np.minimum(columns.astype(np.intp), max(width - 2, 0))
    below, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    down, across = (rows - top).astype(X.dtype), (columns - left).astype(X.dtype)
    each = np.arange(len(X))[:, None, None]
    planes = X.transpose(1, 0, 2, 3)  # (channels, n_samples, height, width)
    above = (1 - across) * planes[:, each, top, left] + across * planes[:, each, top, right]
    under = (1 - across) * planes[:, each, below, left] + across * planes[:, each, below, right]
    return ((1 - down) * above + down * under).transpose(1, 0, 2, 3)


def random_warp(X: Array, turn: float, stretch: float, rng: np.random.Generator) -> Array:
    """Return every picture turned by up to ``turn`` radians, and stretched in both directions.

    Each direction is stretched by a factor between exp(-stretch) and exp(stretch) of its own.
    """
    n, _, height, width = X.shape
    angle = rng.uniform(-turn, turn, (n, 1, 1))
    tall, wide = np.exp(rng.uniform(-stretch, stretch, (2, n, 1, 1)))
    h, w = np.arange(height)[:, None] - (height - 1) / 2, np.arange(width) - (width - 1) / 2
    rows = tall * (np.cos(angle) * h - np.sin(angle) * w) + (height - 1) / 2
    columns = wide * (np.sin(angle) * h + np.cos(angle) * w) + (width - 1) / 2
    return bilinear(X, rows, columns)
