"""Which stages can be compared, and the one way to do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from firsthand.compare.authors import Authors
from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Comparison, Pair, Source
from firsthand.compare.errors import CompareError
from firsthand.compare.timing import PAUSE
from firsthand.data import DataError, Dataset
from firsthand.library import MissingPackageError
from firsthand.study.content import Stage, load_curriculum


@dataclass(frozen=True)
class Entry:
    """How a stage is compared: the module whose ``compare`` does it, and the task it learns."""

    module: str
    task: str


ENTRIES = {
    "05_linear_regression": Entry("firsthand.compare.linear_regression", "regression"),
    "06_logistic_regression": Entry("firsthand.compare.logistic_regression", "classification"),
    "07_perceptron": Entry("firsthand.compare.perceptron", "classification"),
    "15_mlp": Entry("firsthand.compare.mlp", "classification"),
}


def comparable() -> tuple[str, ...]:
    """Return the names of the stages that can be compared."""
    return tuple(ENTRIES)


def find(stage: str) -> tuple[Stage, Entry]:
    """Return a stage and how it is compared.

    Raises
    ------
    UnknownNameError
        If no stage is called that.
    CompareError
        If there is nothing to compare in it.
    """
    found = load_curriculum().stage(stage)
    if found.name not in ENTRIES:
        raise CompareError(
            f"There is nothing to compare in stage {found.name}. There is in {_listed()}."
        )
    return found, ENTRIES[found.name]


def compare(
    stage: str,
    *,
    data: Dataset | None = None,
    yours: tuple[str, ...] = (),
    runs: int = 5,
    pause: float = PAUSE,
) -> Comparison:
    """Run the scratch side and its counterpart and return how far they agree.

    Parameters
    ----------
    stage : str
        ``"05"`` or ``"05_linear_regression"``.
    data : Dataset, optional
        The user's own data; by default real data that comes with scikit-learn.
    yours : tuple of str
        Targets that the learner's functions stand in for, where the overlay put them.
    runs : int
        How often each side is timed; 0 measures no time.
    pause : float
        Seconds between two timed runs.

    Raises
    ------
    CompareError
        If the data does not fit the stage, or a library is not installed.
    """
    found, entry = find(stage)
    if data is not None and data.task != entry.task:
        raise CompareError(
            f"Stage {found.name} learns {entry.task}, but {data.name} is made for {data.task}."
        )
    targets = tuple(dict.fromkeys(e.target for e in found.exercises))
    authors = Authors(
        tuple(t for t in targets if t in yours), tuple(t for t in targets if t not in yours)
    )
    run: Callable[[Bench], tuple[tuple[Dataset, ...], tuple[Pair, ...]]]
    run = import_module(entry.module).compare
    try:
        used, pairs = run(Bench(authors, data, runs, pause))
    except (MissingPackageError, DataError) as error:
        raise CompareError(str(error)) from error
    return Comparison(found.name, found.title, tuple(map(Source.of, used)), authors, pairs)


def _listed() -> str:
    return ", ".join(ENTRIES)


__all__ = ["ENTRIES", "Entry", "comparable", "compare", "find"]
