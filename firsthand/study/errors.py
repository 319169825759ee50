"""What can go wrong in the teaching engine, as one tree.

StudyError
├── ContentError      a stage's files are wrong; the author must mend them
├── JourneyError      no journey here, or its folder cannot be used
├── RequestError      this cannot be done as asked; says what can
└── UnknownNameError  no such stage, exercise or card; suggests the nearest
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class StudyError(Exception):
    """Base of every error that is the user's to read: its text says what to do."""


class ContentError(StudyError):
    """A stage's files contradict themselves or the reference."""


class JourneyError(StudyError):
    """There is no journey here, or its folder cannot be used."""


class RequestError(StudyError):
    """What was asked for cannot be done, or not yet; the text says what can."""


class UnknownNameError(StudyError):
    """Nothing is called that."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        near = get_close_matches(name, list(known), n=3, cutoff=0.4)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"There is no {what} called {name!r}.{meant}")
