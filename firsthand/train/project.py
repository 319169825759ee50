"""A project: from its configuration to a trained network, the steps in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.library.support import require
from firsthand.train.environment import environment
from firsthand.train.listeners import Listener, Listeners
from firsthand.train.records import Records
from firsthand.train.run import Run

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config import Config
    from firsthand.train.data import Data
    from firsthand.train.loop import State
    from firsthand.train.transfer import Transfer


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

    return load_data(with_paths(config, project))


def with_paths(config: Config, project: Path) -> Config:
    """Return a configuration whose data are where they are, seen from anywhere."""
    given = {
        key: getattr(config.data, key, None) for key in ("path", "validation_path", "test_path")
    }
    paths = {key: project / path for key, path in given.items() if path is not None}
    return config.model_copy(update={"data": config.data.model_copy(update=paths)})


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
    require("torch")

    from firsthand.train.checks import check
    from firsthand.train.distributed import joined
    from firsthand.train.loop import fit

    with joined() as processes:
        data, model, transfer = prepare(config, Path(project), data, resumed=resume is not None)
        if processes.writes:
            run = resume or Run.create(config, Path(project), now or datetime.now())
            records = Records(
                data.preparation,
                environment(config, data, Path(project), now or datetime.now()),
                None if transfer is None else asdict(transfer),
                resumed=resume is not None,
            )
            listener = Listeners(records, *_drawing(config), *listeners)
            if transfer is not None:
                listener.says(f"{config.model.pretrained}: {transfer}.")
            if config.train.check and resume is None:
                for finding in check(model, data, config):
                    listener.says(f"{finding.severity}: {finding.text}")
        else:
            run, listener = resume, Listener()
        run = processes.from_first(run)
        state = fit(
            model,
            data,
            config,
            run,
            resume=resume is not None,
            listener=listener,
            processes=processes,
        )
    return run, state


def prepare(
    config: Config, project: Path, data: Data | None = None, *, resumed: bool = False
) -> tuple[Data, nn.Module, Transfer | None]:
    """Return the data, the network before its first step, and what it has of pretrained weights.

    Raises
    ------
    DataError, ModelError
        If they cannot be used, or do not fit.
    """
    torch = require("torch")

    from firsthand.train.models import build_model
    from firsthand.train.transfer import make_ready

    if config.threads is not None:
        torch.set_num_threads(config.threads)
    data = data or open_data(config, project)
    torch.manual_seed(config.seed)
    model = build_model(config.model, data.facts, project)
    return data, model, make_ready(model, config.model, data, project, resumed=resumed)


def _drawing(config: Config) -> list[Listener]:
    """Return those who draw what training tells, as the configuration asks."""
    from firsthand.train.curves import Curves
    from firsthand.train.tensorboard import TensorBoard

    curves: list[Listener] = [Curves()] if config.train.curves else []
    return [*curves, *([TensorBoard()] if config.train.tensorboard else [])]
