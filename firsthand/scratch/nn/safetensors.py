r"""States of networks in files: safetensors, which hold numbers and cannot run anything.

    8 bytes     n, the length of the header, little-endian
    n bytes     the header, JSON: name -> {"dtype", "shape", "data_offsets": [begin, end]}
    the rest    every tensor's numbers in row order, little-endian, one after the other

PyTorch, TensorFlow and JAX read and write the same files. https://github.com/huggingface/safetensors
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
    "U8": "<u1",
    "BOOL": "?",
}
NAMES = {np.dtype(ours): theirs for theirs, ours in DTYPES.items()}
LONGEST_HEADER = 100_000_000  # bytes, as the format's own reader has it


def save_safetensors(
    path: str | Path, state: Mapping[str, Array], metadata: Mapping[str, str] | None = None
) -> None:
    """Write arrays by name into a file; an old one is replaced only when the new one is whole.

    Raises
    ------
    DataTypeError
        If an array holds what the format has no name for.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
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
    """Return the arrays of a file by name.

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
        header = json.loads(whole[8 : 8 + length])
    except ValueError as error:
        raise DataError(f"{path} has a header that is no JSON: {error}.") from error
    if not isinstance(header, dict):
        raise DataError(f"{path} has a header that names no tensors.")
    data = memoryview(whole)[8 + length :]
    return {
        str(name): _tensor(path, str(name), entry, data)
        for name, entry in header.items()
        if name != "__metadata__"
    }


def _tensor(path: Path, name: str, entry: Any, data: memoryview) -> Array:
    """Return one array, if what the header says of it can be."""
    try:
        dtype, shape = np.dtype(DTYPES[entry["dtype"]]), tuple(map(int, entry["shape"]))
        begin, end = map(int, entry["data_offsets"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: {name} is described in a way that cannot be read.") from error
    size = dtype.itemsize * int(np.prod(shape, dtype=object))
    if min(shape, default=0) < 0 or begin < 0 or end - begin != size or end > len(data):
        raise DataError(f"{path}: {name} of shape {shape} does not fit its place; it is damaged.")
    return np.frombuffer(data[begin:end], dtype).reshape(shape).copy()
