"""The learner's folder: made, found, never overwritten.

A journey is a folder with ``.firsthand/progress.db`` in it. Paths in the database are relative
or absent, so moving or copying the folder moves everything. Whatever would replace something
the learner wrote keeps a dated copy of it in ``.firsthand/backups`` first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firsthand.study.content import Curriculum, Exercise, Stage, load_curriculum
from firsthand.study.errors import JourneyError, RequestError, UnknownNameError
from firsthand.study.files import (
    Conflict,
    Source,
    back_up,
    read_source,
    replace_file,
    write_new,
    write_source,
)
from firsthand.study.folder import README, blank_file, stage_files
from firsthand.study.record import Record
from firsthand.study.skeleton import blank, defines, function_source, replace_function
from firsthand.study.store import Store, to_text

DATABASE = Path(".firsthand", "progress.db")
DEFAULT_FOLDER = "ml_journey"
VARIABLE = "FIRSTHAND_JOURNEY"


@dataclass(frozen=True)
class Place:
    """The exercises that a file of the journey holds, and whether it is a practice copy."""

    path: Path
    exercises: tuple[Exercise, ...]
    practice: bool


class Journey(Record):
    """An open journey; close it, or use it as a context manager.

    Attributes
    ----------
    folder : Path
        Where it is.
    """

    def __init__(self, folder: Path, curriculum: Curriculum, store: Store) -> None:
        super().__init__(curriculum, store)
        self.folder = folder

    @classmethod
    def create(
        cls, folder: Path | str, now: datetime, curriculum: Curriculum | None = None
    ) -> Journey:
        """Make a journey in ``folder``, or open the one that is there and add what is new.

        No file that exists is touched.

        Raises
        ------
        JourneyError
            If ``folder`` is a file or cannot be written to.
        """
        folder = Path(folder)
        try:
            (folder / DATABASE).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JourneyError(f"{folder} cannot be made: {error.strerror}.") from error
        journey = cls(folder, curriculum or load_curriculum(), Store(folder / DATABASE))
        write_new(folder / "README.md", README.encode("utf-8"))
        journey.write_stages(now, again=True)
        return journey

    @classmethod
    def find(
        cls,
        start: Path | str | None = None,
        curriculum: Curriculum | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        here: Path | None = None,
    ) -> Journey:
        """Open the journey in ``start``; else the one that FIRSTHAND_JOURNEY names, the nearest
        folder upwards from here that is one, or ``./ml_journey``.

        Raises
        ------
        JourneyError
            If there is none.
        """
        folder = find_folder(start, environment=environment, here=here)
        return cls(folder, curriculum or load_curriculum(), Store(folder / DATABASE))

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def __enter__(self) -> Journey:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def write_stages(self, now: datetime, *, again: bool = False) -> list[Path]:
        """Write the folders of stages that are new since this journey was last opened.

        With ``again``, also write files that are missing from older ones. Returns what was
        written; a file that exists is never touched.
        """
        rows = self.store.rows("SELECT name FROM stage WHERE written IS NOT NULL")
        known = {r["name"] for r in rows}
        written: list[Path] = []
        for stage in self.curriculum.written:
            if stage.name in known and not again:
                continue
            for name, text in stage_files(stage).items():
                path = self.stage_folder(stage) / name
                if write_new(path, text.encode("utf-8")):
                    written.append(path)
            self.store.run(
                "INSERT INTO stage (name, written) VALUES (?, ?) ON CONFLICT (name)"
                " DO UPDATE SET written = coalesce(written, excluded.written)",
                *(stage.name, to_text(now)),
            )
        return written

    def stage_folder(self, stage: Stage) -> Path:
        """Return the folder of a stage."""
        return self.folder / stage.name

    def file(self, exercise: Exercise) -> Path:
        """Return the learner's own file that holds an exercise."""
        stage = self.curriculum.stage(exercise.stage)
        return self.stage_folder(stage) / stage.file

    def practice_file(self, exercise: Exercise) -> Path:
        """Return where an exercise is written again, once it was passed."""
        return self.folder / "practice" / f"{exercise.id}.py"

    def at(self, path: Path) -> Place:
        """Return what a file of the journey holds.

        Raises
        ------
        UnknownNameError
            If no exercise is written in that file.
        """
        wanted = path.resolve()
        for stage in self.curriculum.written:
            if stage.exercises and wanted == self.file(stage.exercises[0]).resolve():
                return Place(path, stage.exercises, practice=False)
        for exercise in self.curriculum.exercises:
            if wanted == self.practice_file(exercise).resolve():
                return Place(path, (exercise,), practice=True)
        raise UnknownNameError("exercise file", str(path), [])

    def source(self, exercise: Exercise, *, practice: bool = False) -> str:
        """Return the text that grading an exercise is about.

        Raises
        ------
        JourneyError
            If the file is missing or is no text.
        """
        path = self.practice_file(exercise) if practice else self.file(exercise)
        found = read_source(path)
        if not found.hash:
            again = "firsthand review" if practice else f"firsthand start {self.folder}"
            raise JourneyError(f"{path} is missing. To have it written again: {again}")
        return found.text

    def missing(self, stage: Stage) -> tuple[Exercise, ...]:
        """Return the exercises whose function is not in the learner's file any more, or not yet.

        It is said and never mended behind their back; ``reset`` adds it. A file with a syntax
        error misses nothing that we could know of.
        """
        text = read_source(self.file(stage.exercises[0])).text if stage.exercises else ""
        try:
            defined = defines(text, (e.target for e in stage.exercises))
        except SyntaxError:
            return ()
        return tuple(e for e in stage.exercises if not defined[e.target])

    def read_source(self, path: Path) -> Source:
        """Return a file of the journey and the hash of this version."""
        return read_source(self._inside(path))

    def write_source(self, path: Path, text: str, expected_hash: str) -> Source | Conflict:
        """Replace the version ``expected_hash`` of a file; a newer one on disk is a conflict."""
        with self.store.write():  # one firsthand at a time between reading and replacing
            return write_source(self._inside(path), text, expected_hash)

    def reset(self, exercise: Exercise, now: datetime) -> Path | None:
        """Make one exercise blank again; return the dated copy of the file as it was.

        A function that the file lacks is added at its end; a missing file is written anew.

        Raises
        ------
        RequestError
            If the file has a syntax error, so that one function cannot be taken out of it.
        """
        stage, path = self.curriculum.stage(exercise.stage), self.file(exercise)
        fresh = blank_file(stage)
        found = read_source(path)
        if not found.hash:
            write_new(path, fresh.encode("utf-8"))
            return None
        function = function_source(fresh, exercise.target)
        if "\r\n" in found.text:
            function = function.replace("\n", "\r\n")
        try:
            text = replace_function(found.text, exercise.target, function)
        except UnknownNameError:
            if "." in exercise.target:
                raise
            end = "\r\n" if "\r\n" in found.text else "\n"
            text = found.text.rstrip("\r\n") + end * 3 + function
        except SyntaxError as error:
            raise RequestError(
                f"{path} has a syntax error in line {error.lineno}, so one function cannot be"
                " taken out of it. Mend that line, or replace the whole file:"
                f" firsthand reset {stage.number}"
            ) from error
        return self._replace(path, text, now)

    def reset_stage(self, stage: Stage, now: datetime) -> Path | None:
        """Make a whole from-scratch file blank again; return the dated copy of the file."""
        if not stage.exercises:
            raise RequestError(f"Stage {stage.name} has no file to write in.")
        path = self.file(stage.exercises[0])
        if write_new(path, blank_file(stage).encode("utf-8")):
            return None
        return self._replace(path, blank_file(stage), now)

    def practise(self, exercise: Exercise, now: datetime) -> Path:
        """Lay a passed exercise out blank in a practice copy; their own file is not touched.

        A round that is still open is gone on with. What an earlier round left is kept.

        Raises
        ------
        RequestError
            If the exercise was never passed.
        """
        if exercise.id not in self.passed():
            raise RequestError(
                f"{exercise.id} was never passed, so it is written in {self.file(exercise)} first."
            )
        path = self.practice_file(exercise)
        with self.store.write():
            if self.practising(exercise) and path.exists():
                return path
            fresh = blank_file(self.curriculum.stage(exercise.stage))
            own = read_source(self.file(exercise)).text
            text = _with_blank(own, fresh, exercise.target)
            if not write_new(path, text.encode("utf-8")):
                self._replace(path, text, now)
            self.store.run(
                "UPDATE practice SET ended = ? WHERE exercise = ? AND ended IS NULL",
                *(to_text(now), exercise.id),
            )
            self.store.run(
                "INSERT INTO practice (exercise, began) VALUES (?, ?)", exercise.id, to_text(now)
            )
        return path

    def practising(self, exercise: Exercise) -> bool:
        """Return whether an exercise lies blank in a practice copy, not yet passed again."""
        return bool(self._round_began(exercise.id))

    def _replace(self, path: Path, text: str, now: datetime) -> Path:
        backups = self.folder / ".firsthand" / "backups" / path.parent.relative_to(self.folder)
        copy = back_up(path, backups, now)
        replace_file(path, text.encode("utf-8"))
        return copy

    def _inside(self, path: Path) -> Path:
        full = path if path.is_absolute() else self.folder / path
        if not full.resolve().is_relative_to(self.folder.resolve()):
            raise RequestError(f"{path} is outside the journey {self.folder}.")
        return full


def find_folder(
    start: Path | str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    here: Path | None = None,
) -> Path:
    """Return the folder of the journey that :meth:`Journey.find` would open; raises as it does."""
    given = start or (os.environ if environment is None else environment).get(VARIABLE)
    if given:
        if is_journey(Path(given)):
            return Path(given)
        raise JourneyError(f"{given} is no journey. To make one there: firsthand start {given}")
    here = here or Path.cwd()
    for folder in (here, *here.parents, here / DEFAULT_FOLDER):
        if is_journey(folder):
            return folder
    raise JourneyError("There is no journey here yet. To make one: firsthand start")


def is_journey(folder: Path) -> bool:
    """Return whether a folder holds a journey."""
    return (folder / DATABASE).is_file()


def _with_blank(own: str, fresh: str, target: str) -> str:
    """Return the learner's file with one function blank; the whole skeleton if theirs is broken."""
    try:
        return blank(replace_function(own, target, function_source(fresh, target)), [target])
    except (SyntaxError, UnknownNameError):
        return fresh
