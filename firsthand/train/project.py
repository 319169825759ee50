"""A project: from its configuration to a trained network, the steps in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.library.support import require
from firsthand.train.environment import environment
from firsthand.train.run import Run

if TYPE_CHECKING:
    from firsthand.train.config import Config
    from firsthand.train.data import Data
    from firsthand.train.listeners import Listener
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
    config: Config,
    project: str | Path = ".",
    *,
    data: Data | None = None,
    resume: Run | None = None,
    listeners: Sequence[Listener] = (),
    now: datetime | None = None,
) -> tuple[Run, State]:
    """Train what a configuration describes; return the run and the state it ended in.

    Parameters
    ----------
    config : Config
    project : path
        The folder that relative paths start from.
    data : Data, optional
        Read before; several trainings can share it.
    resume : Run, optional
        Go on with this run, from its last checkpoint, instead of starting one.
    listeners : sequence of Listener
        Told what happens; what one raises ends the training.
    now : datetime, optional
        Names a new run.

    Raises
    ------
    TrainError
        Whatever stands in the way, told in one text.
    """
    torch = require("torch")

    from firsthand.train.curves import Curves
    from firsthand.train.listeners import Listeners
    from firsthand.train.loop import fit
    from firsthand.train.models import build_model
    from firsthand.train.tensorboard import TensorBoard
    from firsthand.train.transfer import make_ready

    if config.threads is not None:
        torch.set_num_threads(config.threads)
    project = Path(project)
    data = data or open_data(config, project)
    torch.manual_seed(config.seed)
    model = build_model(config.model, data.facts, project)
    transfer = make_ready(model, config.model, data, project, resumed=resume is not None)
    run = resume or Run.create(config, project, now or datetime.now())
    run.write_json("preparation.json", data.preparation)
    made_with = environment(config, data, project, now or datetime.now())
    run.write_environment(made_with, resumed=resume is not None)
    if transfer is not None:
        run.write_json("transfer.json", asdict(transfer))
    drawing = [Curves()] if config.train.curves else []
    boards = [TensorBoard()] if config.train.tensorboard else []
    told = [*drawing, *boards, *listeners]
    state = fit(model, data, config, run, resume=resume is not None, listener=Listeners(*told))
    return run, state
