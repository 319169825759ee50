"""Files of weights, of whatever library: names and tensors, and nothing that runs.

`.pt`, `.pth`, `.th` are PyTorch's, a state dict or a checkpoint with one inside; `.safetensors`
is 8 bytes with the length of a header, the header as JSON, the numbers; `.npz` is NumPy's.
"""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from firsthand.train.errors import ModelError

INSIDE = (
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "weights",
)  # where checkpoints keep them
WRAPPERS = ("module.", "_orig_mod.")  # of DataParallel, of torch.compile
TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a file by their names, without the prefixes that wrappers add.

    Raises
    ------
    ModelError
        If it is not there, damaged, or holds something else.
    """
    if not path.is_file():
        raise ModelError(f"There is no {path}; model.pretrained names a file of weights.")
    read = {".safetensors": _safetensors, ".npz": _npz}.get(path.suffix, _torch)
    try:
        content = read(path)
    except (
        OSError,
        EOFError,
        RuntimeError,
        ValueError,
        KeyError,
        AttributeError,
        zipfile.BadZipFile,
    ) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(
            f"{path} cannot be read as weights ({reason}). Is it whole? Get it again."
        ) from error
    except pickle.UnpicklingError as error:
        raise ModelError(
            f"{path} is damaged, or holds more than tensors, which is not opened because it could "
            "run code. Save only the state dict: torch.save(model.state_dict(), FILE)."
        ) from error
    for name in INSIDE:
        if isinstance(content, dict) and isinstance(content.get(name), dict):
            content = content[name]
    tensors = _tensors(content)
    if not tensors:
        raise ModelError(
            f"{path} holds no tensors by name. Save torch.save(model.state_dict(), FILE)."
        )
    for prefix in WRAPPERS:
        if all(name.startswith(prefix) for name in tensors):
            tensors = {name.removeprefix(prefix): value for name, value in tensors.items()}
    for name, value in tensors.items():
        if value.is_floating_point() and not torch.isfinite(value).all():
            raise ModelError(f"{name} in {path} holds numbers that are not finite.")
    return tensors


def _tensors(content: Any) -> dict[str, torch.Tensor]:
    if not isinstance(content, dict):
        return {}
    return {str(name): v for name, v in content.items() if isinstance(v, torch.Tensor)}


def _torch(path: Path) -> Any:
    return torch.load(path, map_location="cpu", weights_only=True)


def _npz(path: Path) -> dict[str, torch.Tensor]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


def _safetensors(path: Path) -> dict[str, torch.Tensor]:
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    if start > len(content):
        raise ValueError("its header is cut off")
    header = json.loads(content[8:start])
    tensors: dict[str, torch.Tensor] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        if start + last > len(content):
            raise ValueError(f"{name} is cut off")
        if first == last:
            tensors[name] = torch.zeros(entry["shape"], dtype=TYPES[entry["dtype"]])
            continue
        numbers = bytearray(content[start + first : start + last])
        tensors[name] = torch.frombuffer(numbers, dtype=TYPES[entry["dtype"]]).view(entry["shape"])
    return tensors
