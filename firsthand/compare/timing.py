"""How long two sides take, measured so that neither disturbs the other.

Runs alternate, with a pause between them: idle threads of one library would slow the other.
The median is told, because the slowest runs measure the machine and not the code.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

PAUSE = 0.05  # seconds; without it PyTorch is measured up to three times too slow


@dataclass(frozen=True)
class Timing:
    """Median seconds of one call on each side, and how many calls were measured."""

    scratch: float
    library: float
    runs: int

    @property
    def ratio(self) -> float:
        """Scratch over library: below one, ours is faster."""
        return self.scratch / self.library

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "ratio": self.ratio}


def time_both(
    scratch: Callable[[], object],
    library: Callable[[], object],
    *,
    runs: int = 5,
    pause: float = PAUSE,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> Timing:
    """Return the median time of one call of each function, after one call to warm up."""
    scratch()
    library()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for function, measured in zip((scratch, library), seconds, strict=True):
            sleep(pause)
            start = clock()
            function()
            measured.append(clock() - start)
    return Timing(median(seconds[0]), median(seconds[1]), runs)
