"""What a curriculum is made of, read from its folders.

A curriculum is a folder: ``path.toml`` maps every stage of the whole path, and each stage
that is written has a folder of its own name with ``stage.toml``, ``lesson.md``, ``checks.py``,
``misconceptions.py``, ``figures.py``, ``library_impl.py``, ``comparison.py``, ``cards.toml``
and ``questions.toml``. Python content is loaded by path, never imported as a package.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeVar

from firsthand.study.errors import ContentError, UnknownNameError

QuestionKind = Literal["mathematical", "conceptual", "practical", "design", "implementation"]
ClaimKind = Literal["mathematics", "implementation", "debugging", "practice"]
T = TypeVar("T")


@dataclass(frozen=True)
class Exercise:
    """One function of the reference that the learner writes.

    ``target`` is the function's name in the stage's reference module (``name`` or
    ``Class.method``); ``forbidden`` names what would be a shortcut (``"np.linalg.lstsq"``,
    ``"sklearn"``); ``hints`` go from a question to nearly the answer.
    """

    id: str
    stage: str
    target: str
    title: str
    statement: str
    minutes: int
    hints: tuple[str, ...]
    forbidden: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """Something a learner who mastered the stage can do, and the evidence that shows it.

    Evidence is an exercise id, ``question:ID``, ``card:ID`` or ``compare:STAGE``.
    """

    text: str
    kind: ClaimKind
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """A flashcard: ``front`` asks, ``back`` answers; both are Markdown with TeX maths.

    Cards with the same ``note`` are siblings: two views of one fact, never shown together.
    """

    id: str
    stage: str
    front: str
    back: str
    note: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A verification question, answered by choice, by a number, or against a rubric.

    Exactly one of ``choices`` (with ``correct``, an index), ``number`` (with ``tolerance``)
    and ``rubric`` (points to tick against the model ``answer``) is given.
    """

    id: str
    stage: str
    kind: QuestionKind
    prompt: str
    answer: str
    choices: tuple[str, ...] = ()
    correct: int | None = None
    number: float | None = None
    tolerance: float = 1e-6
    rubric: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One topic of the path. ``written`` is false for a stage that is still to come."""

    name: str
    title: str
    track: str
    objective: str
    requires: tuple[str, ...] = ()
    minutes: int = 0
    reference: str = ""
    file: str = ""
    counterpart: str = ""
    exercises: tuple[Exercise, ...] = ()
    claims: tuple[Claim, ...] = ()
    folder: Path | None = field(default=None, compare=False)

    @property
    def number(self) -> str:
        """The two digits that order the path, such as ``"05"``."""
        return self.name.split("_", 1)[0]

    @property
    def written(self) -> bool:
        """Whether the stage can be studied today."""
        return self.folder is not None

    @property
    def compared(self) -> bool:
        """Whether there is something to hold its code against: a library, or a theorem."""
        return bool(self.counterpart or (self.written and self.read("comparison.py")))

    def read(self, file: str) -> str:
        """Return the text of one of the stage's files; empty where there is none."""
        path = self.path(file)
        return path.read_text("utf-8") if path.is_file() else ""

    def table(self, file: str) -> Mapping[str, Any]:
        """Return one of the stage's TOML files; empty where there is none.

        Raises
        ------
        ContentError
            If the file is not TOML; the message says where.
        """
        path = self.path(file)
        return _unchanged(path, path.stat().st_mtime_ns) if path.is_file() else {}

    def module(self, file: str) -> ModuleType:
        """Return one of the stage's Python files as a module, loaded by path.

        It is loaded again when the file's time of change is another.
        """
        path = self.path(file)
        changed = path.stat().st_mtime_ns if path.is_file() else 0
        return _load(path, changed, f"firsthand_content_{self.name}_{Path(file).stem}")

    def declared(self, file: str, kind: type[T]) -> tuple[T, ...]:
        """Return the objects of ``kind`` that a Python file declares, in order."""
        if not self.path(file).is_file():
            return ()
        return tuple(v for v in vars(self.module(file)).values() if isinstance(v, kind))

    def cards(self) -> tuple[Card, ...]:
        """Return the stage's own cards."""
        rows = self.table("cards.toml").get("card", [])
        return tuple(_record(Card, {"note": row["id"], **row}, stage=self.name) for row in rows)

    def questions(self) -> tuple[Question, ...]:
        """Return the stage's verification questions."""
        rows = self.table("questions.toml").get("question", [])
        return tuple(_record(Question, row, stage=self.name) for row in rows)

    def path(self, file: str) -> Path:
        """Return where one of the stage's files is, or would be."""
        if self.folder is None:
            raise ContentError(f"Stage {self.name} is still to come; it has no {file} yet.")
        return self.folder / file


