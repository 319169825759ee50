"""Read the few Protocol Buffers messages in Anki's newest packages, by field number.

    message  = (key value)*          key = field << 3 | wire type, as a varint
    value    = varint | 8 bytes | length bytes | 4 bytes

protobuf.dev, "Encoding". The packages of other people are refused, not trusted, when a length
points outside.
"""

from __future__ import annotations

from collections.abc import Iterator

from firsthand.study.errors import RequestError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value) of a message; values are numbers or bytes.

    Raises
    ------
    RequestError
        If the message is cut off or uses what Anki does not.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == BYTES:
            size, at = _varint(message, at)
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
        else:
            raise RequestError("The package is damaged: a message of an unknown kind.")
        if at + size > len(message):
            raise RequestError("The package is damaged: a message is cut off.")
        yield number, message[at : at + size]
        at += size


def text(message: bytes, number: int) -> str:
    """Return a text field of a message, "" where it is absent."""
    found = [v for n, v in fields(message) if n == number and isinstance(v, bytes)]
    return found[-1].decode("utf-8", "replace") if found else ""


def number(message: bytes, number: int) -> int:
    """Return a number field of a message, 0 where it is absent."""
    found = [v for n, v in fields(message) if n == number and isinstance(v, int)]
    return found[-1] if found else 0


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise RequestError("The package is damaged: a message is cut off.")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise RequestError("The package is damaged: a number is too long.")
