"""What grading says, as one value that the terminal, the studio and ``--json`` all show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

VerdictKind = Literal[
    "not_attempted",  # the body is still the blank
    "raised",  # their code raised: their line, their traceback
    "wrong",  # the first failing case
    "misconception",  # wrong in a way we know, and can name
    "shortcut",  # right, but by what the exercise forbids
    "too_slow",  # beyond its time or memory
    "passed",
]


@dataclass(frozen=True)
class Shown:
    """A value as a person reads it: at most a few rows, with its shape and dtype."""

    text: str
    shape: tuple[int, ...] | None = None
    dtype: str = ""


@dataclass(frozen=True)
class Case:
    """The first case that failed: what went in, what came out, what was expected.

    ``pattern`` says how the two differ where that is simple: "17 times too large",
    "the sign is opposite", "transposed", "entry [2] alone differs".
    """

    check: str
    inputs: tuple[tuple[str, Shown], ...]
    quantity: str
    got: Shown
    expected: Shown
    error: float | None
    tolerance: float
    why_tolerance: str
    pattern: str
    message: str


@dataclass(frozen=True)
class Raised:
    """An exception of the learner's code, with their line and a traceback of their frames only."""

    type: str
    message: str
    line: int | None
    source: str
    traceback: str


@dataclass(frozen=True)
class OracleSaid:
    """Whether the answer agreed with one oracle; None where it was not asked any more."""

    oracle: str
    agreed: bool | None


@dataclass(frozen=True)
class Strength:
    """How many known wrong versions the exercise's checks catch; measured, not claimed."""

    misconceptions: tuple[int, int]
    mutants: tuple[int, int]


@dataclass(frozen=True)
class Verdict:
    """What grading says of one exercise.

    ``next`` says what to do in words that hold wherever they are read; ``command`` is what a
    terminal would run for it. ``rung`` is the step reached on the error ladder: "wrong" above
    1e-2, "suspicious" above 1e-4, "nearly" above 1e-7, "right" below; empty where nothing
    numeric was compared.
    """

    exercise: str
    kind: VerdictKind
    headline: str
    explanation: str
    next: str
    command: str = ""
    case: Case | None = None
    raised: Raised | None = None
    oracles: tuple[OracleSaid, ...] = ()
    worst_error: float | None = None
    rung: str = ""
    strength: Strength | None = None
    comparisons: int = 0
    sandbox: str = ""
    printed: str = ""
    misconception: str = ""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the exercise is done."""
        return self.kind == "passed"

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain data."""
        return asdict(self)