@dataclass(frozen=True)
class Curriculum:
    """Every stage of the path, in order, written or still to come."""

    root: Path
    stages: tuple[Stage, ...]

    @property
    def written(self) -> tuple[Stage, ...]:
        """The stages that can be studied today."""
        return tuple(stage for stage in self.stages if stage.written)

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every exercise of the written stages, in the order of the path."""
        return tuple(e for stage in self.written for e in stage.exercises)

    def stage(self, name: str) -> Stage:
        """Return the stage called ``name``: ``"05"``, ``"5"`` or ``"05_linear_regression"``."""
        for stage in self.stages:
            topic = stage.name.partition("_")[2]
            if name in (stage.name, stage.number, topic) or name.zfill(2) == stage.number:
                return stage
        raise UnknownNameError("stage", name, [s.name for s in self.stages])

    def exercise(self, id: str) -> Exercise:
        """Return the exercise whose id, or whose target if only one has it, is ``id``."""
        found = [e for e in self.exercises if id == e.id]
        found = found or [e for e in self.exercises if id == e.target]
        if len(found) != 1:
            raise UnknownNameError("exercise", id, [e.id for e in self.exercises])
        return found[0]


def load_curriculum(root: Path | None = None) -> Curriculum:
    """Return the curriculum in folder ``root``; by default the one that firsthand ships.

    Raises
    ------
    ContentError
        If a file is missing or malformed; the message names it and the key.
    """
    root = root or Path(str(resources.files("firsthand"))) / "curriculum"
    return _curriculum(root.resolve())


@cache
def _curriculum(root: Path) -> Curriculum:
    rows = _toml(root / "path.toml").get("stage", [])
    return Curriculum(root, tuple(_stage(root, row) for row in rows))


def _stage(root: Path, row: Mapping[str, Any]) -> Stage:
    """Merge a row of ``path.toml`` with the stage's own ``stage.toml``, where it is written."""
    folder = root / row["name"]
    facts = dict(row)
    if not (folder / "stage.toml").is_file():
        return _record(Stage, facts)
    table = _toml(folder / "stage.toml")
    try:
        exercises = [_record(Exercise, e, stage=row["name"]) for e in table.pop("exercise", ())]
        claims = [_record(Claim, c) for c in table.pop("claim", ())]
    except ContentError as error:
        raise ContentError(f"{folder / 'stage.toml'}: {error}") from error
    facts |= {"exercises": exercises, "claims": claims, "folder": folder}
    return _record(Stage, {**facts, **table})


def _record(kind: type[T], row: Mapping[str, Any], **more: Any) -> T:
    """Return a ``kind`` made of a TOML table; its lists become tuples."""
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    try:
        return kind(**values, **more)
    except TypeError as error:
        raise ContentError(f"{row.get('id', row.get('text', ''))}: {error}") from error


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ContentError(f"{path} is missing.") from error
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path}: {error}") from error


@cache
def _unchanged(path: Path, changed: int) -> dict[str, Any]:
    """Return a TOML file; it is read again when its time of change is another."""
    return _toml(path)


@cache
def _load(path: Path, changed: int, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ContentError(f"{path} is missing.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
