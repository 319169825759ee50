"""Faces of the AT&T laboratories: 40 people, ten pictures each, as PGM files in a zip.

    P5          the magic number of a grey picture in bytes
    92 112      width and height; a line that starts with # is a comment
    255         what white is
    bytes       row by row

Samaria & Harter, Parameterisation of a stochastic model for human face identification (1994).
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firsthand.data.errors import FileError
from firsthand.data.found import find_file
from firsthand.data.images import Images

_BETWEEN = rb"(?:\s|#[^\n]*\n)+"  # one way alone to read each byte: no search for others
_HEADER = re.compile(
    rb"P5" + _BETWEEN + rb"(\d{1,5})" + _BETWEEN + rb"(\d{1,5})" + _BETWEEN + rb"(\d{1,5})\s"
)
_MEMBER = re.compile(r"(?:.*/)?s([0-9]{1,9})/([0-9]{1,9})\.pgm")
MOST = 2**28  # bytes of all pictures; the original ones have 4 million


def read_pgm(text: bytes, name: str = "the picture") -> NDArray[np.uint8]:
    """Return the grey picture that the bytes of a PGM file hold, of shape (height, width).

    Parameters
    ----------
    text : bytes
        The whole file.
    name : str
        What errors call it.

    Raises
    ------
    FileError
        If it is no PGM file of bytes, or has not as many as it states.

    Examples
    --------
    >>> read_pgm(b"P5 3 2 255 " + bytes([0, 50, 100, 150, 200, 250]))
    array([[  0,  50, 100],
           [150, 200, 250]], dtype=uint8)
    """
    header = _HEADER.match(text)
    if header is None:
        raise FileError(f"{name} starts with {text[:12]!r}; a grey PGM file starts with b'P5'.")
    width, height, white = map(int, header.groups())
    pixels = text[header.end() :]
    if white > 255:
        raise FileError(f"{name} has {white + 1} shades of grey; 256 at most are read.")
    if len(pixels) != width * height:
        raise FileError(f"{name} states {height} x {width} pixels, but holds {len(pixels)}.")
    return np.frombuffer(pixels, np.uint8).reshape(height, width)


def read_faces(path: str | Path) -> Images:
    """Return the pictures ``sN/M.pgm`` of a zip: the M-th of person N, sorted by both.

    ``X`` has shape (n_samples, 1, height, width); ``y`` counts the people from 0.

    Raises
    ------
    FileError
        If it is no such zip, or a picture in it is broken or of another size, or all are too many.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = [
                (int(match[1]), int(match[2]), entry)
                for entry in archive.infolist()
                if (match := _MEMBER.fullmatch(entry.filename))
            ]
            if sum(entry.file_size for _, _, entry in found) > MOST:
                raise FileError(f"{path} unpacks to more than {MOST} bytes.")
            found.sort(key=lambda one: one[:2])
            pictures: list[NDArray[np.uint8]] = []
            for _, _, entry in found:
                with archive.open(entry) as file:
                    pictures.append(read_pgm(file.read(), f"{entry.filename} in {path}"))
    except FileError:
        raise
    except Exception as error:  # a broken or locked zip may raise anything
        raise FileError(f"{path} cannot be read: {error}.") from error
    if not pictures:
        raise FileError(f"{path} holds no pictures of the name s1/1.pgm.")
    sizes = {picture.shape for picture in pictures}
    if len(sizes) > 1:
        raise FileError(f"{path} holds pictures of several sizes: {sorted(sizes)}.")
    y = np.unique([person for person, _, _ in found], return_inverse=True)[1]
    return Images(np.stack(pictures)[:, None], y.astype(np.int64))


def load_faces(*, folder: str | Path | None = None) -> Images:
    """Return the AT&T faces: 400 pictures of 40 people, ten each, one person after the other.

    Parameters
    ----------
    folder : path, optional
        The folder of real data, with ``faces/att_faces.zip``; by default the one that
        ``FIRSTHAND_DATA`` names.

    Returns
    -------
    Images
        ``X`` of shape (400, 1, 112, 92), ``y`` from 0 to 39.
    """
    return read_faces(find_file(("faces/att_faces.zip",), folder))
