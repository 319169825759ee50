"""What a package's pictures are called, and what they are.

The legacy map is JSON, ``{"0": "name.jpg"}``; the newest one a zstd stream of Protocol
Buffers. What a picture is, its first bytes say, not its name; SVG is left out, for it can
carry scripts.
"""

from __future__ import annotations

import json
from unicodedata import normalize

from firsthand.study.errors import RequestError
from firsthand.study.memory.anki.archive import MEGABYTE, Archive
from firsthand.study.memory.anki.protobuf import fields, text

LARGEST_MAP = 16 * MEGABYTE
_SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
    (b"BM", "image/bmp", "bmp"),
)


def media_names(archive: Archive, *, newest: bool) -> dict[str, str]:
    """Return file name in the cards -> entry of the archive.

    Raises
    ------
    RequestError
        If the map is damaged.
    """
    if "media" not in archive.names:
        return {}
    data = archive.read("media", LARGEST_MAP, compressed=newest)
    if newest:
        entries = [v for n, v in fields(data) if n == 1 and isinstance(v, bytes)]
        pairs = [(str(place), text(entry, 1)) for place, entry in enumerate(entries)]
    else:
        try:
            pairs = [(str(k), str(v)) for k, v in dict(json.loads(data or b"{}")).items()]
        except (ValueError, TypeError) as error:
            raise RequestError(f"The package's list of media is damaged: {error}.") from error
    return {normalize("NFC", name): entry for entry, name in pairs}


def picture_type(data: bytes) -> tuple[str, str] | None:
    """Return (media type, suffix) of a picture by its first bytes; None if it is none."""
    for sign, kind, suffix in _SIGNS:
        if data.startswith(sign):
            return kind, suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", "webp"
    return None
