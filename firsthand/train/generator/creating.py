"""Make a project: look at its data, then write every file at once, or none.

The folder is made beside its place and renamed when it is whole, so that an error, or a key that
stops the program, leaves nothing behind.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand import __version__
from firsthand.train.config.loading import parse_config
from firsthand.train.config.overriding import override
from firsthand.train.config.schema import Config
from firsthand.train.config.spelling import did_you_mean
from firsthand.train.data.loading import READERS
from firsthand.train.errors import ProjectError, TrainError
from firsthand.train.generator.advice import advise
from firsthand.train.generator.checklist import answers
from firsthand.train.generator.configuration import commented
from firsthand.train.generator.guessing import guess
from firsthand.train.generator.placing import place
from firsthand.train.generator.rendering import FOLDERS, render
from firsthand.train.generator.samples import OF_SAMPLES, write_sample
from firsthand.train.project import open_data

if TYPE_CHECKING:
    from firsthand.train.data import Data

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Attributes
    ----------
    folder : path
        Of the project; its name is the project's.
    task : str
    data : path, optional
        A file or folder; without it a small sample is generated.
    target : str, optional
        The column to predict.
    keys : sequence of str
        Keys of the configuration, such as ``data.names=[label,text]``.
    force : bool
        Go into a folder that exists, and write what is not there.
    """

    folder: Path
    task: str
    data: Path | None = None
    target: str | None = None
    keys: Sequence[str] = ()
    force: bool = False


@dataclass(frozen=True)
class Created:
    """What was made.

    Attributes
    ----------
    folder : path
    data : Data
    told : str
        Where the data are.
    kept : tuple of str
        Files that were there, and are as they were.
    """

    folder: Path
    data: Data
    told: str
    kept: tuple[str, ...] = ()


def create(wish: Wish) -> Created:
    """Make a project.

    Raises
    ------
    ProjectError
        If the name, the folder, the task or the data are not as they have to be.
    TrainError
        If the data cannot be learnt from; nothing is written then.
    """
    _check(wish)
    folder = wish.folder.resolve()
    making = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        making.mkdir(parents=True)
    except OSError as error:
        raise ProjectError(f"{folder.parent} cannot be written to: {error.strerror}.") from error
    try:
        data, told = _fill(wish, folder.name, making)
        kept = _bring(making, folder)
    except OSError as error:
        raise ProjectError(f"{folder} cannot be written: {error.strerror}.") from error
    except TrainError as error:
        raise type(error)(_without(making, str(error), wish.data)) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Created(folder, data, told, kept)


def _check(wish: Wish) -> None:
    name = wish.folder.name
    if not _NAME.fullmatch(name):
        raise ProjectError(
            f"{name!r} is no name for a project; letters, digits, dots, dashes and underscores, "
            "60 at most, and a letter or digit first."
        )
    if wish.task not in READERS:
        raise ProjectError(
            f"There is no task {wish.task!r}.{did_you_mean(wish.task, READERS)} "
            f"There are: {', '.join(READERS)}."
        )
    if wish.folder.is_file():
        raise ProjectError(f"{wish.folder} is a file; choose another name.")
    if wish.folder.is_dir() and any(wish.folder.iterdir()) and not wish.force:
        raise ProjectError(
            f"{wish.folder} exists and is not empty. Choose another name, or add --force, which "
            "writes only files that are not there."
        )


def _fill(wish: Wish, name: str, folder: Path) -> tuple[Data, str]:
    """Write all of a project into an empty folder."""
    for below in FOLDERS:
        (folder / below).mkdir(parents=True)
    raw: dict[str, Any] = {"name": name, "task": wish.task, "data": {}}
    if wish.data is None:
        path, told = write_sample(wish.task, folder / "data" / "raw")
        raw["data"] |= {"path": f"data/raw/{path.name}"} | OF_SAMPLES[wish.task]
        target = wish.target or OF_SAMPLES[wish.task].get("target")
    else:
        raw["data"]["path"], told = place(wish.data, folder / "data" / "raw")
        target = wish.target
    asked = deepcopy(raw)
    override(asked, wish.keys, Config)
    found = guess(wish.task, folder / asked["data"]["path"], target, asked["data"])
    raw["data"] |= found
    config = _parsed(raw, wish.keys)
    data = open_data(config, folder)
    _demand_enough(data, Path(raw["data"]["path"]).name)
    advice = advise(data)
    if new := {k: v for k, v in advice.data.items() if k not in asked["data"]}:
        raw["data"] |= new
        config = _parsed(raw, wish.keys)
        data = open_data(config, folder)
    raw |= {"model": advice.model, "train": advice.train}
    raw |= {"augment": advice.augment} if advice.augment else {}
    raw["tune"] = {
        "trials": 20,
        "space": {"train.lr": {"low": 1e-4, "high": 3e-2, "log": True}},
    }
    config = _parsed(raw, wish.keys)
    override(raw, wish.keys, Config)
    raw["data"].pop("task", None)
    head = f"Configuration of {name}. All keys: firsthand train --keys\nOne run: KEY=VALUE behind "
    (folder / "configs").mkdir()
    texts = {"configs/config.yaml": commented(raw, head + "`python main.py train`.")}
    texts |= render(wish.task, _context(name, config, data, advice.why, told))
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return data, told


def _without(making: Path, text: str, data: Path | None) -> str:
    """Return a text that names the user's file, not the copy that is gone when it is read."""
    if data is not None:
        text = text.replace(str(making / "data" / "raw" / data.name), str(data))
    return text.replace(f"{making}{os.sep}", "")


def _demand_enough(data: Data, name: str) -> None:
    for part in ("train", "validation", "test"):
        if not len(data.part(part)):
            raise ProjectError(
                f"{name} holds too little: no example is left for the {part} part. Bring more, or "
                "change data.split."
            )
    classes = "".join(data.facts.classes)
    if data.facts.problem == "classification" and len(data.facts.classes) < 2:
        raise ProjectError(
            f"{name} has only the class {classes!r} to learn; two are needed. "
            "Is --target the right column?"
        )


def _parsed(raw: dict[str, Any], keys: Sequence[str]) -> Config:
    values = deepcopy(raw)
    override(values, keys, Config)
    return parse_config(values, origin="What was asked for")


def _context(name: str, config: Config, data: Data, why: str, told: str) -> dict[str, Any]:
    return {
        "name": name,
        "task": config.task,
        "config": config,
        "facts": data.facts,
        "data": data,
        "answers": answers(data, config),
        "findings": data.findings,
        "why": why,
        "told": told,
        "version": __version__,
    }


def _bring(made: Path, folder: Path) -> tuple[str, ...]:
    """Move a project to its place; files that are there stay, and are returned."""
    if not folder.exists():
        made.rename(folder)
        return ()
    kept: list[str] = []
    for file in sorted(path for path in made.rglob("*") if path.is_file()):
        inside = file.relative_to(made)
        if (folder / inside).exists():
            kept.append(str(inside))
        else:
            (folder / inside).parent.mkdir(parents=True, exist_ok=True)
            file.rename(folder / inside)
    return tuple(kept)
