"""The state of training on disk: written whole or not at all, verified when read.

A checkpoint is written beside its place, forced to the disk, read back, and only then renamed, so a
process that is killed leaves either the old file or the new one. Each file is PyTorch's own format:
a zip whose parts carry checksums, which is how a damaged one is told apart on loading; then the one
before it is used.
"""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path
from typing import Any

import torch

from firsthand.train.errors import CheckpointError

_LATEST = re.compile(r"step-(\d+)\.pt")
BEST = "best.pt"


class Checkpoints:
    """The folder of a run's checkpoints: ``step-*.pt``, of which ``keep`` stay, and ``best.pt``."""

    def __init__(self, folder: Path, keep: int = 2):
        self.folder, self.keep = folder, keep

    def save(self, state: dict[str, Any], step: int) -> Path:
        """Write the state of training after ``step`` steps, and remove what is too old.

        Raises
        ------
        CheckpointError
            If it cannot be written; those before it stay.
        """
        path = self.folder / f"step-{step:09}.pt"
        _write(path, state)
        for old in self.steps()[self.keep :]:
            old.unlink(missing_ok=True)
        return path

    def save_best(self, state: dict[str, Any]) -> None:
        """Write what the best epoch so far has learnt."""
        _write(self.folder / BEST, state)

    def steps(self) -> list[Path]:
        """Return the checkpoints that are there, the latest first."""
        return sorted(
            (p for p in self.folder.glob("step-*.pt") if _LATEST.fullmatch(p.name)), reverse=True
        )

    def latest(self) -> tuple[dict[str, Any] | None, list[Path]]:
        """Return (the newest state that is whole, the damaged files that were passed over).

        Raises
        ------
        CheckpointError
            If there are checkpoints, and every one is damaged.
        """
        damaged: list[Path] = []
        for path in self.steps():
            try:
                return read(path), damaged
            except CheckpointError:
                damaged.append(path)
        if damaged:
            names = ", ".join(p.name for p in damaged)
            raise CheckpointError(
                f"No checkpoint in {self.folder} is whole ({names}). "
                "Start again without --resume, or restore one from a copy."
            )
        return None, []

    def best(self) -> dict[str, Any]:
        """Return what the best epoch learnt.

        Raises
        ------
        CheckpointError
            If there is none, or it is damaged.
        """
        return read(self.folder / BEST)


def read(path: Path) -> dict[str, Any]:
    """Return a checkpoint's state on the CPU, every byte of it verified.

    Raises
    ------
    CheckpointError
        If it is missing or damaged.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
        if broken is not None:
            raise CheckpointError(f"{path} is damaged in {broken}.")
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path} is no whole checkpoint: {error}.") from error
    return state


def _write(path: Path, state: dict[str, Any]) -> None:
    """Write beside, force to disk, rename."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except (OSError, RuntimeError) as error:
        beside.unlink(missing_ok=True)
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CheckpointError(
            f"{path} cannot be written: {reason}. Checkpoints before it are untouched; free space "
            "or change the folder, then resume."
        ) from error
