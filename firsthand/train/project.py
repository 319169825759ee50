"""A project: from its configuration to a trained network, the steps in their order."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.train.run import Run

if TYPE_CHECKING:
    from firsthand.train.config import Config
    from firsthand.train.data import Data
    from firsthand.train.loop import State


def project_of(config: Path) -> Path:
    """Return the folder that relative paths start from: above configs/, or where the file is."""
    folder = config.resolve().parent
    return folder.parent if folder.name == "configs" else folder


def open_data(config: Config, project: Path) -> Data:
    """Return the data of a project.

    Raises
    ------
    DataError
        If a file, a row or a label cannot be used.
    """
    from firsthand.train.data import load_data

    given = {
        key: getattr(config.data, key, None) for key in ("path", "validation_path", "test_path")
    }
    paths = {key: project / path for key, path in given.items() if path is not None}
    return load_data(config.model_copy(update={"data": config.data.model_copy(update=paths)}))


def train(
    config: Config, project: str | Path = ".", *, now: datetime | None = None
) -> tuple[Run, State]:
    """Train what a configuration describes; return the run and the state it ended in.

    Raises
    ------
    TrainError
        Whatever stands in the way, told in one text.
    """
    import torch

    from firsthand.train.loop import fit
    from firsthand.train.models import build_model

    project = Path(project)
    data = open_data(config, project)
    torch.manual_seed(config.seed)
    model = build_model(config.model, data.facts)
    run = Run.create(config, project, now or datetime.now())
    run.write_json("preparation.json", data.preparation)
    return run, fit(model, data, config, run)
