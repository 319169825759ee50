"""What a comparison found, as one value: pairs of algorithms, agreement, time and pictures."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from firsthand.compare.agreement import Agreement
from firsthand.compare.authors import Authors
from firsthand.compare.conventions import Convention
from firsthand.compare.timing import Timing
from firsthand.data import Dataset


@dataclass(frozen=True)
class Score:
    """How good both sides are at the task, by a measure such as R² or accuracy."""

    name: str
    scratch: float
    library: float


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG text that takes its colours from the page around it."""

    title: str
    reading: str
    svg: str


@dataclass(frozen=True)
class Source:
    """What a data set is, without its numbers."""

    name: str
    task: str
    n_samples: int
    n_features: int
    n_classes: int
    description: str
    source: str
    licence: str
    notes: tuple[str, ...]

    @classmethod
    def of(cls, data: Dataset) -> Source:
        """Return what is to be told about ``data``."""
        return cls(
            data.name,
            data.task,
            data.n_samples,
            data.n_features,
            data.n_classes,
            data.description,
            data.source,
            data.licence,
            data.notes,
        )


@dataclass(frozen=True)
class Pair:
    """One algorithm from scratch beside its counterpart, on one data set.

    Attributes
    ----------
    title : str
        What is compared, in a few words.
    scratch, library : str
        How each side is called in code; where no library is the oracle, ``library`` says what is.
    data : str
        What they ran on, in a few words.
    rows : tuple of Agreement
        The quantities, under the convention that was found where one was looked for.
    convention : Convention or None
        What the search for a convention found.
    score, timing : Score or None, Timing or None
        Quality and median seconds of both sides.
    oracle : str
        What to call the other side where it is no library.
    targets : tuple of str
        The functions of the scratch module that the scratch side ran.
    notes : tuple of str
        What a reader should know, such as why a row is not compared.
    pictures : tuple of Picture
    """

    title: str
    scratch: str
    library: str
    data: str
    rows: tuple[Agreement, ...]
    convention: Convention | None = None
    score: Score | None = None
    timing: Timing | None = None
    oracle: str = "library"
    targets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether every row does; comparing nothing is no agreement."""
        return bool(self.rows) and all(row.agrees for row in self.rows)

    def to_json(self, *, pictures: bool = True) -> dict[str, Any]:
        """Return plain data, pictures as SVG text included unless they are not wanted."""
        return {
            "title": self.title,
            "scratch": self.scratch,
            "library": self.library,
            "data": self.data,
            "agrees": self.agrees,
            "rows": [row.to_json() for row in self.rows],
            "convention": self.convention.to_json() if self.convention else None,
            "score": _finite(asdict(self.score)) if self.score else None,
            "timing": self.timing.to_json() if self.timing else None,
            "oracle": self.oracle,
            "targets": list(self.targets),
            "notes": list(self.notes),
            "pictures": [asdict(picture) for picture in self.pictures] if pictures else [],
        }


@dataclass(frozen=True)
class Comparison:
    """Everything that was compared for one stage.

    Attributes
    ----------
    stage, title : str
        The stage's folder name and its title.
    data : tuple of Source
        What was used, with source and licence.
    authors : Authors
        Which functions of the scratch side are the learner's.
    pairs : tuple of Pair
    notes : tuple of str
        What the reader should know of the run as a whole.
    """

    stage: str
    title: str
    data: tuple[Source, ...]
    authors: Authors
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[Agreement, ...]:
        """The rows of all pairs."""
        return tuple(row for pair in self.pairs for row in pair.rows)

    @property
    def agrees(self) -> bool:
        """Whether every pair does; a comparison without pairs agrees on nothing."""
        return bool(self.pairs) and all(pair.agrees for pair in self.pairs)

    @property
    def headline(self) -> str:
        """What was found, in one sentence."""
        agreed = sum(row.agrees for row in self.rows)
        whose = "your code and the library" if self.authors.yours else "our code and the library"
        if self.agrees:
            every = f"All {agreed} quantities agree" if agreed > 1 else "The one quantity agrees"
            return f"{every}: {whose} compute the same."
        return f"{len(self.rows) - agreed} of {len(self.rows)} quantities differ."

    def to_json(self, *, pictures: bool = True) -> dict[str, Any]:
        """Return plain data, pictures as SVG text included unless they are not wanted."""
        return {
            "stage": self.stage,
            "title": self.title,
            "agrees": self.agrees,
            "headline": self.headline,
            "authors": self.authors.to_json(),
            "data": [{**asdict(data), "notes": list(data.notes)} for data in self.data],
            "pairs": [pair.to_json(pictures=pictures) for pair in self.pairs],
            "notes": list(self.notes),
        }


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    return {
        k: (v if not isinstance(v, float) or math.isfinite(v) else None) for k, v in row.items()
    }
