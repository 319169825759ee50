"""How long two sides take, measured so that neither disturbs the other.

Runs alternate, with a pause between them: idle threads of one library would slow the other.
The median is told, because the slowest runs measure the machine and not the code. A run shorter
than the time in which a system wakes a thread (up to 20 ms) measures that; ``at_least`` makes it
as many calls as it takes to be longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Any

PAUSE = 0.05  # seconds; without it PyTorch is measured up to three times too slow


@dataclass(frozen=True)
class Timing:
    """Median seconds of one call on each side, how often they were measured, and their ratio.

    Attributes
    ----------
    scratch, library : float
    runs : int
    ratio : float
        The median over the runs of scratch over library: below one, ours is faster. A run of
        both sides sees the same machine; the medians of the sides may be from different runs.
    """

    scratch: float
    library: float
    runs: int
    ratio: float

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def time_both(
    scratch: Callable[[], object],
    library: Callable[[], object],
    *,
    runs: int = 5,
    at_least: float = 0.0,
    pause: float = PAUSE,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> Timing:
    """Return the median time of one call of each function, after one call to warm up.

    Parameters
    ----------
    scratch, library : functions
        The two sides.
    runs : int
        How often each side is measured.
    at_least : float
        Seconds a run should last: it is made of as many calls as that takes.
    pause : float
        Seconds before each run.
    clock, sleep : functions
    """
    seconds: tuple[list[float], list[float]] = ([], [])
    sides = [
        (function, _calls(function, at_least, clock), measured)
        for function, measured in zip((scratch, library), seconds, strict=True)
    ]
    for _ in range(runs):
        for function, n_calls, measured in sides:
            sleep(pause)
            start = clock()
            for _ in range(n_calls):
                function()
            measured.append((clock() - start) / n_calls)
    ratio = median(ours / theirs for ours, theirs in zip(*seconds, strict=True))
    return Timing(median(seconds[0]), median(seconds[1]), runs, ratio)


def _calls(function: Callable[[], object], at_least: float, clock: Callable[[], float]) -> int:
    """Warm a side up, and return how many calls last long enough."""
    function()
    if at_least <= 0.0:
        return 1
    start = clock()
    function()
    return max(1, ceil(at_least / max(clock() - start, 1e-6)))
