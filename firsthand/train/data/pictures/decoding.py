"""From a picture's file to bytes (channels, height, width), whatever its format made of it.

A camera's note on which side is up is followed; what is transparent shows white; a palette is
looked up; 16 bits become 8; of several frames the first is taken. Each is noted, for it changes
what is learnt from.
"""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

MOST_PIXELS = 2**26  # 8192 x 8192
_GREY = {"1", "L", "I", "LA", "La"}
SHORT = 65535
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Decoded:
    """A picture.

    Attributes
    ----------
    pixels : ndarray of shape (channels, height, width)
        Bytes; one channel where the file is grey, else three.
    notes : tuple of str
        What was done to it besides: "transparent", "16-bit", "animated", "turned".
    """

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()


def decode(content: bytes, size: tuple[int, int] | None = None, channels: str = "auto") -> Decoded:
    """Return the picture in a file's bytes.

    Parameters
    ----------
    content : bytes
        Of a file of any format that Pillow reads.
    size : (height, width), optional
        What it is brought to, whatever its aspect; else its own.
    channels : {"auto", "grey", "colour"}

    Raises
    ------
    DataError
        If it is no picture, is damaged, or has too many pixels; the text does not name it.
    """
    picture, notes = open_picture(content)
    return Decoded(conform(picture, size, channels), notes)


def open_picture(content: bytes) -> tuple[Image, tuple[str, ...]]:
    """Return (picture of mode L or RGB, notes); see `decode`."""
    from PIL import ImageOps, UnidentifiedImageError

    if not content:
        raise DataError("the file is empty")
    try:
        picture = opened(content)
        notes = ["animated"] if getattr(picture, "n_frames", 1) > 1 else []
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    except UnidentifiedImageError:
        raise DataError("it is no picture of a known format") from None
    except DataError:
        raise
    except Exception as error:  # a broken file may raise anything
        raise DataError(f"it is damaged: {error or type(error).__name__}") from error
    if picture.getexif().get(0x0112, 1) != 1:
        notes.append("turned")
    plain, more = _plain(upright)
    return plain, (*notes, *more)


def opened(content: bytes) -> Image:
    """Return a picture of which only the head is read.

    Raises
    ------
    DataError
        If it has too many pixels.
    UnidentifiedImageError
        If it is no picture.
    """
    from PIL import Image

    try:
        # Pillow warns of many pixels, too, and fewer than those are refused here; filters of
        # warnings belong to all threads, hence the lock
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content))
    except Image.DecompressionBombError:
        raise DataError("it has too many pixels") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise DataError(
            f"it has {picture.width} x {picture.height} pixels; {MOST_PIXELS} at most are read"
        )
    return picture


def conform(picture: Image, size: tuple[int, int] | None, channels: str) -> NDArray[np.uint8]:
    """Return a picture of mode L or RGB in bytes (channels, height, width)."""
    from PIL import Image

    if channels == "grey" or (channels == "colour" and picture.mode == "L"):
        picture = picture.convert("L" if channels == "grey" else "RGB")
    if size is not None and (picture.height, picture.width) != tuple(size):
        picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels = np.asarray(picture)
    return np.array(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1))


def from_array(pixels: NDArray[np.uint8]) -> Image:
    """Return bytes of shape (1 or 3, height, width) as a picture of mode L or RGB."""
    from PIL import Image

    return Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))


def _plain(picture: Image) -> tuple[Image, list[str]]:
    """Return (the picture in mode L or RGB, notes)."""
    from PIL import Image

    mode = picture.mode
    if mode.startswith("I"):  # I, I;16, I;16B, ...
        values = np.asarray(picture).astype(np.int64)
        if values.min() < 0 or values.max() > SHORT:
            raise DataError(f"its pixels run from {values.min()} to {values.max()}, over 16 bits")
        return Image.fromarray(((values * 255 + SHORT // 2) // SHORT).astype(np.uint8)), ["16-bit"]
    if mode == "F":
        raise DataError("its pixels are numbers with fractions; save it with 8 or 16 bits")
    if mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        shown = Image.alpha_composite(white, picture)
        seen_through = np.asarray(picture)[..., 3].min() < 255
        notes = ["transparent"] if seen_through else []
        return shown.convert("L" if mode in _GREY else "RGB"), notes
    return picture.convert("L" if mode in _GREY else "RGB"), []
