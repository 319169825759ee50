"""A run as it is judged: its data, its network with the best weights, and what was odd."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firsthand.train.errors import CheckpointError, DataError

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from firsthand.train.data import Data
    from firsthand.train.run import Run


@dataclass(frozen=True)
class Opened:
    """See the module.

    Attributes
    ----------
    run : Run
    data : Data
    model : nn.Module
        In evaluation mode, on the CPU.
    epoch : int or None
        After which, counted from 1, the weights were kept.
    checkpoint : str
        The name of the file they are from.
    remarks : tuple of str
        Damaged files that were passed over; data that have changed since.
    path : path, optional
        Of other data than the run's own that it is tested on.
    """

    run: Run
    data: Data
    model: nn.Module
    epoch: int | None
    checkpoint: str
    remarks: tuple[str, ...]
    path: Path | None = None


def open_run(run: Run, *, data: Data | None = None, path: Path | None = None) -> Opened:
    """Return a run with its data and its best network.

    Parameters
    ----------
    run : Run
    data : Data, optional
        If it is already read.
    path : path, optional
        Other data to test on, prepared as was saved with the run: nothing is fitted again.

    Raises
    ------
    CheckpointError
        If no checkpoint is whole, or it does not fit the network.
    DataError, ModelError
        If data or network cannot be had.
    """
    from firsthand.train.models import build_model
    from firsthand.train.project import open_data

    state, file, remarks = best_state(run)
    if data is None:
        data = open_data(run.config, run.project)
    remarks += _changed(run, data)
    if path is not None:
        data = _tested_on(run, path.resolve(), data)
    model = build_model(run.config.model, data.facts, run.project)
    try:
        model.load_state_dict(state["model"])
    except (RuntimeError, LookupError, TypeError, ValueError, AttributeError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise CheckpointError(
            f"{file} does not fit the network that {run.folder.name} describes: {reason} The data "
            "or models/model.py have changed since; train again."
        ) from error
    model.eval()
    epoch = state.get("epoch")
    kept = None if epoch is None else epoch + 1
    return Opened(run, data, model, kept, file, tuple(remarks), path)


def _tested_on(run: Run, path: Path, data: Data) -> Data:
    from firsthand.train.data.other import test_on
    from firsthand.train.project import with_paths

    preparation = record(run, "preparation.json")
    if not preparation:
        raise DataError(
            f"{run.folder / 'preparation.json'} is missing or no JSON, and without it {path} "
            "cannot be prepared as in training. Bring it back from a copy, or train again."
        )
    return test_on(path, with_paths(run.config, run.project), data, preparation)


def best_state(run: Run) -> tuple[dict[str, Any], str, list[str]]:
    """Return (the best state that is whole, its file's name, what was passed over and why).

    Raises
    ------
    CheckpointError
        If there is none.
    """
    from firsthand.train.checkpoints import BEST, read
    from firsthand.train.contents import fault_in_weights

    folder = run.checkpoints.folder
    files = [p for p in (folder / BEST, folder / "best-before.pt") if p.exists()]
    files += run.checkpoints.steps()
    if not files:
        raise CheckpointError(
            f"{run.id} has no checkpoint in {folder}; nothing was learnt that could be judged. "
            "Train first: firsthand train"
        )
    remarks: list[str] = []
    damaged: list[str] = []
    reason = ""
    for file in files:
        try:
            state = read(file, fault_in_weights)
        except CheckpointError as error:
            damaged.append(file.name)
            reason = reason or str(error)
            continue
        if damaged:
            remarks.append(
                f"{_listed(damaged)} cannot be read, for it is damaged; this report is about "
                f"{file.name}, the next best that is whole."
            )
        elif file.name != BEST:
            remarks.append(f"There is no {BEST}; this report is about {file.name}.")
        return state, file.name, remarks
    raise CheckpointError(
        f"No checkpoint in {folder} is whole ({_listed(damaged)}). {reason} Restore one from a "
        "copy, or train again."
    )


def record(run: Run, name: str) -> dict[str, Any]:
    """Return one of a run's JSON records; empty where it is missing or no JSON."""
    try:
        value = json.loads((run.folder / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def history(run: Run) -> list[dict[str, float]]:
    """Return the figures of every epoch; those that cannot be read are left out."""
    try:
        lines = (run.folder / "history.jsonl").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    epochs: list[dict[str, float]] = []
    for line in lines:
        try:
            epoch = json.loads(line)
        except ValueError:
            continue
        if isinstance(epoch, dict):
            epochs.append(epoch)
    return epochs


def _changed(run: Run, data: Data) -> list[str]:
    before = record(run, "environment.json").get("data_fingerprint")
    if not before or not data.fingerprint or before == data.fingerprint:
        return []
    return [
        "The data have changed since training: their fingerprint was "
        f"{str(before)[:12]} and is {data.fingerprint[:12]}. Some test examples may have been "
        "trained on; train again before trusting these figures."
    ]


def _listed(names: list[str]) -> str:
    return ", ".join(names)
