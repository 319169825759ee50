"""What all pages share: the curriculum, the journey, one warm grader, the news."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from firsthand.studio.events import Hub
from firsthand.studio.security import Key
from firsthand.study.content import Curriculum, Exercise
from firsthand.study.errors import JourneyError
from firsthand.study.journey import Journey, is_journey
from firsthand.study.verdict import Verdict

if TYPE_CHECKING:
    from firsthand.study.grading import Grader


class NoJourneyError(JourneyError):
    """A page was asked for that needs a journey, and there is none yet."""


class Studio:
    """One running studio.

    Parameters
    ----------
    folder : Path
        The journey, or where it will be made.
    curriculum : Curriculum
        What is taught.
    key : Key
        Who has it may come in.
    clock : callable
        Returns the time, with its zone.
    """

    def __init__(
        self,
        folder: Path,
        curriculum: Curriculum,
        key: Key,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
    ) -> None:
        self.folder = folder
        self.curriculum = curriculum
        self.key = key
        self.clock = clock
        self.hub = Hub()
        self._journey: Journey | None = None
        self._grader: Grader | None = None
        self._grader_lock = threading.Lock()
        self._grading = threading.Lock()
        if is_journey(folder):
            self.open()

    @property
    def has_journey(self) -> bool:
        """Whether there is a journey to show."""
        return self._journey is not None

    @property
    def journey(self) -> Journey:
        """The open journey.

        Raises
        ------
        NoJourneyError
            If there is none yet.
        """
        if self._journey is None:
            raise NoJourneyError("There is no journey yet.")
        return self._journey

    def open(self) -> Journey:
        """Make the journey where there is none, and open it."""
        self._journey = Journey.create(self.folder, self.clock(), self.curriculum)
        return self._journey

    def warm(self) -> None:
        """Start the grader before it is needed; call it in a thread."""
        with suppress(Exception):  # the first check will say what is wrong
            self._warm_grader()

    def grade(self, exercise: Exercise, source: str, *, practice: bool) -> Verdict:
        """Grade and record; the verdict is kept when this returns."""
        with self._grading:  # one at a time: two would make each other too slow
            verdict = self._warm_grader().grade(exercise, source)
        self.journey.record_verdict(verdict, source, self.clock(), practice=practice)
        return verdict

    def close(self) -> None:
        """Stop the grader and close the journey."""
        self.hub.close()
        with self._grader_lock:
            if self._grader is not None:
                self._grader.close()
                self._grader = None
        if self._journey is not None:
            self._journey.close()
            self._journey = None

    def _warm_grader(self) -> Grader:
        with self._grader_lock:
            if self._grader is None:
                from firsthand.study.grading import Grader

                self._grader = Grader(self.curriculum)
            return self._grader


def get_studio(request: Request) -> Studio:
    """Return the studio that serves a request."""
    return cast(Studio, request.app.state.studio)


def get_journey(request: Request) -> Journey:
    """Return the journey; without one the browser is sent to make it."""
    return get_studio(request).journey


TheStudio = Annotated[Studio, Depends(get_studio)]
TheJourney = Annotated[Journey, Depends(get_journey)]
