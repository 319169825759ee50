"""The state of training on disk: written whole or not at all, verified when read.

A checkpoint is written beside its place, forced to the disk and only then renamed, so a process
that is killed leaves either the old file or the new one. Each file is PyTorch's own format, which
``torch.load`` opens: a zip whose parts carry checksums. Before anything is read from it, every byte
is compared with them; if it is damaged, the one before is used.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import zipfile
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import torch

from firsthand.train.contents import Fault, fault_in_training, fault_in_weights
from firsthand.train.errors import CheckpointError
from firsthand.train.files import locked

_LATEST = re.compile(r"step-(\d+)\.pt")
BEST, BEST_BEFORE = "best.pt", "best-before.pt"

# what zipfile, zlib, pickle and PyTorch raise on bytes that are not what they were
DAMAGED = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    pickle.UnpicklingError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
)


class Checkpoints:
    """The folder of a run's checkpoints.

    ``step-*.pt`` are the latest, of which ``keep`` stay; ``best.pt`` holds what the best epoch
    learnt, and ``best-before.pt`` what the best before it did.
    """

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
        """Write what the best epoch so far has learnt; keep the best before it.

        Raises
        ------
        CheckpointError
            If it cannot be written; the one before it stays.
        """
        _write(self.folder / BEST, state, before=self.folder / BEST_BEFORE)

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
            If there are checkpoints, and every one is damaged, or holds something else.
        """
        return _first_whole(self.steps(), fault_in_training)

    def best(self) -> dict[str, Any]:
        """Return what the best epoch learnt, ``{"model": ..., "epoch": ..., "figures": ...}``.

        If the file is damaged, what the best before it learnt.

        Raises
        ------
        CheckpointError
            If there is none, or all are damaged.
        """
        paths = [self.folder / name for name in (BEST, BEST_BEFORE)]
        state, _ = _first_whole([p for p in paths if p.exists()], fault_in_weights)
        if state is None:
            raise CheckpointError(
                f"There is no {paths[0]}: no epoch was finished. Train again, or resume the run."
            )
        return state

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Keep other processes from training the same run; a killed one leaves no lock behind.

        Raises
        ------
        RunError
            If another process is at it, or the folder cannot be written.
        """
        with locked(self.folder, "is training this run"):
            for left in self.folder.glob(".*.pt.writing"):  # by a process that was killed
                left.unlink(missing_ok=True)
            yield


def read(path: Path, fault: Fault = lambda _: None) -> dict[str, Any]:
    """Return a checkpoint's state on the CPU, every byte of it verified.

    Parameters
    ----------
    path : path
    fault : function
        Says what is wrong with what it holds; see `contents`.

    Raises
    ------
    CheckpointError
        If it is missing or damaged, or holds something else.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
        if broken is not None:
            raise CheckpointError(f"{path} is damaged in {broken}.")
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except DAMAGED as error:
        raise CheckpointError(f"{path} is no whole checkpoint: {error}.") from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path} is no checkpoint; it holds a {type(state).__name__}.")
    wrong = fault(state)
    if wrong is not None:
        raise CheckpointError(f"{path.name} is no checkpoint of a training: {wrong}.")
    return state


def _first_whole(paths: list[Path], fault: Fault) -> tuple[dict[str, Any] | None, list[Path]]:
    damaged: dict[Path, str] = {}
    for path in paths:
        try:
            return read(path, fault), list(damaged)
        except CheckpointError as error:
            damaged[path] = str(error)
    if damaged:
        names, reason = ", ".join(p.name for p in damaged), next(iter(damaged.values()))
        raise CheckpointError(
            f"No checkpoint in {paths[0].parent} is whole ({names}). {reason} "
            "Start again without --resume, or restore one from a copy."
        )
    return None, []


def _write(path: Path, state: dict[str, Any], *, before: Path | None = None) -> None:
    """Write beside, force to disk, rename; what was there stays as ``before``."""
    beside = path.with_name(f".{path.name}.writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        if before is not None and path.exists():
            link = before.with_name(f".{before.name}.writing")
            link.unlink(missing_ok=True)
            link.hardlink_to(path)
            link.replace(before)
        beside.replace(path)
        _force(path.parent)
    except (OSError, RuntimeError) as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        cause = error.__context__ if isinstance(error.__context__, OSError) else error
        reason = cause.strerror if isinstance(cause, OSError) else str(cause).splitlines()[0]
        raise CheckpointError(
            f"{path} cannot be written: {reason}. Checkpoints before it are untouched; free space "
            "or change the folder's rights, then go on with --resume."
        ) from error


def _force(folder: Path) -> None:
    """Have the new name itself on the disk; not every system lets a folder be opened."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
