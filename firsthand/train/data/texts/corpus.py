"""All texts of some files: kept in memory, or only where each stands, read again when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.texts.records import (
    BadRecordError,
    Layout,
    Span,
    decoded,
    layout_of,
    spans,
)
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import TextData
    from firsthand.train.data.bad import Bad

LINES = (".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json")
MEMORY = 4  # auto keeps texts whose files are smaller than this fraction of what is free


class Corpus:
    """Texts with their labels and places.

    Parameters
    ----------
    settings : TextData
    bad : Bad
        Told of every row that cannot be used.
    """

    def __init__(self, settings: TextData, bad: Bad):
        self.settings, self.bad = settings, bad
        self.files: list[Path] = []
        self._layouts: list[Layout | None] = []  # None: the file is one text
        self._file, self._line = array("q"), array("q")
        self._start, self._size = array("q"), array("q")
        self._texts: list[str] | None = []
        self._labels = array("q")
        self._codes: dict[str, int] = {}
        self.n_bad = 0

    def __len__(self) -> int:
        return len(self._labels)

    @property
    def in_memory(self) -> bool:
        """Whether the texts are kept."""
        return self._texts is not None

    @property
    def classes(self) -> list[str]:
        """The labels in the order in which they first came."""
        return list(self._codes)

    @property
    def labels(self) -> NDArray[np.int64]:
        """The number of each row's label in `classes`."""
        return np.array(self._labels, np.int64)

    @property
    def file_of(self) -> NDArray[np.int64]:
        """The number of each row's file in `files`."""
        return np.array(self._file, np.int64)

    def read(self, path: Path) -> range:
        """Read a file or a folder; return the rows it became.

        Raises
        ------
        DataError
            If there is nothing, or it cannot be used.
        """
        before = len(self)
        if not path.exists():
            raise DataError(f"There is no {path}; set data.path to a file or folder of texts.")
        inside = sorted(p for p in path.iterdir()) if path.is_dir() else [path]
        files = [p for p in inside if p.suffix.lower() in LINES and p.is_file()]
        folders = [p for p in inside if p.is_dir() and not p.name.startswith(".")]
        if path.is_file():
            files = [path]
        if len(files) == 1 and not folders:
            self._keep_if_small(files[0].stat().st_size)
            self._read_lines(files[0])
        elif folders:
            self._read_folders(path, folders)
        else:
            names = ", ".join(p.name for p in files) or "nothing of that kind"
            raise DataError(
                f"{path} has to hold one file of labelled lines ({', '.join(LINES)}), or a folder "
                f"for each class; it holds {names}. Name a file in data.path."
            )
        return range(before, len(self))

    def _keep_if_small(self, size: int) -> None:
        kept = self.settings.in_memory
        if kept == "no" or (kept == "auto" and size * 12 > _free_memory() / MEMORY):
            self._texts = None  # a text in memory, with its tokens, takes about 12 times its bytes

    def _read_lines(self, path: Path) -> None:
        s = self.settings
        layout = layout_of(path, s.text, s.target, s.names, s.encoding)
        number = self._add_file(path, layout)
        with path.open("rb") as file:
            found = spans(file, quoted=layout.kind == "csv")
            if layout.header:
                next(found)
            for span in found:
                if isinstance(span, Span):
                    try:
                        text, label = layout.read(span.raw)
                    except BadRecordError as error:
                        self._refuse(f"{path.name}, line {span.line}", str(error))
                        continue
                    self._add(text, label, number, span.line, span.start, len(span.raw))
                else:
                    self._refuse(f"{path.name}, line {span[0]}", span[1])

    def _read_folders(self, path: Path, folders: list[Path]) -> None:
        self.bad.what = "files"
        texts = [(f, sorted(p for p in f.rglob("*.txt") if p.is_file())) for f in folders]
        self._keep_if_small(sum(p.stat().st_size for _, files in texts for p in files))
        if not any(files for _, files in texts):
            raise DataError(
                f"{path} holds no .txt file in its folders {', '.join(f.name for f in folders)}; "
                "a folder of texts has a folder for each class, and in it a file for each text."
            )
        for folder, files in texts:
            for file in files:
                place = str(file.relative_to(path))
                try:
                    raw = file.read_bytes()
                    text = decoded(raw, self.settings.encoding)
                except OSError as error:
                    self._refuse(place, f"cannot be read: {error.strerror}")
                    continue
                except BadRecordError as error:
                    self._refuse(place, str(error))
                    continue
                if not text.strip():
                    self._refuse(place, "there is no text in it")
                    continue
                self._add(text, folder.name, self._add_file(file, None), 0, 0, len(raw))

    def _refuse(self, place: str, reason: str) -> None:
        self.n_bad += 1
        self.bad.row(place, reason)

    def _add_file(self, path: Path, layout: Layout | None) -> int:
        self.files.append(path)
        self._layouts.append(layout)
        return len(self.files) - 1

    def _add(self, text: str, label: str, file: int, line: int, start: int, size: int) -> None:
        self._labels.append(self._codes.setdefault(label, len(self._codes)))
        self._file.append(file)
        self._line.append(line)
        self._start.append(start)
        self._size.append(size)
        if self._texts is not None:
            self._texts.append(text)

    def text(self, row: int) -> str:
        """Return the text of a row, from memory or from the disk.

        Raises
        ------
        DataError
            If the file has changed since it was read.
        """
        if self._texts is not None:
            return self._texts[row]
        path, layout = self.files[self._file[row]], self._layouts[self._file[row]]
        try:
            with path.open("rb") as file:
                file.seek(self._start[row])
                raw = file.read(self._size[row])
            if layout is None:
                return decoded(raw, self.settings.encoding)
            return layout.read(raw)[0]
        except (OSError, BadRecordError) as error:
            raise DataError(
                f"{self.place(row)}: {error}. The file has changed since training began; "
                "start a new run."
            ) from error

    def texts(self, rows: NDArray[np.int64]) -> Iterator[str]:
        """Yield the texts of rows."""
        return (self.text(row) for row in rows.tolist())

    def place(self, row: int) -> str:
        """Return where a row stands: a file, and its line if it holds more than one text."""
        path = self.files[self._file[row]]
        line = self._line[row]
        return f"{path.name}, line {line}" if line else f"{path.parent.name}/{path.name}"


def _free_memory() -> float:
    """Return the bytes that are free, or 4 GB where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    except OSError:
        pass
    return 4e9
