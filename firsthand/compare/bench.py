"""What the comparison of a stage works with: the data, the clock, and whose side it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firsthand.compare.authors import Authors
from firsthand.compare.style import COLOURS
from firsthand.compare.timing import PAUSE, Timing, time_both
from firsthand.data import Dataset, load

OURS = Authors()


@dataclass(frozen=True)
class Bench:
    """Settings of one run.

    Attributes
    ----------
    authors : Authors
        Whose the functions of the scratch side are.
    given : Dataset or None
        The user's own data, used in the place of the default.
    runs : int
        How often each side is timed; 0 measures no time.
    pause : float
        Seconds between two timed runs.
    """

    authors: Authors = OURS
    given: Dataset | None = None
    runs: int = 5
    pause: float = PAUSE

    @property
    def side(self) -> str:
        """What to call the scratch side: ``"yours"`` or ``"ours"``."""
        return self.authors.side

    @property
    def colour(self) -> str:
        """The colour of the scratch side."""
        return COLOURS[self.side]

    def data(self, default: str) -> Dataset:
        """Return the user's data, or the default."""
        return self.given or load(default)

    def time(self, scratch: Callable[[], object], library: Callable[[], object]) -> Timing | None:
        """Return how long one call of each takes; None where no time is measured."""
        if self.runs == 0:
            return None
        return time_both(scratch, library, runs=self.runs, pause=self.pause)


def said(data: Dataset, *more: str) -> str:
    """Return what data a pair ran on, in a few words."""
    size = f"{data.name}, {data.n_samples} x {data.n_features}"
    return ", ".join((size, *more))
