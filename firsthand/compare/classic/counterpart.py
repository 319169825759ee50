"""A model from scratch, the library's of the same name, and what must agree between them.

    tree = Counterpart(
        "DecisionTreeClassifier",
        scratch="firsthand.scratch.trees.DecisionTreeClassifier",
        library="sklearn.tree.DecisionTreeClassifier",
        task="classification",
        settings={"max_depth": 4},
        quantities=(labels(), probabilities()),
    )
    tree.compare(data)         both fitted on the same data, every quantity measured

``FunctionPair`` does the same for two functions, such as a metric or a rule that splits.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from firsthand.compare.agreement import Agreement
from firsthand.compare.bench import Bench, said
from firsthand.compare.classic.quantity import Fitted, Quantity, measured
from firsthand.compare.comparison import Pair, Score
from firsthand.data import Dataset
from firsthand.library import named

Task = Literal["classification", "regression"]
Settings = Mapping[str, Any] | Callable[[Dataset], Mapping[str, Any]]

DEFAULT_DATA = {"classification": "breast_cancer", "regression": "diabetes"}


@dataclass(frozen=True)
class Counterpart:
    """An estimator of ours and the library's, both fitted on the same data.

    Attributes
    ----------
    title : str
        What the pair is called, unique in its family.
    scratch, library : str
        Full names of both classes.
    task : {"classification", "regression"}
        What kind of target the data has; a model that ignores the target takes either.
    quantities : tuple of Quantity
        What is compared once both are fitted.
    settings, theirs : mapping, or function of the data that returns one
        Parameters of both sides, and what the library's side has on top or otherwise.
    prepare : function of the data that returns data
        What is done to the data before both see it, such as scaling or making it positive.
    data : str, optional
        The data set of ``firsthand compare``; by default a real one that fits the task.
    score : str
        What ``score(X, y)`` of both measures, for people; empty where they have none.
    supervised : bool
        Whether ``fit`` takes the target.
    notes : tuple of str
        What a reader should know, such as a convention in which both differ.
    """

    title: str
    scratch: str
    library: str
    task: Task
    quantities: tuple[Quantity, ...]
    settings: Settings = field(default_factory=dict)
    theirs: Settings = field(default_factory=dict)
    prepare: Callable[[Dataset], Dataset] = lambda data: data
    data: str = ""
    score: str = ""
    supervised: bool = True
    notes: tuple[str, ...] = ()

    def models(self, data: Dataset) -> tuple[Any, Any]:
        """Return our model and the library's, unfitted."""
        ours = dict(_resolve(self.settings, data))
        theirs = {
            k: v for k, v in (ours | dict(_resolve(self.theirs, data))).items() if v is not LEFT
        }
        return _scratch(self.scratch)(**ours), named(self.library)(**theirs)

    def run_scratch(self, data: Dataset) -> Any:
        """Return our model fitted on ``data``, which must be prepared."""
        return self._fit(self.models(data)[0], data)

    def run_library(self, data: Dataset) -> Any:
        """Return the library's model fitted on ``data``, which must be prepared."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library says of hard data is not ours
            return self._fit(self.models(data)[1], data)

    def fit(self, data: Dataset) -> Fitted:
        """Return both sides fitted on ``data``, which must be prepared."""
        return Fitted(self.run_scratch(data), self.run_library(data), data, self.models)

    def measure(self, data: Dataset) -> tuple[tuple[Agreement, ...], tuple[str, ...]]:
        """Return how far every quantity agrees, and why those left out are left out."""
        return measured(self.quantities, self.fit(self.prepare(data)))

    def compare(self, bench: Bench) -> tuple[Dataset, Pair]:
        """Return the data that was used and the pair, its fit timed on both sides."""
        data = self.prepare(bench.data(self.data or DEFAULT_DATA[self.task]))
        fitted = self.fit(data)
        rows, left_out = measured(self.quantities, fitted)
        ours, theirs = self.models(data)
        return data, Pair(
            self.title,
            f"{self.scratch.rpartition('.')[0].removeprefix('firsthand.')}.{ours!r}",
            _one_line(theirs, self.library),
            said(data),
            rows,
            score=self._score(fitted) if self.score else None,
            timing=bench.time(lambda: self.run_scratch(data), lambda: self.run_library(data)),
            notes=(*self.notes, *left_out),
        )

    def _fit(self, model: Any, data: Dataset) -> Any:
        return model.fit(data.X, data.y) if self.supervised else model.fit(data.X)

    def _score(self, fitted: Fitted) -> Score:
        data = fitted.data
        target = (data.y,) if self.supervised else ()
        return Score(
            self.score,
            float(fitted.ours.score(data.X, *target)),
            float(fitted.theirs.score(data.X, *target)),
        )


@dataclass(frozen=True)
class FunctionPair:
    """A function of ours and the library's, called on the same data.

    Attributes
    ----------
    title : str
        What the pair is called, unique in its family.
    scratch, library : str
        Full names of both functions.
    task : {"classification", "regression"}
        What kind of target the data has.
    call : function of (function, data) that returns a quantity or several by name
        How either is called; what it returns is compared.
    quantities : tuple of Quantity
        What is compared, of what ``call`` returned for each side.
    """

    title: str
    scratch: str
    library: str
    task: Task
    call: Callable[[Any, Dataset], Any]
    quantities: tuple[Quantity, ...]
    prepare: Callable[[Dataset], Dataset] = lambda data: data
    data: str = ""
    notes: tuple[str, ...] = ()

    def run_scratch(self, data: Dataset) -> Any:
        """Return what our function gives on ``data``, which must be prepared."""
        return self.call(_scratch(self.scratch), data)

    def run_library(self, data: Dataset) -> Any:
        """Return what the library's function gives on ``data``, which must be prepared."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library says of hard data is not ours
            return self.call(named(self.library), data)

    def fit(self, data: Dataset) -> Fitted:
        """Return what both functions give on ``data``, which must be prepared."""
        return Fitted(self.run_scratch(data), self.run_library(data), data)

    def measure(self, data: Dataset) -> tuple[tuple[Agreement, ...], tuple[str, ...]]:
        """Return how far every quantity agrees, and why those left out are left out."""
        return measured(self.quantities, self.fit(self.prepare(data)))

    def compare(self, bench: Bench) -> tuple[Dataset, Pair]:
        """Return the data that was used and the pair, both calls timed."""
        data = self.prepare(bench.data(self.data or DEFAULT_DATA[self.task]))
        rows, left_out = measured(self.quantities, self.fit(data))
        return data, Pair(
            self.title,
            self.scratch.removeprefix("firsthand."),
            self.library,
            said(data),
            rows,
            timing=bench.time(lambda: self.run_scratch(data), lambda: self.run_library(data)),
            notes=(*self.notes, *left_out),
        )


LEFT: Any = "left to the library's default"  # as a value in ``theirs``: do not pass it


def _resolve(settings: Settings, data: Dataset) -> Mapping[str, Any]:
    return settings(data) if callable(settings) else settings


def _scratch(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _one_line(model: Any, path: str) -> str:
    """Return how the library's model is made, with where it is from, on one line."""
    made = " ".join(repr(model).split())
    return f"{path.rpartition('.')[0]}.{made}"
