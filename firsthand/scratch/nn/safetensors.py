r"""States of networks in files: safetensors, which hold numbers and cannot run anything.

    8 bytes     n, the length of the header, little-endian
    n bytes     the header, JSON: name -> {"dtype", "shape", "data_offsets": [begin, end]}
    the rest    every tensor's numbers in row order, little-endian, one after the other

PyTorch, TensorFlow and JAX read and write the same files. https://github.com/huggingface/safetensors
"""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError

Array = NDArray[Any]

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
    "BOOL": "?",
}
BRAIN_FLOAT = "BF16"  # the upper half of a float32, and read as one
READ = {**DTYPES, BRAIN_FLOAT: "<u2"}
NAMES = {np.dtype(ours): theirs for theirs, ours in DTYPES.items()}
METADATA = "__metadata__"
LONGEST_HEADER = 100_000_000  # bytes, as the format's own reader has it


def save_safetensors(
    path: str | Path, state: Mapping[str, Array], metadata: Mapping[str, str] | None = None
) -> None:
    """Write arrays by name into a file; an old one is replaced only when the new one is whole.

    Raises
    ------
    DataError
        If an array is called ``__metadata__``, which the format keeps for itself.
    DataTypeError
        If an array holds what the format has no name for.
    """
    if METADATA in state:
        raise DataError(f"An array is called {METADATA}, which safetensors keeps; rename it.")
    header: dict[str, Any] = {METADATA: dict(metadata)} if metadata else {}
    parts: list[bytes] = []
    end = 0
    for name, array in state.items():
        little = np.asarray(array, np.asarray(array).dtype.newbyteorder("<"), order="C")
        if little.dtype not in NAMES:
            raise DataTypeError(f"{name} holds {little.dtype}, which safetensors cannot.")
        begin, end = end, end + little.nbytes
        header[name] = {
            "dtype": NAMES[little.dtype],
            "shape": list(little.shape),
            "data_offsets": [begin, end],
        }
        parts.append(little.tobytes())
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)  # the numbers start at a multiple of eight
    path = Path(path)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def load_safetensors(path: str | Path) -> dict[str, Array]:
    """Return the arrays of a file by name; brain floats (BF16) become float32.

    Raises
    ------
    DataError
        If it is no such file, or not all of one; the message says what is wrong.
    """
    path = Path(path)
    whole = path.read_bytes()
    if len(whole) < 8:
        raise DataError(f"{path} has {len(whole)} bytes; it is no safetensors file.")
    (length,) = struct.unpack("<Q", whole[:8])
    if length > min(LONGEST_HEADER, len(whole) - 8):
        raise DataError(f"{path} ends before its header does; it is damaged or of another kind.")
    try:
        header = json.loads(whole[8 : 8 + length].decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} has a header that is no JSON: {error}.") from error
    if not isinstance(header, dict):
        raise DataError(f"{path} has a header that names no tensors.")
    data = memoryview(whole)[8 + length :]
    tensors = {
        name: _Tensor.of(f"{path}: {name}", described, len(data))
        for name, described in cast(dict[str, Any], header).items()
        if name != METADATA
    }
    end = 0
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.begin, tensor.end)):
        if tensor.begin != end:
            raise DataError(f"{path} has tensors that overlap, or bytes between them.")
        end = tensor.end
    if end != len(data):
        raise DataError(f"{path} has {len(data) - end} bytes behind its tensors; it is damaged.")
    return {name: tensor.read(data) for name, tensor in tensors.items()}


@dataclass(frozen=True)
class _Tensor:
    """What a header says of one tensor."""

    name: str
    kind: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @classmethod
    def of(cls, name: str, described: Any, n_bytes: int) -> Self:
        """Return what is described, if it can be, in so many bytes."""
        match described:
            case {"dtype": str(kind), "shape": [*shape], "data_offsets": [begin, end]} if (
                kind in READ and all(type(n) is int for n in (*shape, begin, end))
            ):
                size = np.dtype(READ[kind]).itemsize * math.prod(shape)
                if min(*shape, begin, 0) < 0 or end - begin != size or end > n_bytes:
                    raise DataError(f"{name} of shape {shape} does not fit its place.")
                return cls(name, kind, tuple(shape), begin, end)
            case _:
                raise DataError(f"{name} is described in a way that cannot be read.")

    def read(self, data: memoryview) -> Array:
        """Return its numbers."""
        numbers = np.frombuffer(data[self.begin : self.end], READ[self.kind])
        if self.kind == BRAIN_FLOAT:
            numbers = (numbers.astype("<u4") << 16).view("<f4")
        try:
            return numbers.reshape(self.shape).copy()
        except (ValueError, OverflowError) as error:  # nothing is left of 0 x 2^99 numbers
            raise DataError(f"{self.name} has a shape that no array can have.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return what a JSON object holds, each name once."""
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError("a name stands in it twice")
    return held
