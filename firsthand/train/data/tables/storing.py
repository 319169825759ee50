"""A table too large for memory, converted once to files from which batches are read.

    inputs.f32      all rows' inputs, float32, mapped into memory
    rows.npz        targets, parts, places, slices and groups
    about.json      the fingerprint, the shape, facts, preparation and findings

They are in a folder named for the table and its fingerprint, which is made whole or not at all:
another file, split or setting has another folder.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.data.contract import Facts, Finding
from firsthand.train.data.tables.examples import Places
from firsthand.train.data.tables.result import Prepared
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part

PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Store:
    """Where a converted table is.

    Attributes
    ----------
    folder : path
    fingerprint : str
        Of the files, and of all settings that decide what is made of them.
    """

    folder: Path
    fingerprint: str

    @classmethod
    def beside(cls, table: Path, fingerprint: str) -> Store:
        """Return the place for a table: data/processed for one in data/raw, else beside it."""
        above = table.parent
        home = above.parent / "processed" if above.name == "raw" else above / ".firsthand"
        return cls(home / f"{table.stem}-{fingerprint[:16]}", fingerprint)

    def open(self) -> Prepared | None:
        """Return what was converted before, or None where there is nothing, or nothing whole."""
        try:
            about: dict[str, Any] = json.loads((self.folder / "about.json").read_text("utf-8"))
            if about["fingerprint"] != self.fingerprint:
                return None
            shape = tuple(about["shape"])
            if (self.folder / "inputs.f32").stat().st_size != 4 * shape[0] * shape[1]:
                return None
            inputs = np.memmap(self.folder / "inputs.f32", np.float32, "r", shape=shape)
            with (self.folder / "rows.npz").open("rb") as file, np.load(file) as stored:
                rows = {name: stored[name] for name in stored.files}
            names = about["groups"]
            groups = (names, rows["group_of"]) if names is not None else None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        facts: dict[str, Any] = about["facts"]
        for name, value in facts.items():
            facts[name] = tuple(value) if isinstance(value, list) else value
        return Prepared(
            inputs,
            rows["targets"],
            {name: rows[name] for name in PARTS},
            Places(about["places"], rows["file_of"], rows["line_of"]),
            Facts(**facts),
            about["preparation"],
            [Finding(**finding) for finding in about["findings"]],
            {name: (levels, rows[f"slice {name}"]) for name, levels in about["slices"].items()},
            groups,
        )

    def write(self, prepared: Prepared) -> None:
        """Write all but the inputs, which are in their file, and give the folder its name."""
        about = {
            "fingerprint": self.fingerprint,
            "shape": prepared.inputs.shape,
            "places": list(prepared.places.names),
            "facts": asdict(prepared.facts),
            "preparation": prepared.preparation,
            "findings": [asdict(finding) for finding in prepared.findings],
            "slices": {name: levels for name, (levels, _) in prepared.slices.items()},
            "groups": prepared.groups[0] if prepared.groups is not None else None,
        }
        slices = {f"slice {name}": codes for name, (_, codes) in prepared.slices.items()}
        rows: dict[str, NDArray[Any]] = {
            "targets": prepared.targets,
            "file_of": prepared.places.file,
            "line_of": prepared.places.line,
            **{name: prepared.parts[name] for name in PARTS},
            **slices,
            **({"group_of": prepared.groups[1]} if prepared.groups is not None else {}),
        }
        with self._told():
            np.savez(self.partial / "rows.npz", allow_pickle=False, **rows)
            (self.partial / "about.json").write_text(json.dumps(about), "utf-8")
            (self.partial / "values.f64").unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)
            self.partial.rename(self.folder)

    def allocate(self, name: str, shape: tuple[int, int], dtype: type) -> NDArray[Any]:
        """Return a new array in a file of the folder under way."""
        with self._told():
            self.partial.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.partial).free
            needed = shape[0] * shape[1] * np.dtype(dtype).itemsize
            if needed > free:
                raise OSError(f"{needed >> 20} MiB are needed and {free >> 20} MiB are free")
            return np.memmap(self.partial / name, dtype, "w+", shape=shape)

    def discard(self) -> None:
        """Remove what is under way."""
        shutil.rmtree(self.partial, ignore_errors=True)

    @property
    def partial(self) -> Path:
        """The folder under way."""
        return self.folder.with_name(f".{self.folder.name}.{os.getpid()}")

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            self.discard()
            raise DataError(
                f"{self.folder} cannot be written: {error.strerror or error}. The table is too "
                "large for memory and is converted there; make room, or set data.in_memory: yes."
            ) from error
