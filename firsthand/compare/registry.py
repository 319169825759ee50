"""What can be compared, stages and families of models, and the one way to do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Literal

from firsthand.compare.authors import Authors
from firsthand.compare.bench import Bench
from firsthand.compare.classic.families import FAMILIES, compare_family
from firsthand.compare.comparison import Comparison, Pair, Source
from firsthand.compare.errors import CompareError
from firsthand.compare.networks import FAMILY, NAMES, TITLE, compare_networks, twin
from firsthand.compare.timing import PAUSE
from firsthand.data import DataError, Dataset
from firsthand.library import MissingPackageError
from firsthand.study.content import Stage, load_curriculum

Task = Literal["regression", "classification"]


@dataclass(frozen=True)
class Entry:
    """How a stage is compared: the module whose ``compare`` does it, and the task it learns."""

    module: str
    task: Task


ENTRIES = {
    "05_linear_regression": Entry("firsthand.compare.linear_regression", "regression"),
    "06_logistic_regression": Entry("firsthand.compare.logistic_regression", "classification"),
    "07_perceptron": Entry("firsthand.compare.perceptron", "classification"),
    "15_mlp": Entry("firsthand.compare.mlp", "classification"),
}


@dataclass(frozen=True)
class Subject:
    """What a name stands for: a stage, whose functions are learnt, a family, or a network.

    ``task`` is what a stage learns from; a family has models for either. ``targets`` are the
    functions that a learner writes for a stage; a family has none. ``members`` can be compared
    one by one, by their names; what ``brings_data`` has no use for the user's.
    """

    name: str
    title: str
    task: Task | None = None
    targets: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    brings_data: bool = False

    def check_takes_data(self) -> None:
        """Refuse the user's data where it would not be looked at."""
        if self.brings_data:
            raise CompareError(
                f"{self.name} brings batches of its own; leave out --data and --target."
            )


NETWORKS = (Subject(FAMILY, TITLE, members=NAMES, brings_data=True),)


def comparable() -> tuple[Subject, ...]:
    """Return everything that can be compared: the stages, the families, and whole networks."""
    curriculum = load_curriculum()
    stages = [_stage(curriculum.stage(name)) for name in ENTRIES]
    families = (Subject(name, title) for name, title in FAMILIES.items())
    return (*stages, *families, *NETWORKS)


def find(name: str) -> Subject:
    """Return the stage, the family or the network that is called ``name``.

    Raises
    ------
    UnknownNameError
        If nothing is called that.
    CompareError
        If it is a stage with nothing to compare in it.
    """
    if name in FAMILIES:
        return Subject(name, FAMILIES[name])
    if name == FAMILY:
        return NETWORKS[0]
    if name in NAMES:
        return Subject(name, twin(name).title, brings_data=True)
    known = (*FAMILIES, FAMILY, *NAMES)
    if name.isidentifier() and (near := get_close_matches(name, known, n=1)):
        raise CompareError(f"Nothing is called {name!r}; did you mean {near[0]}?")
    found = load_curriculum().stage(name)
    if found.name not in ENTRIES:
        raise CompareError(
            f"There is nothing to compare in stage {found.name}. There is in {_listed()}."
        )
    return _stage(found)


def _stage(stage: Stage) -> Subject:
    targets = tuple(dict.fromkeys(e.target for e in stage.exercises))
    return Subject(stage.name, stage.title, ENTRIES[stage.name].task, targets)


def compare(
    name: str,
    *,
    data: Dataset | None = None,
    yours: tuple[str, ...] = (),
    runs: int = 5,
    pause: float = PAUSE,
) -> Comparison:
    """Run the scratch side and its counterpart and return how far they agree.

    Parameters
    ----------
    name : str
        A stage, ``"05"`` or ``"05_linear_regression"``, a family, ``"trees"``, or a network,
        ``"lenet"``.
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
        If the data does not fit, or a library is not installed.
    """
    subject = find(name)
    if data is not None:
        subject.check_takes_data()
    if data is not None and subject.task not in (None, data.task):
        raise CompareError(
            f"Stage {subject.name} learns {subject.task}, but {data.name} is made for {data.task}."
        )
    authors = Authors(
        tuple(t for t in subject.targets if t in yours),
        tuple(t for t in subject.targets if t not in yours),
    )
    bench = Bench(authors, data, runs, pause)
    try:
        if name in FAMILIES:
            return compare_family(name, bench)
        if name == FAMILY or name in NAMES:
            return compare_networks(bench, NAMES if name == FAMILY else (name,))
        run: Callable[[Bench], tuple[tuple[Dataset, ...], tuple[Pair, ...]]]
        run = import_module(ENTRIES[subject.name].module).compare
        used, pairs = run(bench)
    except (MissingPackageError, DataError) as error:
        raise CompareError(str(error)) from error
    return Comparison(subject.name, subject.title, tuple(map(Source.of, used)), authors, pairs)


def _listed() -> str:
    return ", ".join((*ENTRIES, *FAMILIES, FAMILY))


__all__ = ["ENTRIES", "Entry", "Subject", "Task", "comparable", "compare", "find"]
