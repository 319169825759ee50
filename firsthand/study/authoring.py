"""Start a new stage: the folder with every file it needs and what the author must write."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from string import Template

from firsthand.study.content import Curriculum
from firsthand.study.errors import ContentError

TEMPLATE = "_template"  # the folder of the curriculum that a new stage is copied from


def new_stage(curriculum: Curriculum, name: str, reference: str, target: str) -> Path:
    """Make the folder of stage ``name`` with a first exercise, and return it.

    Nothing that exists is touched.

    Raises
    ------
    ContentError
        If path.toml does not list the stage, it is already written, or the reference is missing.
    UnknownNameError
        If no stage is called ``name``.
    """
    stage = curriculum.stage(name)
    if stage.written:
        raise ContentError(f"Stage {stage.name} is already written, in {stage.folder}.")
    if not _exists(reference):
        raise ContentError(f"Write the reference first: there is no module {reference}.")
    folder = curriculum.root / stage.name
    folder.mkdir()
    words = {
        "number": stage.number,
        "topic": stage.name.partition("_")[2],
        "reference": reference,
        "target": target,
    }
    for source in sorted((curriculum.root / TEMPLATE).glob("*.template")):
        text = Template(source.read_text("utf-8")).substitute(words)
        (folder / source.stem).write_text(text, "utf-8")
    return folder


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
