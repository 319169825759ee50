"""A run on disk: what was asked, on what, with which versions, and what came of it.

outputs/runs/ID/            config.yaml, environment.json, preparation.json, facts.json,
                            history.jsonl, curves.png, report.html, report.json
outputs/checkpoints/ID/     best.pt  step-*.pt
outputs/predictions/ID/
logs/tensorboard/ID/
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand.train.config import Config, dump_config, load_config
from firsthand.train.errors import RunError
from firsthand.train.files import write_whole

if TYPE_CHECKING:
    from firsthand.train.checkpoints import Checkpoints


@dataclass(frozen=True)
class Run:
    """The files of one training.

    Attributes
    ----------
    id : str
        Its name and the time it was started.
    config : Config
        All settings, resolved.
    project : path
        The folder that relative paths start from.
    """

    id: str
    config: Config
    project: Path

    @property
    def folder(self) -> Path:
        """Where its records are."""
        return self.project / self.config.folders.outputs / "runs" / self.id

    @property
    def checkpoints(self) -> Checkpoints:
        """Its checkpoints."""
        from firsthand.train.checkpoints import Checkpoints

        folder = self.project / self.config.folders.outputs / "checkpoints" / self.id
        return Checkpoints(folder, self.config.train.checkpoints.keep)

    @property
    def predictions(self) -> Path:
        """Where its predictions are."""
        return self.project / self.config.folders.outputs / "predictions" / self.id

    @property
    def tensorboard(self) -> Path:
        """Where its curves for TensorBoard are."""
        return self.project / self.config.folders.logs / "tensorboard" / self.id

    @classmethod
    def create(cls, config: Config, project: Path, now: datetime) -> Run:
        """Make the folder of a new run and write down what was asked.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        stem = f"{now:%Y%m%d-%H%M%S}-{config.name}"
        run, number = cls(stem, config, project), 1
        while run.folder.exists():
            number += 1
            run = cls(f"{stem}-{number}", config, project)
        try:
            run.folder.mkdir(parents=True)
        except OSError as error:
            raise RunError(
                f"{run.folder} cannot be made: {error.strerror}. Change the rights of the folder "
                "above it, or name another: folders.outputs=PATH."
            ) from error
        run.write("config.yaml", dump_config(config))
        return run

    @classmethod
    def open(cls, folder: str | Path, project: Path | None = None) -> Run:
        """Return the run whose records are in ``folder``, which is outputs/runs/ID. See `find`.

        Its project is the one on record, if the run is still in there; else ``project``, else the
        folder that outputs is in.

        Raises
        ------
        RunError
            If there is none, or its project cannot be found.
        """
        folder = Path(os.path.abspath(folder))  # not resolved: outputs may be a link
        if not (folder / "config.yaml").is_file():
            raise RunError(f"{folder} is no run; there is no config.yaml in it.")
        config = load_config(folder / "config.yaml")
        places = [*_recorded_projects(folder), *([project] if project else [])]
        if not config.folders.outputs.is_absolute():
            places.append(folder.joinpath(*[".."] * (2 + len(config.folders.outputs.parts))))
        for place in places:
            run = cls(folder.name, config, Path(os.path.abspath(place)))
            if place.is_dir() and run.folder.is_dir() and run.folder.samefile(folder):
                return run
        raise RunError(
            f"The project of {folder} is unknown: its configuration has folders.outputs="
            f"{config.folders.outputs}, and the run was in "
            f"{' and '.join(map(str, places)) or 'no project that is on record'}. Put it back to "
            "where it was, or go to the project's folder and name the run by its id."
        )

    @classmethod
    def all(cls, config: Config, project: Path) -> list[Run]:
        """Return the runs of a project, the one that was started last at the end."""
        folder = project / config.folders.outputs / "runs"
        found = [path for path in folder.glob("*") if (path / "config.yaml").is_file()]
        started = sorted(found, key=lambda path: (path.name[:15], path.stat().st_mtime))
        return [cls.open(path, project) for path in started]

    @classmethod
    def latest(cls, config: Config, project: Path) -> Run:
        """Return the run of a project that was started last, of those with a checkpoint.

        Raises
        ------
        RunError
            If there is none.
        """
        runs = cls.all(config, project)
        if not runs:
            folder = project / config.folders.outputs / "runs"
            raise RunError(f"There is no run in {folder} yet. Start one: firsthand train")
        return next((run for run in reversed(runs) if run.checkpoints.steps()), runs[-1])

    @classmethod
    def find(cls, word: str | Path, config: Config, project: Path) -> Run:
        """Return the run that ``word`` names: its folder, its id, or "latest".

        Raises
        ------
        RunError
            If there is none; names those that are alike.
        """
        if str(word) == "latest":
            return cls.latest(config, project)
        folder = project / config.folders.outputs / "runs"
        for place in (Path(word), project / word, folder / word):
            if (place / "config.yaml").is_file():
                return cls.open(place, project)
        known = sorted(path.name for path in folder.glob("*") if (path / "config.yaml").is_file())
        alike = [name for name in known if str(word) in name] or known[-3:]
        hint = f" There are: {', '.join(alike)}." if alike else " There is none yet."
        raise RunError(f"There is no run {str(word)!r} in {folder}.{hint}")

    def write_environment(self, made_with: dict[str, Any], *, resumed: bool) -> Path:
        """Write down what the run is made with; each time that it is resumed is added."""
        path = self.folder / "environment.json"
        if resumed and path.is_file():
            first = _record(path)  # a damaged one is no reason not to go on
            made_with = first | {"resumed": [*_parts(first), made_with]}
        return self.write_json("environment.json", made_with)

    def write(self, name: str, text: str) -> Path:
        """Write one of its records.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        return write_whole(self.folder / name, text)

    def write_json(self, name: str, value: Any) -> Path:
        """Write one of its records as JSON."""
        return self.write(name, json.dumps(value, indent=2) + "\n")

    def write_history(self, epochs: Iterable[dict[str, float]]) -> Path:
        """Write the figures of every epoch, one a line."""
        return self.write("history.jsonl", "".join(json.dumps(epoch) + "\n" for epoch in epochs))


def _record(path: Path) -> dict[str, Any]:
    """Return a record; empty where it cannot be read, or holds something else."""
    try:
        value: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _parts(record: dict[str, Any]) -> list[Any]:
    """Return what was added to a run's environment each time that it was resumed."""
    resumed = record.get("resumed")
    return resumed if isinstance(resumed, list) else []


def _recorded_projects(folder: Path) -> list[Path]:
    """Return the project's folder as a run's environment names it, the latest first."""
    first = _record(folder / "environment.json")
    projects = [part.get("project") for part in [first, *_parts(first)] if isinstance(part, dict)]
    named = [project.get("folder") for project in projects if isinstance(project, dict)]
    return [Path(name) for name in reversed(named) if isinstance(name, str)]
