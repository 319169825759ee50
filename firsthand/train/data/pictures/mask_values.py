"""From a mask's file to a class for each pixel.

A mask holds numbers (grey, or places in a palette of its own) or, where ``data.palette`` says what
stands for what, colours. Values run from 0; what is to be ignored becomes 255, and where it lies
among the others those above it move down by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.pictures.decoding import opened
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

IGNORED = 255
MOST = 254  # classes; a byte a pixel holds them, and what is ignored


def decode_mask(content: bytes, palette: Sequence[tuple[int, int, int]] = ()) -> NDArray[np.uint8]:
    """Return the values of a mask, of shape (height, width).

    Raises
    ------
    DataError
        If it is no picture, is damaged, has values above 255, or a colour that the palette has
        not; the text does not name the file.
    """
    from PIL import ImageOps, UnidentifiedImageError

    try:
        image = opened(content)
        mask = ImageOps.exif_transpose(image)
        if palette:
            mask = mask.convert("RGB")
        values = np.asarray(mask)
    except UnidentifiedImageError:
        raise DataError("it is no picture of a known format") from None
    except DataError:
        raise
    except Exception as error:  # a broken file may raise anything
        raise DataError(f"it is damaged: {error or type(error).__name__}") from error
    if palette:
        return _by_colour(values, palette)
    if values.ndim == 3:
        if (values[..., :3] != values[..., :1]).any():
            raise DataError("it is in colour; set data.palette to the colours of the classes")
        values = values[..., 0]
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 255:
        raise DataError(f"its values run from {values.min():g} to {values.max():g}")
    return values.astype(np.uint8)


def renumbering(n_values: int, ignore: int | None) -> NDArray[np.uint8]:
    """Return what each value of a mask becomes: a class, or 255 for what is ignored."""
    table = np.full(256, IGNORED, np.uint8)
    kept = [value for value in range(n_values) if value != ignore]
    table[kept] = np.arange(len(kept))
    return table


def refuse_unknown(values: NDArray[np.uint8], n_values: int, ignore: int | None) -> None:
    """Refuse a mask in which a value is no class.

    Raises
    ------
    DataError
        If there is one; names it and its place.
    """
    wrong = values >= n_values
    if ignore is not None:
        wrong &= values != ignore
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"its value {values[row, column]} in row {row}, column {column} is no class; classes "
            f"run from 0 to {n_values - 1}. For what is not to be learnt, set data.ignore"
        )


def _by_colour(
    values: NDArray[np.uint8], palette: Sequence[tuple[int, int, int]]
) -> NDArray[np.uint8]:
    weights = np.array([65536, 256, 1])
    codes = values.astype(np.int64) @ weights
    known = np.array(palette, np.int64) @ weights
    order = np.argsort(known)
    at = np.searchsorted(known[order], codes).clip(max=len(known) - 1)
    found = order[at]
    wrong = known[found] != codes
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"its colour {values[row, column].tolist()} in row {row}, column {column} is none of "
            "data.palette"
        )
    return found.astype(np.uint8)
