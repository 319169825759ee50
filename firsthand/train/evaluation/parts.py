"""What a report is made of: sections of tables, pictures and examples, as plain values.

Texts are as they came; the page escapes them. Only ``Picture.svg`` is markup, and is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    text : str
    small : str
        Said in small letters beside it, such as an interval.
    kind : str
        ``n`` is a number, ``good`` and ``bad`` are numbers that stand out.
    """

    text: str
    small: str = ""
    kind: Literal["", "n", "good", "bad"] = ""


@dataclass(frozen=True)
class Table:
    """Rows of cells under a head; the first cell of a row names it."""

    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell | str]]
    caption: str = ""
    is_table: bool = True

    def cells(self) -> list[list[Cell]]:
        """Return the rows with every cell a `Cell`."""
        return [[c if isinstance(c, Cell) else Cell(c) for c in row] for row in self.rows]


@dataclass(frozen=True)
class Picture:
    """A drawing, with a title and a sentence that reads it to someone."""

    title: str
    reading: str
    svg: str
    wide: bool = False


@dataclass(frozen=True)
class Card:
    """One example as it is shown.

    Attributes
    ----------
    source : str
        Where it came from.
    lines : sequence of (str, str)
        What is said of it.
    images : sequence of (str, str)
        A caption and a PNG as a data URL, each.
    text : str
    svg : str
    """

    source: str
    lines: Sequence[tuple[str, str]] = ()
    images: Sequence[tuple[str, str]] = ()
    text: str = ""
    svg: str = ""


@dataclass(frozen=True)
class Section:
    """One question and its answer.

    Attributes
    ----------
    key, title : str
    sentence : str
        What the figures mean here; comes first.
    tables, pictures, cards : sequences
    note : str
        How it was computed, in small letters.
    figures : dict
        The same as plain values, for ``report.json``.
    missing : str
        Why the section could not be made, where it could not.
    limit : str
        What the model card has to say of it, where it found a weakness.
    """

    key: str
    title: str
    sentence: str
    tables: Sequence[Table] = ()
    pictures: Sequence[Picture] = ()
    cards: Sequence[Card] = ()
    note: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    missing: str = ""
    limit: str = ""
